//! The last look at what goes out: no effect may carry a secret.

use fleetwright_core::secret::Redactor;
use fleetwright_forge::Effect;
use fleetwright_git::diff::Patch;
use fleetwright_git::{Change, Edit};

/// What a secret in the texts of an effect is, and in which of them. Lines of files were looked at
/// when the change was made; once more they are only searched for secrets known by value.
pub(crate) fn leak(effect: &Effect, redactor: &Redactor) -> Option<String> {
    let in_text = |(what, text): (&str, &String)| {
        let kind = redactor.find(text.as_bytes())?;
        Some(format!("the {what} would carry what looks like a secret ({kind}...)"))
    };
    let in_file = |content: &[u8]| {
        redactor.knows(content).then(|| "a file would carry a secret that is in use here".to_owned())
    };
    let texts = texts(effect).into_iter().find_map(in_text);
    texts.or_else(|| match effect {
        Effect::Commit { files, .. } => {
            files.iter().filter_map(|file| file.content.as_deref()).find_map(in_file)
        }
        Effect::Push { objects, .. } => objects.iter().find_map(|object| in_file(&object.data)),
        _ => None,
    })
}

/// Every text of an effect, with what it is.
fn texts(effect: &Effect) -> Vec<(&'static str, &String)> {
    match effect {
        Effect::Push { branch, .. } | Effect::DeleteBranch { branch, .. } => vec![("branch", branch)],
        Effect::Commit { branch, message, files, .. } => {
            let paths = files.iter().map(|file| ("path", &file.path));
            [("branch", branch), ("commit message", message)].into_iter().chain(paths).collect()
        }
        Effect::OpenPull { branch, title, body, labels, reviewers, draft: _ } => {
            let labels = labels.iter().map(|label| ("label", label));
            let reviewers = reviewers.iter().map(|name| ("reviewer", name));
            let texts = [("branch", branch), ("title", title), ("text", body)].into_iter();
            texts.chain(labels).chain(reviewers).collect()
        }
        Effect::UpdatePull { title, body, .. } => vec![("title", title), ("text", body)],
        Effect::Comment { marker, body, .. } => vec![("comment", body), ("comment", marker)],
        Effect::ClosePull { reason, .. } => vec![("reason", reason)],
        Effect::Rerun { .. } | Effect::Enqueue { .. } | Effect::Merge { .. } => Vec::new(),
    }
}

/// What a secret in a change is, and in which file. Only what the change adds counts: what a
/// repository holds already is not ours to judge, unless it is in use here.
pub(crate) fn leak_of_change(patch: &Patch, edits: &[Edit], redactor: &Redactor) -> Option<String> {
    let says = |kind: &str, path: &dyn std::fmt::Display| {
        Some(format!("the change adds what looks like a secret ({kind}...) to {path}"))
    };
    for hunk in &patch.hunks {
        // Whole: an encoding may go on in the next line.
        if let Some(kind) = redactor.find(hunk.added.join("\n").as_bytes()) {
            return says(kind, &hunk.path);
        }
    }
    for edit in edits {
        if let Some(kind) = redactor.find(edit.path.to_string().as_bytes()) {
            return Some(format!("a path of the change looks like a secret ({kind}...)"));
        }
        let Change::Put { content, .. } = &edit.change else { continue };
        // What has no lines, such as a binary file, is looked at as it is.
        let has_lines = patch.hunks.iter().any(|hunk| hunk.path == edit.path);
        let found = if has_lines { None } else { redactor.find(content) };
        let known = || redactor.knows(content).then_some("known secret");
        if let Some(kind) = found.or_else(known) {
            return says(kind, &edit.path);
        }
    }
    None
}
