//! Runs git on one bare repository and nothing else.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::LazyLock;

use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

/// Settings that make git neither wait for the disk nor clean up behind our back, and keep it from
/// whatever lies in an adopted folder's hooks.
const SETTINGS: [&str; 9] = [
    "core.hooksPath=/dev/null",
    "core.fsync=none",
    "gc.auto=0",
    "receive.autogc=false",
    "receive.unpackLimit=10000",
    "receive.advertisePushOptions=true",
    "uploadpack.allowFilter=true",
    "uploadpack.allowAnySHA1InWant=true",
    "safe.directory=*",
];

/// Where git is. By its path it is spawned without a copy of our page tables, which a plain name costs
/// where `PATH` is set anew: of a large rehearsal that took two fifths of the time.
static GIT: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.is_file());
    found.filter(|git| git.is_absolute()).unwrap_or_else(|| PathBuf::from("git"))
});

/// What git is to do.
pub(crate) struct Run<'a> {
    pub(crate) folder: &'a Path,
    pub(crate) arguments: &'a [&'a str],
    /// The client's `Git-Protocol` header.
    pub(crate) protocol: Option<&'a str>,
    pub(crate) environment: &'a [(&'a str, &'a str)],
    pub(crate) input: &'a [u8],
}

/// Runs git and gives back what it says.
pub(crate) async fn run(what: Run<'_>) -> std::io::Result<Vec<u8>> {
    let mut command = Command::new(GIT.as_path());
    command.env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null").env("HOME", "/nonexistent");
    for setting in SETTINGS {
        command.args(["-c", setting]);
    }
    if let Some(protocol) = what.protocol {
        command.env("GIT_PROTOCOL", protocol);
    }
    command.envs(what.environment.iter().copied());
    command.args(what.arguments);
    if !what.arguments.contains(&"http-backend") {
        command.arg(what.folder);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = command.spawn()?;
    let stdin = child.stdin.take();
    let write = async {
        if let Some(mut stdin) = stdin {
            // Git may be done before it has read everything: what it says counts.
            let _ = stdin.write_all(what.input).await;
        }
    };
    let ((), output) = tokio::join!(write, child.wait_with_output());
    Ok(output?.stdout)
}
