//! Lists in pages, with the links GitHub puts into a header.

use serde_json::Value;

use crate::http::answer::Answer;
use crate::http::call::Call;

/// The page that is asked for: where it begins and how long it is (30 unless said, 100 at most).
pub(super) struct Page {
    number: usize,
    size: usize,
}

impl Page {
    /// Reads `page` and `per_page`.
    pub(super) fn of(call: &Call<'_>) -> Page {
        Page {
            number: call.request.number("page", 1, 1_000_000),
            size: call.request.number("per_page", 30, 100),
        }
    }

    /// Cuts the page out of everything.
    pub(super) fn cut<T>(&self, all: Vec<T>) -> Vec<T> {
        all.into_iter().skip((self.number - 1) * self.size).take(self.size).collect()
    }

    /// Adds the `link` header (GitHub docs, "Using pagination in the REST API").
    pub(super) fn linked(&self, call: &Call<'_>, all: usize, answer: Answer) -> Answer {
        let last = all.div_ceil(self.size).max(1);
        let link = |page: usize, rel: &str| {
            let kept = call.request.query.iter().filter(|(name, _)| name != "page");
            let mut query: String = kept.map(|(name, value)| format!("{name}={}&", encoded(value))).collect();
            query.push_str(&format!("page={page}"));
            format!("<{}{}?{query}>; rel=\"{rel}\"", call.base, call.request.path)
        };
        let mut links = Vec::new();
        if self.number > 1 {
            links.push(link(self.number - 1, "prev"));
            links.push(link(1, "first"));
        }
        if self.number < last {
            links.push(link(self.number + 1, "next"));
            links.push(link(last, "last"));
        }
        if links.is_empty() { answer } else { answer.with("link", links.join(", ")) }
    }

    /// A plain list.
    pub(super) fn list<T>(&self, call: &Call<'_>, all: Vec<T>, shown: impl Fn(T) -> Value) -> Answer {
        let count = all.len();
        let page: Vec<Value> = self.cut(all).into_iter().map(shown).collect();
        self.linked(call, count, Answer::ok(Value::Array(page)))
    }
}

fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b':' | b'/' => {
                text.push(char::from(byte));
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
