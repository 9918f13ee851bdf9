//! Git over SSH, for forges that are reached by nothing else: keys and agents are those of `ssh`.
//!
//! Reading is done by the git binary, with an environment and a configuration in which nothing of the machine's or the
//! repository's is left. Writing is done as over HTTP, by our own protocol through `ssh`: it needs no repository to push
//! from, and sends exactly the objects given. Nothing is ever checked out, so no filter runs and LFS files stay the
//! pointers they are.

mod address;
mod process;

use std::path::{Path, PathBuf};
use std::time::Duration;

use fleetwright_core::Oid;
use fleetwright_git::wire::{Advertised, Move, push_request, report_in};
use fleetwright_git::{GitError, Head, Incoming, Object, Repository, bring_commit, check_branch};
use tokio::process::Command;
use tokio::task::spawn_blocking;

use crate::Fetched;
use crate::error::ForgeError;
use crate::pushed::{Pushed, decide};
use address::Place;
pub use address::SshRemote;

/// How long a list of references may take.
const LIST: Duration = Duration::from_secs(60);
/// How long a transfer may take.
const TRANSFER: Duration = Duration::from_secs(15 * 60);
/// The most bytes of a list of references.
const MAX_LIST: u64 = 16 << 20;

/// The folder beneath a mirror where single commits come to.
const ASIDE: &str = "aside";

/// What git is told, whatever a repository or machine says.
const SETTINGS: [&str; 10] = [
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.sshCommand=",
    "safe.bareRepository=explicit",
    "protocol.allow=never",
    "protocol.ssh.allow=always",
    "credential.helper=",
    "gc.auto=0",
    "maintenance.auto=false",
    "fetch.recurseSubmodules=false",
];

/// Git through `git` and `ssh`.
#[derive(Debug, Clone)]
pub struct GitBinary {
    ssh: PathBuf,
    files: bool,
}

impl Default for GitBinary {
    fn default() -> Self {
        GitBinary { ssh: PathBuf::from("ssh"), files: false }
    }
}

impl GitBinary {
    /// With another program in place of `ssh`, which is given the same arguments.
    #[must_use]
    pub fn with_ssh(mut self, program: &Path) -> GitBinary {
        program.clone_into(&mut self.ssh);
        self
    }

    /// Also for folders on this machine (`file://`), which nothing else allows.
    #[must_use]
    pub fn with_files(mut self) -> GitBinary {
        self.files = true;
        self
    }

    /// The default branch and its tip. While there is no commit the branch may not be told: it is then called `main`.
    ///
    /// # Errors
    /// [`ForgeError::NotFound`], [`ForgeError::Access`], [`ForgeError::Unknown`].
    pub async fn head(&self, remote: &SshRemote) -> Result<(String, Option<Oid>), ForgeError> {
        let listed = self.list(remote, &["--symref"], "HEAD").await?;
        let mut branch = "main".to_owned();
        let mut commit = None;
        for line in listed.lines() {
            let Some((what, "HEAD")) = line.split_once('\t') else { continue };
            match what.strip_prefix("ref: refs/heads/") {
                Some(name) => name.clone_into(&mut branch),
                None => commit = what.parse().ok(),
            }
        }
        check_branch(&branch).map_err(|error| ForgeError::access(remote.repo(), error))?;
        Ok((branch, commit))
    }

    /// The tip of a branch.
    ///
    /// # Errors
    /// As [`GitBinary::head`].
    pub async fn tip(&self, remote: &SshRemote, branch: &str) -> Result<Option<Oid>, ForgeError> {
        check_branch(branch).map_err(|error| ForgeError::access(remote.repo(), error))?;
        let full = format!("refs/heads/{branch}");
        let listed = self.list(remote, &[], &full).await?;
        let tips = listed.lines().filter_map(|line| line.split_once('\t'));
        Ok(tips.into_iter().find(|(_, name)| *name == full).and_then(|(oid, _)| oid.parse().ok()))
    }

