//! `infra list`: what repositories declare, and whose it is.

use std::collections::{BTreeMap, BTreeSet};

use fleetwright_api::query::Infra;
use fleetwright_engine::infra::Listed;
use serde_json::json;

use super::{infra_drift, infra_validate};
use crate::args::{InfraCommand, InfraListArgs};
use crate::context::{Context, Ended};
use crate::failure::Code;
use crate::show::{number, plain, wide_table};

pub(super) async fn run(context: &Context<'_>, command: InfraCommand) -> Ended {
    match command {
        InfraCommand::List(args) => list(context, args).await,
        InfraCommand::Validate(args) => infra_validate::run(context, &args).await,
        InfraCommand::Drift(args) => infra_drift::run(context, &args).await,
    }
}

async fn list(context: &Context<'_>, args: InfraListArgs) -> Ended {
    let InfraListArgs { repo, format, kind, owner } = args;
    let told = context.call(Infra { repo, format, kind, owner }).await?;
    let (all, repos) = (&told.declared, told.repositories);
    if context.ui.json() {
        context.ui.document(&json!({ "repositories": repos, "declared": all }));
        return Ok(Code::Done);
    }
    if told.read == 0 {
        context.ui.line("No repository was read yet. Next: fleetwright repo sync");
        return Ok(Code::Done);
    }
    let rows = all.iter().map(|each| {
        let name = match each.namespace.as_str() {
            "" => each.name.clone(),
            namespace => format!("{namespace}/{}", each.name),
        };
        let place = format!("{}:{}", each.file, each.line);
        let (component, owner) = (short(&each.component), short(&each.owner));
        let (format, kind, repo) = (each.format.clone(), each.kind.clone(), each.repo.clone());
        [format, kind, name, repo, place, component, owner].iter().map(|word| plain(word)).collect()
    });
    let head = ["format", "kind", "name", "repository", "declared in", "component", "owner"];
    if !all.is_empty() {
        context.ui.line(wide_table(&head, rows.collect()));
    }
    context.ui.say(numbers(all, repos));
    Ok(Code::Done)
}

/// How much there is, and of how much nobody knows whose it is.
fn numbers(all: &[Listed], repos: usize) -> String {
    let looked = number(repos as u64, "repository", "repositories");
    if all.is_empty() {
        return format!("Nothing of this is declared in {looked}.");
    }
    let declaring: BTreeSet<&str> = all.iter().map(|each| each.repo.as_str()).collect();
    let mut formats: BTreeMap<&str, usize> = BTreeMap::new();
    all.iter().for_each(|each| *formats.entry(&each.format).or_default() += 1);
    let formats: Vec<String> = formats.iter().map(|(format, count)| format!("{count} {format}")).collect();
    let unowned = all.iter().filter(|each| each.owner.is_empty()).count();
    let owners = if unowned == 0 { String::new() } else { format!("; {unowned} without an owner") };
    format!("{} declared in {} of {looked}: {}{owners}", all.len(), declaring.len(), formats.join(", "))
}

/// A reference as people say it: `payments` for `group:default/payments`.
fn short(reference: &str) -> String {
    let name = reference.split_once(":default/").filter(|(kind, _)| *kind != "user");
    name.map_or_else(|| reference.to_owned(), |(_, name)| name.to_owned())
}
