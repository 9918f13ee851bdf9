//! Names in a selector: unknown ones are refused, ours become calls that evaluation knows.

use std::collections::{BTreeMap, BTreeSet};

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, SelectExpr};
use globset::Glob;
use regex::Regex;

use crate::asked::{self, literal};
use crate::error::{SelectorError, SelectorFault};
use crate::facts::Asked;
use crate::names::{
    COMPONENT_FIELDS, FUNCTIONS, GROUP_FIELDS, LATER, MACROS, METHODS, OWN, REPO_FIELDS, TYPES, is_function,
    root_fields,
};
use crate::parse::Parsed;

/// The function that `has(repo.x)` becomes: whether the field holds anything.
pub(crate) const IS_SET: &str = "@isSet";
/// The function that `repo.hasFile(glob)` becomes.
pub(crate) const HAS_FILE: &str = "@hasFile";
/// The function that `repo.contains(glob, regex)` becomes: `contains` is one of texts already.
pub(crate) const CONTAINS: &str = "@contains";
/// The function that `component.inGroup(ref)` becomes.
pub(crate) const IN_GROUP: &str = "@inGroup";
/// The function that `x.matches("literal")` becomes: its regex is compiled once.
pub(crate) const MATCHES: &str = "@matches";

/// Which names an expression may use.
#[derive(Clone, Copy)]
pub(crate) enum Names<'n> {
    /// Those of a selector: `repo` and `component` with their fields and functions.
    Selector,
    /// Variables of any JSON value.
    Variables(&'n [&'n str]),
}

/// What a check learns on the way.
pub(crate) struct Check<'t> {
    text: &'t str,
    names: Names<'t>,
    parsed: Parsed,
    /// Names bound by the loops around the place.
    bound: Vec<String>,
    regexes: BTreeMap<String, Regex>,
    reads_files: bool,
    reads_catalog: bool,
    asks: BTreeSet<Asked>,
}

/// A selector whose names all exist.
pub(crate) struct Checked {
    pub(crate) root: IdedExpr,
    /// Every literal regex of a `matches`, compiled.
    pub(crate) regexes: BTreeMap<String, Regex>,
    pub(crate) reads_files: bool,
    pub(crate) reads_catalog: bool,
    /// What it asks of dependencies.
    pub(crate) asks: BTreeSet<Asked>,
}

/// Checks every name in `parsed`, which came from `text`.
pub(crate) fn check<'t>(
    text: &'t str,
    mut parsed: Parsed,
    names: Names<'t>,
) -> Result<Checked, SelectorError> {
    let mut root = std::mem::take(&mut parsed.root);
    let mut check = Check {
        text,
        names,
        parsed,
        bound: Vec::new(),
        regexes: BTreeMap::new(),
        reads_files: false,
        reads_catalog: false,
        asks: BTreeSet::new(),
    };
    check.expression(&mut root)?;
    let Check { regexes, reads_files, reads_catalog, asks, .. } = check;
    Ok(Checked { root, regexes, reads_files, reads_catalog, asks })
}

type Outcome = Result<(), SelectorError>;

