//! `infra validate`: what is declared, held against schemas and policies.

use fleetwright_engine::config::Config;
use fleetwright_engine::infra::{Rules, Source, Unchecked, Verdict, Which, validate};
use fleetwright_infra::{Finding, Severity};
use serde_json::{Value, json};

use crate::args::ValidateArgs;
use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::{date, number, plain};
use crate::ui::Ui;

/// The most kinds without a schema that are named one by one.
const MAX_KINDS: usize = 20;

pub(super) async fn run(context: &Context<'_>, args: &ValidateArgs) -> Ended {
    let config = &context.global.config;
    // A checkout in CI needs no fleet, and so no configuration.
    let config = config.exists().then(|| Config::read(config)).transpose()?;
    let folder = |word: &Option<_>, key: fn(&Config) -> Option<_>| {
        word.clone().or_else(|| config.as_ref().and_then(key))
    };
    let schemas = folder(&args.schemas, |config| config.infra_schemas.clone());
    let policies = folder(&args.policies, |config| config.infra_policies.clone());
    let rules = Rules::read(schemas.as_deref(), policies.as_deref())?;
    let (count, has_schemas) = (rules.policies(), rules.has_schemas());
    let today = date(context.seams.clock.now());
    let verdict = if args.paths.is_empty() {
        let fleet = context.open().await?;
        if fleet.store.readings().await?.is_empty() {
            return Err(Failure::usage("no repository was read yet\n  try: `fleetwright repo sync`"));
        }
        let which = Which::new(&args.repo)?;
        validate(&Source::Fleet(&fleet, &which), rules, &today).await?
    } else {
        let source = Source::Files(&args.paths, whose(&args.repo)?);
        validate(&source, rules, &today).await?
    };
    match context.ui.json() {
        true => context.ui.document(&document(&verdict, count)),
        false => show(context.ui, &verdict, (count, has_schemas), args.paths.is_empty()),
    }
    Ok(if verdict.count(Severity::Error) > 0 { Code::SomeFailed } else { Code::Done })
}

/// The one repository that paths are a checkout of.
pub(super) fn whose(repo: &[String]) -> Result<&str, Failure> {
    match repo {
        [] => Ok(""),
        [one] => Ok(one),
        _ => Err(Failure::usage("--repo: files of this machine are of one repository\n  try: name one")),
    }
}

fn show(ui: &Ui, verdict: &Verdict, (policies, has_schemas): (usize, bool), is_fleet: bool) {
    for finding in &verdict.schemas {
        ui.line(told(finding));
    }
    for each in &verdict.checked {
        if is_fleet {
            ui.line(&each.repo);
        }
        let indent = if is_fleet { "  " } else { "" };
        for finding in &each.findings {
            let text = told(finding).replace('\n', &format!("\n{indent}"));
            ui.line(format!("{indent}{text}"));
        }
    }
    unchecked(ui, &verdict.unchecked, has_schemas);
    ui.say(numbers(verdict, policies, is_fleet));
}

/// A finding as compilers print it, so that editors and CI find the place.
pub(super) fn told(finding: &Finding) -> String {
    let file = plain(&finding.file);
    let place = match (finding.line, finding.column) {
        (0, _) => file,
        (line, 0) => format!("{file}:{line}"),
        (line, column) => format!("{file}:{line}:{column}"),
    };
    let key = if finding.key.is_empty() { String::new() } else { format!("{}: ", plain(&finding.key)) };
    let remedy = match finding.remedy.as_str() {
        "" => String::new(),
        remedy => format!("\n  try: {}", plain(remedy)),
    };
    format!("{place}: {}: {key}{}{remedy}", word(finding.severity), plain(&finding.message))
}

fn word(severity: Severity) -> &'static str {
    match severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    }
}

/// What was not validated, so that nobody takes it for good.
fn unchecked(ui: &Ui, kinds: &[Unchecked], has_schemas: bool) {
    if kinds.is_empty() {
        return;
    }
    let objects: usize = kinds.iter().map(|each| each.objects).sum();
    let objects = number(objects as u64, "object", "objects");
    if !has_schemas {
        let kinds = number(kinds.len() as u64, "kind", "kinds");
        ui.say(format!("Not validated: {objects} of {kinds}, for there is no schema."));
        ui.say("  try: `--schemas DIR`, or `infra: {schemas: DIR}` in fleetwright.yaml");
        return;
    }
    ui.say(format!("Not validated: {objects}, for there is no schema of"));
    for Unchecked { kind, objects, names } in kinds.iter().take(MAX_KINDS) {
        let name = names.first().map(String::as_str).unwrap_or_default();
        ui.say(plain(&format!("  {kind}: {objects}   (would be {name})")));
    }
    if kinds.len() > MAX_KINDS {
        ui.say(format!("  and {} more kinds; `--json` names all", kinds.len() - MAX_KINDS));
    }
}

fn numbers(verdict: &Verdict, policies: usize, is_fleet: bool) -> String {
    let count = |severity, one, many| number(verdict.count(severity) as u64, one, many);
    let read = match is_fleet {
        true => format!("{}, ", number(verdict.repos as u64, "repository", "repositories")),
        false => String::new(),
    };
    format!(
        "{read}{}, {} declared: {} validated, {}; {}, {}",
        number(verdict.files as u64, "file", "files"),
        verdict.declared,
        verdict.validated,
        number(policies as u64, "policy", "policies"),
        count(Severity::Error, "error", "errors"),
        count(Severity::Warning, "warning", "warnings"),
    )
}

fn document(verdict: &Verdict, policies: usize) -> Value {
    let of = |repo: &str, finding: &Finding| {
        let mut value = serde_json::to_value(finding).unwrap_or_default();
        if let Value::Object(map) = &mut value {
            map.insert("repo".to_owned(), repo.into());
        }
        value
    };
    let own = verdict.schemas.iter().map(|finding| of("", finding));
    let all = verdict.checked.iter().flat_map(|each| each.findings.iter().map(|row| of(&each.repo, row)));
    let unchecked: Vec<Value> = verdict
        .unchecked
        .iter()
        .map(|each| json!({ "kind": each.kind, "objects": each.objects, "names": each.names }))
        .collect();
    json!({
        "repositories": verdict.repos, "files": verdict.files, "declared": verdict.declared,
        "validated": verdict.validated, "policies": policies,
        "errors": verdict.count(Severity::Error), "warnings": verdict.count(Severity::Warning),
        "findings": own.chain(all).collect::<Vec<_>>(), "withoutSchema": unchecked,
    })
}
