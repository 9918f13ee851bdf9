//! Shepherd's migrations (github.com/NerdWalletOSS/shepherd, README "Migration Configuration Schema").

use fleetwright_core::shift::is_branch;
use fleetwright_core::source::{Source, SourceError};
use serde_json::Value;

use crate::draft::{Draft, DraftStep};
use crate::outside::Beside;
use crate::query::Picked;
use crate::shell::{FETCHING, calls, is_bash};
use crate::value::text;
use crate::{search, words};

/// Keys of the file.
const KEYS: [&str; 7] = ["id", "title", "adapter", "hooks", "search_query", "origin", "target"];

/// The hooks, in the order they run.
const HOOKS: [&str; 4] = ["should_migrate", "post_checkout", "apply", "pr_message"];

/// The step that prints the pull request's text.
const MESSAGE: &str = "message";

/// Makes a draft out of a `shepherd.yml`.
pub(crate) fn draft(source: &Source, beside: Beside<'_>) -> Result<Draft, SourceError> {
    let value = source.value();
    known(source, &value, "", &KEYS)?;
    known(source, &value, "hooks", &HOOKS)?;
    let need = |key: &str| {
        let found = text(source, &value, key)?;
        found.ok_or_else(|| source.error(key, format!("the migration has no {key}"), &format!("add `{key}`")))
    };
    let id = need("id")?;
    let title = need("title")?.replace('\n', " ");
    let mut draft = Draft { name: words::label(&id), title: Some(title), ..Draft::default() };
    if draft.name != id {
        draft.remark(
            source,
            "id",
            &format!("`{id}` became `{}`", draft.name),
            "names are DNS labels here; the branch keeps it",
        );
    }
    // Shepherd calls the branch after the id: a migration that is under way goes on where it is.
    draft.pull.branch = is_branch(&id).then_some(id);
    if value.get("target").is_some() {
        let message = "shifts change the default branch only";
        return Err(source.error("target", message, "remove the key, or change that branch by other means"));
    }
    draft.targets = targets(source, &value, &mut draft)?;
    for hook in HOOKS {
        let commands = commands(source, &value, hook)?;
        if commands.is_empty() && hook == "apply" {
            return Err(source.error("hooks.apply", "the migration changes nothing", "add `hooks.apply`"));
        }
        steps(source, (hook, &commands), &mut draft, beside);
    }
    Ok(draft)
}

fn known(source: &Source, value: &Value, at: &str, keys: &[&str]) -> Result<(), SourceError> {
    let table = if at.is_empty() { value } else { &value[at] };
    let Some(table) = table.as_object() else {
        return Err(source.error(at, "a mapping belongs here", "write `key: value` pairs"));
    };
    match table.keys().find(|key| !keys.contains(&key.as_str())) {
        None => Ok(()),
        Some(key) => {
            let full = if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
            let remedy = match fleetwright_core::source::nearest(key, keys) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("known here: {}", keys.join(", ")),
            };
            Err(source.error(&full, format!("a shepherd.yml has no key `{key}`"), &remedy))
        }
    }
}

/// The adapter's search; an older form has the adapter's name alone and the search beside it.
fn targets(source: &Source, value: &Value, draft: &mut Draft) -> Result<Picked, SourceError> {
    let (kind, query_key) = match &value["adapter"] {
        Value::String(kind) => (kind.clone(), "search_query"),
        Value::Object(_) => {
            (text(source, value, "adapter.type")?.unwrap_or_default(), "adapter.search_query")
        }
        _ => {
            return Err(source.error(
                "adapter",
                "no adapter is named",
                "write `adapter: { type: github, search_query: ... }`",
            ));
        }
    };
    if kind != "github" {
        let message = format!("`{kind}` is not an adapter whose search is known");
        return Err(source.error(
            "adapter.type",
            message,
            "write `type: github`, and mend the targets afterwards",
        ));
    }
    let mut picked = match text(source, value, query_key)? {
        Some(query) => search::github(&query),
        None => Picked::default(),
    };
    if let Some(org) = text(source, value, "adapter.org")? {
        picked.repos.push(format!("{org}/*"));
    }
    for lost in &picked.lost {
        let message = format!("no equivalent of {lost}");
        draft.remark(source, query_key, &message, "write the rest of `targets` as CEL");
    }
    for near in &picked.near {
        draft.remark(source, query_key, near, "compare the selection in `shift plan`");
    }
    if picked == Picked::default() {
        let message = "the adapter selects nothing";
        return Err(source.error("adapter", message, "add `search_query` or `org`"));
    }
    Ok(picked)
}

