//! What is done in the folder of a lockfile, one after the other.

/// What is done in the folder of a lockfile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A program with its arguments; no shell.
    Run(Vec<String>),
    /// A file of the folder gets this text, by its name; `None` takes it away.
    Write(&'static str, Option<String>),
}

/// The words of a command that is written here.
pub(crate) fn words(command: &str) -> Vec<String> {
    command.split_whitespace().map(str::to_owned).collect()
}

/// A command whose words are separated by spaces, with a word at its end that may hold anything.
pub(crate) fn run(command: &str, word: Option<&str>) -> Step {
    Step::Run(words(command).into_iter().chain(word.map(str::to_owned)).collect())
}
