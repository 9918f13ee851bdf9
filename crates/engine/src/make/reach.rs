//! How far steps reach: the targets they leave as they are, for certain, told without opening one.
//!
//! What [`make`](super::make) would do is foretold, never guessed: a step has no effect where none of its files
//! is there, and one that looks for a text has none where no file of its globs can hold it, as the search index
//! knows. Whatever cannot be told so is made.

use std::borrow::Cow;
use std::collections::BTreeMap;

use fleetwright_core::shift::{FileStep, StepKind};
use fleetwright_git::RepoPath;
use fleetwright_index::{Globs, Index, Pattern, Prefilter, Reading, Tri};

use super::declarative;
use super::recipe::{Action, Compiled, Recipe};
use super::text::Texts;
use crate::know::search_name;
use crate::workshop::Subject;

/// Where the steps of a shift can have an effect.
pub struct Reach<'a> {
    recipe: &'a Recipe,
    index: &'a Index,
    steps: Vec<(&'a Compiled, Touch<'a>)>,
}

/// Where one step can have an effect.
enum Touch<'a> {
    /// Only where such a path is.
    Path(Globs),
    /// Only where such a file can hold what is looked for; asked of the index once for all repositories.
    Text(Globs, Prefilter<'a>),
    /// Only where the file that is renamed is; its name may be a template.
    Renamed(&'a FileStep),
}

impl<'a> Reach<'a> {
    /// Looks the steps of a shift up in the index; `None` where they may change any repository.
    pub fn of(recipe: &'a Recipe, index: &'a Index) -> Option<Reach<'a>> {
        let steps = recipe.steps.iter().map(|step| Some((step, touch(step, index)?)));
        let steps: Vec<_> = steps.collect::<Option<_>>()?;
        (!steps.is_empty()).then_some(Reach { recipe, index, steps })
    }

    /// Whether the steps leave a target as it is, for certain: making it comes to "unchanged". An index that
    /// does not know exactly the tree they would start from proves nothing.
    pub fn spares(&self, subject: &Subject<'_>) -> bool {
        let repo = search_name(subject.forge, &subject.name.repo);
        if self.index.tree(&repo) != Some(subject.base_tree) {
            return false;
        }
        let dir = &subject.name.dir;
        let mut texts = Texts::new(&self.recipe.shift, &subject.name.repo, subject.facts, dir);
        self.steps.iter().all(|(step, touch)| {
            // A template without an answer fails the target, whatever its files are.
            let spared = can_begin(step, &texts) && self.is_out_of_reach(touch, (&repo, dir), &texts);
            if let Some(name) = &step.step.name {
                texts.steps.insert(name.clone(), BTreeMap::new());
            }
            spared
        })
    }

    fn is_out_of_reach(&self, touch: &Touch<'_>, (repo, dir): (&str, &str), texts: &Texts) -> bool {
        let is_absent = |globs: &Globs| self.index.has_file(repo, &below(globs, dir)) == Some(false);
        match touch {
            Touch::Path(globs) => is_absent(globs),
            Touch::Text(globs, prefilter) => prefilter.may_contain(repo, &below(globs, dir)) == Tri::No,
            Touch::Renamed(step) => renamed(step, dir, texts).as_ref().is_some_and(is_absent),
        }
    }
}

/// What the index can be asked of a step; `None` where it may change any repository.
fn touch<'a>(step: &'a Compiled, index: &'a Index) -> Option<Touch<'a>> {
    if step.condition.is_some() || !step.step.outputs.is_empty() {
        return None;
    }
    match (step.step.kind()?, &step.action) {
        (StepKind::Yaml(files) | StepKind::Json(files) | StepKind::Toml(files) | StepKind::Xml(files), _) => {
            named(&files.files).map(Touch::Path)
        }
        (StepKind::Replace(replace), _) => {
            let reading = Reading { literal: replace.literal, ..Reading::default() };
            text(index, (named(&replace.files)?, &replace.pattern, reading))
        }
        (StepKind::Rewrite(rewrite), Action::Rewrite { edit, .. }) => {
            let own = edit.default_globs();
            let files = if rewrite.files.is_empty() { &own } else { &rewrite.files };
            let reading = Reading { literal: true, ..Reading::default() };
            text(index, (named(files)?, edit.literal(), reading))
        }
        (StepKind::File(file), Action::File { files: Some(_), .. }) => {
            named(std::slice::from_ref(&file.path)).map(Touch::Path)
        }
        (StepKind::File(file), _) if file.content.is_none() && file.rename.is_some() => {
            Some(Touch::Renamed(file))
        }
        _ => None,
    }
}

/// The globs as a directory means them; a copy of them is dear.
fn below<'a>(globs: &'a Globs, dir: &str) -> Cow<'a, Globs> {
    if dir.is_empty() { Cow::Borrowed(globs) } else { Cow::Owned(globs.clone().under(dir)) }
}

/// No glob at all would mean every path to the index, and none to a step.
fn named(globs: &[String]) -> Option<Globs> {
    if globs.is_empty() { None } else { Globs::compile(globs).ok() }
}

/// What a match needs holds for whole texts as for lines: the flags are those of a replacement.
fn text<'a>(index: &'a Index, (globs, pattern, reading): (Globs, &str, Reading)) -> Option<Touch<'a>> {
    Some(match Pattern::lines(pattern, reading) {
        Ok(pattern) => Touch::Text(globs, index.prefilter(&pattern).of_texts()),
        Err(_) => Touch::Path(globs),
    })
}

/// Whether the step itself stands, whatever it finds.
fn can_begin(step: &Compiled, texts: &Texts) -> bool {
    match &step.action {
        Action::Document { format, step, edit, .. } => {
            declarative::document((*format, step), edit.as_ref(), texts).is_ok()
        }
        Action::Replace { step, edit, .. } => declarative::replace(step, edit.as_ref(), texts).is_ok(),
        Action::Rewrite { .. } | Action::File { .. } => true,
        Action::Dependency { .. } | Action::Run(_) => false,
    }
}

/// The path that is renamed, as a glob; `None` where there is no such path.
fn renamed(step: &FileStep, dir: &str, texts: &Texts) -> Option<Globs> {
    let path = |template: &str| {
        let name = texts.render(template).ok()?;
        let whole = if dir.is_empty() { name.clone() } else { format!("{dir}/{name}") };
        RepoPath::new(whole).ok().map(|_| name)
    };
    path(step.rename.as_deref()?)?;
    named(&[globset::escape(&path(&step.path)?)])
}
