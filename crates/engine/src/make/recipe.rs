//! A shift's steps, compiled once for all its targets.

use std::collections::BTreeSet;

use fleetwright_core::shift::{
    DependencyStep, DocumentStep, FileStep, Lockfiles, ReplaceStep, RewriteStep, RunStep, Shift, Step,
    StepKind,
};
use fleetwright_core::source::{Source, SourceError};
use fleetwright_edit::{DocumentEdit, EditSpec, Format, Replace};
use fleetwright_git::RepoPath;
use fleetwright_package::{Ecosystem, Package, Range};
use fleetwright_runner::Sandbox;
use fleetwright_selector::{Asked, Selector};
use fleetwright_syntax::Rewrite;
use globset::GlobSet;
use serde_json::Value;

use super::text;
use crate::error::EngineError;
use crate::expression::selector;
use crate::globs;

/// A shift's steps, compiled.
#[derive(Debug)]
pub struct Recipe {
    pub(crate) shift: Shift,
    pub(crate) steps: Vec<Compiled>,
    pub(crate) verify: Vec<Compiled>,
}

/// One step, compiled.
#[derive(Debug)]
pub(crate) struct Compiled {
    pub(crate) step: Step,
    pub(crate) label: String,
    pub(crate) condition: Option<Selector>,
    pub(crate) action: Action,
}

/// What a step does. An edit is `None` where it has templates: then each target compiles its own.
#[derive(Debug)]
pub(crate) enum Action {
    Document { format: Format, files: GlobSet, step: Box<DocumentStep>, edit: Option<DocumentEdit> },
    Replace { files: GlobSet, step: ReplaceStep, edit: Option<Replace> },
    Rewrite { files: GlobSet, edit: Box<Rewrite> },
    File { files: Option<GlobSet>, step: FileStep },
    Dependency { step: Box<DependencyStep>, package: Package, from: Option<Range> },
    Run(RunStep),
}

impl Recipe {
    /// Compiles a shift's steps.
    ///
    /// # Errors
    /// The first expression, glob, pattern, path or template that is wrong, with its place.
    pub fn compile(shift: &Shift, source: &Source) -> Result<Recipe, SourceError> {
        let compile = |list: &str, steps: &[Step]| -> Result<Vec<Compiled>, SourceError> {
            let numbered = steps.iter().enumerate();
            numbered
                .map(|(index, step)| compiled(source, &format!("spec.{list}[{index}]"), index, step))
                .collect()
        };
        let pull = &shift.spec.pull_request;
        let texts = [("title", &pull.title), ("body", &pull.body), ("commit.message", &pull.commit.message)];
        for (key, template) in texts {
            if let Some(template) = template {
                check_text(source, &format!("spec.pullRequest.{key}"), template)?;
            }
        }
        let steps = compile("steps", &shift.spec.steps)?;
        let verify = compile("verify", &shift.spec.verify)?;
        Ok(Recipe { shift: shift.clone(), steps, verify })
    }

    /// Whether any step needs the sandbox.
    pub fn runs_commands(&self) -> bool {
        self.all().any(|step| matches!(step.action, Action::Run(_)))
    }

    /// Whether a step may come to need the tool of an ecosystem, and so the sandbox.
    pub(super) fn may_run_tools(&self) -> bool {
        self.bumps().any(|(step, _)| step.lockfile == Lockfiles::Update)
    }

    /// The sandbox, opened where it is needed; where only some targets may come to need it and it cannot be opened,
    /// why: those that do say so.
    ///
    /// # Errors
    /// When it is needed and cannot be opened.
    pub(crate) fn sandbox(
        &self,
        open: impl FnOnce() -> Result<Sandbox, EngineError>,
    ) -> Result<(Option<Sandbox>, String), EngineError> {
        if !self.may_need_sandbox() {
            return Ok((None, String::new()));
        }
        match open() {
            Ok(sandbox) => Ok((Some(sandbox), String::new())),
            Err(error) if self.runs_commands() => Err(error),
            Err(error) => Ok((None, error.to_string())),
        }
    }

    /// Whether the sandbox is needed, or may come to be.
    pub fn may_need_sandbox(&self) -> bool {
        self.runs_commands() || self.may_run_tools()
    }

    /// Whether what the steps make of a repository depends on what others publish.
    pub fn reads_elsewhere(&self) -> bool {
        self.bumps().any(|(_, package)| package.ecosystem() == Ecosystem::Maven)
    }

