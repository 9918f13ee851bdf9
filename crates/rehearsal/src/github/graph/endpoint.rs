//! `POST /graphql`.

use serde_json::{Value, json};

use super::resolve::Hub;
use super::thing::Thing;
use crate::graphql::cost::{MOST_NODES, Unbounded, reach};
use crate::graphql::parse;
use crate::graphql::run::{operation, run};
use crate::http::answer::Answer;
use crate::http::call::Call;
use crate::limits::Unit;
use crate::world::Refusal;

/// Answers a query or mutation.
pub(in crate::github) fn answer(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let access = call.access()?.clone();
    let said = |text: &str| Ok(Answer::ok(json!({ "errors": [{ "message": text }] })));
    let document = match parse(call.text("query").unwrap_or_default()) {
        Ok(document) => document,
        Err(text) => return said(&text),
    };
    let picked = operation(&document, call.text("operationName"), &call.body["variables"]);
    let (operation, variables) = match picked {
        Ok(picked) => picked,
        Err(text) => return said(&text),
    };
    let reach = match reach(&document, &operation.selections, &variables) {
        Ok(reach) if reach.nodes > MOST_NODES => {
            let text = format!(
                "This query requests up to {} possible nodes which exceeds the maximum limit of 500,000.",
                reach.nodes
            );
            return Ok(Answer::ok(
                json!({ "errors": [{ "type": "MAX_NODE_LIMIT_EXCEEDED", "message": text }] }),
            ));
        }
        Ok(reach) => reach,
        Err(unbounded) => return Ok(excess(&unbounded)),
    };
    let cost = reach.cost();
    let root = if operation.mutation { Thing::Mutation } else { Thing::Query };
    let mut hub = Hub { state: &mut *call.state, access, cost };
    let body = run(&mut hub, (&document, operation), &variables, &root);
    let mut answer = Answer::ok(body);
    // One point was taken before it ran.
    answer.more = vec![(Unit::Graphql, i64::try_from(cost).unwrap_or(1) - 1)];
    Ok(answer)
}

fn excess(unbounded: &Unbounded) -> Answer {
    let Unbounded { connection, bound } = unbounded;
    let (bound, value) = bound.unwrap_or(("first", 0));
    let text = format!(
        "Requesting {value} records on the `{connection}` connection exceeds the `{bound}` limit of 100 records."
    );
    let error: Value = json!({ "type": "EXCESSIVE_PAGINATION", "message": text });
    Answer::ok(json!({ "errors": [error] }))
}
