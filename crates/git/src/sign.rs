//! Signing commits by `ssh-keygen` or `gpg`: keys stay with the programs that keep them.
//!
//! The same spec must give the same commit, else a retry would push another one. So the signature's time is the
//! commit's, and [`Signer::check`] refuses keys whose signatures differ each time.

use std::io::{Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

use crate::build::{CommitSpec, commit_parts};
use crate::error::{GitError, Result};
use crate::object::{Kind, Object};

/// How long signing may take; a key that waits for a person's touch or password cannot be used.
const PATIENCE: Duration = Duration::from_secs(30);
/// The largest signature, in bytes: of an RSA key with 16,384 bits it is 3 KB.
const MAX_SIGNATURE: u64 = 64 << 10;
/// What of the environment the programs need: where they, their keys and their agents are.
const ENVIRONMENT: [&str; 6] = ["PATH", "HOME", "USER", "GNUPGHOME", "SSH_AUTH_SOCK", "XDG_RUNTIME_DIR"];

/// Who signs commits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Signer {
    /// `ssh-keygen -Y sign`: a private key without a password, or a public one whose private half an agent keeps.
    Ssh {
        /// The key's file.
        key: PathBuf,
    },
    /// `gpg --detach-sign`.
    Gpg {
        /// The key, by its fingerprint.
        key: String,
        /// GnuPG's folder, where it is not that of the environment.
        home: Option<PathBuf>,
    },
}

/// Makes a signed commit object, as git does it: the signature is a header of the commit that it signs.
///
/// # Errors
/// As [`crate::commit_object`], and [`GitError::Sign`] with the program's words.
pub fn signed_commit_object(spec: &CommitSpec, signer: &Signer) -> Result<Object> {
    let (headers, message) = commit_parts(spec)?;
    let signature = signer.sign(format!("{headers}\n{message}").as_bytes(), spec.time)?;
    let folded = signature.trim_end().replace('\n', "\n ");
    Object::new(Kind::Commit, format!("{headers}gpgsig {folded}\n\n{message}").into_bytes())
}

impl Signer {
    /// Tries the key at a time (seconds since 1970 UTC): it must be usable without a person, and sign the same twice in
    /// the same way.
    ///
    /// # Errors
    /// [`GitError::Sign`]: ECDSA keys of SSH and keys in hardware sign differently each time.
    pub fn check(&self, time: i64) -> Result<()> {
        let text = b"fleetwright tries its key\n";
        if self.sign(text, time)? == self.sign(text, time)? {
            return Ok(());
        }
        Err(failed(
            "this key signs differently each time, so a retry would make another commit; use Ed25519 or RSA",
        ))
    }

    fn sign(&self, text: &[u8], time: i64) -> Result<String> {
        let (mut command, begin) = match self {
            Signer::Ssh { key } => {
                let mut command = Command::new("ssh-keygen");
                command.args(["-Y", "sign", "-n", "git", "-f"]).arg(key);
                (command, "-----BEGIN SSH SIGNATURE-----")
            }
            Signer::Gpg { key, .. } => {
                let mut command = Command::new("gpg");
                command.args(["--batch", "--no-tty", "--quiet", "--pinentry-mode", "error"]);
                // The `!` stops the clock: else the signature is dated when gpg came to it.
                command.arg("--faked-system-time").arg(format!("{time}!"));
                command.args(["--detach-sign", "--armor", "--local-user", key]);
                (command, "-----BEGIN PGP SIGNATURE-----")
            }
        };
        self.clean(&mut command);
        let (signature, said) = run(&mut command, text)?;
        let plain = signature.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte));
        if signature.starts_with(begin) && plain {
            return Ok(signature);
        }
        Err(failed(&said))
    }

    fn clean(&self, command: &mut Command) {
        command.env_clear();
        for name in ENVIRONMENT {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        if let Signer::Gpg { home: Some(home), .. } = self {
            command.env("GNUPGHOME", home);
        }
        // Nobody is there to be asked for a password.
        command.env("SSH_ASKPASS", "/bin/false").env("SSH_ASKPASS_REQUIRE", "force").env("LC_ALL", "C");
    }
}

fn failed(why: &str) -> GitError {
    GitError::Sign { why: why.to_owned() }
}

/// Runs a program on some input; what it printed, and what it complained of in one line.
fn run(command: &mut Command, input: &[u8]) -> Result<(String, String)> {
    let name = command.get_program().to_string_lossy().into_owned();
    let io = |error: std::io::Error| failed(&format!("`{name}` cannot be run: {error}; is it installed?"));
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(io)?;
    let printed = gather(child.stdout.take());
    let complained = gather(child.stderr.take());
    if let Some(mut stdin) = child.stdin.take() {
        // One that does not read it will say why.
        let _ = stdin.write_all(input);
    }
    let until = Instant::now() + PATIENCE;
    let ended = await_both(&printed, &complained, until);
    let Ok((printed, complained)) = ended else {
        end(&mut child);
        return Err(failed(&format!(
            "`{name}` took longer than {} s; does it wait for a person?",
            PATIENCE.as_secs()
        )));
    };
    let status = child.wait().map_err(io)?;
    let said = String::from_utf8_lossy(&complained);
    let said: String = said.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(500).collect();
    if !status.success() {
        return Err(failed(&format!("`{name}` failed: {said}")));
    }
    Ok((String::from_utf8_lossy(&printed).into_owned(), format!("`{name}` made no signature: {said}")))
}

fn await_both(
    printed: &Receiver<Vec<u8>>,
    complained: &Receiver<Vec<u8>>,
    until: Instant,
) -> std::result::Result<(Vec<u8>, Vec<u8>), RecvTimeoutError> {
    let left = || until.saturating_duration_since(Instant::now());
    Ok((printed.recv_timeout(left())?, complained.recv_timeout(left())?))
}

/// Reads a stream to its end on a thread of its own.
fn gather(stream: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    thread::spawn(move || {
        let mut held = Vec::new();
        if let Some(stream) = stream {
            // What came before a failure is as good as can be had.
            let _ = stream.take(MAX_SIGNATURE).read_to_end(&mut held);
        }
        // Nobody waits any more after a timeout.
        let _ = send.send(held);
    });
    receive
}

fn end(child: &mut Child) {
    // Gone already is as good.
    let _ = child.kill();
    let _ = child.wait();
}