    fn bumps(&self) -> impl Iterator<Item = (&DependencyStep, &Package)> {
        self.all().filter_map(|step| match &step.action {
            Action::Dependency { step, package, .. } => Some((&**step, package)),
            _ => None,
        })
    }

    /// Whether any step has a condition, which may read every fact of a repository.
    pub fn has_conditions(&self) -> bool {
        self.conditions().next().is_some()
    }

    /// Whether a condition asks the catalog.
    pub fn asks_catalog(&self) -> bool {
        self.conditions().any(Selector::reads_catalog)
    }

    /// Whether a condition asks what is not in the repository itself.
    pub fn asks_anything(&self) -> bool {
        self.asks_catalog() || !self.asks().is_empty()
    }

    /// What the conditions ask of dependencies.
    pub(crate) fn asks(&self) -> BTreeSet<Asked> {
        self.conditions().flat_map(Selector::asks).cloned().collect()
    }

    pub(crate) fn conditions(&self) -> impl Iterator<Item = &Selector> {
        self.all().filter_map(|step| step.condition.as_ref())
    }

    fn all(&self) -> impl Iterator<Item = &Compiled> {
        self.steps.iter().chain(&self.verify)
    }
}

fn compiled(source: &Source, key: &str, index: usize, step: &Step) -> Result<Compiled, SourceError> {
    let condition = step.condition.as_deref();
    let condition = condition.map(|text| selector(source, &format!("{key}.if"), text)).transpose()?;
    for (name, template) in &step.outputs {
        check_text(source, &format!("{key}.outputs.{name}"), template)?;
    }
    let kind = step
        .kind()
        .ok_or_else(|| source.error(key, "the step says nothing to do", "see docs/shift-file.md"))?;
    let key = format!("{key}.{}", kind.word());
    let action = match kind {
        StepKind::Yaml(step) => document(source, &key, Format::Yaml, step)?,
        StepKind::Json(step) => document(source, &key, Format::Json, step)?,
        StepKind::Toml(step) => document(source, &key, Format::Toml, step)?,
        StepKind::Xml(step) => document(source, &key, Format::Xml, step)?,
        StepKind::Replace(step) => replace(source, &key, step)?,
        StepKind::Rewrite(step) => rewrite(source, &key, step)?,
        StepKind::File(step) => file(source, &key, step)?,
        StepKind::Dependency(step) => dependency(source, &key, step)?,
        StepKind::Run(step) => run(source, &key, step)?,
    };
    Ok(Compiled { step: step.clone(), label: step.label(index), condition, action })
}

fn files(source: &Source, key: &str, patterns: &[String]) -> Result<GlobSet, SourceError> {
    globs::compile(patterns).map_err(|(index, message)| {
        source.error(&format!("{key}.files[{index}]"), message, "write a glob such as `src/**/*.java`")
    })
}

fn check_text(source: &Source, key: &str, template: &str) -> Result<(), SourceError> {
    text::check(template).map_err(|message| {
        let remedy = "put text that is not a template between {% raw %} and {% endraw %}";
        source.error(key, message, remedy)
    })
}

fn document(source: &Source, key: &str, format: Format, step: &DocumentStep) -> Result<Action, SourceError> {
    let files = files(source, key, &step.files)?;
    let templated = has_template(step);
    // Paths are checked here even where values are templates: a bad path must not wait for a target.
    let edit = compile_document(format, step)
        .map_err(|why| source.error(key, why, "see the paths in docs/shift-file.md"))?;
    Ok(Action::Document { format, files, step: Box::new(step.clone()), edit: (!templated).then_some(edit) })
}

/// Compiles the edit of a document step whose values are final.
pub(super) fn compile_document(format: Format, step: &DocumentStep) -> Result<DocumentEdit, String> {
    let spec = EditSpec {
        pick: step.pick.clone(),
        set: step.set.clone(),
        delete: step.delete.clone(),
        merge: step.merge.clone(),
        append: step.append.clone(),
    };
    DocumentEdit::compile(format, &spec).map_err(|error| error.to_string())
}

fn has_template(step: &DocumentStep) -> bool {
    let mut values =
        step.set.values().chain(step.append.values()).chain(&step.merge).chain(step.pick.values());
    values.any(value_has_template)
}

fn value_has_template(value: &Value) -> bool {
    match value {
        Value::String(text) => text::is_template(text),
        Value::Array(items) => items.iter().any(value_has_template),
        Value::Object(rows) => rows.values().any(value_has_template),
        _ => false,
    }
}

