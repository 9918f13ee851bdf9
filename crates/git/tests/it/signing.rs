//! Signed commits, judged by `git verify-commit`.

use std::path::Path;
use std::process::Command;

use fleetwright_git::{CommitSpec, GitError, Person, Signer, commit_object, push, signed_commit_object};

use crate::support::{Scratch, fsck, git, git_command, open};

fn spec(bare: &Path, time: i64) -> CommitSpec {
    let repository = open(bare);
    let base = repository.head().unwrap().commit.unwrap();
    let person = Person { name: "Fleet Bot".to_owned(), email: "a@example.com".to_owned() };
    CommitSpec {
        tree: repository.tree_of(base).unwrap(),
        parents: vec![base],
        author: person.clone(),
        committer: person,
        time,
        message: "change\n\nwith a body\n".to_owned(),
    }
}

fn run(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{command:?}: {said}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn ssh_key(folder: &Path, kind: &str, password: &str) -> Signer {
    let key = folder.join(kind);
    run(Command::new("ssh-keygen").args(["-q", "-t", kind, "-N", password, "-C", "", "-f"]).arg(&key));
    Signer::Ssh { key }
}

#[test]
fn a_commit_signed_by_ssh_is_verified_by_git_and_always_the_same() {
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1")]);
    let signer = ssh_key(scratch.root.path(), "ed25519", "");
    let spec = spec(&bare, 1_700_000_000);
    let signed = signed_commit_object(&spec, &signer).unwrap();
    assert_eq!(signed_commit_object(&spec, &signer).unwrap(), signed);
    assert_ne!(commit_object(&spec).unwrap().oid, signed.oid);
    signer.check(spec.time).unwrap();
    push(&open(&bare), std::slice::from_ref(&signed), "x", None, signed.oid).unwrap();
    let public = std::fs::read_to_string(scratch.path("ed25519.pub")).unwrap();
    let allowed = scratch.path("allowed");
    std::fs::write(&allowed, format!("a@example.com {public}")).unwrap();
    let allowed = format!("gpg.ssh.allowedSignersFile={}", allowed.display());
    let verify = ["-c", "gpg.format=ssh", "-c", &allowed, "verify-commit", "-v", "x"];
    let output = git_command(&bare).args(verify).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("Good \"git\" signature for a@example.com"), "{said}");
    assert_eq!(git(&bare, &["log", "-1", "--format=%s|%b|%an", "x"]), "change|with a body\n|Fleet Bot");
    let seen = open(&bare).commit_info(signed.oid).unwrap();
    assert_eq!((seen.parents, seen.message, seen.time), (spec.parents, spec.message, spec.time));
    fsck(&bare);
}

#[test]
fn keys_that_cannot_be_used_say_why() {
    let scratch = Scratch::new();
    let why = |signer: &Signer| match signer.check(1_700_000_000) {
        Err(GitError::Sign { why }) => why,
        other => panic!("{other:?}"),
    };
    let folder = scratch.root.path();
    assert!(why(&ssh_key(folder, "ecdsa", "")).contains("differently each time"));
    assert!(why(&ssh_key(folder, "ed25519", "secret-word")).contains("passphrase"));
    let absent = why(&Signer::Ssh { key: scratch.path("absent") });
    assert!(absent.contains("`ssh-keygen` failed"), "{absent}");
    assert!(ssh_key(folder, "rsa", "").check(1_700_000_000).is_ok());
}

#[test]
#[allow(clippy::print_stderr, reason = "a test that is skipped says so")]
fn a_commit_signed_by_gpg_is_verified_by_git_and_always_the_same() {
    if Command::new("gpg").arg("--version").output().is_err() {
        eprintln!("SKIPPED: gpg is not installed, so signing by gpg is not tested");
        return;
    }
    // A socket's path is short: not below the target folder.
    let home = tempfile::Builder::new().prefix("gpg-").tempdir_in("/tmp").unwrap();
    let gpg = |args: &[&str]| {
        run(Command::new("gpg").env("GNUPGHOME", home.path()).args(["--batch", "--quiet"]).args(args))
    };
    gpg(&["--passphrase", "", "--quick-generate-key", "Fleet Bot <a@example.com>", "ed25519", "sign"]);
    let listed = gpg(&["--list-keys", "--with-colons"]);
    let line = listed.lines().find_map(|line| line.strip_prefix("fpr:")).unwrap();
    let key = line.trim_matches(':').to_owned();
    let signer = Signer::Gpg { key, home: Some(home.path().to_owned()) };
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    let scratch = Scratch::new();
    let bare = scratch.with_files("r.git", &[("a", b"1")]);
    let spec = spec(&bare, i64::try_from(now).unwrap() + 10);
    let signed = signed_commit_object(&spec, &signer).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1_100));
    let again = signed_commit_object(&spec, &signer).unwrap();
    let checked = signer.check(spec.time);
    push(&open(&bare), std::slice::from_ref(&signed), "x", None, signed.oid).unwrap();
    let verified = git_command(&bare)
        .env("GNUPGHOME", home.path())
        .args(["verify-commit", "--raw", "x"])
        .output()
        .unwrap();
    // Before its key was there, and by a key that is not there.
    let early = signed_commit_object(&CommitSpec { time: 1_700_000_000, ..spec.clone() }, &signer);
    let nobody = Signer::Gpg { key: "0".repeat(40), home: Some(home.path().to_owned()) };
    let nobody = signed_commit_object(&spec, &nobody);
    run(Command::new("gpgconf").env("GNUPGHOME", home.path()).args(["--kill", "all"]));
    assert_eq!(again, signed, "a retry makes the same commit");
    checked.unwrap();
    let said = String::from_utf8_lossy(&verified.stderr);
    assert!(verified.status.success() && said.contains("GOODSIG"), "{said}");
    assert!(matches!(&early, Err(GitError::Sign { why }) if why.contains("in the future")), "{early:?}");
    assert!(matches!(&nobody, Err(GitError::Sign { .. })), "{nobody:?}");
    fsck(&bare);
}
