//! Reading a file: what it declares and what is wrong in it.

use crate::declared::Declared;
use crate::documents::documents;
use crate::finding::{Finding, Severity};
use crate::recognise::{Hint, recognise};

/// The largest file that is read, in bytes (`limits-and-trust`: entity cap of 1 MB).
pub const MAX_BYTES: usize = 1024 * 1024;

/// The most documents that are read of one file.
pub const MAX_DOCUMENTS: usize = 1_000;

/// What a file declares and what is wrong in it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Reading {
    /// What it declares, in the order of the file.
    pub declared: Vec<Declared>,
    /// What is wrong in it.
    pub findings: Vec<Finding>,
    /// Whether it is a template (`{{ ... }}`), or has documents that are: what they declare is known
    /// only once values are filled in, so it is neither read nor called wrong.
    pub template: bool,
}

impl Reading {
    fn finding(finding: Finding) -> Reading {
        Reading { findings: vec![finding], ..Reading::default() }
    }
}

/// Reads a file that [`recognise`] recognises; of any other nothing is said.
/// A bad document is a finding and never hides the others.
pub fn read(path: &str, text: &str) -> Reading {
    let Some(hint) = recognise(path) else {
        return Reading::default();
    };
    if text.len() > MAX_BYTES {
        let message = format!("the file has {} bytes, more than {MAX_BYTES}: it was not read", text.len());
        let finding = Finding::of_file(path, Severity::Warning, message, "split it");
        return Reading::finding(finding);
    }
    read_as(hint, path, text)
}

/// Reads a file as it is in git: text in another encoding is a finding.
pub fn read_bytes(path: &str, bytes: &[u8]) -> Reading {
    if recognise(path).is_none() {
        return Reading::default();
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => read(path, text),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].iter().filter(|byte| **byte == b'\n').count() + 1;
            let message = "the file is not UTF-8: it was not read";
            let finding = Finding::of_file(path, Severity::Warning, message, "save it as UTF-8");
            Reading::finding(finding.at((line, 0)))
        }
    }
}

fn read_as(_hint: Hint, path: &str, text: &str) -> Reading {
    let documents = documents(path, text);
    Reading { declared: Vec::new(), findings: documents.findings, template: documents.template }
}
