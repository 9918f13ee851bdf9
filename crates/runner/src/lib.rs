//! Where untrusted programs run: bubblewrap sandboxes with limits.
//!
//! [`Sandbox::run`] runs one [`Order`] (a command over a directory tree) and answers with
//! [`Ended`]. A program that fails, floods, hangs or forks without end is data
//! ([`Outcome`]); [`RunnerError`] means that the program could not be run at all.
//!
//! What a sandboxed program has: the tree at `/work/tree` (read-write, nosuid, nodev), its
//! scripts at `/work/shift` (read-only), one writable file for step outputs, `/usr` read-only,
//! a snapshot of the harmless part of `/etc`, its own `/proc`, five device nodes, and
//! size-capped memory file systems at `/tmp`, `/home/fleet` and `/dev/shm`. What it does not
//! have: any other file of the host, the host's network (but for hosts that the order names, through a proxy of
//! ours), processes, users, keys, environment,
//! terminal or open files, or a way to gain privilege. The rules are the ones of
//! `reference/limits-and-trust.md` §3.2.
//!
//! **Root.** When Fleetwright runs as root, the sandbox does not: bubblewrap is started as
//! user [`SANDBOX_UID`], by a thread of ours that becomes that user for one run, and the tree is
//! given to that user first (links are not followed). Root needs no more capabilities for it
//! than Docker grants (`CHOWN`, `SETUID`, `SETGID`). A side effect: the kernel marks our
//! process as not dumpable, so only root may trace it or dump its memory.
//! Kernel objects guarded by ownership alone (`/proc/sys`, root's files) stay out of reach
//! even if a wall of the sandbox should fall, and the kernel enforces the process limit, from
//! which root is exempt. Where root can become nobody else (`unshare -r` by root),
//! [`Sandbox::bubblewrap`] refuses: there a script could write `/proc/sys`, as a test once did.
//!
//! **Memory and processes** are bounded without cgroups, which an unprivileged process rarely
//! may use: the kernel's own limits (`setrlimit`) are the hard wall, and a monitor sums up what
//! all processes of the sandbox use every few milliseconds. Linux 5.14 or newer.

mod arguments;
mod bubblewrap;
mod cancel;
mod capture;
mod census;
mod demote;
mod direct;
mod error;
mod etc;
mod fleeting;
mod inside;
mod launch;
mod monitor;
mod order;
mod outputs;
mod processes;
mod proxy;
mod request;
mod sandbox;
mod seccomp;
mod traffic;
mod tree;
mod watch;

pub use cancel::Cancel;
pub use error::{RunnerError, Unavailable};
pub use fleeting::Fleeting;
pub use order::{BadOutputs, Ended, LimitHit, Limits, Network, Order, Outcome};
pub use order::{MAX_OUTPUTS, OUTPUTS_PATH, SCRIPTS_PATH, TREE_PATH};
pub use sandbox::Sandbox;
pub use tree::SANDBOX_UID;
