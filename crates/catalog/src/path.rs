//! Paths of keys within a document, such as `metadata.annotations.example.org/team`.

use std::fmt;

/// One step down.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub(crate) enum Step {
    /// Into a mapping, by key.
    Key(String),
    /// Into a list, by position from 0.
    Index(usize),
}

/// A path from the document's root. It prints as people write it: `spec.dependsOn[0]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize)]
pub(crate) struct Path(Vec<Step>);

impl Path {
    /// The path of a key of the root.
    pub(crate) fn of(key: &str) -> Path {
        Path::default().key(key)
    }

    /// One key further.
    pub(crate) fn key(&self, key: &str) -> Path {
        self.with(Step::Key(key.to_owned()))
    }

    /// One position further.
    pub(crate) fn index(&self, index: usize) -> Path {
        self.with(Step::Index(index))
    }

    /// Its steps, from the root.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.0
    }

    fn with(&self, step: Step) -> Path {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(step);
        Path(steps)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) if at == 0 => write!(f, "{key}")?,
                Step::Key(key) => write!(f, ".{key}")?,
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
