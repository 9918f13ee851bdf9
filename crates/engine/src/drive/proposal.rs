//! What a pull request of ours says and holds.

use std::collections::BTreeMap;

use fleetwright_core::Oid;
use fleetwright_core::branch::branch;
use fleetwright_core::event::TargetName;
use fleetwright_core::secret::Redactor;
use fleetwright_core::shift::{Shift, Sign};
use fleetwright_core::stage::{ChangeRef, Fault, FaultClass};
use fleetwright_forge::ApiFile;
use fleetwright_git::{
    Change, CommitSpec, Edit, GitError, Mode, Object, Person, Repository, Signer, commit_object,
    signed_commit_object,
};
use fleetwright_store::{FileState, Outcome, RepoRow, StoredChange, TargetRow};

use super::Driver;
use crate::error::EngineError;
use crate::make::{Texts, UNCHECKED};
use crate::marker::Mark;

/// A pull request to be: branch, commit and texts.
pub(super) struct Proposal {
    pub(super) branch: String,
    pub(super) head: Oid,
    pub(super) objects: Vec<Object>,
    pub(super) title: String,
    pub(super) body: String,
    pub(super) spec: CommitSpec,
    /// Who signs it, if anybody does.
    signer: Option<Signer>,
    /// What differs from the base, for a forge that makes the commit itself; empty where it does not.
    pub(super) files: Vec<ApiFile>,
}

impl Proposal {
    /// The same commit, had it been made at another time.
    pub(super) fn head_at(&self, time: i64) -> Option<Oid> {
        let spec = CommitSpec { time, ..self.spec.clone() };
        commit_of(&spec, self.signer.as_ref()).ok().map(|commit| commit.oid)
    }

    /// Makes it carry another tree on top of other parents: people's commits joined with ours.
    pub(super) fn carry(
        &mut self,
        tree: Oid,
        parents: Vec<Oid>,
        objects: Vec<Object>,
    ) -> Result<(), GitError> {
        self.spec = CommitSpec { tree, parents, ..self.spec.clone() };
        let commit = commit_of(&self.spec, self.signer.as_ref())?;
        // The last one is the commit it carried before.
        self.objects.pop();
        self.objects.extend(objects);
        self.head = commit.oid;
        self.objects.push(commit);
        Ok(())
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
        let said = match self.texts(target, change, repo).await? {
            Ok(said) => said,
            Err(fault) => return Ok(Err(fault)),
        };
        let (mut objects, files) = match self.built(target, change).await? {
            Ok(built) => built,
            Err(fault) => return Ok(Err(fault)),
        };
        let spec = commit_spec(&self.row.shift, change, (&said, time));
        let signer = self.signer.clone();
        let commit = match tokio::task::block_in_place(|| commit_of(&spec, signer.as_ref())) {
            Ok(commit) => commit,
            Err(error) => return Ok(Err(crate::make::fault(&error))),
        };
        let head = commit.oid;
        objects.push(commit);
        let branch = branch(&self.row.shift, &target.name.dir);
        Ok(Ok(Proposal { branch, head, objects, title: said.title, body: said.body, spec, signer, files }))
    }

    /// The title, text and commit message of a stored change.
    pub(super) async fn texts(
        &self,
        target: &TargetRow,
        change: &ChangeRef,
        repo: &RepoRow,
    ) -> Result<Result<Said, Fault>, EngineError> {
        let (outputs, cluster) = match self.fleet.store.change(&change.key).await? {
            Some(StoredChange { outcome: Outcome::Changed { outputs, .. }, cluster, .. }) => {
                (outputs, cluster)
            }
            Some(_) => return internal("the stored result is not a change"),
            None => return internal("the stored change is gone; `shift retry` makes it again"),
        };
        let shift = &self.row.shift;
        let mut texts = Texts::new(shift, &target.name.repo, &repo.facts, &target.name.dir);
        texts.steps = tamed(outputs);
        let unchecked = texts.steps.values().filter_map(|outputs| outputs.get(UNCHECKED));
        let unchecked = unchecked.map(|why| format!("\n**Not checked**: {why}.\n")).collect::<String>();
        let mut said = match say(shift, &texts, &self.fleet.keyring().redactor()) {
            Ok(said) => said,
            Err(why) => return Ok(Err(Fault::new(FaultClass::Script, why))),
        };
        let footer = Footer {
            cluster: cluster.as_deref(),
            mention: &self.fleet.config.mention,
            unchecked: &unchecked,
        };
        said.body = body(shift, &target.name, &said.body, &footer);
        Ok(Ok(said))
    }

    /// A text with the marker by which the pull request is known again with the database gone.
    pub(super) fn marked(&self, target: &TargetRow, body: &str, head: Oid) -> String {
        let mark = Mark { head, by: self.row.digest.clone() };
        let marker = self.fleet.key.marker(&self.row.shift.metadata.name, &target.name, &mark);
        format!("{body}\n{marker}\n")
    }

