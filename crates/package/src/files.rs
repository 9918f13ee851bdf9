//! What readers read from.

use std::collections::BTreeMap;
use std::sync::Arc;

/// The files of one repository that a reader wants, by path from its root, as text.
#[derive(Debug, Clone, Default)]
pub struct Files {
    texts: BTreeMap<String, Arc<str>>,
}

impl Files {
    /// Adds a file.
    pub fn add(&mut self, path: impl Into<String>, text: impl Into<Arc<str>>) {
        self.texts.insert(path.into(), text.into());
    }

    /// A file's text.
    pub fn text(&self, path: &str) -> Option<&str> {
        self.texts.get(path).map(AsRef::as_ref)
    }

    /// Every file with its text, in the order of paths.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts.iter().map(|(path, text)| (path.as_str(), text.as_ref()))
    }

    /// The files of this name, in any folder, in the order of paths.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.iter().filter(move |(path, _)| path.rsplit('/').next() == Some(name))
    }
}

impl<P: Into<String>, T: Into<Arc<str>>> FromIterator<(P, T)> for Files {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Files {
        let mut all = Files::default();
        files.into_iter().for_each(|(path, text)| all.add(path, text));
        all
    }
}

/// What is published elsewhere: by other repositories of the fleet, or in a folder in the form of a Maven
/// repository.
pub trait Published {
    /// The POM of `group:artifact` in exactly this version; `None` when it is not known.
    fn pom(&self, group: &str, artifact: &str, version: &str) -> Option<Arc<str>>;
}

/// Nothing is known of elsewhere.
#[derive(Debug, Clone, Copy, Default)]
pub struct NothingPublished;

impl Published for NothingPublished {
    fn pom(&self, _group: &str, _artifact: &str, _version: &str) -> Option<Arc<str>> {
        None
    }
}
