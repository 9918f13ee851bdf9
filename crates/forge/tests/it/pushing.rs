//! Pushes against the real `git receive-pack`.

use fleetwright_core::Oid;
use fleetwright_forge::ForgeError;
use fleetwright_git::{Incoming, Repository};

use crate::server::{CANARY, Faults, Server, client};
use crate::world::{advance, bare, change, fsck, git, hook};

fn tip(path: &std::path::Path, branch: &str) -> Option<Oid> {
    Repository::open(path).unwrap().branch(branch).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_branch_is_made_moved_and_removed_in_one_request_each() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1"), ("d/b", b"2")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let (branch, base) = client.head(&remote).await.unwrap();
    let base = base.unwrap();
    assert_eq!((branch.as_str(), Some(base)), ("main", tip(&path, "main")));
    assert_eq!(server.asked(), ["POST git-upload-pack"]);
    let source = Repository::open(&path).unwrap();
    let (one, first) = change(&source, Some(base), &[("d/b", b"3")], "one");
    let (two, second) = change(&source, Some(base), &[("d/b", b"4")], "two");
    client.push(&remote, ("fleet/x", None, one), &first, &[]).await.unwrap();
    assert_eq!(server.asked(), ["POST git-receive-pack"]);
    assert_eq!(tip(&path, "fleet/x"), Some(one));
    client.push(&remote, ("fleet/x", Some(one), two), &second, &[]).await.unwrap();
    assert_eq!(server.asked(), ["POST git-receive-pack"]);
    assert_eq!(client.tip(&remote, "fleet/x").await.unwrap(), Some(two));
    assert_eq!(client.tip(&remote, "fleet").await.unwrap(), None);
    server.asked();
    client.delete(&remote, "fleet/x", two).await.unwrap();
    assert_eq!(server.asked(), ["POST git-receive-pack"]);
    assert_eq!(tip(&path, "fleet/x"), None);
    client.delete(&remote, "fleet/x", two).await.unwrap();
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_that_does_not_hold_says_where_the_branch_is() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let source = Repository::open(&path).unwrap();
    let base = tip(&path, "main").unwrap();
    let (one, first) = change(&source, Some(base), &[("a", b"3")], "one");
    let (two, second) = change(&source, Some(base), &[("a", b"4")], "two");
    client.push(&remote, ("x", None, one), &first, &[]).await.unwrap();
    let moved = |actual| Err(ForgeError::BranchMoved { branch: "x".to_owned(), actual });
    assert_eq!(client.push(&remote, ("x", None, two), &second, &[]).await, moved(Some(one)));
    assert_eq!(client.push(&remote, ("x", Some(base), two), &second, &[]).await, moved(Some(one)));
    assert_eq!(client.delete(&remote, "x", base).await, moved(Some(one)));
    assert_eq!(tip(&path, "x"), Some(one), "nothing happened");
    // The answer to an earlier push was lost: asked again, it is done.
    server.asked();
    client.push(&remote, ("x", None, one), &first, &[]).await.unwrap();
    assert_eq!(server.asked(), ["POST git-receive-pack", "POST git-upload-pack"]);
    git(&path, &["update-ref", "-d", "refs/heads/x"]);
    assert_eq!(client.push(&remote, ("x", Some(one), two), &second, &[]).await, moved(None));
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_creates_at_once_one_wins() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let source = Repository::open(&path).unwrap();
    let base = tip(&path, "main").unwrap();
    for round in 0..5 {
        let branch = format!("race-{round}");
        let mut racing = tokio::task::JoinSet::new();
        for racer in 0..6 {
            let (head, objects) = change(&source, Some(base), &[("a", &[racer])], &format!("{round}"));
            let (client, remote, branch) = (client(), server.remote("a.git"), branch.clone());
            racing.spawn(
                async move { (head, client.push(&remote, (&branch, None, head), &objects, &[]).await) },
            );
        }
        let ends = racing.join_all().await;
        let won: Vec<Oid> = ends.iter().filter(|(_, end)| end.is_ok()).map(|(head, _)| *head).collect();
        assert_eq!(won, tip(&path, &branch).into_iter().collect::<Vec<_>>(), "{ends:?}");
        let lost = ends.iter().filter_map(|(_, end)| end.as_ref().err());
        for error in lost {
            // A lock that was held while nothing was there yet may be told as not known.
            assert!(matches!(error, ForgeError::BranchMoved { .. } | ForgeError::Unknown { .. }), "{error}");
        }
    }
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hooks_and_rules_refuse_in_their_own_words() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let source = Repository::open(&path).unwrap();
    let base = tip(&path, "main").unwrap();
    let (one, objects) = change(&source, Some(base), &[("a", b"3")], "one");
    let script = format!("#!/bin/sh\necho 'GH006: Protected branch. {CANARY}' >&2\nexit 1\n");
    hook(&path, "pre-receive", &script);
    let refused = client.push(&remote, ("x", None, one), &objects, &[]).await.unwrap_err();
    let said = refused.to_string();
    assert!(matches!(refused, ForgeError::Refused { .. }), "{refused:?}");
    assert!(said.contains("pre-receive hook declined") && said.contains("GH006"), "{said}");
    assert!(!said.contains(CANARY), "{said}");
    std::fs::remove_file(path.join("hooks/pre-receive")).unwrap();
    hook(&path, "update", "#!/bin/sh\nexit 1\n");
    let refused = client.push(&remote, ("x", None, one), &objects, &[]).await.unwrap_err();
    assert!(refused.to_string().contains("hook declined"), "{refused}");
    std::fs::remove_file(path.join("hooks/update")).unwrap();
    git(&path, &["config", "receive.denyDeletes", "true"]);
    git(&path, &["branch", "y", "main"]);
    let refused = client.delete(&remote, "y", base).await.unwrap_err();
    assert!(refused.to_string().contains("deletion prohibited"), "{refused}");
    // Objects the server has not: nothing is moved.
    let (far, _) = change(&source, Some(base), &[("b", b"5")], "far");
    let lost = client.push(&remote, ("x", None, far), &objects, &[]).await.unwrap_err();
    assert!(matches!(lost, ForgeError::Refused { .. }), "{lost:?}");
    assert_eq!(tip(&path, "x"), None);
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn options_go_where_they_are_known() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let source = Repository::open(&path).unwrap();
    let base = tip(&path, "main").unwrap();
    hook(&path, "pre-receive", "#!/bin/sh\necho \"$GIT_PUSH_OPTION_COUNT $GIT_PUSH_OPTION_0\" > options\n");
    let options = ["ci.skip".to_owned(), "more=1".to_owned()];
    let settings = [("true", "true", "2 ci.skip"), ("false", "false", "0")];
    for (at, (known, atomic, seen)) in settings.into_iter().enumerate() {
        git(&path, &["config", "receive.advertisePushOptions", known]);
        git(&path, &["config", "receive.advertiseAtomic", atomic]);
        let (head, objects) = change(&source, Some(base), &[("a", known.as_bytes())], "one");
        let branch = format!("x{at}");
        server.asked();
        client.push(&remote, (&branch, None, head), &objects, &options).await.unwrap();
        assert_eq!(server.asked(), ["GET info/refs?service=git-receive-pack", "POST git-receive-pack"]);
        assert_eq!(std::fs::read_to_string(path.join("options")).unwrap().trim(), seen);
        assert_eq!(tip(&path, &branch), Some(head));
    }
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_side_bands_is_understood() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let source = Repository::open(&path).unwrap();
    let base = tip(&path, "main").unwrap();
    let (one, objects) = change(&source, Some(base), &[("a", b"3")], "one");
    server.fail(Faults { rewrite: Some(("side-band-64k", "xide-band-64k")), ..Faults::default() });
    client.push(&remote, ("x", None, one), &objects, &[]).await.unwrap();
    hook(&path, "update", "#!/bin/sh\nexit 1\n");
    let refused = client.push(&remote, ("y", None, one), &objects, &[]).await.unwrap_err();
    assert!(matches!(&refused, ForgeError::Refused { why, .. } if why == "hook declined"), "{refused:?}");
    server.fail(Faults { rewrite: Some(("report-status", "xeport-status")), ..Faults::default() });
    std::fs::remove_file(path.join("hooks/update")).unwrap();
    let untold = client.push(&remote, ("z", None, one), &objects, &[]).await.unwrap_err();
    assert!(matches!(untold, ForgeError::Unknown { .. }), "{untold:?}");
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shallow_mirror_is_enough_to_push_from() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1"), ("d/b", b"2")]);
    advance(&path, &[("a", b"2")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let mirror = server.path().join("mirror");
    let fetched = client.fetch(&remote, &mirror).await.unwrap();
    let shallow = Repository::open(&mirror).unwrap();
    let (head, objects) = change(&shallow, fetched.head, &[("d/b", b"new")], "one");
    assert_eq!(objects.len(), 4, "a commit, two trees, a blob");
    // The mirror moves on in the meantime; the push does not need it.
    advance(&path, &[("a", b"3")]);
    client.fetch(&remote, &mirror).await.unwrap();
    client.push(&remote, ("x", None, head), &objects, &[]).await.unwrap();
    assert_eq!(git(&path, &["rev-list", "--count", "x"]), "3");
    fsck(&path);
    drop(Incoming::begin(&mirror, &shallow.head().unwrap()).unwrap());
    fsck(&mirror);
}