    /// The objects of a stored change, built on its base.
    async fn built(
        &self,
        target: &TargetRow,
        change: &ChangeRef,
    ) -> Result<Result<Built, Fault>, EngineError> {
        let files = match self.fleet.store.change(&change.key).await? {
            Some(StoredChange { outcome: Outcome::Changed { files, .. }, .. }) => files,
            _ => return internal("the stored change is gone; `shift retry` makes it again"),
        };
        let mut edits = Vec::with_capacity(files.len());
        for file in &files {
            match self.edit(file).await? {
                Some(edit) => edits.push(edit),
                None => return internal("the stored change does not read as one"),
            }
        }
        let mirror = self.fleet.mirror(&target.forge, &target.name.repo);
        if !mirror.join("HEAD").exists()
            && let Err(error) = self.refetch(target).await
        {
            return Ok(Err(Fault::new(FaultClass::Access, error.to_string())));
        }
        let base_tree = change.base_tree;
        let by_forge = self.row.shift.spec.pull_request.commit.sign == Sign::Forge;
        let built = tokio::task::block_in_place(|| {
            let mirror = Repository::open(&mirror)?;
            let built = mirror.build(Some(base_tree), &edits)?;
            let files = if by_forge { api_files(&mirror, &edits)? } else { Vec::new() };
            Ok::<_, GitError>((built, files))
        });
        match built {
            Ok((built, files)) if built.tree == change.tree => Ok(Ok((built.objects, files))),
            Ok(_) => internal("the stored change builds another tree than planned"),
            Err(error) => Ok(Err(crate::make::fault(&error))),
        }
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

/// New objects, and the files they are of where a forge makes the commit.
type Built = (Vec<Object>, Vec<ApiFile>);

/// The largest file a forge is given in a request, in bytes: GitHub takes 40 MB of base64 in all.
const MAX_API_FILE: u64 = 25 << 20;

/// Edits as a forge takes them that makes the commit itself.
fn api_files(mirror: &Repository, edits: &[Edit]) -> Result<Vec<ApiFile>, GitError> {
    let mut files = Vec::with_capacity(edits.len());
    for edit in edits {
        let (mode, content) = match &edit.change {
            Change::Delete => (Mode::File, None),
            Change::Put { mode, content } => (*mode, Some(content.clone())),
            Change::PutOid { mode, oid } => (*mode, Some(mirror.blob(*oid, MAX_API_FILE)?)),
        };
        files.push(ApiFile { path: edit.path.to_string(), mode: mode_digits(mode), content });
    }
    Ok(files)
}

fn mode_digits(mode: Mode) -> &'static str {
    match mode {
        Mode::Executable => "100755",
        Mode::Symlink => "120000",
        Mode::Submodule => "160000",
        Mode::File => "100644",
    }
}

/// The commit of a spec, the same each time.
fn commit_of(spec: &CommitSpec, signer: Option<&Signer>) -> Result<Object, GitError> {
    match signer {
        Some(signer) => signed_commit_object(spec, signer),
        None => commit_object(spec),
    }
}

fn internal<T>(why: &str) -> Result<Result<T, Fault>, EngineError> {
    Ok(Err(Fault::new(FaultClass::Internal, why)))
}

/// The rendered texts.
pub(super) struct Said {
    pub(super) title: String,
    pub(super) body: String,
    message: String,
}

fn say(shift: &Shift, texts: &Texts, redactor: &Redactor) -> Result<Said, String> {
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
        if let Some(kind) = redactor.find(text.as_bytes()) {
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

/// What the machine adds to a pull request's text.
struct Footer<'a> {
    /// The digest of the change's normal form: the same one has the same name everywhere.
    cluster: Option<&'a str>,
    /// The name people call the machine by.
    mention: &'a str,
    /// What nobody could check.
    unchecked: &'a str,
}

/// The body a person reads: what the file says, then who answers for it and how to say no.
fn body(shift: &Shift, target: &TargetName, said: &str, footer: &Footer<'_>) -> String {
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
    let alike = match footer.cluster {
        Some(cluster) => {
            format!(" Its change is the same as that of all others of cluster `{}`.", short(cluster))
        }
        None => String::new(),
    };
    let (mention, unchecked) = (footer.mention, footer.unchecked);
    let said = match said.trim() {
        "" => String::new(),
        said => format!("{said}\n\n---\n"),
    };
    format!(
        "{said}Made by the shift `{name}`{owner}.{verified}{alike} {merge}\n{unchecked}\
        Close this pull request to say no: it is not opened again. Push to its branch to take it over: \
        your commits are kept, and it no longer merges by itself.\n\
        Who may write here can comment `@{mention} rebase`, `recreate`, `retry`, `merge`, `hold`, `unhold`, \
        `close`, `not-now 2030-12-31` or `never`.\n\
        Why this repository: `fleetwright shift why {name} {target}`\n"
    )
}

/// A digest as people read it.
fn short(digest: &str) -> &str {
    digest.get(..12).unwrap_or(digest)
}
