//! What to run, within which limits, and how it ended.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use fleetwright_core::hosts::Hosts;

/// Where the tree is inside the sandbox.
pub const TREE_PATH: &str = "/work/tree";
/// Where the scripts directory is inside the sandbox.
pub const SCRIPTS_PATH: &str = "/work/shift";
/// The file a step writes its outputs to; its path is in `FLEETWRIGHT_OUTPUT`. It may be
/// written and appended to, not replaced by a rename.
pub const OUTPUTS_PATH: &str = "/work/out/outputs";
/// Most bytes a step may write to its outputs file (1 MiB, as GitHub's `GITHUB_OUTPUT`).
pub const MAX_OUTPUTS: u64 = 1 << 20;

/// One command to run over one directory tree.
#[derive(Clone, Debug)]
pub struct Order {
    /// Program and arguments; no shell is involved. Looked up in `PATH`, or in the working
    /// directory when it contains a slash.
    pub command: Vec<String>,
    /// Host directory, read-write at [`TREE_PATH`]. Plain files of its own: when Fleetwright
    /// is root their owner is changed, so they must not be hard links to files used elsewhere.
    pub tree: PathBuf,
    /// Working directory, relative to the tree; absent: the tree itself.
    pub cwd_in_tree: Option<PathBuf>,
    /// Host directory, read-only at [`SCRIPTS_PATH`]. When Fleetwright is root it must be
    /// readable by everybody (0755), since the sandbox is not root.
    pub scripts: Option<PathBuf>,
    /// Environment besides `PATH`, `HOME`, `LANG`, `TMPDIR`, `USER` and `FLEETWRIGHT_OUTPUT`;
    /// it may override them. Nothing of our own environment is passed on.
    pub env: BTreeMap<String, String>,
    /// What of the network is reachable.
    pub network: Network,
    /// What the program may use.
    pub limits: Limits,
}

/// What of the network a program can reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// Its own loopback interface and nothing else.
    #[default]
    None,
    /// These hosts, by HTTP and its tunnels only: a proxy of ours listens on its loopback interface, and the
    /// usual variables name it. Names are resolved outside. At most 64 connections at once, and
    /// [`Limits::disk`] bytes in both directions together. Unsandboxed programs reach all we can.
    Hosts(Hosts),
    /// All the host can reach, the host's loopback, abstract sockets and cloud metadata
    /// service included: for steps whose shift asks for it, on workers that may.
    Host,
}

/// What one run may use; beyond it the run is killed and ends in [`Outcome::Limit`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Wall time; 10 minutes.
    pub time: Duration,
    /// Bytes of memory of all processes together, file system cache excluded; 2 GiB.
    /// One process may reserve (not use) eight times as much address space, because Java, Go
    /// and JavaScript reserve far more than they touch.
    pub memory: u64,
    /// Processes and threads together, as the kernel's `pids.max` counts; 256.
    pub processes: u32,
    /// Bytes of stdout and stderr together; 10 MiB.
    pub output: u64,
    /// Bytes of tree, `/tmp`, home and `/dev/shm` together, and of any one file; 1 GiB.
    pub disk: u64,
    /// Files, directories and links in the same places; 200,000. Also at most 256 levels deep.
    pub files: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            time: Duration::from_secs(600),
            memory: 2 << 30,
            processes: 256,
            output: 10 << 20,
            disk: 1 << 30,
            files: 200_000,
        }
    }
}

/// How a run ended, and what it left.
#[derive(Clone, Debug)]
pub struct Ended {
    /// How it ended.
    pub outcome: Outcome,
    /// Standard output: whole up to 1 MiB, else its beginning and end around a line that says
    /// how many bytes were left out. Secrets are masked, here and in the others.
    pub stdout: Vec<u8>,
    /// Standard error, kept alike.
    pub stderr: Vec<u8>,
    /// Both in the order they were read, kept alike; then a line per host that was refused or reached.
    pub log: Vec<u8>,
    /// The bytes that went to and came from each host and port, with [`Network::Hosts`]; at most 50 of them.
    pub reached: BTreeMap<String, u64>,
    /// What the step wrote to [`OUTPUTS_PATH`]; empty if nothing.
    pub outputs: Result<Vec<u8>, BadOutputs>,
    /// From start to the death of the last process.
    pub wall: Duration,
    /// Most bytes of memory seen by the monitor; absent for runs that ended before it looked
    /// (5 ms).
    pub peak_memory: Option<u64>,
}

impl Ended {
    /// Whether the command ended by itself with exit code 0.
    #[must_use]
    pub fn success(&self) -> bool {
        self.outcome == Outcome::Exited(0)
    }
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The command ended with this code.
    Exited(i32),
    /// A signal ended the command. Bubblewrap reports signal n as exit code 128 + n, as shells
    /// do, so a command that exits with 129 to 192 is shown as signalled too.
    Signalled(i32),
    /// It went beyond a limit and was killed.
    Limit(LimitHit),
    /// Its [`Cancel`](crate::Cancel) was raised.
    Cancelled,
}

/// Which of the [`Limits`] a run went beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitHit {
    /// Wall time.
    Time,
    /// Memory of all processes together.
    Memory,
    /// Processes and threads.
    Processes,
    /// Bytes of stdout and stderr.
    Output,
    /// Bytes on disk, or one file that is too large.
    Disk,
    /// Number of files, or directories nested too deep or not readable, so not measurable.
    Files,
}

/// Why the outputs of a step cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOutputs {
    /// More than [`MAX_OUTPUTS`].
    #[error("the step wrote {0} bytes of outputs; at most {MAX_OUTPUTS} are read")]
    TooLarge(u64),
    /// The system could not read the file.
    #[error("the outputs of the step could not be read back")]
    Unreadable,
}
