//! Commits by the git data API: blobs, trees, commits, references.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use fleetwright_core::Oid;
use fleetwright_forge::{ApiFile, Done, ForgeError, Moved};
use serde_json::{Value, json};

use super::wanted::{Wanted, checked, post};
use crate::hub::Hub;
use crate::value::{oid, text};

/// The most bytes of text that go into a tree's request as they are.
const MAX_INLINE: usize = 1 << 20;

/// Bytes as the API wants them.
pub(super) fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Makes the commit beside the branch, then moves the branch from `tip` to it. The tree is known
/// before there is a commit, so a wrong one is refused with nothing done.
pub(super) async fn commit(hub: &Hub, wanted: &Wanted<'_>, tip: Option<Oid>) -> Result<Done, ForgeError> {
    let mut entries = Vec::new();
    let mut room = MAX_INLINE;
    for file in wanted.files {
        entries.push(entry(hub, wanted, file, &mut room).await?);
    }
    let base_tree = crate::commits::commit(hub, wanted.repo, wanted.base).await?.tree;
    let body = json!({ "base_tree": base_tree.to_string(), "tree": entries });
    let tree = post(hub, wanted, "trees", body).await?;
    checked(wanted, wanted.base, oid(&tree, "/sha")).map_err(|_| ForgeError::Refused {
        repo: wanted.repo.full.to_owned(),
        why: format!(
            "the forge made another tree than was asked for: {}",
            text(&tree, "/sha").unwrap_or("none")
        ),
    })?;
    let body = json!({
        "message": wanted.message,
        "tree": wanted.tree.to_string(),
        "parents": [wanted.base.to_string()],
    });
    let made = post(hub, wanted, "commits", body).await?;
    let commit = oid(&made, "/sha").ok_or_else(|| ForgeError::unknown("the commit is not named"))?;
    match tip {
        None => create_branch(hub, wanted, commit).await?,
        // Git itself compares before it moves a branch; the API would move it from anywhere.
        Some(tip) => {
            let moved = Moved {
                branch: wanted.branch,
                expected: Some(tip),
                head: commit,
                objects: &[],
                permission: wanted.permission,
            };
            hub.git.push(wanted.repo.full, &moved).await?;
        }
    }
    Ok(Done::Committed(commit))
}

/// One file of a tree: text within it, anything else as a blob of its own.
async fn entry(
    hub: &Hub,
    wanted: &Wanted<'_>,
    file: &ApiFile,
    room: &mut usize,
) -> Result<Value, ForgeError> {
    let base = json!({ "path": file.path, "mode": file.mode, "type": "blob" });
    let with = |key: &str, value: Value| {
        let mut entry = base.clone();
        entry[key] = value;
        entry
    };
    let Some(content) = &file.content else { return Ok(with("sha", Value::Null)) };
    if content.len() <= *room
        && let Ok(text) = std::str::from_utf8(content)
    {
        *room -= content.len();
        return Ok(with("content", json!(text)));
    }
    let blob =
        post(hub, wanted, "blobs", json!({ "content": base64(content), "encoding": "base64" })).await?;
    let sha = oid(&blob, "/sha").ok_or_else(|| ForgeError::unknown("the blob is not named"))?;
    Ok(with("sha", json!(sha.to_string())))
}

/// Makes the branch, which must not be there.
pub(super) async fn create_branch(hub: &Hub, wanted: &Wanted<'_>, at: Oid) -> Result<(), ForgeError> {
    let body = json!({ "ref": format!("refs/heads/{}", wanted.branch), "sha": at.to_string() });
    match post(hub, wanted, "refs", body).await {
        Ok(_) => Ok(()),
        Err(ForgeError::Refused { why, .. }) if why.contains("already exists") => {
            let actual = hub.git.tip(wanted.repo.full, wanted.branch).await?;
            if actual == Some(at) {
                return Ok(());
            }
            Err(ForgeError::BranchMoved { branch: wanted.branch.to_owned(), actual })
        }
        Err(error) => Err(error),
    }
}