    /// Brings a mirror up to the tip of the default branch. Where anything is new the whole tip comes.
    ///
    /// # Errors
    /// As [`GitBinary::head`]; [`ForgeError::Access`] for content that is refused.
    pub async fn fetch(&self, remote: &SshRemote, mirror: &Path) -> Result<Fetched, ForgeError> {
        let (branch, commit) = self.head(remote).await?;
        let from = format!("refs/heads/{branch}");
        self.fetch_head(remote, mirror, (&Head { branch, commit }, &from)).await
    }

    /// Brings single commits with their trees into a mirror, and moves nothing in it. The server must let a commit be
    /// asked for by its name, as all do that speak version 2 of the protocol.
    ///
    /// # Errors
    /// As [`GitBinary::fetch`].
    pub async fn bring(&self, remote: &SshRemote, mirror: &Path, commits: &[Oid]) -> Result<(), ForgeError> {
        let aside = mirror.join(ASIDE);
        for commit in commits {
            let head = Head { branch: "aside".to_owned(), commit: Some(*commit) };
            self.fetch_head(remote, &aside, (&head, &commit.to_string())).await?;
            let (aside, mirror, commit) = (aside.clone(), mirror.to_owned(), *commit);
            let copied =
                blocking(remote.repo(), move || bring_commit(&mirror, &Repository::open(&aside)?, commit));
            copied.await?;
        }
        // What is left of it takes room and nothing else; the next one makes it anew.
        let _ = tokio::fs::remove_dir_all(&aside).await;
        Ok(())
    }

    async fn fetch_head(
        &self,
        remote: &SshRemote,
        mirror: &Path,
        (head, from): (&Head, &str),
    ) -> Result<Fetched, ForgeError> {
        let (path, at, repo) = (mirror.to_owned(), head.clone(), remote.repo());
        let opened = blocking(repo, move || {
            let incoming = Incoming::begin(&path, &at)?;
            Ok((incoming.want()?, incoming))
        });
        let (want, incoming) = opened.await?;
        let refreshed = if want.is_some() {
            let landing = incoming.landing().map_err(|error| refused(repo, &error))?.to_owned();
            let mut git = self.git();
            git.arg("--git-dir").arg(&landing);
            git.args(["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules"]);
            git.args(["--no-auto-gc", "--no-write-fetch-head", "--", remote.url()]);
            git.arg(format!("+{from}:refs/heads/{}", head.branch));
            process::output(git, TRANSFER, 0).await.map_err(|said| said.into_error(repo))?;
            blocking(repo, move || incoming.take_landed()).await?
        } else {
            blocking(repo, move || incoming.settle()).await?
        };
        Ok(Fetched { head: refreshed.head.commit, tree: refreshed.tree })
    }

    /// Moves a branch from where it is expected (`None`: it must not exist) to `head`. A branch that is there already is
    /// fine.
    ///
    /// # Errors
    /// As [`crate::http::git::GitHttp::push`].
    pub async fn push(
        &self,
        remote: &SshRemote,
        (branch, expected, head): (&str, Option<Oid>, Oid),
        objects: &[Object],
        options: &[String],
    ) -> Result<(), ForgeError> {
        let wanted = Move { branch, expected, head: Some(head) };
        self.move_branch(remote, wanted, |offered| push_request(wanted, objects, options, Some(offered)))
            .await
    }

    /// Removes a branch that is where it is expected. One that is gone is fine.
    ///
    /// # Errors
    /// As [`GitBinary::push`].
    pub async fn delete(&self, remote: &SshRemote, branch: &str, expected: Oid) -> Result<(), ForgeError> {
        let wanted = Move { branch, expected: Some(expected), head: None };
        self.move_branch(remote, wanted, |offered| push_request(wanted, &[], &[], Some(offered))).await
    }