impl Check<'_> {
    fn expression(&mut self, expr: &mut IdedExpr) -> Outcome {
        let id = expr.id;
        match &mut expr.expr {
            Expr::Call(call) => self.call(id, call),
            Expr::Select(select) => {
                if let Some(test) = self.select(id, select)? {
                    expr.expr = test;
                }
                Ok(())
            }
            Expr::Ident(name) => self.variable(id, name),
            Expr::List(list) => self.all(&mut list.elements),
            Expr::Map(map) => map.entries.iter_mut().try_for_each(|entry| match &mut entry.expr {
                EntryExpr::StructField(field) => self.expression(&mut field.value),
                EntryExpr::MapEntry(entry) => {
                    self.expression(&mut entry.key)?;
                    self.expression(&mut entry.value)
                }
            }),
            Expr::Struct(message) => self.refuse(id, &message.type_name, "there are no message types"),
            Expr::Comprehension(_) => self.comprehension(expr),
            Expr::Literal(_) => Ok(()),
            Expr::Unspecified => self.refuse(id, "", "an empty expression"),
        }
    }

    fn all(&mut self, expressions: &mut [IdedExpr]) -> Outcome {
        expressions.iter_mut().try_for_each(|expr| self.expression(expr))
    }

    fn comprehension(&mut self, expr: &mut IdedExpr) -> Outcome {
        let Expr::Comprehension(each) = &mut expr.expr else {
            return Ok(());
        };
        self.expression(&mut each.iter_range)?;
        self.expression(&mut each.accu_init)?;
        let bound = [Some(&each.iter_var), each.iter_var2.as_ref()];
        if let Some(name) = bound.into_iter().flatten().find(|name| self.is_root(name)) {
            let message = format!("`{name}` cannot be the variable of a loop: call it something else");
            return self.refuse(expr.id, name, &message);
        }
        let outer = self.bound.len();
        self.bound.push(each.iter_var.clone());
        self.bound.extend(each.iter_var2.clone());
        self.expression(&mut each.loop_cond)?;
        self.expression(&mut each.loop_step)?;
        self.expression(&mut each.result)?;
        self.bound.truncate(outer);
        Ok(())
    }

    /// `repo` or `component` of a selector with its fields: a loop cannot rebind them.
    fn root_of(&self, expr: &IdedExpr) -> Option<(&'static str, &'static [&'static str])> {
        match (&expr.expr, self.names) {
            (Expr::Ident(name), Names::Selector) => root_fields(name),
            _ => None,
        }
    }

    /// Whether a name is one of the outermost ones.
    fn is_root(&self, name: &str) -> bool {
        match self.names {
            Names::Selector => root_fields(name).is_some(),
            Names::Variables(variables) => variables.contains(&name),
        }
    }

    fn variable(&self, id: u64, name: &str) -> Outcome {
        let known =
            name.starts_with('@') || TYPES.contains(&name) || self.bound.iter().any(|bound| bound == name);
        if known {
            return Ok(());
        }
        let bound = self.bound.iter().map(|name| (name.clone(), name.clone()));
        if let Names::Variables(variables) = self.names {
            if variables.contains(&name) {
                return Ok(());
            }
            let variables = variables.iter().map(|name| ((*name).to_owned(), (*name).to_owned()));
            return self.unknown(id, "variable", name, variables.chain(bound));
        }
        if let Some((_, fields)) = root_fields(name) {
            return self.refuse(
                id,
                name,
                &format!("`{name}` has no value of its own: use a field, {}", listed(name, fields)),
            );
        }
        let fields = [("repo", REPO_FIELDS), ("component", COMPONENT_FIELDS), ("group", GROUP_FIELDS)];
        let fields = fields.iter().flat_map(|(root, fields)| {
            fields.iter().map(move |field| ((*field).to_owned(), format!("{root}.{field}")))
        });
        let roots =
            ["repo", "component", "group", "true", "false"].map(|name| (name.to_owned(), name.to_owned()));
        self.unknown(id, "variable", name, roots.into_iter().chain(bound).chain(fields))
    }

    /// A field of something; the call it turns into when it is a `has(...)` of our own field.
    fn select(&mut self, id: u64, select: &mut SelectExpr) -> Result<Option<Expr>, SelectorError> {
        let Some((root, fields)) = self.root_of(&select.operand) else {
            self.expression(&mut select.operand)?;
            return Ok(None);
        };
        self.reads_catalog |= root != "repo";
        if !fields.contains(&select.field.as_str()) {
            if is_function(root, &select.field) {
                let message = format!("`{root}.{0}` is a function: write `{root}.{0}(...)`", select.field);
                self.refuse(id, &select.field, &message)?;
            }
            let known = fields.iter().map(|field| ((*field).to_owned(), format!("{root}.{field}")));
            let name = format!("{root}.{}", select.field);
            self.unknown(id, "field", &name, known)?;
        }
        if !select.test {
            return Ok(None);
        }
        let field = Expr::Select(SelectExpr { test: false, ..select.clone() });
        let call =
            CallExpr { func_name: IS_SET.to_owned(), target: None, args: vec![IdedExpr { id, expr: field }] };
        Ok(Some(Expr::Call(call)))
    }

    fn call(&mut self, id: u64, call: &mut CallExpr) -> Outcome {
        let operands = match &mut call.target {
            None => {
                self.function(id, &call.func_name)?;
                2
            }
            Some(target) => {
                if let Some((root, _)) = self.root_of(target) {
                    self.own_function(id, root, call)?;
                    return self.all(&mut call.args);
                }
                self.method(id, &call.func_name)?;
                self.expression(target)?;
                1
            }
        };
        self.all(&mut call.args)?;
        if call.func_name == "matches" && call.args.len() == operands {
            self.matches(call)?;
        }
        Ok(())
    }

    /// A function of any value. A macro that is still a call has the wrong arguments.
    fn method(&self, id: u64, name: &str) -> Outcome {
        if METHODS.contains(&name) {
            return Ok(());
        }
        if MACROS.contains(&name) {
            let message = format!("`{name}` takes a variable and an expression: `list.{name}(x, x == 1)`");
            return self.refuse(id, name, &message);
        }
        let known = METHODS.iter().chain(MACROS).map(|name| ((*name).to_owned(), (*name).to_owned()));
        self.unknown(id, "function", name, known)
    }

    /// A function without a target, or an operator.
    fn function(&self, id: u64, name: &str) -> Outcome {
        if name == "has" {
            return self.refuse(id, name, "`has` takes one field: `has(component.labels.team)`");
        }
        if name.starts_with(|c: char| !c.is_alphabetic()) || FUNCTIONS.contains(&name) {
            return Ok(());
        }
        let ours = OWN.iter().map(|(root, name, _)| ((*name).to_owned(), format!("{root}.{name}")));
        let ours = ours.filter(|_| matches!(self.names, Names::Selector));
        let known = FUNCTIONS.iter().map(|name| ((*name).to_owned(), (*name).to_owned()));
        self.unknown(id, "function", name, known.chain(ours))
    }

    /// `repo.f(...)` or `component.f(...)`.
    fn own_function(&mut self, id: u64, root: &'static str, call: &mut CallExpr) -> Outcome {
        let name = call.func_name.clone();
        if LATER.contains(&(root, name.as_str())) {
            return self.refuse(id, &name, &format!("`{root}.{name}` is not available in this version"));
        }
        let function = OWN.iter().find(|(owner, known, _)| *owner == root && *known == name);
        let Some((_, _, arguments)) = function else {
            let ours = OWN.iter().map(|(owner, name, _)| (*owner, *name));
            let known = ours.chain(LATER.iter().copied()).filter(|(owner, _)| *owner == root);
            let known = known.map(|(root, name)| (name.to_owned(), format!("{root}.{name}")));
            return self.unknown(id, "function", &format!("{root}.{name}"), known);
        };
        if name == "dependsOn" {
            asked::any_version(id, call);
        }
        if call.args.len() != *arguments {
            let texts = if *arguments == 1 { "text" } else { "texts" };
            let message = format!("`{root}.{name}` takes {arguments} {texts}, not {}", call.args.len());
            return self.refuse(id, &name, &message);
        }
        call.target = None;
        self.reads_catalog |= root != "repo";
        if name == "inGroup" {
            call.func_name = IN_GROUP.to_owned();
            return Ok(());
        }
        if root == "repo" && (name == "dependsOn" || name == "affectedBy") {
            return match asked::asked(call) {
                Some(asked) => {
                    self.asks.insert(asked);
                    Ok(())
                }
                None => self.refuse(
                    id,
                    &name,
                    &format!("`repo.{name}` takes texts in quotes, not what is computed"),
                ),
            };
        }
        self.glob(&call.args[0])?;
        if let Some(regex) = call.args.get(1) {
            self.regex(regex)?;
        }
        call.func_name = if name == "hasFile" { HAS_FILE } else { CONTAINS }.to_owned();
        self.reads_files = true;
        Ok(())
    }

    /// `x.matches(y)` or `matches(x, y)`; with a literal `y` it becomes a call of ours.
    fn matches(&mut self, call: &mut CallExpr) -> Outcome {
        let Some(regex) = call.args.last().map(|regex| self.regex(regex)).transpose()?.flatten() else {
            return Ok(());
        };
        self.regexes.insert(regex.as_str().to_owned(), regex);
        call.args.splice(0..0, call.target.take().map(|target| *target));
        call.func_name = MATCHES.to_owned();
        Ok(())
    }

    /// The compiled regex when `expr` is a literal text.
    fn regex(&self, expr: &IdedExpr) -> Result<Option<Regex>, SelectorError> {
        let Some(text) = literal(expr) else {
            return Ok(None);
        };
        Regex::new(text).map(Some).map_err(|error| self.pattern_error(expr, "a regular expression", &error))
    }

    fn glob(&self, expr: &IdedExpr) -> Outcome {
        let Some(text) = literal(expr) else {
            return Ok(());
        };
        Glob::new(text).map(drop).map_err(|error| self.pattern_error(expr, "a glob", &error))
    }

    fn pattern_error(&self, expr: &IdedExpr, what: &str, error: &dyn std::fmt::Display) -> SelectorError {
        // The regex crate draws the pattern on the lines before its reason.
        let error = error.to_string();
        let reason = error.lines().last().unwrap_or_default().trim_start_matches("error: ");
        let message = format!("not {what}: {reason}");
        SelectorError::new(SelectorFault::Pattern, message, self.text, self.start(expr.id))
    }

    /// Refuses the last part of `name`, and offers the known name that resembles it most.
    /// `known` are pairs: what to compare with, and how to write it.
    fn unknown(
        &self,
        id: u64,
        what: &str,
        name: &str,
        known: impl Iterator<Item = (String, String)>,
    ) -> Outcome {
        let part = name.rsplit('.').next().unwrap_or(name);
        let likeness = |known: &str| strsim::jaro_winkler(&known.to_lowercase(), &part.to_lowercase());
        let nearest = known.max_by(|a, b| likeness(&a.0).total_cmp(&likeness(&b.0)));
        let offer = nearest.map(|(_, written)| format!(": did you mean `{written}`?")).unwrap_or_default();
        self.refuse(id, part, &format!("unknown {what} `{name}`{offer}"))
    }

    fn refuse(&self, id: u64, name: &str, message: &str) -> Outcome {
        let start = self.start(id);
        // The parser notes a call where its bracket is, and a field where its dot is.
        let word = |at: &usize| {
            let word_at = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
            let (before, after) = (&self.text[..*at], &self.text[*at + name.len()..]);
            !word_at(before.chars().next_back()) && !word_at(after.chars().next())
        };
        let places = || self.text.match_indices(name).map(|(at, _)| at).filter(word);
        let at = places().min_by_key(|at| at.abs_diff(start)).unwrap_or(start);
        Err(SelectorError::new(SelectorFault::Name, message, self.text, at))
    }

    /// The byte where the parser noted the expression.
    fn start(&self, id: u64) -> usize {
        let start = self.parsed.source.offset_for(id).map_or(0, |(start, _)| start);
        usize::try_from(start).unwrap_or(0)
    }
}

fn listed(root: &str, fields: &[&str]) -> String {
    fields.iter().map(|field| format!("`{root}.{field}`")).collect::<Vec<_>>().join(", ")
}
