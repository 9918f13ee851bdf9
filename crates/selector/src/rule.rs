//! A rule: a CEL expression over named JSON values, compiled once and asked many times.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cel::common::ast::IdedExpr;
use cel::{Context, ExecutionError, Value};

use crate::check::{Names, check};
use crate::error::{SelectorError, SelectorFault};
use crate::evaluate::{NoAnswer, Regexes, add_matches};
use crate::parse::{ENVIRONMENT, parse};
use crate::{fuel, json};

/// A compiled rule: cheap to share, asked about any values.
///
/// ```
/// use fleetwright_selector::Rule;
/// use serde_json::json;
///
/// let rule = Rule::compile("object.spec.replicas >= 2", &["object"])?;
/// assert_eq!(rule.holds(&[("object", &json!({"spec": {"replicas": 3}}))]), Ok(true));
/// let missing = rule.holds(&[("object", &json!({"spec": {}}))]).unwrap_err();
/// assert_eq!(missing.message, "there is no `replicas`: ask `has(...)` first");
/// # Ok::<(), fleetwright_selector::SelectorError>(())
/// ```
pub struct Rule {
    text: String,
    root: IdedExpr,
    regexes: Regexes,
    variables: Vec<String>,
}

impl Rule {
    /// Compiles `text`, which may use `variables` and nothing else.
    ///
    /// # Errors
    ///
    /// What is not CEL, names something that is not there, or is over the limits of this crate:
    /// with the place. Never a panic, whatever the text.
    pub fn compile(text: &str, variables: &[&str]) -> Result<Rule, SelectorError> {
        let mut checked = check(text, parse(text)?, Names::Variables(variables))?;
        fuel::meter(&mut checked.root);
        Ok(Rule {
            text: text.to_owned(),
            root: checked.root,
            regexes: Arc::new(checked.regexes),
            variables: variables.iter().map(|name| (*name).to_owned()).collect(),
        })
    }

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is true of the values. A variable that is not given is null.
    ///
    /// # Errors
    ///
    /// When there is no answer: a key that is missing, a value of the wrong type or no boolean, or a
    /// limit of this crate. Not knowing is never `true`, and never `false` either.
    pub fn holds(&self, values: &[(&str, &serde_json::Value)]) -> Result<bool, SelectorError> {
        let answer = catch_unwind(AssertUnwindSafe(|| self.evaluate(values)));
        let gave_up = |_| Err((SelectorFault::Evaluation, "the evaluator gave up on it".to_owned()));
        let answer = answer.unwrap_or_else(gave_up);
        answer.map_err(|(fault, why)| SelectorError::new(fault, why, &self.text, 0))
    }

    fn evaluate(&self, values: &[(&str, &serde_json::Value)]) -> Result<bool, NoAnswer> {
        const NULL: &serde_json::Value = &serde_json::Value::Null;
        let mut context = Context::with_env(Arc::clone(&ENVIRONMENT));
        add_matches(&mut context, &self.regexes)
            .and_then(|()| fuel::add_functions(&mut context))
            .map_err(|error| (SelectorFault::Evaluation, error.to_string()))?;
        // One that the text does not even hold is not worth converting.
        for name in self.variables.iter().filter(|name| self.text.contains(name.as_str())) {
            let value = values.iter().find(|(given, _)| given == name).map_or(NULL, |(_, value)| *value);
            let value = json::to_cel(value);
            let value = value.map_err(|why| (SelectorFault::Limit, format!("`{name}`: {why}")))?;
            context.add_variable_as_val(name.as_str(), value);
        }
        match Value::resolve(&self.root, &context).map_err(no_answer)? {
            Value::Bool(answer) => Ok(answer),
            other => {
                let kind = other.type_of();
                Err((SelectorFault::Type, format!("gives a {kind}, expected true or false")))
            }
        }
    }
}

fn no_answer(error: ExecutionError) -> NoAnswer {
    match error {
        ExecutionError::NoSuchKey(key) => {
            let key: String = key.chars().take(100).collect();
            (SelectorFault::Evaluation, format!("there is no `{key}`: ask `has(...)` first"))
        }
        ExecutionError::FunctionError { function, message } if fuel::is_limit(&function) => {
            (SelectorFault::Limit, format!("{message}: ask about less"))
        }
        // Some of these print whole values, which may be anything.
        other => (SelectorFault::Evaluation, other.to_string().chars().take(500).collect()),
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Rule").field(&self.text).finish()
    }
}
