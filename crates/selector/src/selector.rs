//! A selector: a CEL expression over a repository, compiled once and asked many times.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use cel::common::ast::{Expr, IdedExpr, operators};

use crate::check::{Names, check};
use crate::code;
use crate::error::{SelectorError, SelectorFault};
use crate::evaluate::{NoAnswer, Regexes, evaluate};
use crate::facts::{Asked, ComponentFacts, Facts, RepoFacts};
use crate::parse::parse;

/// A compiled selector: cheap to share, takes microseconds per repository.
pub struct Selector {
    text: String,
    root: IdedExpr,
    regexes: Regexes,
    reads_files: bool,
    reads_catalog: bool,
    asks: BTreeSet<Asked>,
}

/// A repository of which nothing is known.
#[derive(Default)]
struct Blank {
    repo: RepoFacts,
    component: ComponentFacts,
}

impl Facts for Blank {
    fn repo(&self) -> &RepoFacts {
        &self.repo
    }

    fn component(&self) -> &ComponentFacts {
        &self.component
    }

    fn has_file(&self, _: &str) -> Result<bool, String> {
        Ok(false)
    }

    fn contains(&self, _: &str, _: &str) -> Result<bool, String> {
        Ok(false)
    }
}

impl Selector {
    /// Compiles `text`, for example `repo.language == "Java" && !repo.archived`.
    ///
    /// # Errors
    ///
    /// What is not CEL, names nothing that exists, or is over the limits of this crate:
    /// with the place. Never a panic, whatever the text.
    pub fn compile(text: &str) -> Result<Selector, SelectorError> {
        let checked = check(text, parse(text)?, Names::Selector)?;
        let selector = Selector {
            text: text.to_owned(),
            root: checked.root,
            regexes: Arc::new(checked.regexes),
            reads_files: checked.reads_files,
            reads_catalog: checked.reads_catalog,
            asks: checked.asks,
        };
        // What gives a text for a blank repository would give one for every other too.
        let blank: Arc<dyn Facts> = Arc::new(Blank::default());
        match selector.matches(&blank) {
            Err(error) if error.fault == SelectorFault::Type => Err(error),
            _ => Ok(selector),
        }
    }

    /// The text it was compiled from.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether it may ask for files. One that does not is answered by the forge's facts alone.
    pub fn reads_files(&self) -> bool {
        self.reads_files
    }

    /// Whether it asks the catalog: `component` or `group`.
    pub fn reads_catalog(&self) -> bool {
        self.reads_catalog
    }

    /// What it asks of dependencies.
    pub fn asks(&self) -> &BTreeSet<Asked> {
        &self.asks
    }

    /// Whether it picks the repository. `&&` and `||` ask their right side only when the
    /// left does not decide, so put what reads files last.
    ///
    /// # Errors
    ///
    /// A value that is not a boolean, and a file that could not be read when the answer
    /// depends on it: not knowing is never `false`.
    pub fn matches(&self, facts: &Arc<dyn Facts>) -> Result<bool, SelectorError> {
        let answer = evaluate(&self.root, &self.regexes, facts);
        answer.map_err(|(fault, why)| SelectorError::new(fault, why, &self.text, 0))
    }

    /// Why the repository is out: the text of the first operand of the outermost `&&` that
    /// is false, else of the whole selector. An operand without an answer says why.
    pub fn explain_false(&self, facts: &Arc<dyn Facts>) -> String {
        self.explain(operators::LOGICAL_AND, "&&", false, facts)
    }

    /// Why an exclusion holds: the text of the first operand of the outermost `||` that is
    /// true, else of the whole selector.
    pub fn explain_true(&self, facts: &Arc<dyn Facts>) -> String {
        self.explain(operators::LOGICAL_OR, "||", true, facts)
    }

    fn explain(&self, function: &str, operator: &str, wanted: bool, facts: &Arc<dyn Facts>) -> String {
        let mut operands = Vec::new();
        flatten(&self.root, function, &mut operands);
        let texts = code::operands(&self.text, operator);
        // Both go from left to right; should they ever disagree, the whole text is still true.
        if operands.len() != texts.len() {
            return self.text.trim().to_owned();
        }
        let mut no_answer: Option<(&str, NoAnswer)> = None;
        for (operand, text) in operands.iter().zip(texts) {
            match evaluate(operand, &self.regexes, facts) {
                Ok(answer) if answer == wanted => return text.trim().to_owned(),
                Ok(_) => {}
                Err(why) => no_answer = no_answer.or(Some((text, why))),
            }
        }
        match no_answer {
            Some((text, (_, why))) => format!("{} ({why})", text.trim()),
            None => self.text.trim().to_owned(),
        }
    }
}

impl fmt::Debug for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Selector").field(&self.text).finish()
    }
}

/// The operands of nested calls of `function`, from left to right.
fn flatten<'e>(expr: &'e IdedExpr, function: &str, operands: &mut Vec<&'e IdedExpr>) {
    match &expr.expr {
        Expr::Call(call) if call.func_name == function => {
            call.args.iter().for_each(|operand| flatten(operand, function, operands));
        }
        _ => operands.push(expr),
    }
}
