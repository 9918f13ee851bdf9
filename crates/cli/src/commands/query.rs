//! `query`: questions over what is known, in CEL and in SQL.

use std::time::Duration;

use fleetwright_engine::query::{self, Rows, Told};
use fleetwright_store::{Answer, Bounds};
use serde_json::{Value, json};

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
    let fleet = context.open().await?;
    let bounds = Bounds { rows: args.limit, time: Duration::from_secs(args.time) };
    let (frozen, told) = match args.sql {
        true => {
            let (frozen, answer) = query::sql(&fleet, args.snapshot, &args.question, bounds).await?;
            (frozen, Told { asked: answer.rows.len(), answer, unanswered: None })
        }
        false => {
            let frozen = query::frozen(&fleet, args.snapshot).await?;
            let told = query::rows(&frozen, &args.question, rows(args.from), bounds).await?;
            (frozen, told)
        }
    };
    if context.ui.json() {
        let objects: Vec<Value> =
            told.answer.rows.iter().map(|row| Value::Object(told.answer.object(row))).collect();
        context.ui.document(&json!({
            "snapshot": frozen.id, "rows": objects, "more": told.answer.more,
            "unanswered": told.unanswered.as_ref().map_or(0, |(count, _)| *count),
        }));
    } else if args.csv {
        context.ui.line(csv(&told.answer));
    } else if !told.answer.rows.is_empty() {
        let head: Vec<&str> = told.answer.columns.iter().map(String::as_str).collect();
        let rows = told.answer.rows.iter().map(|row| row.iter().map(shown).collect());
        context.ui.line(table(&head, rows.collect()));
    }
    summary(context, &told, frozen.id);
    Ok(Code::Done)
}

fn rows(from: From) -> Rows {
    match from {
        From::Entity => Rows::Entity,
        From::Repo => Rows::Repo,
        From::Infra => Rows::Infra,
        From::Finding => Rows::Finding,
    }
}

fn summary(context: &Context<'_>, told: &Told, snapshot: i64) {
    let found = number(told.answer.rows.len() as u64, "row", "rows");
    let more = if told.answer.more { ", and there are more: `--limit`" } else { "" };
    context.ui.note(format!("{found} of snapshot {snapshot}{more}"));
    if let Some((count, why)) = &told.unanswered {
        let rows = number(*count as u64, "row has", "rows have");
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
