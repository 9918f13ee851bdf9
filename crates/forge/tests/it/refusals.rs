//! Every way a server says no, and that the secret is in none of the texts.

use fleetwright_forge::ForgeError;
use fleetwright_forge::http::Secret;
use fleetwright_forge::http::git::Remote;
use fleetwright_git::Repository;
use reqwest::Url;

use crate::server::{CANARY, Faults, Server, client};
use crate::world::{bare, change, fsck};

/// What each of the five questions comes to.
async fn ask_all(server: &Server, remote: &Remote) -> Vec<ForgeError> {
    let client = client();
    let path = server.path().join("a.git");
    let source = Repository::open(&path).unwrap();
    let base = source.head().unwrap().commit.unwrap();
    let (head, objects) = change(&source, Some(base), &[("a", b"3")], "one");
    let options = ["ci.skip".to_owned()];
    let ends = vec![
        client.head(remote).await.map(drop),
        client.tip(remote, "main").await.map(drop),
        client.fetch(remote, &server.path().join("mirror")).await.map(drop),
        client.push(remote, ("x", None, head), &objects, &[]).await,
        client.push(remote, ("x", None, head), &objects, &options).await,
        client.delete(remote, "main", base).await,
    ];
    ends.into_iter().map(|end| end.unwrap_err()).collect()
}

/// What goes wrong, which error it is, and words of it.
type Case = (Faults, fn(&ForgeError) -> bool, &'static str);

fn instead(status: u16, headers: &str, body: &str) -> Faults {
    Faults { instead: Some((status, headers.to_owned(), body.to_owned())), ..Faults::default() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_status_is_one_clear_error_without_the_secret() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let remote = server.remote("a.git");
    let moved = format!("location: https://u:{CANARY}@else.example/b/git-upload-pack?{CANARY}\r\n");
    let echo = format!("you sent {CANARY} and Ym90OmNhbmFyeS03ZjNhOWM=");
    let page = "content-type: text/html\r\n";
    let cases: [Case; 11] = [
        (instead(301, &moved, ""), |e| matches!(e, ForgeError::Access { .. }), "to https://else.example/b"),
        (instead(308, "location: /b\r\n", ""), |e| matches!(e, ForgeError::Access { .. }), "has moved"),
        (instead(401, "", &echo), |e| matches!(e, ForgeError::Access { .. }), "token"),
        (instead(403, "", &echo), |e| matches!(e, ForgeError::Access { .. }), "may the token"),
        (instead(404, "", ""), |e| matches!(e, ForgeError::NotFound { .. }), "acme/a.git"),
        (instead(413, "", &echo), |e| matches!(e, ForgeError::Refused { .. }), "larger than the forge takes"),
        (instead(429, "retry-after: 9\r\n", ""), |e| matches!(e, ForgeError::Blocked { .. }), "429"),
        (instead(502, page, "<html>"), |e| matches!(e, ForgeError::Unknown { .. }), "502"),
        (instead(504, "", &echo), |e| matches!(e, ForgeError::Unknown { .. }), "504"),
        (instead(200, page, "<html>"), |e| matches!(e, ForgeError::Access { .. }), "login page"),
        (instead(418, "", &echo), |e| matches!(e, ForgeError::Access { .. }), "418"),
    ];
    for (faults, fits, words) in cases {
        server.fail(faults);
        for error in ask_all(&server, &remote).await {
            let said = format!("{error} {error:?}");
            assert!(fits(&error) && said.contains(words), "{said}");
            assert!(!said.contains(CANARY) && !said.contains("Ym90"), "{said}");
        }
    }
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn git_s_own_errors_and_broken_answers_are_errors() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let remote = server.remote("a.git");
    let kinds = ["upload-pack-result", "receive-pack-result", "receive-pack-advertisement"];
    let says = format!("001bERR {CANARY} is wrong");
    for body in [says.as_str(), "", "0003", "00", "hello", "ffff", "0009\x03last0000"] {
        for kind in kinds {
            let head = format!("content-type: application/x-git-{kind}\r\n");
            server.fail(instead(200, &head, body));
            for error in ask_all(&server, &remote).await {
                let said = format!("{error} {error:?}");
                assert!(!said.contains(CANARY), "{said}");
                assert!(
                    !matches!(error, ForgeError::Blocked { .. } | ForgeError::BranchMoved { .. }),
                    "{said}"
                );
            }
        }
    }
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_answer_to_a_push_is_unknown_and_asking_again_is_safe() {
    let server = Server::start().await;
    let path = bare(server.path(), "a.git", &[("a", b"1")]);
    let (client, remote) = (client(), server.remote("a.git"));
    let source = Repository::open(&path).unwrap();
    let base = source.head().unwrap().commit;
    for cut in [0, 5, 20, 30] {
        let (head, objects) = change(&source, base, &[("a", b"3")], &format!("{cut}"));
        let branch = format!("x{cut}");
        server.fail(Faults { only: "git-receive-pack", cut: Some(cut), ..Faults::default() });
        let lost = client.push(&remote, (&branch, None, head), &objects, &[]).await.unwrap_err();
        assert!(matches!(lost, ForgeError::Unknown { .. }), "{cut}: {lost:?}");
        assert_eq!(source.branch(&branch).unwrap(), Some(head), "it happened all the same");
        server.fail(Faults::default());
        client.push(&remote, (&branch, None, head), &objects, &[]).await.unwrap();
    }
    fsck(&path);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_secret_and_nobody_there_are_told_apart() {
    let server = Server::start().await;
    bare(server.path(), "a.git", &[("a", b"1")]);
    let url = |address: &str| Url::parse(&format!("{address}/a.git")).unwrap();
    let wrong = Remote::new("a", &url(&server.address), "bot", Secret::new("wrong-canary")).unwrap();
    for error in ask_all(&server, &wrong).await {
        assert!(
            matches!(&error, ForgeError::Access { .. }) && error.to_string().contains("token"),
            "{error}"
        );
        assert!(!error.to_string().contains("canary"));
    }
    let nobody = Remote::new("a", &url("http://127.0.0.1:1"), "bot", Secret::new(CANARY)).unwrap();
    for error in ask_all(&server, &nobody).await {
        let said = error.to_string();
        assert!(
            matches!(error, ForgeError::Unknown { .. }) && said.contains("cannot be connected"),
            "{said}"
        );
        assert!(!said.contains(CANARY) && !said.contains("127.0.0.1:1/"), "{said}");
    }
    let gone = client().head(&server.remote("gone.git")).await.unwrap_err();
    assert!(matches!(gone, ForgeError::NotFound { .. }), "{gone}");
}
