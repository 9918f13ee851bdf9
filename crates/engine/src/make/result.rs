//! From steps to a stored result.

use std::sync::Arc;

use fleetwright_core::cluster::{self, HunkText};
use fleetwright_core::event::TargetName;
use fleetwright_core::shift::{content_digest, fingerprint};
use fleetwright_core::stage::{Fault, FaultClass};
use fleetwright_git::diff::{self, Patch};
use fleetwright_git::{Change, Edit, Repository};
use fleetwright_runner::{Cancel, Sandbox};
use fleetwright_selector::{Facts, Selector, SelectorError};
use fleetwright_store::{FileState, Outcome, StoredChange};
use serde_json::json;

use super::dependency::{self, Bump};
use super::recipe::{Action, Compiled, Recipe};
use super::script::{Run, Said, run};
use super::text::Texts;
use super::{Stop, WorkTree, declarative, fault, open};
use crate::config::Tools;
use crate::facts::{MirrorFacts, Opened};
use crate::leak::leak_of_change;
use crate::workshop::{Subject, Workshop};

/// The most bytes of step output that are kept for a target: head and tail of a long log suffice.
const MAX_LOG: usize = 256 << 10;

/// A result with the contents it names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// The result.
    pub change: StoredChange,
    /// The contents.
    pub contents: Vec<Vec<u8>>,
}

impl Recipe {
    /// The key of a result: everything that goes into it. Equal keys have equal results.
    /// What a step of a package comes to depends on what its tools may reach, too.
    pub fn key(
        &self,
        steps_digest: &str,
        subject: &Subject<'_>,
        (sandbox, tools): (Option<&Sandbox>, &Tools),
    ) -> String {
        let facts = subject.facts;
        let told = (&facts.owner, &facts.language, &facts.topics, &facts.default_branch);
        let all = self.has_conditions().then(|| (facts, self.heard(subject)));
        let used = self.may_run_tools().then(|| tools.word());
        let inside = sandbox.filter(|_| self.may_need_sandbox()).map(Sandbox::identity);
        let around = (inside, &subject.elsewhere, used);
        fingerprint(&(steps_digest, subject.base_tree, subject.name, subject.forge, told, all, around))
    }

    /// What the catalog says to the conditions: their answers, or all it knows where files are asked, too. And
    /// what is known of dependencies that they ask for.
    fn heard(&self, subject: &Subject<'_>) -> Vec<String> {
        let asked = self.conditions().filter(|condition| condition.reads_catalog());
        let heard = asked.map(|condition| match condition.reads_files() {
            false => format!("{:?}", answer(condition, subject)),
            true => format!("{:?}", subject.components),
        });
        let depends = self.asks().into_iter().map(|asked| format!("{:?}", subject.depends(&asked)));
        heard.chain(depends).collect()
    }
}

/// Runs a shift's steps on one target. `None` means that the run was cancelled.
pub fn make(
    recipe: &Recipe,
    key: &str,
    subject: &Subject<'_>,
    (workshop, cancel): (&Workshop, &Cancel),
) -> Option<Made> {
    let mut log = Vec::new();
    let repository = match open(subject.mirror) {
        Ok(repository) => repository,
        Err(fault) => return Some(plain(key, Outcome::Failed { fault }, log)),
    };
    match attempt(recipe, subject, &repository, (workshop, cancel, &mut log)) {
        Ok((outcome, patch, contents)) => {
            let cluster = patch.as_ref().map(|(patch, edits)| normal_form(patch, edits, subject.name));
            let patch = patch.map(|(patch, _)| patch.text);
            shorten(&mut log);
            Some(Made {
                change: StoredChange { key: key.to_owned(), outcome, cluster, patch, log },
                contents,
            })
        }
        Err(Some(Stop::NotApplicable(why))) => Some(plain(key, Outcome::NotApplicable { why }, log)),
        Err(Some(Stop::Failed(fault))) => Some(plain(key, Outcome::Failed { fault }, log)),
        Err(None) => None,
    }
}

fn plain(key: &str, outcome: Outcome, mut log: Vec<u8>) -> Made {
    shorten(&mut log);
    let change = StoredChange { key: key.to_owned(), outcome, cluster: None, patch: None, log };
    Made { change, contents: Vec::new() }
}

type Attempt = (Outcome, Option<(Patch, Vec<Edit>)>, Vec<Vec<u8>>);

