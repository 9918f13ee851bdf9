//! Running `git` and `ssh`: a clean environment, limits of time and bytes, and what their words mean.

use std::process::Stdio;
use std::time::Duration;

use fleetwright_git::GitError;
use fleetwright_git::wire::{Advertised, Packet, Packets, receive_pack};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStderr, Command};
use tokio::time::timeout;

use crate::error::ForgeError;

/// The most bytes of a program's complaints that are kept.
const MAX_WORDS: u64 = 16 << 10;
/// The most bytes of what a server advertises, and of its report.
const MAX_ANSWER: u64 = 256 << 20;
/// What of the environment is passed on: where programs, keys and agents are.
const ENVIRONMENT: [&str; 5] = ["PATH", "HOME", "USER", "LOGNAME", "SSH_AUTH_SOCK"];

/// What `git` or `ssh` said when it failed.
pub(super) struct Said(String);

impl Said {
    fn new(words: &[u8]) -> Said {
        let text = String::from_utf8_lossy(words);
        let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        Said(fleetwright_core::secret::mask(&plain).chars().take(500).collect())
    }

    /// Their words differ by version; what is not known is told as it is.
    pub(super) fn into_error(self, repo: &str) -> ForgeError {
        let has = |words: &[&str]| words.iter().any(|word| self.0.to_lowercase().contains(word));
        if has(&["host key verification failed"]) {
            return ForgeError::access(repo, format!("the host's key is not known to ssh: {}", self.0));
        }
        if has(&["permission denied", "access denied", "read only", "read-only", "not allowed"]) {
            return ForgeError::access(repo, format!("ssh's key may not do it: {}", self.0));
        }
        if has(&["repository not found", "does not appear to be a git repository", "does not exist"]) {
            return ForgeError::NotFound { what: format!("the git repository of {repo}") };
        }
        ForgeError::unknown(&self.0)
    }
}

/// Takes everything out of a command's environment that could change what it does.
pub(super) fn clean(command: &mut Command) {
    command.env_clear().current_dir("/").kill_on_drop(true);
    for name in ENVIRONMENT {
        if let Some(value) = std::env::var_os(name) {
            command.env(name, value);
        }
    }
    for (name, value) in [
        ("GIT_CONFIG_NOSYSTEM", "1"),
        ("GIT_CONFIG_GLOBAL", "/dev/null"),
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_LFS_SKIP_SMUDGE", "1"),
        ("GIT_ASKPASS", "/bin/false"),
        ("SSH_ASKPASS", "/bin/false"),
        ("LC_ALL", "C"),
    ] {
        command.env(name, value);
    }
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
}

/// Runs a program to its end; what it printed, `limit` bytes at most.
pub(super) async fn output(mut command: Command, patience: Duration, limit: u64) -> Result<Vec<u8>, Said> {
    let mut child = start(&mut command)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let run = async {
        let (printed, words) = tokio::join!(read(stdout, limit + 1), read(stderr, MAX_WORDS));
        (printed, words, child.wait().await)
    };
    let (printed, words, status) = timeout(patience, run).await.map_err(|_| too_long(patience))?;
    if !status.is_ok_and(|status| status.success()) {
        return Err(Said::new(&words));
    }
    if printed.len() as u64 > limit {
        return Err(Said(format!("its answer is larger than {limit} bytes")));
    }
    Ok(printed)
}

/// Talks with a server that speaks first: what it advertises goes to `request`, whose answer goes to it. `None` ends the
/// talk.
pub(super) async fn converse(
    mut command: Command,
    patience: Duration,
    request: impl FnOnce(&Advertised) -> Result<Option<Vec<u8>>, GitError>,
) -> Result<Vec<u8>, Said> {
    command.stdin(Stdio::piped());
    let mut child = start(&mut command)?;
    let stderr = child.stderr.take();
    timeout(patience, talk(&mut child, stderr, request)).await.map_err(|_| too_long(patience))?
}

async fn talk(
    child: &mut Child,
    stderr: Option<ChildStderr>,
    request: impl FnOnce(&Advertised) -> Result<Option<Vec<u8>>, GitError>,
) -> Result<Vec<u8>, Said> {
    let (Some(mut stdin), Some(mut stdout)) = (child.stdin.take(), child.stdout.take()) else {
        return Err(Said("a program without streams".to_owned()));
    };
    // Read all along, so that no full pipe stops the server.
    let words = tokio::spawn(read(stderr, MAX_WORDS));
    let broken = |error: GitError| Said(error.to_string());
    let Some(advertised) = advertisement(&mut stdout).await.map_err(broken)? else {
        return Err(Said::new(&words.await.unwrap_or_default()));
    };
    let request = request(&receive_pack(&advertised).map_err(broken)?).map_err(broken)?;
    // A server that is done closes its end; its report says why.
    let _ = stdin.write_all(request.as_deref().unwrap_or(b"0000")).await;
    drop(stdin);
    let answer = read(Some(stdout), MAX_ANSWER).await;
    if answer.is_empty() && request.is_some() {
        return Err(Said::new(&words.await.unwrap_or_default()));
    }
    // The report is what counts; how the program ended does not.
    let _ = child.wait().await;
    Ok(answer)
}

/// What a server says first, up to its flush; `None` where it ended before.
async fn advertisement(stdout: &mut (impl AsyncRead + Unpin)) -> Result<Option<Vec<u8>>, GitError> {
    let (mut held, mut packets) = (Vec::new(), Packets::default());
    loop {
        let before = held.len();
        if stdout.read_buf(&mut held).await.unwrap_or(0) == 0 {
            return Ok(None);
        }
        packets.push(&held[before..]);
        while let Some(packet) = packets.take()? {
            if packet == Packet::Flush {
                return Ok(Some(held));
            }
        }
        if held.len() as u64 > MAX_ANSWER {
            return Err(GitError::Limit { what: "bytes advertised", limit: MAX_ANSWER });
        }
    }
}

fn start(command: &mut Command) -> Result<Child, Said> {
    let name = command.as_std().get_program().to_string_lossy().into_owned();
    command.spawn().map_err(|error| Said(format!("`{name}` cannot be run: {error}; is it installed?")))
}

fn too_long(patience: Duration) -> Said {
    Said(format!("it took longer than {} s", patience.as_secs()))
}

/// Reads a stream, keeps `limit` bytes, and drops the rest so that its writer is not stopped.
async fn read(stream: Option<impl AsyncRead + Unpin>, limit: u64) -> Vec<u8> {
    let mut held = Vec::new();
    if let Some(mut stream) = stream {
        // What came before a failure is all there is.
        let _ = (&mut stream).take(limit).read_to_end(&mut held).await;
        let _ = tokio::io::copy(&mut stream, &mut tokio::io::sink()).await;
    }
    held
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_ssh_become_errors() {
        let error = |words: &str| Said::new(words.as_bytes()).into_error("a");
        assert!(matches!(error("git@h: Permission denied (publickey).\r\n"), ForgeError::Access { .. }));
        assert!(matches!(error("Host key verification failed."), ForgeError::Access { .. }));
        assert!(matches!(error("ERROR: Repository not found."), ForgeError::NotFound { .. }));
        assert!(matches!(
            error("ssh: connect to host h port 22: Connection refused"),
            ForgeError::Unknown { .. }
        ));
    }
}
