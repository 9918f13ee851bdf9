//! What an import is about besides text: files that stand beside it, pull requests that stand already.

/// Pull requests that the file wants taken into the shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulls {
    /// The repository's name, without its host.
    pub repo: String,
    /// The pull requests' numbers in it.
    pub numbers: Vec<u64>,
}

/// What stands beside the file that is read: the file itself where the name is a file's, all files
/// below it where it is a folder's, nothing where there is neither.
pub type Beside<'a> = &'a dyn Fn(&str) -> Vec<String>;
