//! Work done as the sandbox's user instead of root.

use std::io;
use std::panic::resume_unwind;
use std::thread::{Builder, scope};

use rustix::fs::{Gid, Uid};
use rustix::thread::{set_thread_groups, set_thread_res_gid, set_thread_res_uid};

use crate::error::RunnerError;
use crate::tree::SANDBOX_UID;

/// Runs `work` on a thread of its own that has given up root for good; on Linux each thread
/// has its own user. What it starts, looks at and kills belongs to the sandbox's user, so all
/// of it works as it does for an ordinary user, without root's capabilities, which containers
/// take away one by one.
pub(crate) fn demoted<T: Send>(
    work: impl FnOnce() -> Result<T, RunnerError> + Send,
) -> Result<T, RunnerError> {
    scope(|scope| {
        let thread = Builder::new().name("sandbox".into()).spawn_scoped(scope, || {
            give_up_root().map_err(RunnerError::system("give up root"))?;
            work()
        });
        let thread = thread.map_err(RunnerError::system("start a thread"))?;
        thread.join().unwrap_or_else(|panic| resume_unwind(panic))
    })
}

/// Groups first: afterwards we may not.
fn give_up_root() -> io::Result<()> {
    let (uid, gid) = (Uid::from_raw(SANDBOX_UID), Gid::from_raw(SANDBOX_UID));
    set_thread_groups(&[])?;
    set_thread_res_gid(gid, gid, gid)?;
    set_thread_res_uid(uid, uid, uid)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_thread_changes() {
        if crate::tree::who() != Some(crate::tree::Who::SandboxUser) {
            return;
        }
        let inside = demoted(|| Ok(rustix::process::geteuid().as_raw())).unwrap();
        assert_eq!(inside, SANDBOX_UID);
        assert!(rustix::process::geteuid().is_root());
        let readable = demoted(|| Ok(std::fs::read("/etc/shadow").is_ok())).unwrap();
        assert!(!readable);
    }
}