/// A hook is one command or a list of them.
fn commands(source: &Source, value: &Value, hook: &str) -> Result<Vec<String>, SourceError> {
    let key = format!("hooks.{hook}");
    match value.pointer(&format!("/hooks/{hook}")) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::String(one)) => Ok(vec![one.clone()]),
        Some(Value::Array(many)) => {
            let text = |(index, one): (usize, &Value)| match one.as_str() {
                Some(text) => Ok(text.to_owned()),
                None => Err(source.error(
                    &format!("{key}[{index}]"),
                    "a command belongs here",
                    "write it in quotes",
                )),
            };
            many.iter().enumerate().map(text).collect()
        }
        Some(_) => {
            Err(source.error(&key, "a command or a list of them belongs here", "write `- command` lines"))
        }
    }
}

fn steps(source: &Source, (hook, commands): (&str, &[String]), draft: &mut Draft, beside: Beside<'_>) {
    if hook == "pr_message" {
        return message(source, commands, draft, beside);
    }
    for (index, command) in commands.iter().enumerate() {
        let key = if commands.len() > 1 { format!("hooks.{hook}[{index}]") } else { format!("hooks.{hook}") };
        let mut step = DraftStep { todo: doubts(source, &key, command, draft), ..DraftStep::default() };
        step.bash = is_bash(command);
        travelling(source, (&key, command), (draft, &mut step), beside);
        step.script = match hook {
            "should_migrate" => declined(command),
            _ => command.clone(),
        };
        draft.steps.push(step);
    }
}

/// A command that says no ends with the code that means "none of my business" here.
fn declined(command: &str) -> String {
    let command = command.trim_end();
    match command.contains(['\n', '#', ';', '&']) || calls(command, &["exit", "exec", "return"]).is_some() {
        false => format!("{command} || exit 64"),
        true => format!("(\n{command}\n) || exit 64"),
    }
}

/// What the commands print, one after the other, is the pull request's text.
fn message(source: &Source, commands: &[String], draft: &mut Draft, beside: Beside<'_>) {
    if commands.is_empty() {
        return;
    }
    let mut step =
        DraftStep { name: Some(MESSAGE.to_owned()), script: commands.join("\n"), ..DraftStep::default() };
    for command in commands {
        step.todo.extend(doubts(source, "hooks.pr_message", command, draft));
        travelling(source, ("hooks.pr_message", command), (draft, &mut step), beside);
    }
    step.todo.dedup();
    step.bash = is_bash(&step.script);
    step.outputs.push(("body".to_owned(), "{{ step.stdout }}".to_owned()));
    draft.steps.push(step);
    draft.pull.body = Some(format!("{{{{ steps.{MESSAGE}.outputs.body }}}}"));
}

/// What may not work here as it did there.
fn doubts(source: &Source, key: &str, command: &str, draft: &mut Draft) -> Vec<String> {
    let mut doubts = Vec::new();
    if let Some(program) = calls(command, &FETCHING) {
        let message = format!("`{program}` may need the network, and commands have none");
        let remedy = "write `run: { command: [sh, -c, ...], network: host }` if it does";
        doubts.push(draft.remark(source, key, &message, remedy));
    }
    if calls(command, &["git"]).is_some() {
        let message = "`git` finds no repository: commands see a plain copy of the tree";
        doubts.push(draft.remark(source, key, message, "do without, or use `git grep --no-index`"));
    }
    if command.contains("SHEPHERD_DATA_DIR") {
        let message = "no folder lives from step to step";
        doubts.push(draft.remark(source, key, message, "hand values on by `$FLEETWRIGHT_OUTPUT` and `env`"));
    }
    doubts
}

/// Files beside the migration that a command names travel with the shift.
fn travelling(
    source: &Source,
    (key, command): (&str, &str),
    (draft, step): (&mut Draft, &mut DraftStep),
    beside: Beside<'_>,
) {
    let mut rest = command.replace("${SHEPHERD_MIGRATION_DIR}", "$SHEPHERD_MIGRATION_DIR");
    while let Some((_, after)) = rest.split_once("$SHEPHERD_MIGRATION_DIR") {
        let name: String = after.trim_start_matches(['"', '/']).chars().take_while(|c| is_name(*c)).collect();
        let found = if name.is_empty() { Vec::new() } else { beside(&name) };
        if found.is_empty() {
            let message = format!("`$SHEPHERD_MIGRATION_DIR/{name}` is not there");
            step.todo.push(draft.remark(
                source,
                key,
                &message,
                "put it beside the shift file and name it below `run.files`",
            ));
        }
        let new = found.into_iter().filter(|name| !step.files.contains(name)).collect::<Vec<_>>();
        step.files.extend(new);
        rest = after.to_owned();
    }
}

fn is_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || "._-/".contains(letter)
}