fn replace(source: &Source, key: &str, step: &ReplaceStep) -> Result<Action, SourceError> {
    let files = files(source, key, &step.files)?;
    let edit = Replace::compile(&step.pattern, &step.with, step.literal).map_err(|error| {
        source.error(
            &format!("{key}.pattern"),
            error.to_string(),
            "set `literal: true` to take the text as it is",
        )
    })?;
    check_text(source, &format!("{key}.with"), &step.with)?;
    let edit = (!text::is_template(&step.with)).then_some(edit);
    Ok(Action::Replace { files, step: step.clone(), edit })
}

fn rewrite(source: &Source, key: &str, step: &RewriteStep) -> Result<Action, SourceError> {
    let place = |error: fleetwright_syntax::SyntaxError| {
        let at = if step.rule.is_some() { "rule" } else { "pattern" };
        source.error(
            &format!("{key}.{at}"),
            error.to_string(),
            "try the pattern on one file with `shift try`",
        )
    };
    let edit = match (&step.rule, &step.language, &step.pattern, &step.fix) {
        (Some(rule), language, ..) => {
            let text = match rule {
                Value::String(text) => text.clone(),
                // JSON is YAML: the rule is handed on as it was read.
                other => other.to_string(),
            };
            Rewrite::from_rule(language.as_deref(), &text).map_err(place)?
        }
        (None, Some(language), Some(pattern), Some(fix)) => {
            Rewrite::from_pattern(language, pattern, fix).map_err(place)?
        }
        _ => {
            return Err(source.error(
                key,
                "a rewrite is a pattern with a fix, or a rule",
                "add what is missing",
            ));
        }
    };
    let patterns = if step.files.is_empty() { edit.default_globs() } else { step.files.clone() };
    Ok(Action::Rewrite { files: files(source, key, &patterns)?, edit: Box::new(edit) })
}

fn file(source: &Source, key: &str, step: &FileStep) -> Result<Action, SourceError> {
    let path = Some(step.path.clone());
    for (name, template) in [("path", &path), ("content", &step.content), ("rename", &step.rename)] {
        if let Some(template) = template {
            check_text(source, &format!("{key}.{name}"), template)?;
        }
    }
    check_paths(source, key, step)?;
    let many = step.delete || (step.mode.is_some() && step.content.is_none());
    let files = many.then(|| globs::compile(std::slice::from_ref(&step.path))).transpose();
    let files = files.map_err(|(_, message)| {
        source.error(&format!("{key}.path"), message, "write a path or a glob such as `docs/**/*.md`")
    })?;
    Ok(Action::File { files, step: step.clone() })
}

/// A path no tree of git may hold is found here, and not on some repository.
fn check_paths(source: &Source, key: &str, step: &FileStep) -> Result<(), SourceError> {
    let written = step.content.is_some() || step.rename.is_some();
    let written = written.then_some(&step.path);
    for (name, path) in [("path", written), ("rename", step.rename.as_ref())] {
        // What a template makes of it is checked where it is made.
        let path = path.filter(|path| !text::is_template(path));
        if let Some(Err(error)) = path.map(|path| RepoPath::new(path.as_str())) {
            let message = format!("no file may be called {:?}: {}", error.path, error.why);
            let remedy = "write a path inside the repository, such as docs/index.md";
            return Err(source.error(&format!("{key}.{name}"), message, remedy));
        }
    }
    Ok(())
}

fn run(source: &Source, key: &str, step: &RunStep) -> Result<Action, SourceError> {
    for (name, template) in &step.env {
        check_text(source, &format!("{key}.env.{name}"), template)?;
    }
    Ok(Action::Run(step.clone()))
}

fn dependency(source: &Source, key: &str, step: &DependencyStep) -> Result<Action, SourceError> {
    let package: Package = step.package.parse().map_err(|error: fleetwright_package::PackageError| {
        source.error(&format!("{key}.package"), error.to_string(), "write it like `maven:group:artifact`")
    })?;
    let at = format!("{key}.to");
    check_text(source, &at, &step.to)?;
    if !text::is_template(&step.to) {
        fleetwright_bump::check(&package, &step.to)
            .map_err(|error| source.error(&at, error.to_string(), "name one version, not a range"))?;
    }
    let from = step.from.as_deref().map(|text| Range::question(package.ecosystem(), text)).transpose();
    let from = from.map_err(|error| {
        source.error(&format!("{key}.from"), error.to_string(), "write it like `<2.17.1` or `>=1, <2`")
    })?;
    Ok(Action::Dependency { step: Box::new(step.clone()), package, from })
}
