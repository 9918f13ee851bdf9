//! `kind: Policy`: rules in CEL that every declared resource of some kinds must hold to.

use fleetwright_core::source::{Source, SourceError};
use fleetwright_selector::Rule;
use globset::{Glob, GlobMatcher};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::declared::{Declared, DeclaredKind};
use crate::finding::{Finding, Severity};

/// The names a rule may use: the object as it is written, its file's path, its repository, and what
/// was read of it (`kind`, `typeName`, `name`, `namespace`, `images`, `hints`, `facts`).
pub const POLICY_VARIABLES: [&str; 4] = ["object", "file", "repo", "declared"];

/// A policy, its rules compiled.
#[derive(Debug)]
pub struct Policy {
    name: String,
    matches: Match,
    files: Vec<GlobMatcher>,
    rules: Vec<Compiled>,
    exceptions: Vec<Excepted>,
}

#[derive(Debug)]
struct Compiled {
    written: PolicyRule,
    rule: Rule,
}

#[derive(Debug)]
struct Excepted {
    written: Exception,
    file: Option<GlobMatcher>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Written {
    api_version: String,
    kind: String,
    metadata: Metadata,
    spec: Spec,
}

#[derive(Debug, Deserialize)]
struct Metadata {
    name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Spec {
    #[serde(default, rename = "match")]
    matches: Match,
    rules: Vec<PolicyRule>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

/// What a policy is about; what is not said does not narrow it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Match {
    #[serde(default)]
    formats: Vec<DeclaredKind>,
    #[serde(default)]
    kinds: Vec<String>,
    #[serde(default)]
    files: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PolicyRule {
    name: String,
    expr: String,
    message: String,
    #[serde(default = "error")]
    severity: Severity,
    #[serde(default)]
    remedy: String,
    /// The place the finding is shown at, as a JSON pointer.
    #[serde(default)]
    at: String,
}

fn error() -> Severity {
    Severity::Error
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    #[serde(default)]
    rule: String,
    #[serde(default)]
    repo: String,
    #[serde(default)]
    file: String,
    #[serde(default)]
    name: String,
    reason: String,
    #[serde(default)]
    until: String,
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// What is not YAML or no policy, and a rule that is not CEL or names what is not there: with the place.
    pub fn parse(file: &str, text: &str) -> Result<Policy, SourceError> {
        let source = Source::parse(file, text)?;
        let written: Written = source.decode()?;
        if written.api_version != "fleetwright/v1" || written.kind != "Policy" {
            let remedy = "write `apiVersion: fleetwright/v1` and `kind: Policy`";
            return Err(source.error("kind", "this is no policy", remedy));
        }
        if written.spec.rules.is_empty() {
            return Err(source.error("spec.rules", "there is no rule", "write one, or remove the policy"));
        }
        let spec = written.spec;
        let glob = |key: String, text: &str| {
            let glob = Glob::new(text).map(|glob| glob.compile_matcher());
            glob.map_err(|error| {
                source.error(&key, format!("not a glob: {}", error.kind()), "write it as in `deploy/**`")
            })
        };
        let files = spec.matches.files.iter().enumerate();
        let files = files
            .map(|(at, text)| glob(format!("spec.match.files[{at}]"), text))
            .collect::<Result<_, _>>()?;
        let mut rules = Vec::new();
        for (at, written) in spec.rules.into_iter().enumerate() {
            let rule = Rule::compile(&written.expr, &POLICY_VARIABLES).map_err(|error| {
                let key = format!("spec.rules[{at}].expr");
                let remedy = format!("in the expression, line {}, column {}", error.line, error.column);
                source.error(&key, error.message.clone(), &remedy)
            })?;
            rules.push(Compiled { written, rule });
        }
        let mut exceptions = Vec::new();
        for (at, written) in spec.exceptions.into_iter().enumerate() {
            check(&source, at, &written, &rules)?;
            let key = format!("spec.exceptions[{at}].file");
            let file = (!written.file.is_empty()).then(|| glob(key, &written.file)).transpose()?;
            exceptions.push(Excepted { written, file });
        }
        Ok(Policy { name: written.metadata.name, matches: spec.matches, files, rules, exceptions })
    }

    /// The policy's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What a resource breaks. `repo` is a JSON object with at least `name`; `today` is a date such as
    /// `2026-11-25`, by which exceptions end. A rule without an answer is a finding too: not knowing is no yes.
    pub fn check(&self, declared: &Declared, repo: &Value, today: &str) -> Vec<Finding> {
        if !self.is_about(declared) {
            return Vec::new();
        }
        let (object, file) = (declared.object.value(), Value::from(declared.file.as_str()));
        let read = json!({
            "kind": declared.kind, "typeName": declared.type_name, "apiVersion": declared.api_version,
            "name": declared.name, "namespace": declared.namespace, "images": declared.images,
            "hints": declared.hints, "facts": declared.facts,
        });
        let values = [("object", &object), ("file", &file), ("repo", repo), ("declared", &read)];
        let rules = self.rules.iter().filter_map(|compiled| {
            let PolicyRule { name, message, remedy, severity, at, .. } = &compiled.written;
            let (message, remedy, severity) = match compiled.rule.holds(&values) {
                Ok(true) => return None,
                Ok(false) => (message.clone(), remedy.clone(), *severity),
                Err(error) => {
                    let message = format!("the rule has no answer: {}", error.message);
                    (message, "mend the rule, or what it asks for".to_owned(), Severity::Warning)
                }
            };
            let mut message = format!("{message} ({}/{name})", self.name);
            match self.exception(declared, repo, name) {
                Some(until) if until.is_empty() || until >= today => return None,
                Some(until) => message.push_str(&format!("; its exception ended on {until}")),
                None => {}
            }
            let place = if at.is_empty() { (declared.line, 1) } else { declared.object.place(at) };
            let finding = Finding::of_file(&declared.file, severity, message, &remedy).at(place);
            Some(Finding { key: at.clone(), ..finding })
        });
        rules.collect()
    }

    fn is_about(&self, declared: &Declared) -> bool {
        let Match { formats, kinds, .. } = &self.matches;
        (formats.is_empty() || formats.contains(&declared.kind))
            && (kinds.is_empty() || kinds.contains(&declared.type_name))
            && (self.files.is_empty() || self.files.iter().any(|glob| glob.is_match(&declared.file)))
    }

    /// The day the last exception ends that covers a resource; empty when it never does.
    fn exception(&self, declared: &Declared, repo: &Value, rule: &str) -> Option<&str> {
        let repo = repo.get("name").and_then(Value::as_str).unwrap_or_default();
        let covers = |each: &&Excepted| {
            let Exception { rule: of, repo: at, name, .. } = &each.written;
            (of.is_empty() || of == rule)
                && (at.is_empty() || at == repo)
                && (name.is_empty() || *name == declared.name)
                && each.file.as_ref().is_none_or(|glob| glob.is_match(&declared.file))
        };
        let ends = self.exceptions.iter().filter(covers).map(|each| each.written.until.as_str());
        ends.max_by_key(|until| (until.is_empty(), *until))
    }
}

/// An exception must say why, for what, and a day that is one.
fn check(source: &Source, at: usize, exception: &Exception, rules: &[Compiled]) -> Result<(), SourceError> {
    let fault = |key: &str, message: &str, remedy: &str| {
        Err(source.error(&format!("spec.exceptions[{at}].{key}"), message, remedy))
    };
    let Exception { rule, repo, file, name, reason, until } = exception;
    if reason.trim().is_empty() {
        return fault("reason", "an exception needs a reason", "say why it is right");
    }
    if !rule.is_empty() && !rules.iter().any(|known| known.written.name == *rule) {
        return fault("rule", "there is no rule of this name", "write the `name` of a rule of this policy");
    }
    if [repo, file, name].iter().all(|part| part.is_empty()) {
        return fault("reason", "this exception is from everything", "say a `repo`, a `file` or a `name`");
    }
    let parts: Vec<&str> = until.split('-').collect();
    let digits =
        |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    let is_day = matches!(parts.as_slice(), [year, month, day] if digits(year, 4) && digits(month, 2) && digits(day, 2));
    if !until.is_empty() && !is_day {
        return fault("until", "this is no day", "write it as in 2026-12-31");
    }
    Ok(())
}
