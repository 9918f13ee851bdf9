//! Sourcegraph's batch specs (docs: "Batch spec YAML reference", versions 1 and 2).

use fleetwright_core::source::{Source, SourceError};
use serde_json::{Map, Value};

use crate::draft::Draft;
use crate::names::Names;
use crate::outside::{Beside, Pulls};
use crate::query::{Picked, union};
use crate::value::{list, text};
use crate::{batch_step, batch_texts, search, words};

/// Every key of the format, below which places.
const KEYS: [(&str, &[&str]); 5] = [
    (
        "",
        &[
            "version",
            "name",
            "description",
            "on",
            "workspaces",
            "steps",
            "importChangesets",
            "changesetTemplate",
            "transformChanges",
        ],
    ),
    ("on", &["repositoriesMatchingQuery", "repository", "branch", "branches"]),
    ("workspaces", &["rootAtLocationOf", "in", "onlyFetchWorkspace"]),
    ("changesetTemplate", &["title", "body", "branch", "commit", "published", "fork"]),
    ("importChangesets", &["repository", "externalIDs"]),
];

/// Makes a draft out of a batch spec.
pub(crate) fn draft(source: &Source, beside: Beside<'_>) -> Result<Draft, SourceError> {
    let value = source.value();
    known(source, "", &value)?;
    let mut draft = Draft::default();
    let name = text(source, &value, "name")?
        .ok_or_else(|| source.error("name", "the batch change has no name", "add `name`"))?;
    draft.name = words::label(&name);
    if draft.name != name {
        draft.remark(
            source,
            "name",
            &format!("`{name}` became `{}`", draft.name),
            "names are DNS labels here",
        );
    }
    draft.description = text(source, &value, "description")?.unwrap_or_default();
    draft.targets = targets(source, &value, &mut draft)?;
    draft.workspaces = workspaces(source, &value, &mut draft)?;
    draft.pulls = pulls(source, &value)?;
    let mut names = Names::default();
    batch_step::steps(source, &value, (&mut draft, &mut names), beside)?;
    batch_texts::texts(source, &value, (&mut draft, &mut names))?;
    batch_step::answer(&mut draft, &names);
    transform(source, &value, &mut draft)?;
    Ok(draft)
}

/// Refuses keys that the format does not have: they may be misspelt.
fn known(source: &Source, at: &str, value: &Value) -> Result<(), SourceError> {
    let Some((_, known)) = KEYS.iter().find(|(place, _)| *place == at) else { return Ok(()) };
    let tables: Vec<(String, &Map<String, Value>)> = match value {
        Value::Object(table) => vec![(at.to_owned(), table)],
        Value::Array(list) => {
            let one = |(index, value): (usize, &'_ Value)| value.as_object().map(|_| index);
            let indexes: Vec<usize> = list.iter().enumerate().filter_map(one).collect();
            indexes
                .into_iter()
                .filter_map(|index| Some((format!("{at}[{index}]"), list[index].as_object()?)))
                .collect()
        }
        _ => Vec::new(),
    };
    for (place, table) in tables {
        for (key, inner) in table {
            if !known.contains(&key.as_str()) {
                let full = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                let remedy = match fleetwright_core::source::nearest(key, known) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => format!("known here: {}", known.join(", ")),
                };
                return Err(source.error(&full, format!("a batch spec has no key `{key}`"), &remedy));
            }
            if at.is_empty() {
                self::known(source, key, inner)?;
            }
        }
    }
    Ok(())
}

