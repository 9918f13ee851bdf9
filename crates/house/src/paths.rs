//! Paths as source text names them: `use` trees, and paths written out in the middle of code.

/// A path and whether a `pub use` re-exports it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// The segments as written: `["crate", "a", "B"]`; `*` stands for everything.
    pub(crate) segments: Vec<String>,
    /// The name it goes by here.
    pub(crate) local: String,
    /// Whether a `pub use`, of any reach, passes it on.
    pub(crate) passed_on: bool,
}

/// Every path of masked code: those of `use` statements, then those written out.
pub(crate) fn all(code: &str) -> Vec<Named> {
    let mut named = Vec::new();
    let mut rest = code;
    let mut elsewhere = String::new();
    while let Some(at) = next_use(rest) {
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end + 1);
        let head = rest[..at].trim_end();
        let passed_on = head.ends_with("pub") || (head.ends_with(')') && last_line(head).contains("pub("));
        tree(rest[at + "use ".len()..end].trim_end_matches(';').trim(), &[], passed_on, &mut named);
        elsewhere.push_str(&rest[..at]);
        elsewhere.push(';');
        rest = &rest[end..];
    }
    elsewhere.push_str(rest);
    named.extend(written_out(&elsewhere));
    named
}

fn last_line(text: &str) -> &str {
    text.lines().last().unwrap_or_default()
}

fn next_use(code: &str) -> Option<usize> {
    code.match_indices("use ")
        .map(|(at, _)| at)
        .find(|at| code[..*at].chars().next_back().is_none_or(|c| c == ' ' || c == '\n'))
}

/// One level of a `use` tree: `a::{b, c::d as e}`.
fn tree(text: &str, before: &[String], passed_on: bool, named: &mut Vec<Named>) {
    let mut segments = before.to_vec();
    if let Some(open) = text.find('{') {
        segments.extend(split(&text[..open]));
        let inside = text[open + 1..].trim_end().trim_end_matches('}');
        for branch in branches(inside) {
            tree(branch, &segments, passed_on, named);
        }
        return;
    }
    let (path, alias) = text.split_once(" as ").unwrap_or((text, ""));
    segments.extend(split(path));
    if segments.last().is_some_and(|last| last == "self") {
        segments.pop();
    }
    let Some(last) = segments.last() else { return };
    let local = if alias.is_empty() { last.clone() } else { alias.trim().to_owned() };
    named.push(Named { segments, local, passed_on });
}

fn split(path: &str) -> impl Iterator<Item = String> {
    path.split("::").map(str::trim).filter(|segment| !segment.is_empty()).map(str::to_owned)
}

/// The comma-separated parts of a brace's inside, deeper braces kept whole.
fn branches(inside: &str) -> Vec<&str> {
    let (mut depth, mut start, mut found) = (0i32, 0, Vec::new());
    for (at, letter) in inside.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                found.push(inside[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(inside[start..].trim());
    found.retain(|branch| !branch.is_empty());
    found
}

/// Paths of two or more segments outside `use` statements.
fn written_out(code: &str) -> Vec<Named> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let paths = code.split(|c: char| !is_word(c)).map(|word| word.trim_end_matches(':'));
    let long = paths.filter(|path| path.contains("::") && !path.starts_with(':'));
    long.filter_map(|path| {
        let segments: Vec<String> = split(path).collect();
        let local = segments.last()?.clone();
        Some(Named { segments, local, passed_on: false })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(code: &str) -> Vec<String> {
        all(code).iter().map(|named| format!("{}={}", named.local, named.segments.join("::"))).collect()
    }

    #[test]
    fn trees_are_spread_out() {
        let code = "use crate::a::{self, b::{C, D as E}, f::*};\nfn x() { super::g::h(); y::<Z>() }";
        let expected =
            ["a=crate::a", "C=crate::a::b::C", "E=crate::a::b::D", "*=crate::a::f::*", "h=super::g::h"];
        assert_eq!(shown(code), expected);
    }

    #[test]
    fn what_is_passed_on_is_known() {
        let flags = |code: &str| all(code).iter().map(|named| named.passed_on).collect::<Vec<_>>();
        assert_eq!(flags("pub use a::B;\npub(crate) use c::D;\nuse e::F;"), [true, true, false]);
    }
}
