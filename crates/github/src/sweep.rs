//! One question asked of many repositories: as many in one query as the forge can answer.

use fleetwright_forge::ForgeError;
use serde_json::Value;

use crate::api::renamed;
use crate::batch::Batch;
use crate::fault::Deed;
use crate::graph::{Answered, Fields, Graph, GraphFault, Trouble, quote};
use crate::repo::RepoName;
use crate::value::text;

/// After so many refusals in a row the forge is down, not overburdened.
const PATIENCE: usize = 10;

/// A question to many repositories.
pub(crate) struct Sweep<'a> {
    pub(crate) graph: &'a Graph,
    pub(crate) batch: &'a Batch,
    /// What it is for, for the words of faults.
    pub(crate) what: &'static str,
    /// What to select of the repository of the question with this index.
    pub(crate) select: &'a (dyn Fn(&Fields, usize) -> String + Send + Sync),
}

type Answers = Vec<Option<Result<Value, ForgeError>>>;

impl Sweep<'_> {
    /// Asks the question of each, and answers each, in the order asked. Questions to one owner go
    /// together: an app has a token for each.
    pub(crate) async fn ask(&self, repos: &[RepoName<'_>]) -> Vec<Result<Value, ForgeError>> {
        let mut answers: Answers = (0..repos.len()).map(|_| None).collect();
        let mut order: Vec<usize> = (0..repos.len()).collect();
        order.sort_by_key(|index| repos[*index].owner);
        for group in order.chunk_by(|a, b| repos[*a].owner == repos[*b].owner) {
            self.group(repos, group, &mut answers).await;
        }
        let missing = || Err(ForgeError::unknown("it was not asked"));
        answers.into_iter().map(|answer| answer.unwrap_or_else(missing)).collect()
    }

    async fn group(&self, repos: &[RepoName<'_>], group: &[usize], answers: &mut Answers) {
        let (mut at, mut most, mut refusals) = (0, usize::MAX, 0);
        while let Some(left) = group.get(at..).filter(|left| !left.is_empty()) {
            let size = self.batch.size();
            let asked = &left[..size.min(most).min(left.len())];
            match self.once(repos, asked).await {
                Ok(answered) => {
                    if asked.len() == size {
                        self.batch.answered();
                    }
                    for index in asked {
                        answers[*index] = Some(one(&answered, *index, &repos[*index]));
                    }
                    (at, most, refusals) = (at + asked.len(), usize::MAX, 0);
                }
                Err(Trouble::Lacks) => {}
                Err(Trouble::TooMuch(why)) if refusals < PATIENCE => {
                    refusals += 1;
                    self.batch.refused(asked.len());
                    if let [single] = asked {
                        answers[*single] = Some(Err(ForgeError::unknown(&why)));
                        at += 1;
                    }
                    most = if asked.len() == 1 { usize::MAX } else { asked.len() / 2 };
                }
                Err(Trouble::TooMuch(why)) => {
                    return fill((repos, left), answers, &ForgeError::unknown(why));
                }
                Err(Trouble::Fault(error)) => return fill((repos, left), answers, &error),
            }
        }
    }

    async fn once(&self, repos: &[RepoName<'_>], asked: &[usize]) -> Result<Answered, Trouble> {
        let Some(first) = asked.first().map(|index| repos[*index]) else {
            return Err(Trouble::Fault(ForgeError::unknown("nothing was asked")));
        };
        let fields = self.graph.fields();
        let mut query = String::from("query {\n");
        for index in asked {
            let RepoName { owner, name, .. } = repos[*index];
            let select = (self.select)(&fields, *index);
            query.push_str(&format!(
                "r{index}: repository(owner: {}, name: {}) {{ nameWithOwner {select} }}\n",
                quote(owner),
                quote(name)
            ));
        }
        query.push('}');
        self.graph.query(Deed { repo: first.full, what: self.what }, &query).await
    }
}

/// One refusal for all of them, which each hears of itself.
fn fill((repos, left): (&[RepoName<'_>], &[usize]), answers: &mut Answers, error: &ForgeError) {
    for index in left {
        let mut error = error.clone();
        if let ForgeError::Access { repo, .. } | ForgeError::Refused { repo, .. } = &mut error {
            repos[*index].full.clone_into(repo);
        }
        answers[*index] = Some(Err(error));
    }
}

/// The answer of one repository: whatever could not be told of it is a fault of the whole answer, for
/// half of a truth could look like a green one.
fn one(answered: &Answered, index: usize, repo: &RepoName<'_>) -> Result<Value, ForgeError> {
    let alias = format!("r{index}");
    let about = |fault: &&GraphFault| {
        fault.path.strip_prefix(&alias).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if let Some(fault) = answered.faults.iter().find(about) {
        return Err(refusal(fault, repo));
    }
    let found = answered.data.get(&alias).filter(|found| !found.is_null());
    let found = found.ok_or_else(|| ForgeError::NotFound { what: repo.full.to_owned() })?;
    match text(found, "/nameWithOwner") {
        Some(name) if !name.eq_ignore_ascii_case(repo.full) => Err(renamed(repo.full, name)),
        _ => Ok(found.clone()),
    }
}

fn refusal(fault: &GraphFault, repo: &RepoName<'_>) -> ForgeError {
    match fault.kind.as_str() {
        "NOT_FOUND" if fault.path.contains('.') => {
            let what = fault.path.split_once('.').map_or("", |(_, rest)| rest);
            ForgeError::NotFound { what: format!("{what} of {} ({})", repo.full, fault.message) }
        }
        "NOT_FOUND" => ForgeError::NotFound { what: repo.full.to_owned() },
        "FORBIDDEN" | "INSUFFICIENT_SCOPES" => {
            let what = fault.path.split('.').skip(1).filter(|part| part.parse::<u64>().is_err());
            let what = what.collect::<Vec<_>>().join(".");
            let why = format!("the token may not read {what} ({})", fault.message);
            ForgeError::Refused { repo: repo.full.to_owned(), why }
        }
        _ => ForgeError::unknown(format!("{}: {}", repo.full, fault.message)),
    }
}
