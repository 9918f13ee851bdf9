//! The fallback by `git` and `ssh`: over `file://`, and over an `ssh` that runs its command here.

use std::path::Path;

use fleetwright_forge::git_binary::{GitBinary, SshRemote};
use fleetwright_forge::{ForgeError, GitDoor as _, GitOverSsh};
use fleetwright_git::{Limits, Repository};

use crate::world::{advance, bare, change, fsck, git, hook};

/// A program in place of `ssh`: keeps its arguments, and runs the command that is for the other end.
fn ssh(folder: &Path) -> std::path::PathBuf {
    let script = format!(
        "#!/bin/sh\necho \"$*\" >> '{0}/arguments'\nenv > '{0}/environment'\nfor last; do :; done\nexec sh -c \"$last\"\n",
        folder.display()
    );
    hook(folder, "ssh", &script);
    folder.join("hooks/ssh")
}

async fn whole_life(git_binary: &GitBinary, remote: &SshRemote, path: &Path, mirror: &Path) {
    let base = Repository::open(path).unwrap().head().unwrap().commit;
    assert_eq!(git_binary.head(remote).await.unwrap(), ("main".to_owned(), base));
    let fetched = git_binary.fetch(remote, mirror).await.unwrap();
    assert_eq!(fetched.head, base);
    assert_eq!(git(mirror, &["rev-list", "--count", "HEAD"]), "1");
    fsck(mirror);
    assert_eq!(git_binary.fetch(remote, mirror).await.unwrap(), fetched);
    let next = advance(path, &[("a", b"next")]);
    assert_eq!(git_binary.fetch(remote, mirror).await.unwrap().head, Some(next));
    let here = Repository::open(mirror).unwrap();
    here.list(here.tree_of(next).unwrap(), Limits::default()).unwrap();
    fsck(mirror);

    let (one, first) = change(&here, Some(next), &[("d/b", b"3")], "one");
    let (two, second) = change(&here, Some(next), &[("d/b", b"4")], "two");
    let moved = |actual| Err(ForgeError::BranchMoved { branch: "fleet/x".to_owned(), actual });
    git_binary.push(remote, ("fleet/x", None, one), &first, &[]).await.unwrap();
    git_binary.push(remote, ("fleet/x", None, one), &first, &[]).await.unwrap();
    assert_eq!(git_binary.push(remote, ("fleet/x", None, two), &second, &[]).await, moved(Some(one)));
    assert_eq!(git_binary.tip(remote, "fleet/x").await.unwrap(), Some(one));
    git_binary.push(remote, ("fleet/x", Some(one), two), &second, &["ci.skip".to_owned()]).await.unwrap();
    assert_eq!(git_binary.delete(remote, "fleet/x", one).await, moved(Some(two)));
    git_binary.bring(remote, mirror, &[two]).await.unwrap();
    let brought = Repository::open(mirror).unwrap();
    brought.list(brought.tree_of(two).unwrap(), Limits::default()).unwrap();
    assert_eq!(brought.head().unwrap().commit, Some(next), "nothing moved");
    hook(path, "pre-receive", "#!/bin/sh\necho 'not on a Friday' >&2\nexit 1\n");
    let refused = git_binary.delete(remote, "fleet/x", two).await.unwrap_err();
    assert!(
        matches!(&refused, ForgeError::Refused { why, .. } if why.contains("not on a Friday")),
        "{refused:?}"
    );
    std::fs::remove_file(path.join("hooks/pre-receive")).unwrap();
    git_binary.delete(remote, "fleet/x", two).await.unwrap();
    git_binary.delete(remote, "fleet/x", two).await.unwrap();
    assert_eq!(git_binary.tip(remote, "fleet/x").await.unwrap(), None);
    fsck(path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_is_read_and_written() {
    let scratch = tempfile::tempdir().unwrap();
    let path = bare(scratch.path(), "a.git", &[("a", b"1"), ("d/b", b"2")]);
    let remote = SshRemote::new("acme/a", &format!("file://{}", path.display())).unwrap();
    whole_life(&GitBinary::default().with_files(), &remote, &path, &scratch.path().join("m")).await;
    let closed = GitBinary::default().head(&remote).await.unwrap_err();
    assert!(matches!(closed, ForgeError::Access { .. }), "{closed}");
    let gone = SshRemote::new("acme/b", &format!("file://{}/b.git", scratch.path().display())).unwrap();
    let open = GitBinary::default().with_files();
    assert!(matches!(open.head(&gone).await, Err(ForgeError::NotFound { .. })));
    let commit = "1".repeat(40).parse().unwrap();
    assert!(matches!(open.delete(&gone, "x", commit).await, Err(ForgeError::NotFound { .. })));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ssh_is_given_plain_arguments_and_no_more_of_the_environment() {
    let scratch = tempfile::tempdir().unwrap();
    let path = bare(scratch.path(), "it's.git", &[("a", b"1"), ("d/b", b"2")]);
    let by = GitBinary::default().with_ssh(&ssh(scratch.path()));
    let remote = SshRemote::new("acme/a", &format!("ssh://git@h.example:2222{}", path.display())).unwrap();
    whole_life(&by, &remote, &path, &scratch.path().join("m")).await;
    // As an adapter asks: by the repository's name.
    let base = format!("ssh://git@h.example:2222{}/", scratch.path().display());
    let door = GitOverSsh::new(by, &base);
    assert_eq!(door.head("it's").await.unwrap(), Repository::open(&path).unwrap().head().unwrap().commit);
    for name in ["../it's", "a//b", "-x\n"] {
        assert!(matches!(door.head(name).await, Err(ForgeError::Access { .. })), "{name}");
    }
    let arguments = std::fs::read_to_string(scratch.path().join("arguments")).unwrap();
    assert!(
        arguments.lines().all(|line| line.contains("BatchMode=yes") && line.contains("2222")),
        "{arguments}"
    );
    let environment = std::fs::read_to_string(scratch.path().join("environment")).unwrap();
    let known = ["PATH", "HOME", "USER", "LOGNAME", "SSH_", "GIT_", "LC_ALL", "PWD", "SHLVL", "OLDPWD", "_="];
    for line in environment.lines() {
        assert!(known.iter().any(|name| line.starts_with(name)), "{line}");
    }
}
