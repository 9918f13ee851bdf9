//! Node ids, GitHub's names for things across all repositories, and objects joined.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// A node id; those of GitHub are opaque too.
pub(in crate::github) fn node(kind: &str, parts: &[&str]) -> String {
    format!("{kind}_{}", URL_SAFE_NO_PAD.encode(parts.join(":")))
}

/// The kind and parts of a node id.
pub(in crate::github) fn parts(id: &str) -> Option<(String, Vec<String>)> {
    let (kind, rest) = id.split_once('_')?;
    let text = String::from_utf8(URL_SAFE_NO_PAD.decode(rest).ok()?).ok()?;
    Some((kind.to_owned(), text.split(':').map(str::to_owned).collect()))
}

/// The node id of a pull request.
pub(in crate::github) fn pull(repo: u64, number: u64) -> String {
    node("PR", &[&repo.to_string(), &number.to_string()])
}

/// The node id of a repository.
pub(in crate::github) fn repo(id: u64) -> String {
    node("R", &[&id.to_string()])
}

/// Adds fields to an object.
pub(in crate::github) fn extend(shown: &mut Value, more: Value) {
    if let (Some(shown), Value::Object(more)) = (shown.as_object_mut(), more) {
        shown.extend(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_node_id_leads_back() {
        assert_eq!(parts(&pull(7, 12)), Some(("PR".to_owned(), vec!["7".to_owned(), "12".to_owned()])));
        assert_eq!(parts("nothing"), None);
    }
}
