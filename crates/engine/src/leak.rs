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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;
    use fleetwright_core::Oid;
    use fleetwright_forge::ApiFile;
    use fleetwright_git::diff::Hunk;
    use fleetwright_git::{Kind, Mode, Object, RepoPath};

    const TOKEN: &str = "ghp_0123456789abcdefghijABCDEFGHIJ012345";
    const KNOWN: &str = "a word that only we know";

    fn says(effect: &Effect) -> String {
        leak(effect, &Redactor::new([KNOWN])).unwrap_or_default()
    }

    fn opening(text: &str, at: usize) -> Effect {
        let text = |place| if place == at { text.to_owned() } else { "plain".to_owned() };
        let (labels, reviewers) = (vec![text(9), text(3)], vec![text(4)]);
        Effect::OpenPull { branch: text(0), title: text(1), body: text(2), labels, reviewers, draft: false }
    }

    #[test]
    fn no_text_of_an_effect_carries_a_secret() {
        for secret in [TOKEN, KNOWN] {
            for (at, word) in ["branch", "title", "text", "label", "reviewer"].into_iter().enumerate() {
                assert!(says(&opening(secret, at)).contains(word), "{word}");
            }
            let text = || secret.to_owned();
            let number = 1;
            let others = [
                Effect::UpdatePull { number, title: "x".into(), body: text() },
                Effect::UpdatePull { number, title: text(), body: "x".into() },
                Effect::Comment { number, marker: "x".into(), body: text() },
                Effect::ClosePull { number, reason: text() },
                Effect::DeleteBranch { branch: text(), expected: Oid::ZERO },
                Effect::Push { branch: text(), expected: None, head: Oid::ZERO, objects: Vec::new() },
            ];
            for effect in others {
                assert!(says(&effect).contains("looks like a secret"), "{:?}", effect.kind());
            }
        }
        assert_eq!(says(&opening("plain", 0)), "");
    }

    #[test]
    fn files_carry_no_secret_that_is_in_use() {
        let commit = |path: &str, content: &str| {
            let content = Some(content.as_bytes().to_vec());
            let files = vec![ApiFile { path: path.to_owned(), mode: "100644", content }];
            let (branch, message) = ("b".to_owned(), "m".to_owned());
            Effect::Commit { branch, expected: None, base: Oid::ZERO, tree: Oid::ZERO, message, files }
        };
        assert!(says(&commit("a", KNOWN)).contains("in use here"));
        assert!(says(&commit(TOKEN, "x")).contains("path"));
        // What a repository had before is not ours to judge.
        assert_eq!(says(&commit("a", TOKEN)), "");
        let objects = vec![Object::new(Kind::Blob, KNOWN.as_bytes().to_vec()).unwrap()];
        let push = Effect::Push { branch: "b".into(), expected: None, head: Oid::ZERO, objects };
        assert!(says(&push).contains("in use here"));
    }

    fn change(path: &str, content: &str, added: Option<&str>) -> String {
        let path = RepoPath::new(path).unwrap();
        let lines = |text: &str| text.lines().map(str::to_owned).collect();
        let hunks = added.map(|text| Hunk { path: path.clone(), removed: Vec::new(), added: lines(text) });
        let patch = Patch { hunks: hunks.into_iter().collect(), ..Patch::default() };
        let put = Change::Put { mode: Mode::File, content: content.as_bytes().to_vec() };
        leak_of_change(&patch, &[Edit { path, change: put }], &Redactor::new([KNOWN])).unwrap_or_default()
    }

    #[test]
    fn a_change_adds_no_secret() {
        assert!(change("a", TOKEN, Some(TOKEN)).contains("(ghp_...) to a"));
        assert_eq!(change("a", TOKEN, Some("another line")), "");
        assert!(change("a", KNOWN, Some("another line")).contains("known secret"));
        assert!(change("a", &format!("\0{TOKEN}"), None).contains("(ghp_...) to a"));
        assert!(change(TOKEN, "x", Some("x")).contains("path"));
        // In base64, over two lines of which neither alone tells.
        let wrapped = "eyJhIjoiZ2hwXzAxMjM0NTY3ODlhYm\nNkZWZnaGlqQUJDREVGR0hJSjAxMjM0NSJ9";
        assert!(change("a", wrapped, Some(wrapped)).contains("(ghp_...) to a"));
    }
}
