//! Lists in pages, with the headers of Gitea (services/context/api.go, "SetLinkHeader").

use serde_json::Value;

use crate::http::answer::Answer;
use crate::http::call::Call;

/// The most entries of a page, whatever is asked for (app.ini, MAX_RESPONSE_ITEMS).
const MOST: usize = 50;

/// The entries a page has unless said (app.ini, DEFAULT_PAGING_NUM).
const USUAL: usize = 30;

/// Where a page begins and how long it is.
pub(super) fn place(call: &Call<'_>) -> (usize, usize) {
    let size = call.request.number("limit", USUAL, MOST);
    ((call.request.number("page", 1, 1_000_000) - 1) * size, size)
}

/// A list, cut to the page that is asked for.
pub(super) fn list<T>(call: &Call<'_>, all: Vec<T>, shown: impl Fn(T) -> Value) -> Answer {
    let count = all.len();
    numbered(call, count, cut(call, all).into_iter().map(shown).collect())
}

/// The page that is asked for.
pub(super) fn cut<T>(call: &Call<'_>, all: Vec<T>) -> Vec<T> {
    let (begin, size) = place(call);
    all.into_iter().skip(begin).take(size).collect()
}

/// The answer with a page of `count` entries.
pub(super) fn numbered(call: &Call<'_>, count: usize, page: Vec<Value>) -> Answer {
    let (begin, size) = place(call);
    let number = begin / size + 1;
    let last = count.div_ceil(size).max(1);
    let link = |page: usize, rel: &str| {
        let kept = call.request.query.iter().filter(|(name, _)| name != "page");
        let query: String = kept.map(|(name, value)| format!("{name}={value}&")).collect();
        format!("<{}{}?{query}page={page}>; rel=\"{rel}\"", call.base, call.request.path)
    };
    let mut links = Vec::new();
    if number < last {
        links.push(link(number + 1, "next"));
        links.push(link(last, "last"));
    }
    if number > 1 {
        links.push(link(1, "first"));
        links.push(link(number - 1, "prev"));
    }
    let answer = Answer::ok(Value::Array(page)).with("x-total-count", count.to_string());
    if links.is_empty() { answer } else { answer.with("link", links.join(",")) }
}