fn attempt(
    recipe: &Recipe,
    subject: &Subject<'_>,
    repository: &Repository,
    (workshop, cancel, log): (&Workshop, &Cancel, &mut Vec<u8>),
) -> Result<Attempt, Option<Stop>> {
    let git = |error| Some(Stop::Failed(fault(&error)));
    let mut tree = WorkTree::new(repository, subject.base_tree, &subject.name.dir).map_err(git)?;
    let mut texts = Texts::new(&recipe.shift, &subject.name.repo, subject.facts, &subject.name.dir);
    walk(recipe, &mut tree, (subject, &mut texts), (workshop, cancel, log))?;
    let edits = tree.edits();
    if edits.is_empty() {
        return Ok((Outcome::Unchanged, None, Vec::new()));
    }
    for step in &recipe.verify {
        if holds(step, subject)? {
            verify(step, &mut tree, (subject, &texts), (workshop, cancel, log))?;
        }
    }
    let built = repository.build(Some(subject.base_tree), &edits).map_err(git)?;
    if built.tree == subject.base_tree {
        return Ok((Outcome::Unchanged, None, Vec::new()));
    }
    let patch = diff::patch(repository, Some(subject.base_tree), &edits).map_err(git)?;
    // A change that would carry a secret out is never stored.
    if let Some(why) = leak_of_change(&patch, &edits, &workshop.keyring.redactor()) {
        return Err(Some(Stop::Failed(Fault::new(FaultClass::Policy, why))));
    }
    let (files, contents) = files(&edits);
    let (base, base_tree, tree) = (subject.base, subject.base_tree, built.tree);
    let outcome = Outcome::Changed { base, base_tree, tree, files, outputs: texts.steps };
    Ok((outcome, Some((patch, edits)), contents))
}

