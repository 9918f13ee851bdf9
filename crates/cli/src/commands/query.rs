//! `query`: questions over what is known, in CEL and in SQL.

use fleetwright_api::query::{Answer, From as Asked, Query};
use serde_json::{Map, Value, json};

use crate::args::{From, QueryArgs};
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{csv_line, number, table};

pub(super) async fn run(context: &Context<'_>, args: &QueryArgs) -> Ended {
    // A map of CEL is no answer to a question, so this was meant as a predicate.
    if args.question.trim_start().starts_with('{') {
        return Err(Failure::usage(
            "a question is an expression of CEL, or with --sql one SELECT\n  \
             try: fleetwright catalog list --query JSON, for predicates as Backstage writes them",
        ));
    }
    let (question, from) = (args.question.clone(), rows(args.from));
    let (limit, seconds, snapshot) = (args.limit, args.time, args.snapshot);
    let told = context.call(Query { question, sql: args.sql, from, limit, seconds, snapshot }).await?;
    if context.ui.json() {
        let object = |row: &Vec<Value>| -> Map<String, Value> {
            told.columns.iter().cloned().zip(row.iter().cloned()).collect()
        };
        let objects: Vec<_> = told.rows.iter().map(object).collect();
        context.ui.document(&json!({
            "snapshot": told.snapshot, "rows": objects, "more": told.more, "unanswered": told.unanswered,
        }));
    } else if args.csv {
        context.ui.line(csv(&told));
    } else if !told.rows.is_empty() {
        let head: Vec<&str> = told.columns.iter().map(String::as_str).collect();
        let rows = told.rows.iter().map(|row| row.iter().map(shown).collect());
        context.ui.line(table(&head, rows.collect()));
    }
    summary(context, &told);
    Ok(Code::Done)
}

fn rows(from: From) -> Asked {
    match from {
        From::Entity => Asked::Entity,
        From::Repo => Asked::Repo,
        From::Infra => Asked::Infra,
        From::Finding => Asked::Finding,
    }
}

fn summary(context: &Context<'_>, told: &Answer) {
    let found = number(told.rows.len() as u64, "row", "rows");
    let more = if told.more { ", and there are more: `--limit`" } else { "" };
    context.ui.note(format!("{found} of snapshot {}{more}", told.snapshot));
    if let Some(why) = &told.why {
        let rows = number(told.unanswered as u64, "row has", "rows have");
        context.ui.note(format!("{rows} no answer and is not among them, such as: {why}"));
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

/// Values separated by commas, as RFC 4180 has them.
fn csv(answer: &Answer) -> String {
    let head = csv_line(answer.columns.clone());
    let rows = answer.rows.iter().map(|row| csv_line(row.iter().map(shown).collect()));
    std::iter::once(head).chain(rows).collect::<Vec<_>>().join("\n")
}
