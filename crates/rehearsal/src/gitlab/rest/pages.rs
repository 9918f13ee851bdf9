//! Lists in pages, with the headers of GitLab (docs.gitlab.com/api/rest "Pagination").

use serde_json::Value;

use crate::http::answer::Answer;
use crate::http::call::Call;

/// The most entries a list may have for its length to be told.
const TOLD: usize = 10_000;

/// The number of the page that is asked for, and how many entries it has: 20 unless said, 100 at most.
fn place(call: &Call<'_>) -> (usize, usize) {
    (call.request.number("page", 1, 1_000_000), call.request.number("per_page", 20, 100))
}

/// A list, cut to the page that is asked for.
pub(super) fn list<T>(call: &Call<'_>, all: Vec<T>, shown: impl Fn(T) -> Value) -> Answer {
    let count = all.len();
    numbered(call, count, cut(call, all).into_iter().map(shown).collect())
}

/// The page that is asked for.
pub(super) fn cut<T>(call: &Call<'_>, all: Vec<T>) -> Vec<T> {
    let (number, size) = place(call);
    all.into_iter().skip((number - 1) * size).take(size).collect()
}

/// The answer with a page of `count` entries. One by keyset has a link to what comes after its last entry,
/// and no numbers.
pub(super) fn numbered(call: &Call<'_>, count: usize, page: Vec<Value>) -> Answer {
    let (number, size) = place(call);
    let last = count.div_ceil(size).max(1);
    let mut answer = Answer::ok(Value::Array(page));
    let keyset = call.request.query("pagination") == Some("keyset");
    let link = |page: usize, rel: &str| {
        let kept = call.request.query.iter().filter(|(name, _)| name != "page");
        let query: String = kept.map(|(name, value)| format!("{name}={}&", encoded(value))).collect();
        format!("<{}{}?{query}page={page}>; rel=\"{rel}\"", call.base, call.request.path)
    };
    let mut links = Vec::new();
    if number > 1 && !keyset {
        links.push(link(number - 1, "prev"));
    }
    if number < last {
        links.push(link(number + 1, "next"));
    }
    if !keyset {
        links.push(link(1, "first"));
        links.push(link(last, "last"));
        let next = if number < last { (number + 1).to_string() } else { String::new() };
        let before = if number > 1 { (number - 1).to_string() } else { String::new() };
        answer = answer.with("x-page", number.to_string()).with("x-per-page", size.to_string());
        answer = answer.with("x-next-page", next).with("x-prev-page", before);
        if count <= TOLD {
            answer = answer.with("x-total", count.to_string()).with("x-total-pages", last.to_string());
        }
    }
    if links.is_empty() { answer } else { answer.with("link", links.join(", ")) }
}

fn encoded(value: &str) -> String {
    let mut text = String::new();
    for byte in value.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                text.push(char::from(byte))
            }
            _ => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
