//! What people said and decided, and who may write.

use std::collections::HashSet;

use fleetwright_core::pull::{PullState, Said};
use fleetwright_forge::ForgeError;
use fleetwright_forge::http::{About, encoded};

use crate::Inner;
use crate::repos::repo_path;
use crate::state::moment;
use crate::wire::{Comment, Happening, Permission, Pull, Review, User};

/// How many of the newest comments are kept.
const COMMENTS: usize = 100;

/// The most pages of fifty of a list of one pull request.
const PAGES: usize = 20;

/// How long before a close a comment may be its reason, in milliseconds.
const REASON: i64 = 10 * 60_000;

impl Inner {
    /// Whose token it is.
    pub(crate) async fn me(&self) -> Result<User, ForgeError> {
        let about = About { repo: "", what: "the token's user" };
        self.me.get_or_try_init(|| self.rest.read::<User>(about, "/user")).await.cloned()
    }

    /// Every comment, oldest first.
    pub(crate) async fn comments(&self, repo: &str, number: u64) -> Result<Vec<Comment>, ForgeError> {
        let path = format!("{}/issues/{number}/comments", repo_path(repo));
        self.rest.pages(About { repo, what: "the comments" }, &path, PAGES).await
    }

    /// What people said, each with whether he may write.
    pub(crate) async fn said(&self, repo: &str, comments: &[Comment]) -> Result<Vec<Said>, ForgeError> {
        let me = self.me().await?;
        let mut said = Vec::new();
        for comment in &comments[comments.len().saturating_sub(COMMENTS)..] {
            let Some(user) = comment.user.as_ref().filter(|user| user.id != me.id) else { continue };
            said.push(Said {
                id: comment.id.to_string(),
                by: user.login.clone(),
                may_write: self.may_write(repo, &user.login).await,
                at: moment(&comment.created_at).unwrap_or_default() / 1_000,
                body: comment.body.clone(),
            });
        }
        Ok(said)
    }

    /// Whether a user may write to a repository; `None` where Gitea does not tell.
    pub(crate) async fn may_write(&self, repo: &str, user: &str) -> Option<bool> {
        let key = (repo.to_owned(), user.to_owned());
        let now = self.rest.now();
        if let Some(known) = self.writers.get(&key, now) {
            return known;
        }
        let about = About { repo, what: "a collaborator" };
        let path = format!("{}/collaborators/{}/permission", repo_path(repo), encoded(user));
        let may = match self.rest.find::<Permission>(about, &path).await {
            Ok(found) => {
                let may = found.map(|told| matches!(told.permission.as_str(), "write" | "admin" | "owner"));
                Some(may.unwrap_or(false))
            }
            // Only an administrator of the repository may ask for others; all may ask whom issues can be
            // assigned to, which are those who can write.
            Err(ForgeError::Refused { .. }) => self.assignable(repo).await.map(|all| all.contains(user)),
            Err(_) => return None,
        };
        self.writers.put(key, may, now);
        may
    }

    async fn assignable(&self, repo: &str) -> Option<HashSet<String>> {
        let path = format!("{}/assignees", repo_path(repo));
        let about = About { repo, what: "whom issues can be assigned to" };
        let users: Vec<User> = self.rest.pages(about, &path, PAGES).await.ok()?;
        Some(users.into_iter().map(|user| user.login).collect())
    }

    /// How many approve of exactly this head, and whether somebody asks for changes.
    pub(crate) async fn reviews(&self, repo: &str, pull: &Pull) -> Result<(u32, bool), ForgeError> {
        let path = format!("{}/pulls/{}/reviews?limit=50", repo_path(repo), pull.number);
        let reviews: Vec<Review> = self.rest.pages(About { repo, what: "the reviews" }, &path, PAGES).await?;
        let decided = last_of_each(&reviews);
        let asks = decided.iter().any(|review| review.state == "REQUEST_CHANGES");
        let mut approvals = 0;
        for review in decided.iter().filter(|review| approves(review, &pull.head.sha)) {
            let login = review.user.as_ref().map(|user| user.login.as_str()).unwrap_or_default();
            // In a public repository everybody may review.
            if review.official || self.may_write(repo, login).await == Some(true) {
                approvals += 1;
            }
        }
        Ok((approvals, asks))
    }

    /// Who closed a pull request, and the reason: what the same person said shortly before.
    pub(crate) async fn closed(
        &self,
        repo: &str,
        pull: &Pull,
        comments: &[Comment],
    ) -> Result<PullState, ForgeError> {
        let path = format!("{}/issues/{}/timeline?limit=50", repo_path(repo), pull.number);
        let about = About { repo, what: "what happened to it" };
        let happened: Vec<Happening> = self.rest.pages(about, &path, PAGES).await?;
        let close = happened.iter().rev().find(|happening| happening.kind == "close");
        let by = close.and_then(|close| close.user.clone()).unwrap_or_default();
        let at = close.map(|close| close.created_at.as_str()).or(pull.closed_at.as_deref());
        let at = at.and_then(moment).unwrap_or(i64::MAX);
        let reason = reason(&by, at, comments);
        Ok(PullState::Closed { by: by.login, reason })
    }
}

fn reason(by: &User, at: i64, comments: &[Comment]) -> Option<String> {
    let near = at.saturating_sub(REASON)..=at.saturating_add(60_000);
    let is_reason = |comment: &&Comment| {
        comment.user.as_ref() == Some(by) && near.contains(&moment(&comment.created_at).unwrap_or_default())
    };
    comments.iter().rev().find(is_reason).map(|comment| comment.body.clone())
}

/// Of each person the last review that decides; one that was dismissed decides nothing.
fn last_of_each(reviews: &[Review]) -> Vec<&Review> {
    let mut seen = HashSet::new();
    let decides = |review: &&Review| {
        !review.dismissed && matches!(review.state.as_str(), "APPROVED" | "REQUEST_CHANGES")
    };
    let last = |review: &&Review| seen.insert(review.user.as_ref().map(|user| user.id));
    reviews.iter().rev().filter(decides).filter(last).collect()
}

fn approves(review: &Review, head: &str) -> bool {
    review.state == "APPROVED" && !review.stale && review.commit_id == head
}

#[cfg(test)]
mod tests {
    use super::*;

    fn review(by: u64, state: &str, commit: &str) -> Review {
        let user = Some(User { id: by, login: format!("user{by}") });
        Review { user, state: state.into(), commit_id: commit.into(), ..Review::default() }
    }

    #[test]
    fn the_last_word_of_each_counts_and_only_for_this_head() {
        let mut reviews = vec![
            review(1, "REQUEST_CHANGES", "old"),
            review(1, "APPROVED", "new"),
            review(1, "COMMENT", "new"),
            review(2, "APPROVED", "old"),
            review(3, "APPROVED", "new"),
        ];
        let count = |reviews: &[Review]| {
            let decided = last_of_each(reviews);
            let asks = decided.iter().any(|review| review.state == "REQUEST_CHANGES");
            (decided.iter().filter(|review| approves(review, "new")).count(), asks)
        };
        assert_eq!(count(&reviews), (2, false));
        reviews.push(review(3, "REQUEST_CHANGES", "new"));
        assert_eq!(count(&reviews), (1, true));
        reviews[5].dismissed = true;
        reviews[4].stale = true;
        assert_eq!(count(&reviews), (1, false));
    }
}
