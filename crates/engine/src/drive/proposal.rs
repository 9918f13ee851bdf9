//! What a pull request of ours says and holds.

use std::collections::BTreeMap;

use fleetwright_core::Oid;
use fleetwright_core::branch::branch;
use fleetwright_core::event::TargetName;
use fleetwright_core::shift::Shift;
use fleetwright_core::stage::{ChangeRef, Fault, FaultClass};
use fleetwright_git::{Change, CommitSpec, Edit, Mode, Object, Person, Repository, commit_object};
use fleetwright_store::{FileState, Outcome, RepoRow, TargetRow};

use super::Driver;
use crate::error::EngineError;
use crate::make::Texts;

/// A pull request to be: branch, commit and texts.
pub(super) struct Proposal {
    pub(super) branch: String,
    pub(super) head: Oid,
    pub(super) objects: Vec<Object>,
    pub(super) title: String,
    pub(super) body: String,
    spec: CommitSpec,
}

impl Proposal {
    /// The same commit, had it been made at another time.
    pub(super) fn head_at(&self, time: i64) -> Option<Oid> {
        commit_object(&CommitSpec { time, ..self.spec.clone() }).ok().map(|commit| commit.oid)
    }
}

impl Driver {
    /// Builds exactly what the plan stored: the same bytes, or a fault.
    pub(super) async fn proposal(
        &self,
        target: &TargetRow,
        (change, repo): (&ChangeRef, &RepoRow),
        time: i64,
    ) -> Result<Result<Proposal, Fault>, EngineError> {
        let internal = |why: &str| Ok(Err(Fault::new(FaultClass::Internal, why)));
        let Some(stored) = self.fleet.store.change(&change.key).await? else {
            return internal("the stored change is gone; `shift retry` makes it again");
        };
        let Outcome::Changed { files, outputs, .. } = stored.outcome else {
            return internal("the stored result is not a change");
        };
        let mut edits = Vec::with_capacity(files.len());
        for file in &files {
            match self.edit(file).await? {
                Some(edit) => edits.push(edit),
                None => return internal("the stored change does not read as one"),
            }
        }
        let shift = &self.row.shift;
        let mut texts = Texts::new(shift, &target.name.repo, &repo.facts, &target.name.dir);
        texts.steps = tamed(outputs);
        let said = match say(shift, &texts) {
            Ok(said) => said,
            Err(why) => return Ok(Err(Fault::new(FaultClass::Script, why))),
        };
        let marker = self.fleet.key.marker(&shift.metadata.name, &target.name);
        let body = body(shift, &target.name, &said.body, &marker);
        let mirror = self.fleet.mirror(&target.forge, &target.name.repo);
        if !mirror.join("HEAD").exists()
            && let Err(error) = self.refetch(target).await
        {
            return Ok(Err(Fault::new(FaultClass::Access, error.to_string())));
        }
        let spec = commit_spec(shift, change, (&said, time));
        let (tree, base_tree) = (change.tree, change.base_tree);
        let built = tokio::task::block_in_place(|| {
            let built = Repository::open(&mirror)?.build(Some(base_tree), &edits)?;
            Ok::<_, fleetwright_git::GitError>((built, commit_object(&spec)?))
        });
        let (built, commit) = match built {
            Ok(made) => made,
            Err(error) => return Ok(Err(crate::make::fault(&error))),
        };
        if built.tree != tree {
            return internal("the stored change builds another tree than planned");
        }
        let mut objects = built.objects;
        let head = commit.oid;
        objects.push(commit);
        let branch = branch(shift, &target.name.dir);
        Ok(Ok(Proposal { branch, head, objects, title: said.title, body, spec }))
    }

