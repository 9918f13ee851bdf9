//! Fetches into mirrors, against the real `git upload-pack`.

use fleetwright_forge::ForgeError;
use fleetwright_git::{Limits, Repository, mirror_bytes};

use crate::server::{Faults, Server, client};
use crate::world::{advance, bare, fsck, git};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mirror_follows_in_as_few_requests_as_can_be() {
    let server = Server::start().await;
    let big: Vec<u8> = (0..3_000_000_u32).map(|at| (at.wrapping_mul(at) >> 11) as u8).collect();
    let path = bare(server.path(), "a.git", &[("a", b"1"), ("d/big", &big)]);
    advance(&path, &[("a", b"2")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let mirror = server.path().join("mirrors/a");
    let first = client.fetch(&remote, &mirror).await.unwrap();
    assert_eq!(server.asked(), ["POST git-upload-pack", "POST git-upload-pack"]);
    assert_eq!(git(&mirror, &["rev-list", "--count", "HEAD"]), "1");
    let cold = mirror_bytes(&mirror).unwrap();
    assert_eq!(client.fetch(&remote, &mirror).await.unwrap(), first);
    assert_eq!(server.asked(), ["POST git-upload-pack"]);
    let text = "a line\n".repeat(100);
    for round in 0..3 {
        let head = advance(&path, &[("a", format!("{round}\n{text}").as_bytes())]);
        let next = client.fetch(&remote, &mirror).await.unwrap();
        assert_eq!(next.head, Some(head));
        let (here, there) = (Repository::open(&mirror).unwrap(), Repository::open(&path).unwrap());
        let tree = next.tree.unwrap();
        assert_eq!(here.list(tree, Limits::default()).unwrap(), there.list(tree, Limits::default()).unwrap());
    }
    assert!(mirror_bytes(&mirror).unwrap() < cold + 20_000, "only what changed came");
    fsck(&mirror);
    git(&path, &["branch", "-m", "main", "trunk"]);
    let renamed = client.fetch(&remote, &mirror).await.unwrap();
    assert_eq!(Repository::open(&mirror).unwrap().head().unwrap().branch, "trunk");
    assert_eq!(client.head(&remote).await.unwrap(), ("trunk".to_owned(), renamed.head));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_repository_is_an_empty_mirror() {
    let server = Server::start().await;
    Repository::init_bare(&server.path().join("a.git"), "trunk").unwrap();
    let (client, remote) = (client(), server.remote("a.git"));
    let mirror = server.path().join("mirrors/a");
    let fetched = client.fetch(&remote, &mirror).await.unwrap();
    assert_eq!((fetched.head, fetched.tree), (None, None));
    assert_eq!(client.head(&remote).await.unwrap(), ("trunk".to_owned(), None));
    git(&server.path().join("a.git"), &["config", "lsrefs.unborn", "ignore"]);
    assert_eq!(client.head(&remote).await.unwrap(), ("main".to_owned(), None), "not told");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transfer_cut_off_anywhere_is_unknown_and_heals() {
    let server = Server::start().await;
    let big: Vec<u8> = (0..300_000_u32).map(|at| (at.wrapping_mul(at) >> 11) as u8).collect();
    let path = bare(server.path(), "a.git", &[("a", b"1"), ("d/big", &big)]);
    let (client, remote) = (client(), server.remote("a.git"));
    let mirror = server.path().join("mirrors/a");
    let mut before = None;
    for round in 0..2_u8 {
        for cut in [0, 3, 50, 60, 70, 150] {
            server.fail(Faults { only: "git-upload-pack", cut: Some(cut), ..Faults::default() });
            let lost = client.fetch(&remote, &mirror).await.unwrap_err();
            assert!(matches!(lost, ForgeError::Unknown { .. }), "{cut}: {lost:?}");
            if let Some(before) = &before {
                assert_eq!(&Repository::open(&mirror).unwrap().head().unwrap(), before);
            }
        }
        server.fail(Faults::default());
        let fetched = client.fetch(&remote, &mirror).await.unwrap();
        fsck(&mirror);
        assert!(!mirror.join("incoming").exists());
        before = Some(Repository::open(&mirror).unwrap().head().unwrap());
        assert_eq!(before.as_ref().and_then(|head| head.commit), fetched.head);
        advance(&path, &[("a", &[round])]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_mirror_is_fetched_anew() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1"), ("d/b", b"2")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let mirror = server.path().join("mirrors/a");
    client.fetch(&remote, &mirror).await.unwrap();
    // It says it has the blobs of the tip, and has them not: what is fetched does not fit.
    let blob = git(&path, &["rev-parse", "main:d/b"]);
    let keep = git(&mirror, &["rev-list", "--objects", "--no-object-names", "HEAD"]);
    let keep: Vec<&str> = keep.lines().filter(|oid| *oid != blob).collect();
    let objects: Vec<(String, Vec<u8>)> = keep.iter().map(|oid| loose(&mirror, oid)).collect();
    std::fs::remove_dir_all(mirror.join("objects/pack")).unwrap();
    for (name, content) in objects {
        std::fs::create_dir_all(mirror.join("objects").join(&name[..2])).unwrap();
        std::fs::write(mirror.join("objects").join(&name[..2]).join(&name[2..]), content).unwrap();
    }
    advance(&path, &[("a", b"3")]);
    let fetched = client.fetch(&remote, &mirror).await.unwrap();
    let opened = Repository::open(&mirror).unwrap();
    for entry in opened.list(fetched.tree.unwrap(), Limits::default()).unwrap() {
        opened.blob(entry.oid, 100).unwrap();
    }
    fsck(&mirror);
}

/// An object as a loose file holds it.
fn loose(repository: &std::path::Path, oid: &str) -> (String, Vec<u8>) {
    let kind = git(repository, &["cat-file", "-t", oid]);
    let scratch = tempfile::tempdir().unwrap();
    git(scratch.path(), &["init", "-q", "--bare", "."]);
    let raw = crate::world::git_command(repository).args(["cat-file", &kind, oid]).output().unwrap().stdout;
    std::fs::write(scratch.path().join("raw"), raw).unwrap();
    git(scratch.path(), &["hash-object", "-w", "-t", &kind, "raw"]);
    let file = scratch.path().join("objects").join(&oid[..2]).join(&oid[2..]);
    (oid.to_owned(), std::fs::read(file).unwrap())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_is_read_without_its_files() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let head = advance(&path, &[("a", b"2")]);
    let (client, remote) = (client(), server.remote("a.git"));
    assert_eq!(client.commit(&remote, head).await.unwrap(), None, "this server allows no filter");
    git(&path, &["config", "uploadpack.allowFilter", "true"]);
    server.asked();
    let seen = client.commit(&remote, head).await.unwrap().unwrap();
    assert_eq!(server.asked(), ["POST git-upload-pack"]);
    let facts = Repository::open(&path).unwrap().commit_info(head).unwrap();
    assert_eq!((seen.tree, seen.parents.clone(), seen.time), (facts.tree, facts.parents, facts.time));
    assert_eq!(seen.message.trim_end(), "next");
    let missing = client.commit(&remote, "1".repeat(40).parse().unwrap()).await.unwrap();
    assert_eq!(missing, None);
}