fn targets(source: &Source, value: &Value, draft: &mut Draft) -> Result<Picked, SourceError> {
    let version = value.get("version").and_then(Value::as_u64).unwrap_or(1);
    let mut all = Vec::new();
    let mut hosts = Vec::new();
    for index in 0..list(source, value, "on")?.len() {
        let key = |name: &str| format!("on[{index}].{name}");
        for branch in ["branch", "branches"] {
            if value["on"][index].get(branch).is_some() {
                let message = "shifts change the default branch only";
                return Err(source.error(
                    &key(branch),
                    message,
                    "remove the key, or change that branch by other means",
                ));
            }
        }
        if let Some(query) = text(source, value, &key("repositoriesMatchingQuery"))? {
            let picked = search::sourcegraph(&query, version);
            for lost in &picked.lost {
                let message = format!("no equivalent of {lost}");
                draft.remark(
                    source,
                    &key("repositoriesMatchingQuery"),
                    &message,
                    "write the rest of `targets` as CEL",
                );
            }
            for near in &picked.near {
                draft.remark(
                    source,
                    &key("repositoriesMatchingQuery"),
                    near,
                    "compare the selection in `shift plan`",
                );
            }
            all.push(picked);
        } else if let Some(name) = text(source, value, &key("repository"))? {
            let (host, name) = words::repository(&name);
            hosts.extend(host.map(str::to_owned));
            all.push(Picked { repos: vec![name.to_owned()], ..Picked::default() });
        } else {
            let remedy = "write `repository` or `repositoriesMatchingQuery`";
            return Err(source.error(&format!("on[{index}]"), "this selects nothing", remedy));
        }
    }
    hosts.sort();
    hosts.dedup();
    if hosts.len() > 1 {
        let message = format!("repositories of several hosts: {}", hosts.join(", "));
        draft.remark(
            source,
            "on",
            &message,
            "hosts are left out: names are looked for in every forge of fleetwright.yaml",
        );
    }
    if all.is_empty() {
        // Only existing pull requests: nothing is to be changed anywhere.
        all.push(Picked { select: vec!["false".to_owned()], ..Picked::default() });
    }
    Ok(union(all))
}

fn workspaces(source: &Source, value: &Value, draft: &mut Draft) -> Result<Option<String>, SourceError> {
    let all = list(source, value, "workspaces")?;
    if all.len() > 1 {
        let message = "a shift has one kind of workspace";
        return Err(source.error(
            "workspaces[1]",
            message,
            "write one batch spec per entry, and import each",
        ));
    }
    let Some(first) = all.first() else { return Ok(None) };
    let Some(file) = text(source, value, "workspaces[0].rootAtLocationOf")? else {
        return Err(source.error("workspaces[0]", "no file is named", "add `rootAtLocationOf`"));
    };
    let within = first.get("in").and_then(Value::as_str).unwrap_or("*");
    let (_, name) = words::repository(within);
    if !matches!(within, "*" | "**") && draft.targets.repos != [name.to_owned()] {
        let message = format!("`in: {within}`: here every selected repository is divided");
        let todo = draft.remark(
            source,
            "workspaces[0].in",
            &message,
            "give repositories without workspaces a shift of their own",
        );
        draft.targets.near.push(todo.trim_start_matches("TODO: ").to_owned());
    }
    if first.get("onlyFetchWorkspace").is_some_and(|only| only != &Value::Bool(false)) {
        let remedy = "nothing is to do, unless a step must not see the rest of the repository";
        draft.remark(source, "workspaces[0].onlyFetchWorkspace", "steps see the whole repository", remedy);
    }
    Ok(Some(file))
}

fn pulls(source: &Source, value: &Value) -> Result<Vec<Pulls>, SourceError> {
    let mut pulls = Vec::new();
    for (index, one) in list(source, value, "importChangesets")?.iter().enumerate() {
        let key = format!("importChangesets[{index}]");
        let Some(repo) = one.get("repository").and_then(Value::as_str) else {
            return Err(source.error(&key, "no repository is named", "add `repository`"));
        };
        let number = |id: &Value| id.as_u64().or_else(|| id.as_str()?.parse().ok());
        let ids = one.get("externalIDs").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let numbers: Option<Vec<u64>> = ids.iter().map(number).collect();
        match numbers.filter(|numbers| !numbers.is_empty()) {
            Some(numbers) => pulls.push(Pulls { repo: words::repository(repo).1.to_owned(), numbers }),
            None => {
                let remedy = "write `externalIDs: [1, 2]`";
                return Err(source.error(
                    &format!("{key}.externalIDs"),
                    "numbers of pull requests belong here",
                    remedy,
                ));
            }
        }
    }
    Ok(pulls)
}

fn transform(source: &Source, value: &Value, draft: &mut Draft) -> Result<(), SourceError> {
    let Some(transform) = value.get("transformChanges") else { return Ok(()) };
    let groups = transform.get("group").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let folders: Vec<&str> = groups.iter().filter_map(|group| group["directory"].as_str()).collect();
    let message = match folders.as_slice() {
        [] => "one target is one pull request: changes are not grouped".to_owned(),
        folders => {
            format!("one target is one pull request: changes are not divided by {}", folders.join(", "))
        }
    };
    let remedy =
        "use `targets.workspaces` where each directory has a file of one name, else a shift per directory";
    let todo = draft.remark(source, "transformChanges", &message, remedy);
    draft.pull.todo.push(todo);
    Ok(())
}