    async fn move_branch(
        &self,
        remote: &SshRemote,
        wanted: Move<'_>,
        request: impl FnOnce(&Advertised) -> Result<Vec<u8>, GitError>,
    ) -> Result<(), ForgeError> {
        let repo = remote.repo();
        check_branch(wanted.branch).map_err(|error| ForgeError::access(repo, error))?;
        let full = format!("refs/heads/{}", wanted.branch);
        let mut seen = None;
        let answer = process::converse(self.receive_pack(remote)?, TRANSFER, |offered| {
            let actual = offered.refs.get(&full).copied();
            if actual == wanted.expected {
                return request(offered).map(Some);
            }
            seen = Some(actual);
            Ok(None)
        });
        let answer = answer.await.map_err(|said| said.into_error(repo))?;
        if let Some(actual) = seen {
            return decide(repo, wanted, actual, "");
        }
        match Pushed::read(&report_in(&answer).map_err(ForgeError::unknown)?, wanted.branch) {
            Pushed::Done => Ok(()),
            Pushed::NotTold => Err(ForgeError::unknown("the forge does not say what became of the branch")),
            Pushed::Not(said) => {
                let actual = self.tip(remote, wanted.branch).await;
                let actual = actual.map_err(|error| {
                    ForgeError::unknown(format!("the push was refused, and then: {error}"))
                })?;
                decide(repo, wanted, actual, &said)
            }
        }
    }

    async fn list(&self, remote: &SshRemote, options: &[&str], pattern: &str) -> Result<String, ForgeError> {
        self.allowed(remote)?;
        let mut git = self.git();
        git.arg("ls-remote").args(options).args(["--", remote.url(), pattern]);
        let listed = process::output(git, LIST, MAX_LIST).await;
        let listed = listed.map_err(|said| said.into_error(remote.repo()))?;
        String::from_utf8(listed).map_err(|error| ForgeError::access(remote.repo(), error))
    }

    fn allowed(&self, remote: &SshRemote) -> Result<(), ForgeError> {
        match remote.place() {
            Place::Folder(_) if !self.files => Err(ForgeError::access(
                remote.repo(),
                "its git address is a folder, which is not allowed here",
            )),
            _ => Ok(()),
        }
    }

    /// `git` with nothing of the machine's settings.
    fn git(&self) -> Command {
        let mut git = Command::new("git");
        process::clean(&mut git);
        // A program's path goes into a line for a shell.
        let quoted = self.ssh.to_string_lossy().replace('\'', r"'\''");
        git.env("GIT_SSH_COMMAND", format!("'{quoted}' -o BatchMode=yes"));
        git.env("GIT_ALLOW_PROTOCOL", if self.files { "ssh:file" } else { "ssh" });
        SETTINGS.iter().for_each(|setting| {
            git.args(["-c", setting]);
        });
        if self.files {
            git.args(["-c", "protocol.file.allow=always"]);
        }
        git
    }

    /// `git receive-pack` at the other end.
    fn receive_pack(&self, remote: &SshRemote) -> Result<Command, ForgeError> {
        self.allowed(remote)?;
        Ok(match remote.place() {
            Place::Host { host, port, path } => {
                let mut ssh = Command::new(&self.ssh);
                process::clean(&mut ssh);
                ssh.args(["-o", "BatchMode=yes"]);
                if let Some(port) = port {
                    ssh.args(["-p", &port.to_string()]);
                }
                ssh.args(["--", host]).arg(format!("git-receive-pack {}", address::quoted(path)));
                ssh
            }
            Place::Folder(path) => {
                let mut git = Command::new("git");
                process::clean(&mut git);
                git.arg("receive-pack").arg(path);
                git
            }
        })
    }
}

fn refused(repo: &str, error: &GitError) -> ForgeError {
    match error {
        // The branch moved between two requests, or our disk: asked again it may do.
        GitError::MissingObject { .. } | GitError::Io { .. } | GitError::Locked { .. } => {
            ForgeError::unknown(error)
        }
        error => ForgeError::access(repo, error),
    }
}

async fn blocking<T: Send + 'static>(
    repo: &str,
    work: impl FnOnce() -> Result<T, GitError> + Send + 'static,
) -> Result<T, ForgeError> {
    let done = spawn_blocking(work).await.map_err(ForgeError::unknown)?;
    done.map_err(|error| refused(repo, &error))
}
