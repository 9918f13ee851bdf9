//! What was read of a file.

use crate::declared::Declared;
use crate::finding::Finding;

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
    pub(crate) fn finding(finding: Finding) -> Reading {
        Reading { findings: vec![finding], ..Reading::default() }
    }
}
