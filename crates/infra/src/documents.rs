//! The documents of a YAML or JSON file, each read by itself: a bad one never hides the others.

use fleetwright_core::node::Node;
use serde_saphyr::Spanned;

use crate::finding::{Finding, Severity};
use crate::limits::MAX_DOCUMENTS;
use crate::tree::Tree;

/// The most values of one document, its aliases followed. The largest CRDs in use have about 30,000.
pub(crate) const MAX_NODES: usize = 200_000;

/// The deepest nesting of a document, in levels.
pub(crate) const MAX_DEPTH: usize = 100;

/// As deep is read on the caller's stack: a debug build takes up to 35 kB a level, a worker has 2 MB.
const SHALLOW: usize = 32;

/// Enough for [`MAX_DEPTH`] levels; only what is used is paid for.
const DEEP_STACK_BYTES: usize = 32 << 20;

/// The documents of a file.
#[derive(Debug, Default)]
pub(crate) struct Documents {
    /// Those that could be read and hold something, in order.
    pub(crate) trees: Vec<Tree>,
    /// What is wrong with the others.
    pub(crate) findings: Vec<Finding>,
    /// Whether one was left out because it is a template (`{{ ... }}`) and not yet YAML.
    pub(crate) template: bool,
}

/// Reads all documents of a text. Of one that is not good YAML a finding is made when it is `wanted`.
pub(crate) fn documents(file: &str, text: &str, wanted: fn(&str) -> bool) -> Documents {
    let mut found = Documents::default();
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let pieces = split(text);
    if let Some((line, _)) = pieces.get(MAX_DOCUMENTS) {
        let message = format!("more than {MAX_DOCUMENTS} documents: those from here on were not read");
        let finding = Finding::of_file(file, Severity::Warning, message, "split the file");
        found.findings.push(finding.at((line + 1, 1)));
    }
    for (line, piece) in pieces.into_iter().take(MAX_DOCUMENTS) {
        match document(piece) {
            Ok(tree) if tree.is_null() => {}
            Ok(mut tree) => {
                tree.lower(line);
                found.trees.push(tree);
            }
            Err(_) if is_template(piece) => found.template = true,
            Err(fault) if wanted(piece) => found.findings.push(fault.finding(file, line)),
            Err(_) => {}
        }
    }
    found
}

/// Why a document could not be read.
struct Fault {
    message: String,
    remedy: &'static str,
    line: usize,
    column: usize,
}

impl Fault {
    fn finding(self, file: &str, lines_before: usize) -> Finding {
        let line = if self.line == 0 { lines_before + 1 } else { self.line + lines_before };
        Finding::of_file(file, Severity::Error, self.message, self.remedy).at((line, self.column))
    }
}

/// Reads one document. Reading recurses, so a deep document gets a stack of its own.
fn document(text: &str) -> Result<Tree, Fault> {
    match parse(text, SHALLOW) {
        Err(error) if is_too_deep(&error) => {}
        outcome => return outcome.map_err(|error| fault(text, &error)),
    }
    let thread = std::thread::Builder::new().name("documents".to_owned()).stack_size(DEEP_STACK_BYTES);
    let deep = std::thread::scope(|scope| {
        let parsing =
            thread.spawn_scoped(scope, || parse(text, MAX_DEPTH).map_err(|error| fault(text, &error)));
        parsing.ok().and_then(|thread| thread.join().ok())
    });
    deep.unwrap_or_else(|| {
        let message = "the document is deep, and there was no stack to read it on".to_owned();
        Err(Fault { message, remedy: "try again", line: 0, column: 0 })
    })
}

fn parse(text: &str, max_depth: usize) -> Result<Tree, serde_saphyr::Error> {
    let options = serde_saphyr::options! {
        with_snippet: false,
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        budget: serde_saphyr::budget! {
            max_nodes: MAX_NODES,
            max_events: 2 * MAX_NODES,
            max_depth: max_depth,
            max_aliases: 5_000,
            // A Compose file may repeat one anchor in all its services.
            enforce_alias_anchor_ratio: false,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: MAX_NODES },
    };
    serde_saphyr::from_str_with_options::<Spanned<Node>>(text, options).map(Tree::from)
}

fn is_too_deep(error: &serde_saphyr::Error) -> bool {
    error.without_snippet().to_string().contains("Depth {")
}

fn fault(text: &str, error: &serde_saphyr::Error) -> Fault {
    if let Some(line) = text.lines().position(|line| line.starts_with("<<<<<<< ")) {
        return Fault {
            message: "there are merge markers: a conflict was committed".to_owned(),
            remedy: "resolve the conflict",
            line: line + 1,
            column: 1,
        };
    }
    let place = error.location();
    let number = |value: u64| usize::try_from(value).unwrap_or(0);
    let (message, remedy) = words(&error.without_snippet().to_string());
    let (line, column) = place.map_or((0, 0), |at| (number(at.line()), number(at.column())));
    Fault { message, remedy, line, column }
}

