//! Why a program could not be run.

use std::io;
use std::path::PathBuf;

use thiserror::Error;

/// The sandbox cannot be used on this machine.
#[derive(Debug, Error)]
pub enum Unavailable {
    /// No `bwrap` on the usual paths.
    #[error(
        "bubblewrap is not installed (no bwrap in /usr/bin, /usr/local/bin or /bin); install it: \
         Debian and Ubuntu `apt install bubblewrap`, Fedora `dnf install bubblewrap`, \
         Alpine `apk add bubblewrap`"
    )]
    NotInstalled,
    /// `bwrap` lacks `--bind-fd`, which came with the fix of CVE-2024-42472.
    #[error(
        "{version} at {} is too old: it lacks --bind-fd, which came with the fix of \
         CVE-2024-42472; upgrade to bubblewrap 0.10 or to your distribution's security update",
        path.display()
    )]
    TooOld {
        /// Which program.
        path: PathBuf,
        /// What it says it is.
        version: String,
    },
    /// `bwrap` is there, but a trial run of `true` failed.
    #[error("a trial run of bubblewrap failed: {said}; {advice}")]
    TrialFailed {
        /// What bubblewrap wrote.
        said: String,
        /// What to do about it.
        advice: &'static str,
    },
    /// We are root and can become nobody else.
    #[error(
        "running as root in a user namespace that maps no other user, where scripts might act as \
         the host's root; run as an ordinary user, or map at least 65,536 users into the namespace"
    )]
    OnlyRoot,
    /// The kernel or file system refused something the sandbox is built from.
    #[error("the sandbox cannot be prepared: {what}: {source}")]
    System {
        /// What was attempted.
        what: String,
        /// The system's answer.
        source: io::Error,
    },
}

/// An order could not be carried out; the program did not run, or its end is not known.
#[derive(Debug, Error)]
pub enum RunnerError {
    /// The order itself is wrong.
    #[error("the order cannot be run: {0}")]
    BadOrder(String),
    /// A directory of the order, or a read-only path of the sandbox, cannot be used.
    #[error("cannot use {}: {source}", path.display())]
    Path {
        /// Which path of the host.
        path: PathBuf,
        /// The system's answer.
        source: io::Error,
    },
    /// The command could not be started inside the sandbox.
    #[error(
        "`{command}` could not be started: {said}; is it in the tree, executable, and its interpreter under /usr?"
    )]
    NotStarted {
        /// The first word of the command.
        command: String,
        /// What the launcher said.
        said: String,
    },
    /// The kernel refused something.
    #[error("the sandbox failed while trying to {what}: {source}")]
    System {
        /// What was attempted.
        what: &'static str,
        /// The system's answer.
        source: io::Error,
    },
}

impl RunnerError {
    /// For `map_err`: what was attempted when the system refused.
    pub(crate) fn system<E: Into<io::Error>>(what: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::System { what, source: source.into() }
    }
}
