//! Questions over frozen copies of what is known: in CEL, row by row, and in SQL.

use std::collections::BTreeMap;
use std::time::Duration;

use fleetwright_infra::around;
use fleetwright_selector::Rule;
use fleetwright_store::{Answer, Bounds, Frozen};
use serde_json::{Map, Value, json};

use crate::error::EngineError;
use crate::fleet::Fleet;
use crate::infra::Around;

/// The rows that are read at most to answer an expression.
const ROWS: usize = 5_000_000;

/// How often a copy is taken anew because what is known moved meanwhile.
const TRIES: usize = 5;

/// What an expression is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Entities of the catalog: variable `entity`.
    Entity,
    /// Repositories: variable `repo`.
    Repo,
    /// Declared infrastructure: variable `infra`.
    Infra,
    /// What is wrong in files: variable `finding`.
    Finding,
}

impl Rows {
    /// The variable's name.
    pub fn variable(self) -> &'static str {
        match self {
            Rows::Entity => "entity",
            Rows::Repo => "repo",
            Rows::Infra => "infra",
            Rows::Finding => "finding",
        }
    }

    /// The rows, the columns that are shown of each first; the last one holds the variable's value.
    fn sql(self) -> &'static str {
        match self {
            Rows::Entity => {
                "SELECT ref, type, lifecycle, owner, forge, repo, path, line, body FROM entity ORDER BY ref"
            }
            Rows::Repo => {
                "SELECT forge, name, language, default_branch, archived, facts FROM repo ORDER BY name, forge"
            }
            Rows::Infra => {
                "SELECT format, kind, namespace, name, forge, repo, path, line, body FROM infra
                 ORDER BY repo, path, line"
            }
            Rows::Finding => {
                "SELECT area, forge, repo, path, line, message, remedy, json_object('area', area, 'path', path,
                 'line', line, 'message', message, 'remedy', remedy) FROM finding ORDER BY repo, path, line"
            }
        }
    }
}

/// An answer to an expression.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Told {
    /// What it holds for.
    pub answer: Answer,
    /// How many rows there are.
    pub asked: usize,
    /// How many had no answer, and why the first had none: a key that is missing, for example.
    pub unanswered: Option<(usize, String)>,
}

/// The frozen copy to ask: a named one, or the newest.
///
/// # Errors
/// When it is not kept, or none can be made.
pub async fn frozen(fleet: &Fleet, snapshot: Option<i64>) -> Result<Frozen, EngineError> {
    Ok(match snapshot {
        Some(id) => Frozen::kept(&fleet.snapshots(), id)?,
        None => Frozen::newest(&fleet.store, &fleet.snapshots()).await?,
    })
}

/// The answer to a question in SQL, and the frozen copy that was asked: a named one, or the newest.
///
/// # Errors
/// What is wrong with the question, or the copy cannot be made or read.
pub async fn sql(
    fleet: &Fleet,
    snapshot: Option<i64>,
    question: &str,
    bounds: Bounds,
) -> Result<(Frozen, Answer), EngineError> {
    let mut taken = frozen(fleet, snapshot).await?;
    for _ in 0..TRIES {
        // A kept copy gets no dependencies once it is not the newest any more; asking it says so.
        if !taken.lacks(question) || with_dependencies(fleet, &taken).await? || snapshot.is_some() {
            break;
        }
        taken = frozen(fleet, None).await?;
    }
    let answer = taken.ask(question, bounds).await?;
    Ok((taken, answer))
}

async fn with_dependencies(fleet: &Fleet, frozen: &Frozen) -> Result<bool, EngineError> {
    let declared = Around::of(fleet.store.entities().await?);
    let components = |repo: i64, path: &str| {
        let components = declared.of_repo(repo, "", "").components;
        around(path, components).into_iter().map(|component| component.reference.clone()).collect()
    };
    Ok(frozen.add_dependencies(&fleet.store, &components).await?)
}

/// The rows that an expression over `repo` and the rows' own variable holds for.
///
/// # Errors
/// What is wrong with the expression, or the copy cannot be read.
pub async fn rows(frozen: &Frozen, expression: &str, of: Rows, bounds: Bounds) -> Result<Told, EngineError> {
    let rule = Rule::compile(expression, &["repo", of.variable()]).map_err(|error| {
        EngineError::Usage(format!("{error}\n  try: the variables are `repo` and `{}`", of.variable()))
    })?;
    let whole = Bounds { rows: ROWS, time: bounds.time };
    let repos = repos(&frozen.ask("SELECT forge, name, facts, tip, read_at, fault FROM repo", whole).await?);
    let mut all = frozen.ask(of.sql(), whole).await?;
    all.columns.pop();
    let until = std::time::Instant::now() + bounds.time;
    let mut told = Told { asked: all.rows.len(), ..Told::default() };
    for mut row in all.rows {
        if std::time::Instant::now() >= until {
            return Err(EngineError::Usage(too_long(bounds.time)));
        }
        let body =
            row.pop().and_then(|body| serde_json::from_str(body.as_str()?).ok()).unwrap_or(Value::Null);
        let shown: Map<String, Value> = all.columns.iter().cloned().zip(row.iter().cloned()).collect();
        let repo = repos.get(&key(&shown, of)).unwrap_or(&Value::Null);
        let variable = if of == Rows::Repo { repo } else { &body };
        match rule.holds(&[("repo", repo), (of.variable(), variable)]) {
            Ok(true) if told.answer.rows.len() == bounds.rows => {
                told.answer.more = true;
                break;
            }
            Ok(true) => told.answer.rows.push(row),
            Ok(false) => {}
            Err(error) => {
                told.unanswered.get_or_insert_with(|| (0, error.message.clone())).0 += 1;
            }
        }
    }
    told.answer.columns = all.columns;
    Ok(told)
}

fn too_long(time: Duration) -> String {
    format!("no answer within {} s\n  try: a simpler expression, or `--time` for longer", time.as_secs_f64())
}

fn key(shown: &Map<String, Value>, of: Rows) -> (String, String) {
    let text = |key: &str| shown.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    (text("forge"), text(if of == Rows::Repo { "name" } else { "repo" }))
}

/// Every repository as an expression sees it, by forge and name.
fn repos(answer: &Answer) -> BTreeMap<(String, String), Value> {
    let row = |row: &Vec<Value>| {
        let text = |index: usize| row.get(index).and_then(Value::as_str).unwrap_or_default().to_owned();
        let mut facts: Value = serde_json::from_str(&text(2)).unwrap_or_else(|_| json!({}));
        // In kilobytes, as selections have it.
        facts["size"] = json!(facts["size"].as_u64().unwrap_or_default() / 1024);
        facts["forge"] = json!(text(0));
        facts["name"] = json!(text(1));
        facts["tip"] = json!(text(3));
        facts["readAt"] = json!(text(4));
        facts["fault"] = json!(text(5));
        ((text(0), text(1)), facts)
    };
    answer.rows.iter().map(row).collect()
}