/// The reader's words as a person says them, and what to try.
fn words(error: &str) -> (String, &'static str) {
    let text = error.lines().next().unwrap_or("this is not YAML");
    let text = text.split(" at line ").next().unwrap_or(text);
    if let Some(rest) = text.strip_prefix("duplicate mapping key: ") {
        let key = rest.split(',').next().unwrap_or(rest);
        return (format!("the key `{key}` is there twice"), "keep one of them");
    }
    let limits = ["budget breached", "recursion limit", "alias"];
    if limits.iter().any(|limit| text.starts_with(limit)) {
        let limit = text.strip_prefix("budget breached: ").unwrap_or(text);
        let message = format!(
            "the document is too large or too deep: it may have {MAX_NODES} values and {MAX_DEPTH} levels, \
             aliases followed ({limit})"
        );
        return (message, "split it, and write out what `*aliases` repeat");
    }
    (format!("not YAML: {text}"), "check the syntax at this place")
}

/// Whether a text that is not YAML is a template that becomes YAML.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}

/// The documents of a file, each with the number of lines before it. `---` at the start of a line
/// begins a document whatever is around it (YAML 1.2 §9.1.1), so no reading is needed to find it.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut pieces = Vec::new();
    let (mut start, mut start_line, mut at) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let begins = is_marker(line, "---");
        let ends = is_marker(line, "...");
        if begins || ends {
            pieces.push((start_line, &text[start..at]));
            start = if ends { at + line.len() } else { at };
            start_line = if ends { number + 1 } else { number };
        }
        at += line.len();
    }
    pieces.push((start_line, &text[start..]));
    pieces.retain(|(_, piece)| holds_something(piece));
    pieces
}

fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t', '\r', '\n']))
}

/// Whether there is more than comments, directives and the marker.
fn holds_something(piece: &str) -> bool {
    piece.lines().any(|line| {
        let line = line.trim();
        !(line.is_empty() || line == "---" || line.starts_with('#') || line.starts_with('%'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(file: &str, text: &str) -> Documents {
        super::documents(file, text, |_| true)
    }

    #[test]
    fn every_document_keeps_its_lines() {
        let text =
            "# head\n%YAML 1.2\n---\na: 1\n---  # two\nb:\n  c: [x]\n...\n---\n# only words\n---\nd: 4\n";
        let found = documents("a.yaml", text);
        assert_eq!(found.findings, []);
        let places: Vec<_> = found.trees.iter().map(|tree| tree.rows()[0].0.line).collect();
        assert_eq!(places, [4, 6, 12]);
        assert_eq!(found.trees[1].place("/b/c/0"), (7, 7));
        assert_eq!(found.trees[1].place("/b/missing/deeper"), (6, 1));
    }

    #[test]
    fn a_bad_document_hides_no_other() {
        let text =
            "a: 1\n---\nb: [\n---\nc: {{ .Values.x }}\n---\nd: 1\nd: 2\n---\n<<<<<<< HEAD\ne: 1\n---\nf: 1\n";
        let found = documents("a.yaml", text);
        let keys: Vec<_> = found.trees.iter().map(|tree| tree.rows()[0].0.text.as_str()).collect();
        assert_eq!(keys, ["a", "f"]);
        assert!(found.template);
        let lines: Vec<_> = found.findings.iter().map(|finding| finding.line).collect();
        assert_eq!(lines.len(), 3, "{:?}", found.findings);
        assert!((3..=4).contains(&lines[0]), "{lines:?}");
        assert_eq!(&lines[1..], [8, 10]);
        assert_eq!(found.findings[1].message, "the key `d` is there twice");
    }

    #[test]
    fn anchors_and_merge_keys_are_followed() {
        let text = "x-log: &log { driver: json }\nservices:\n  a:\n    logging: *log\n  b:\n    <<: *log\n";
        let found = documents("a.yaml", text);
        assert_eq!(found.findings, []);
        let services = found.trees[0].get("services").unwrap();
        assert_eq!(services.text_at(&["a", "logging", "driver"]), Some("json"));
        assert_eq!(services.text_at(&["b", "driver"]), Some("json"));
    }

    #[test]
    fn json_is_read_with_its_places() {
        let found = documents("a.json", "{\n\t\"a\": {\n\t\t\"b\": \"x\\u00e9\\/y\"\n\t}\n}\n");
        assert_eq!(found.findings, []);
        assert_eq!(found.trees[0].text_at(&["a", "b"]), Some("xé/y"));
        assert_eq!(found.trees[0].place("/a/b").0, 3);
    }
}
