//! A batch spec's `changesetTemplate`: branch and texts of the pull requests.

use fleetwright_core::shift::is_branch;
use fleetwright_core::source::{Source, SourceError};
use serde_json::Value;

use crate::draft::Draft;
use crate::express::as_far;
use crate::go::{Expr, Part, split};
use crate::names::Names;
use crate::value::text;

/// Fills in branch and texts.
pub(crate) fn texts(
    source: &Source,
    value: &Value,
    (draft, names): (&mut Draft, &mut Names),
) -> Result<(), SourceError> {
    if value.get("changesetTemplate").is_none() {
        return Ok(());
    }
    branch(source, value, draft)?;
    let mut filled = |draft: &mut Draft, key: &str| -> Result<Option<String>, SourceError> {
        let key = format!("changesetTemplate.{key}");
        let Some(text) = text(source, value, &key)? else { return Ok(None) };
        let (text, lost) = as_far(&split(&text), names);
        if !lost.is_empty() {
            let message =
                format!("`{}` has no equivalent here, and stands in the text as it is", lost.join("`, `"));
            let todo = draft.remark(source, &key, &message, "write the text anew");
            draft.pull.todo.push(todo);
        }
        Ok(Some(text))
    };
    draft.pull.title = filled(draft, "title")?;
    draft.pull.body = filled(draft, "body")?;
    draft.pull.message = filled(draft, "commit.message")?;
    let plain = |text: &&String| {
        !text.contains("{{") && !text.contains('\n') && !text.contains("{%") && !text.contains("{#")
    };
    draft.title = draft.pull.title.as_ref().filter(plain).cloned();
    if draft.title.is_some() {
        draft.pull.title = None;
    }
    author(source, value, draft)?;
    published(source, value, draft);
    match value.pointer("/changesetTemplate/fork") {
        Some(fork) if fork != &Value::Bool(false) => {
            let remedy = "the token of fleetwright.yaml must be allowed to push there";
            let key = "changesetTemplate.fork";
            let todo = draft.remark(
                source,
                key,
                "branches are pushed to the repository itself, not to a fork",
                remedy,
            );
            draft.pull.todo.push(todo);
        }
        _ => {}
    }
    Ok(())
}

/// A branch is the same for every target here; the directory is added where there are workspaces.
fn branch(source: &Source, value: &Value, draft: &mut Draft) -> Result<(), SourceError> {
    let key = "changesetTemplate.branch";
    let Some(text) = text(source, value, key)? else { return Ok(()) };
    let mut name = String::new();
    let mut lost = Vec::new();
    for part in split(&text) {
        match part {
            Part::Text(text) => name.push_str(&text),
            Part::Hole(_, Some(Expr::Name(known))) if known == "batch_change.name" => {
                name.push_str(&draft.name)
            }
            Part::Hole(hole, Some(expr)) if expr.mentions("steps.path") => {
                if let Expr::Call(function, args) = &expr
                    && function == "join_if"
                {
                    let texts = args.iter().skip(1).filter_map(|arg| {
                        if let Expr::Text(text) = arg { Some(text.as_str()) } else { None }
                    });
                    name.push_str(&texts.collect::<Vec<_>>().join("-"));
                }
                if draft.workspaces.is_none() {
                    lost.push(hole);
                }
            }
            Part::Hole(hole, _) => lost.push(hole),
        }
    }
    let name = name.trim_matches(['-', '_', '.', '/']).to_owned();
    if !lost.is_empty() {
        let message = format!("`{}` is left out of the branch", lost.join("`, `"));
        let todo = draft.remark(
            source,
            key,
            &message,
            "a branch has one name for every repository; make it one nobody else uses",
        );
        draft.pull.todo.push(todo);
    }
    if is_branch(&name) {
        draft.pull.branch = Some(name);
    } else {
        let message = format!("`{text}` is no branch here, and the shift's own is taken");
        draft.remark(source, key, &message, "use letters, digits and - _ . / only");
    }
    Ok(())
}

fn author(source: &Source, value: &Value, draft: &mut Draft) -> Result<(), SourceError> {
    let key = "changesetTemplate.commit.author";
    let name = text(source, value, &format!("{key}.name"))?;
    let mail = text(source, value, &format!("{key}.email"))?;
    let (Some(name), Some(mail)) = (name, mail) else { return Ok(()) };
    let plain = |text: &str| {
        !text.trim().is_empty() && !text.contains(['<', '>', '\n', '\0']) && !text.contains("${{")
    };
    match plain(&name) && plain(&mail) {
        true => draft.pull.author = Some(format!("{} <{}>", name.trim(), mail.trim())),
        false => {
            let message = "the author is left out";
            let todo = draft.remark(source, key, message, "write `author: Name <mail>` without templates");
            draft.pull.todo.push(todo);
        }
    }
    Ok(())
}

/// Whether pull requests are opened at once: here `apply` opens them, and `plan` does not.
fn published(source: &Source, value: &Value, draft: &mut Draft) {
    let key = "changesetTemplate.published";
    let rules = match value.pointer("/changesetTemplate/published") {
        None | Some(Value::Null | Value::Bool(true)) => return,
        Some(Value::String(word)) if word == "draft" => {
            draft.pull.draft = true;
            return;
        }
        Some(Value::Array(rules)) => rules,
        Some(_) => {
            let remedy =
                "`shift plan` makes the changes and opens nothing, `shift apply` opens the pull requests";
            draft.remark(source, key, "nothing is kept from being opened by the file", remedy);
            return;
        }
    };
    let mut words: Vec<&Value> =
        rules.iter().filter_map(Value::as_object).flat_map(|rule| rule.values()).collect();
    words.dedup();
    if words == [&Value::String("draft".to_owned())] {
        draft.pull.draft = true;
    }
    let shown: Vec<String> = rules
        .iter()
        .filter_map(Value::as_object)
        .flatten()
        .map(|(glob, word)| {
            format!("{glob}: {}", word.as_str().map_or_else(|| word.to_string(), str::to_owned))
        })
        .collect();
    let message = format!("published by rules: {}", shown.join(", "));
    let remedy = "apply a part with `shift apply FILE --repo 'acme/*'`, the rest later";
    let todo = draft.remark(source, key, &message, remedy);
    draft.pull.todo.push(todo);
}