    async fn edit(&self, file: &FileState) -> Result<Option<Edit>, EngineError> {
        let Ok(path) = serde_json::from_value(file.path.clone()) else { return Ok(None) };
        let mode = file.mode.as_deref().map(|mode| match mode {
            "100755" => Mode::Executable,
            "120000" => Mode::Symlink,
            "160000" => Mode::Submodule,
            _ => Mode::File,
        });
        let change = match (mode, &file.content, file.object) {
            (None, _, _) => Change::Delete,
            (Some(mode), Some(digest), _) => {
                Change::Put { mode, content: self.fleet.store.content(digest).await? }
            }
            (Some(mode), None, Some(oid)) => Change::PutOid { mode, oid },
            (Some(_), None, None) => return Ok(None),
        };
        Ok(Some(Edit { path, change }))
    }
}

/// What steps put out comes from repositories: in a pull request it must not call people, close
/// issues or pass for a marker. A zero-width space after the sign takes its power and no letter.
fn tamed(
    mut outputs: BTreeMap<String, BTreeMap<String, String>>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    for value in outputs.values_mut().flat_map(BTreeMap::values_mut) {
        *value = value.replace('@', "@\u{200b}").replace("<!--", "<\u{200b}!--");
        for digit in '0'..='9' {
            *value = value.replace(&format!("#{digit}"), &format!("#\u{200b}{digit}"));
        }
    }
    outputs
}

/// The rendered texts.
struct Said {
    title: String,
    body: String,
    message: String,
}

fn say(shift: &Shift, texts: &Texts) -> Result<Said, String> {
    let pull = &shift.spec.pull_request;
    let render =
        |key: &str, template: &str| texts.render(template).map_err(|why| format!("pullRequest.{key}: {why}"));
    let title = render("title", pull.title.as_deref().unwrap_or("{{ title }}"))?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let body = render("body", pull.body.as_deref().unwrap_or("{{ description }}"))?;
    let message = match &pull.commit.message {
        Some(template) => render("commit.message", template)?,
        None => title.clone(),
    };
    for text in [&title, &body, &message] {
        if let Some(kind) = fleetwright_core::secret::find(text) {
            return Err(format!("a text carries what looks like a secret ({kind}...)"));
        }
    }
    Ok(Said { title, body, message })
}

fn commit_spec(shift: &Shift, change: &ChangeRef, (said, time): (&Said, i64)) -> CommitSpec {
    let commit = &shift.spec.pull_request.commit;
    let (name, email) = commit.author_parts().unwrap_or(("Fleetwright", "fleetwright@localhost"));
    let person = Person { name: name.to_owned(), email: email.to_owned() };
    let mut message = said.message.trim_end().to_owned();
    message.push_str(&format!(
        "\n\nFleetwright-Shift: {}\nFleetwright-Change: {}\n",
        shift.metadata.name, change.key
    ));
    if commit.signoff {
        message.push_str(&format!("Signed-off-by: {name} <{email}>\n"));
    }
    let (author, committer) = (person.clone(), person);
    CommitSpec { tree: change.tree, parents: vec![change.base], author, committer, time, message }
}

/// The body a person reads: what the file says, then who answers for it and how to say no.
fn body(shift: &Shift, target: &TargetName, said: &str, marker: &str) -> String {
    let name = &shift.metadata.name;
    let owner = match shift.spec.owner.as_str() {
        "" => String::new(),
        owner => format!(" by `{owner}`"),
    };
    let verified = match shift.spec.verify.len() {
        0 => String::new(),
        steps => format!(" {steps} verify step(s) passed before this was pushed."),
    };
    let merge = match shift.spec.merge.auto {
        true => "It merges by itself once its checks are green.",
        false => "A person merges it.",
    };
    format!(
        "{}\n\n---\nMade by the shift `{name}`{owner}.{verified} {merge}\n\
        Close this pull request to say no: it is not opened again. Push to its branch to take it over: \
        the machine then leaves it alone.\nWhy this repository: `fleetwright shift why {name} {target}`\n\n{marker}\n",
        said.trim_end()
    )
}