/// Runs the steps in order. Of several packages one may not be there, or stay as it is, and the others are raised:
/// only where nothing comes of all of them is the target left as it is, and no later step sees it.
fn walk(
    recipe: &Recipe,
    tree: &mut WorkTree<'_>,
    (subject, texts): (&Subject<'_>, &mut Texts),
    (workshop, cancel, log): (&Workshop, &Cancel, &mut Vec<u8>),
) -> Result<(), Option<Stop>> {
    let (mut skipped, mut vain, mut raised) = (Vec::new(), Vec::new(), false);
    let none = |vain: &[String]| Some(Stop::NotApplicable(vain.join("; ")));
    for step in &recipe.steps {
        if !holds(step, subject)? {
            skipped.push(step.label.as_str());
            continue;
        }
        let is_package = matches!(step.action, Action::Dependency { .. });
        if !is_package && !raised && !vain.is_empty() {
            return Err(none(&vain));
        }
        match one(step, tree, (subject, texts), (workshop, cancel, &mut *log)) {
            Err(Some(Stop::NotApplicable(why))) if is_package => vain.push(why),
            said => {
                keep_outputs(step, said?, texts)?;
                raised |= is_package;
            }
        }
    }
    if skipped.len() == recipe.steps.len() {
        let why = format!("the condition of {} is false", skipped.join(", "));
        return Err(Some(Stop::NotApplicable(why)));
    }
    if raised || vain.is_empty() { Ok(()) } else { Err(none(&vain)) }
}

fn holds(step: &Compiled, subject: &Subject<'_>) -> Result<bool, Option<Stop>> {
    let Some(condition) = &step.condition else { return Ok(true) };
    answer(condition, subject).map_err(|error| {
        let message = format!("its condition has no answer: {error}");
        Some(Stop::Failed(Fault::in_step(FaultClass::Script, &step.label, message)))
    })
}

/// Whether a condition holds for one of the components, as a selection asks it.
fn answer(condition: &Selector, subject: &Subject<'_>) -> Result<bool, SelectorError> {
    let opened = Opened::default();
    let mut answer = Ok(false);
    for owned in &subject.components {
        let facts: Arc<dyn Facts> = Arc::new(MirrorFacts::new(subject, Arc::clone(owned), &opened));
        match condition.matches(&facts) {
            Ok(true) => return Ok(true),
            Ok(false) => {}
            Err(error) => answer = Err(error),
        }
    }
    answer
}

fn one(
    step: &Compiled,
    tree: &mut WorkTree<'_>,
    (subject, texts): (&Subject<'_>, &Texts),
    (workshop, cancel, log): (&Workshop, &Cancel, &mut Vec<u8>),
) -> Result<Option<Said>, Option<Stop>> {
    let said = match &step.action {
        Action::Run(command) => {
            let class = FaultClass::Script;
            run(&Run { label: &step.label, step: command, subject, texts, class }, tree, workshop, cancel)
        }
        Action::Dependency { step: wish, package, from } => {
            let from = from.as_ref();
            let bump = Bump { label: &step.label, step: wish, package, from, texts };
            dependency::bring(&bump, tree, workshop, cancel)
        }
        _ => {
            declarative::apply(&step.label, &step.action, tree, texts).map_err(Some)?;
            return Ok(None);
        }
    };
    match said {
        Ok(said) => {
            append(log, &step.label, &said.log);
            Ok(Some(said))
        }
        Err((stop, said)) => {
            append(log, &step.label, &said);
            Err(stop)
        }
    }
}

/// A verify step sees the changed tree, and what it does to it is thrown away.
fn verify(
    step: &Compiled,
    tree: &mut WorkTree<'_>,
    (subject, texts): (&Subject<'_>, &Texts),
    (workshop, cancel, log): (&Workshop, &Cancel, &mut Vec<u8>),
) -> Result<(), Option<Stop>> {
    let Action::Run(command) = &step.action else {
        let message = "only `run` steps can verify".to_owned();
        return Err(Some(Stop::Failed(Fault::in_step(FaultClass::Verify, &step.label, message))));
    };
    let label = format!("verify {}", step.label);
    let order = Run { label: &label, step: command, subject, texts, class: FaultClass::Verify };
    let (said, stop) = match run(&order, tree, workshop, cancel) {
        Ok(said) => (said.log, Ok(())),
        Err((stop, said)) => (said, Err(stop)),
    };
    append(log, &label, &said);
    stop
}

fn keep_outputs(step: &Compiled, said: Option<Said>, texts: &mut Texts) -> Result<(), Option<Stop>> {
    let mut outputs = said.as_ref().map(|said| said.outputs.clone()).unwrap_or_default();
    let Some(name) = &step.step.name else {
        // Nobody can name them, but what was not checked is told in the pull request.
        outputs.retain(|output, _| output == dependency::UNCHECKED);
        if !outputs.is_empty() {
            texts.steps.insert(step.label.clone(), outputs);
        }
        return Ok(());
    };
    let (stdout, stderr) = said.map(|said| (said.stdout, said.stderr)).unwrap_or_default();
    for (output, template) in &step.step.outputs {
        let told = json!({ "stdout": stdout, "stderr": stderr });
        let text = texts.render_with(template, Some(told)).map_err(|why| {
            let message = format!("output {output}: {why}");
            Some(Stop::Failed(Fault::in_step(FaultClass::Script, &step.label, message)))
        })?;
        outputs.insert(output.clone(), text);
    }
    texts.steps.insert(name.clone(), outputs);
    Ok(())
}

fn append(log: &mut Vec<u8>, label: &str, said: &[u8]) {
    if !said.is_empty() {
        log.extend_from_slice(format!("== {label}\n").as_bytes());
        log.extend_from_slice(said);
        if !said.ends_with(b"\n") {
            log.push(b'\n');
        }
    }
}

/// Keeps the beginning and the end of a long log.
fn shorten(log: &mut Vec<u8>) {
    if log.len() > MAX_LOG {
        let middle = format!("\n... {} bytes left out ...\n", log.len() - MAX_LOG);
        let tail = log.len() - MAX_LOG / 2;
        log.splice(MAX_LOG / 2..tail, middle.into_bytes());
    }
}

/// The digest of the normal form. A file without changed lines (binary, mode, empty) counts by
/// what it became.
fn normal_form(patch: &Patch, edits: &[Edit], name: &TargetName) -> String {
    let silent: Vec<Vec<String>> = edits
        .iter()
        .filter(|edit| patch.hunks.iter().all(|hunk| hunk.path != edit.path))
        .map(|edit| match &edit.change {
            Change::Put { mode, content } => vec![format!("{:o} {}", mode.bits(), content_digest(content))],
            Change::PutOid { mode, oid } => vec![format!("{:o} {oid}", mode.bits())],
            Change::Delete => vec!["deleted".to_owned()],
        })
        .collect();
    let lines = patch.hunks.iter().map(|hunk| HunkText { removed: &hunk.removed, added: &hunk.added });
    let silent = silent.iter().map(|added| HunkText { removed: &[], added });
    cluster::digest(lines.chain(silent), &[&name.repo, &name.dir])
}

fn files(edits: &[Edit]) -> (Vec<FileState>, Vec<Vec<u8>>) {
    let mut contents = Vec::new();
    let files = edits.iter().map(|edit| {
        let path = serde_json::to_value(&edit.path).unwrap_or_default();
        let octal = |mode: &fleetwright_git::Mode| Some(format!("{:o}", mode.bits()));
        match &edit.change {
            Change::Delete => FileState { path, mode: None, content: None, object: None },
            Change::PutOid { mode, oid } => {
                FileState { path, mode: octal(mode), content: None, object: Some(*oid) }
            }
            Change::Put { mode, content } => {
                contents.push(content.clone());
                FileState { path, mode: octal(mode), content: Some(content_digest(content)), object: None }
            }
        }
    });
    (files.collect(), contents)
}
