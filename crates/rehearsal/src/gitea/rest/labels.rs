//! Labels, which requests name by number.

use serde_json::Value;

use super::pages;
use crate::gitea::shape::pull::label;
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::model::account::{Level, Scope};
use crate::model::repo::Label;
use crate::world::Refusal;

/// `GET /repos/{owner}/{repo}/labels`.
pub(super) fn list(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Read)?;
    let labels: Vec<Label> = call.state.repo(repo)?.labels.values().cloned().collect();
    Ok(pages::list(call, labels, |known| label(&known)))
}

/// `GET /orgs/{org}/labels`: none.
pub(super) fn of_org(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    call.access()?;
    Ok(pages::list(call, Vec::<Value>::new(), |label| label))
}

/// `POST /repos/{owner}/{repo}/labels`.
pub(super) fn create(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let repo = call.repo(Scope::Pulls, Level::Write)?;
    let missing = |field| Refusal::Invalid { resource: "Label", field, code: "missing", message: None };
    let name = call.text("name").ok_or_else(|| missing("name"))?.to_owned();
    let color = call.text("color").ok_or_else(|| missing("color"))?.trim_start_matches('#').to_owned();
    let id = call.state.next_id();
    let made = Label { id, name: name.clone(), color, description: None };
    // Two labels may have one name in Gitea; here the first is kept.
    let kept = call.state.repo_mut(repo)?.labels.entry(name).or_insert(made).clone();
    Ok(Answer::json(201, label(&kept)))
}
