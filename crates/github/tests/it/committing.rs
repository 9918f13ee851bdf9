//! Commits that the forge makes: by GraphQL, and by the git data API where that one cannot.

use fleetwright_forge::{ApiFile, Done, Effect};
use serde_json::{Value, json};

use crate::effects::{key, perform, scripted};
use crate::stub::{oid, ok, say};

fn commit(mode: &'static str) -> Effect {
    Effect::Commit {
        branch: "fleet/x".to_owned(),
        expected: None,
        base: oid('b'),
        tree: oid('e'),
        message: "Head\n\nBody".to_owned(),
        files: vec![
            ApiFile { path: "a".to_owned(), mode, content: Some(b"hi".to_vec()) },
            ApiFile { path: "gone".to_owned(), mode: "100644", content: None },
        ],
    }
}

#[tokio::test]
async fn a_commit_is_made_by_the_forge() {
    let branch = "POST /repos/acme/a/git/refs";
    let made = json!({ "data": { "createCommitOnBranch": { "commit": { "oid": oid('f').to_string(),
        "tree": { "oid": oid('e').to_string() } } } } });
    let stub = scripted(vec![(branch, say(201, json!({}))), ("POST /graphql", ok(made))]).await;
    assert_eq!(perform(&stub, &commit("100644")).await, Ok(Done::Committed(oid('f'))));
    let came = stub.take();
    assert_eq!(came[0].body, json!({ "ref": "refs/heads/fleet/x", "sha": oid('b').to_string() }));
    let input = &came[1].body["variables"]["input"];
    assert_eq!(input["expectedHeadOid"], oid('b').to_string());
    assert_eq!(input["message"], json!({ "headline": "Head", "body": "Body" }));
    let changes =
        json!({ "additions": [{ "path": "a", "contents": "aGk=" }], "deletions": [{ "path": "gone" }] });
    assert_eq!(input["fileChanges"], changes);
}

#[tokio::test]
async fn a_program_is_committed_by_the_git_data_api() {
    let (base, refs) = (
        "GET /repos/acme/a/git/commits/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
        "POST /repos/acme/a/git/refs",
    );
    let told = || {
        ok(
            json!({ "tree": { "sha": oid('9').to_string() }, "committer": { "date": "2026-01-01T00:00:00Z" } }),
        )
    };
    let tree = |sha: char| say(201, json!({ "sha": oid(sha).to_string() }));
    let (trees, commits) = ("POST /repos/acme/a/git/trees", "POST /repos/acme/a/git/commits");
    let made = say(201, json!({ "sha": oid('f').to_string() }));
    let stub =
        scripted(vec![(base, told()), (trees, tree('e')), (commits, made), (refs, say(201, json!({})))])
            .await;
    assert_eq!(perform(&stub, &commit("100755")).await, Ok(Done::Committed(oid('f'))));
    let came = stub.take();
    assert_eq!(came.iter().map(key).collect::<Vec<_>>(), [base, trees, commits, refs]);
    assert_eq!(came[1].body["base_tree"], oid('9').to_string());
    let first = json!({ "path": "a", "mode": "100755", "type": "blob", "content": "hi" });
    assert_eq!(came[1].body["tree"][0], first);
    assert_eq!(came[1].body["tree"][1]["sha"], Value::Null);
    // Another tree than was asked for: nothing was moved.
    let stub = scripted(vec![(base, told()), (trees, tree('8'))]).await;
    let why = perform(&stub, &commit("100755")).await.unwrap_err().to_string();
    assert!(why.contains("another tree"), "{why}");
    assert_eq!(stub.take().len(), 2);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_refused_before_anything_is_sent() {
    let Effect::Commit { branch, expected, base, tree, message, .. } = commit("100644") else {
        panic!("no commit")
    };
    let files =
        vec![ApiFile { path: "big".to_owned(), mode: "100644", content: Some(vec![0; (40 << 20) + 1]) }];
    let stub = scripted(Vec::new()).await;
    let why =
        perform(&stub, &Effect::Commit { branch, expected, base, tree, message, files }).await.unwrap_err();
    assert!(why.to_string().contains("big is larger than the 40 MB"), "{why}");
    assert_eq!(stub.take().len(), 0);
}
