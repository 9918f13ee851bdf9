//! Evaluating a checked expression over the facts of one repository.

use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cel::common::ast::IdedExpr;
use cel::common::types::{CelBool, CelInt, CelList, CelMap, CelMapKey, CelString};
use cel::common::value::{CowVal, Val};
use cel::context::VariableResolver;
use cel::{Context, DeclarationError, ExecutionError, Value};
use regex::Regex;

use crate::asked::{AFFECTED_BY, DEPENDS_ON};
use crate::check::{CONTAINS, HAS_FILE, IN_GROUP, IS_SET, MATCHES};
use crate::error::SelectorFault;
use crate::facts::{Asked, Facts};
use crate::parse::ENVIRONMENT;

/// Why there is no answer.
pub(crate) type NoAnswer = (SelectorFault, String);

/// The regexes of a selector, by their text.
pub(crate) type Regexes = Arc<BTreeMap<String, Regex>>;

/// Whether `expr` is true of the repository.
pub(crate) fn evaluate(expr: &IdedExpr, regexes: &Regexes, facts: &Arc<dyn Facts>) -> Result<bool, NoAnswer> {
    let fields = Fields(facts.as_ref());
    let value = catch_unwind(AssertUnwindSafe(|| {
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        add_functions(&mut context, regexes, facts)
            .map_err(|error| (SelectorFault::Evaluation, error.to_string()))?;
        context.set_variable_resolver(&fields);
        Value::resolve(expr, &context).map_err(no_answer)
    }));
    match value {
        Ok(Ok(Value::Bool(answer))) => Ok(answer),
        Ok(Ok(other)) => {
            let kind = other.type_of();
            Err((SelectorFault::Type, format!("gives a {kind}, expected true or false")))
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err((SelectorFault::Evaluation, "the evaluator gave up on it".to_owned())),
    }
}

fn no_answer(error: ExecutionError) -> NoAnswer {
    match error {
        ExecutionError::FunctionError { function, message }
            if [HAS_FILE, CONTAINS, DEPENDS_ON, AFFECTED_BY].contains(&function.as_str()) =>
        {
            (SelectorFault::CouldNotFindOut, format!("could not find out: {message}"))
        }
        // Some of these print whole values, which may be anything.
        other => (SelectorFault::Evaluation, other.to_string().chars().take(500).collect()),
    }
}

fn add_functions(
    context: &mut Context<'_, '_>,
    regexes: &Regexes,
    facts: &Arc<dyn Facts>,
) -> Result<(), DeclarationError> {
    let files = Arc::clone(facts);
    context.add_function(HAS_FILE, move |glob: Arc<String>| {
        files.has_file(&glob).map_err(|why| ExecutionError::function_error(HAS_FILE, why))
    })?;
    let files = Arc::clone(facts);
    context.add_function(CONTAINS, move |glob: Arc<String>, regex: Arc<String>| {
        files.contains(&glob, &regex).map_err(|why| ExecutionError::function_error(CONTAINS, why))
    })?;
    let known = Arc::clone(facts);
    context.add_function(DEPENDS_ON, move |package: Arc<String>, range: Arc<String>| {
        let asked = Asked::DependsOn { package: package.to_string(), range: range.to_string() };
        known.depends(&asked).map_err(|why| ExecutionError::function_error(DEPENDS_ON, why))
    })?;
    let known = Arc::clone(facts);
    context.add_function(AFFECTED_BY, move |name: Arc<String>| {
        let asked = Asked::AffectedBy(name.to_string());
        known.depends(&asked).map_err(|why| ExecutionError::function_error(AFFECTED_BY, why))
    })?;
    let owner = Arc::clone(facts);
    context.add_function(IN_GROUP, move |group: Arc<String>| owner.group().is_in(&group))?;
    add_matches(context, regexes)?;
    context.add_function(IS_SET, |value: Value| match value {
        Value::String(text) => !text.is_empty(),
        Value::List(list) => !list.is_empty(),
        Value::Map(map) => !map.map.is_empty(),
        _ => true,
    })
}

/// The function that a `matches` with a literal regex became.
pub(crate) fn add_matches(context: &mut Context<'_, '_>, regexes: &Regexes) -> Result<(), DeclarationError> {
    let regexes = Arc::clone(regexes);
    context.add_function(MATCHES, move |text: Arc<String>, regex: Arc<String>| {
        let known = regexes.get(regex.as_str());
        let known = known.ok_or_else(|| ExecutionError::function_error("matches", "regex was not compiled"));
        known.map(|regex| regex.is_match(&text))
    })
}

/// Our variables, looked up by their dotted names only when asked for.
struct Fields<'f>(&'f dyn Facts);

impl VariableResolver for Fields<'_> {
    fn resolve<'b>(&'b self, variable: &str) -> Option<CowVal<'b, 'b>> {
        let (root, field) = variable.split_once('.')?;
        match root {
            "repo" => self.repo(field),
            "component" => self.component(field),
            "group" => self.group(field),
            _ => None,
        }
    }
}

impl Fields<'_> {
    fn repo<'b>(&'b self, field: &str) -> Option<CowVal<'b, 'b>> {
        let repo = self.0.repo();
        Some(match field {
            "name" => text(&repo.name),
            "forge" => text(&repo.forge),
            "owner" => text(&repo.owner),
            "language" => text(&repo.language),
            "topics" => list(&repo.topics),
            "archived" => CowVal::owned(CelBool::from(repo.archived)),
            "defaultBranch" => text(&repo.default_branch),
            "size" => CowVal::owned(CelInt::from(repo.size)),
            "pushedAt" => text(&repo.pushed_at),
            "path" => text(&repo.path),
            _ => return None,
        })
    }

    fn component<'b>(&'b self, field: &str) -> Option<CowVal<'b, 'b>> {
        let component = self.0.component();
        Some(match field {
            "name" => text(&component.name),
            "kind" => text(&component.kind),
            "type" => text(&component.component_type),
            "lifecycle" => text(&component.lifecycle),
            "owner" => text(&component.owner),
            "system" => text(&component.system),
            "tags" => list(&component.tags),
            "labels" => map(&component.labels),
            "annotations" => map(&component.annotations),
            "tier" => text(&component.tier),
            _ => return None,
        })
    }

    fn group<'b>(&'b self, field: &str) -> Option<CowVal<'b, 'b>> {
        let group = self.0.group();
        Some(match field {
            "ref" => text(&group.reference),
            "name" => text(&group.name),
            "type" => text(&group.group_type),
            "ancestors" => list(&group.ancestors),
            _ => return None,
        })
    }
}

fn text(text: &str) -> CowVal<'_, '_> {
    CowVal::owned(CelString::from(text))
}

fn boxed(text: &str) -> Box<dyn Val + '_> {
    Box::new(CelString::from(text))
}

fn list(texts: &[String]) -> CowVal<'_, '_> {
    CowVal::owned(CelList::from(texts.iter().map(|text| boxed(text)).collect::<Vec<_>>()))
}

fn map(texts: &BTreeMap<String, String>) -> CowVal<'_, '_> {
    let entries = texts.iter().map(|(key, value)| (CelMapKey::from(key.as_str()), boxed(value)));
    CowVal::owned(CelMap::from(entries.collect::<HashMap<_, _>>()))
}
