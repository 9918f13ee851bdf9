//! Statuses of commits, as checks of exactly one head.

use fleetwright_core::pull::{Check, Verdict};
use fleetwright_forge::ForgeError;
use fleetwright_forge::http::{About, encoded};

use crate::Inner;
use crate::repos::repo_path;
use crate::wire::{Branch, Combined, Pull, Status};

/// The most pages of fifty statuses of one commit.
const PAGES: usize = 20;

impl Inner {
    /// The checks of a pull request's head, without what the base says.
    pub(crate) async fn checks(&self, repo: &str, pull: &Pull) -> Result<Vec<Check>, ForgeError> {
        let statuses = self.statuses(repo, &pull.head.sha).await?;
        if statuses.is_empty() {
            return Ok(Vec::new());
        }
        let branch = self.branch(repo, &pull.base.branch).await?;
        Ok(statuses.iter().map(|status| check(status, branch.as_ref())).collect())
    }

    /// Adds to each red check whether it is red without the change too.
    pub(crate) async fn compare_with_base(
        &self,
        repo: &str,
        pull: &Pull,
        checks: &mut [Check],
    ) -> Result<(), ForgeError> {
        if checks.iter().all(|check| check.verdict != Verdict::Red) {
            return Ok(());
        }
        let mut base = self.base(repo, &pull.merge_base).await?;
        if base.is_empty() {
            base = self.base(repo, &pull.base.sha).await?;
        }
        for check in checks.iter_mut().filter(|check| check.verdict == Verdict::Red) {
            let same = base.iter().find(|other| other.context == check.name);
            check.red_on_base = match same.map(|other| verdict(&other.status)) {
                Some(Verdict::Red) => Some(true),
                Some(Verdict::Green) => Some(false),
                _ => None,
            };
        }
        Ok(())
    }

    async fn base(&self, repo: &str, commit: &str) -> Result<Vec<Status>, ForgeError> {
        if commit.is_empty() {
            return Ok(Vec::new());
        }
        let key = (repo.to_owned(), commit.to_owned());
        let now = self.rest.now();
        if let Some(known) = self.base_statuses.get(&key, now) {
            return Ok(known);
        }
        let statuses = self.statuses(repo, commit).await?;
        self.base_statuses.put(key, statuses.clone(), now);
        Ok(statuses)
    }

    /// The newest status of each context.
    async fn statuses(&self, repo: &str, commit: &str) -> Result<Vec<Status>, ForgeError> {
        let mut all: Vec<Status> = Vec::new();
        for page in 1..=PAGES {
            let path = format!("{}/commits/{commit}/status?page={page}&limit=50", repo_path(repo));
            let about = About { repo, what: "the statuses of a commit" };
            let Some(told) = self.rest.find::<Combined>(about, &path).await? else { break };
            let statuses = told.statuses.unwrap_or_default();
            let last = statuses.is_empty();
            all.extend(statuses);
            if last || all.len() >= told.total_count {
                break;
            }
        }
        all.sort_by(|a, b| a.context.cmp(&b.context));
        // Where a page changed while it was read one may come twice; the first is the newest.
        all.dedup_by(|later, first| later.context == first.context);
        Ok(all)
    }

    /// What protects a branch, as far as a reader is told.
    pub(crate) async fn branch(&self, repo: &str, branch: &str) -> Result<Option<Branch>, ForgeError> {
        let key = (repo.to_owned(), branch.to_owned());
        let now = self.rest.now();
        if let Some(known) = self.branches.get(&key, now) {
            return Ok(known);
        }
        let path = format!("{}/branches/{}", repo_path(repo), encoded(branch));
        let found: Option<Branch> = self.rest.find(About { repo, what: "the base branch" }, &path).await?;
        self.branches.put(key, found.clone(), now);
        Ok(found)
    }
}

fn check(status: &Status, branch: Option<&Branch>) -> Check {
    let required = branch.map(|branch| {
        let globs = branch.status_check_contexts.as_deref().unwrap_or_default();
        branch.protected
            && branch.enable_status_check
            && (globs.is_empty() || globs.iter().any(|glob| matches(glob, &status.context)))
    });
    Check {
        name: status.context.clone(),
        verdict: verdict(&status.status),
        red_on_base: None,
        required,
        run: None,
    }
}

/// Source: modules/commitstatus of go-gitea/gitea: pending, success, error, failure, warning, skipped.
fn verdict(status: &str) -> Verdict {
    match status {
        "success" => Verdict::Green,
        "failure" | "error" => Verdict::Red,
        "warning" => Verdict::Neutral,
        "skipped" => Verdict::Skipped,
        _ => Verdict::Pending,
    }
}

/// Whether a glob of a protected branch means a context: `*` is anything, `?` one character.
fn matches(glob: &str, text: &str) -> bool {
    let (glob, text): (Vec<char>, Vec<char>) = (glob.chars().collect(), text.chars().collect());
    let (mut at, mut from, mut star) = (0, 0, None);
    while from < text.len() {
        match glob.get(at) {
            Some('*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(one) if *one == '?' || Some(one) == text.get(from) => {
                at += 1;
                from += 1;
            }
            _ => {
                // What the last star took was too little: it takes one more.
                let Some((place, taken)) = star else { return false };
                star = Some((place, taken + 1));
                (at, from) = (place + 1, taken + 1);
            }
        }
    }
    glob[at..].iter().all(|one| *one == '*')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_of_a_protected_branch_say_what_is_required() {
        let branch = Branch {
            protected: true,
            enable_status_check: true,
            status_check_contexts: Some(vec!["ci/*".into()]),
            required_approvals: 0,
        };
        let required = |context: &str, branch: Option<&Branch>| {
            check(&Status { status: "success".into(), context: context.into() }, branch).required
        };
        assert_eq!(required("ci/build", Some(&branch)), Some(true));
        assert_eq!(required("lint", Some(&branch)), Some(false));
        assert_eq!(
            required("lint", Some(&Branch { enable_status_check: false, ..branch.clone() })),
            Some(false)
        );
        assert_eq!(required("lint", None), None);
    }

    #[test]
    fn globs_match_as_a_person_reads_them() {
        let yes = [("*", ""), ("*", "a/b"), ("a*c", "abbc"), ("a?c", "abc"), ("**x", "yx"), ("", "")];
        let no = [("a", ""), ("a?", "a"), ("*x", "xy"), ("a*b*c", "acb"), ("", "a")];
        assert!(yes.iter().all(|(glob, text)| matches(glob, text)));
        assert!(no.iter().all(|(glob, text)| !matches(glob, text)));
    }

    #[test]
    fn a_word_of_tomorrow_is_not_green() {
        for word in ["warning", "skipped", "pending", "", "brilliant"] {
            assert_ne!(verdict(word), Verdict::Green, "{word}");
        }
    }
}
