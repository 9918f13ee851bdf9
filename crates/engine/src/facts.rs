//! What a selector may ask about a repository, answered from its mirror.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

use fleetwright_core::Oid;
use fleetwright_git::{Entry, Limits, Mode, Repository};
use fleetwright_index::Globs;
use fleetwright_selector::{Asked, ComponentFacts, Facts, GroupFacts, RepoFacts};

use crate::deps::Answers;
use crate::globs;
use crate::know::{Known, Owned};
use crate::workshop::Subject;

/// The largest file `contains` looks into, in bytes.
const MAX_FILE: u64 = 16 << 20;

/// A mirror and the files of its tree, opened once for all components of a target.
pub(crate) type Opened = Arc<OnceLock<Result<(Repository, Vec<Entry>), String>>>;

/// What a selector may ask; the mirror is opened by the first question that needs it.
pub(crate) struct MirrorFacts {
    repo: RepoFacts,
    owned: Arc<Owned>,
    known: Option<Arc<Known>>,
    answers: Option<Arc<Answers>>,
    mirror: PathBuf,
    tree: Oid,
    opened: Opened,
    regexes: Mutex<BTreeMap<String, regex::bytes::Regex>>,
}

impl MirrorFacts {
    /// The facts of one target and one of its components, with what is known of the whole fleet.
    pub(crate) fn known(
        subject: &Subject<'_>,
        owned: Arc<Owned>,
        (known, opened): (&Arc<Known>, &Opened),
    ) -> MirrorFacts {
        let (known, answers) = (Some(Arc::clone(known)), Some(known.answers()));
        MirrorFacts { known, answers, ..MirrorFacts::new(subject, owned, opened) }
    }

    /// The facts of one target and one of its components; those of files as the mirror tells them.
    pub(crate) fn new(subject: &Subject<'_>, owned: Arc<Owned>, opened: &Opened) -> MirrorFacts {
        let facts = subject.facts;
        let repo = RepoFacts {
            name: subject.name.repo.clone(),
            forge: subject.forge.to_owned(),
            owner: facts.owner.clone(),
            language: facts.language.clone(),
            topics: facts.topics.clone(),
            archived: facts.archived,
            default_branch: facts.default_branch.clone(),
            size: i64::try_from(facts.size / 1024).unwrap_or(i64::MAX),
            pushed_at: facts.pushed_at.clone(),
            path: subject.name.dir.clone(),
        };
        MirrorFacts {
            repo,
            owned,
            known: None,
            answers: subject.answers.clone(),
            mirror: subject.mirror.to_owned(),
            tree: subject.base_tree,
            opened: Arc::clone(opened),
            regexes: Mutex::default(),
        }
    }

    fn name(&self) -> (&str, &str) {
        (&self.repo.forge, &self.repo.name)
    }

    fn entries(&self) -> Result<&(Repository, Vec<Entry>), String> {
        let open = || {
            if let Some(known) = &self.known {
                known.opened(self.name());
            }
            let repository = Repository::open(&self.mirror).map_err(|error| error.to_string())?;
            let entries = repository.list(self.tree, Limits::default()).map_err(|error| error.to_string())?;
            Ok((repository, entries))
        };
        self.opened.get_or_init(open).as_ref().map_err(Clone::clone)
    }

    fn matching(&self, glob: &str) -> Result<Vec<&Entry>, String> {
        let (_, entries) = self.entries()?;
        let globs = globs::compile(&[glob.to_owned()]).map_err(|(_, why)| why)?;
        let prefix = if self.repo.path.is_empty() { String::new() } else { format!("{}/", self.repo.path) };
        let inside = |entry: &&Entry| {
            let shown = entry.path.as_str().and_then(|path| path.strip_prefix(&prefix));
            shown.is_some_and(|path| globs.is_match(path))
        };
        Ok(entries.iter().filter(inside).collect())
    }

    fn regex(&self, text: &str) -> Result<regex::bytes::Regex, String> {
        let mut known = self.regexes.lock().map_err(|error| error.to_string())?;
        if let Some(regex) = known.get(text) {
            return Ok(regex.clone());
        }
        let regex = regex::bytes::Regex::new(text).map_err(|error| error.to_string())?;
        known.insert(text.to_owned(), regex.clone());
        Ok(regex)
    }
}

impl Facts for MirrorFacts {
    fn repo(&self) -> &RepoFacts {
        &self.repo
    }

    fn component(&self) -> &ComponentFacts {
        &self.owned.component
    }

    fn group(&self) -> &GroupFacts {
        &self.owned.group
    }

    fn depends(&self, asked: &Asked) -> Result<bool, String> {
        let answers = self.answers.as_ref().ok_or("dependencies are not known here")?;
        // Whole fleets are selected by what was read; a step's condition is asked of the tree at hand.
        let mirror = self.known.is_none().then_some(self.mirror.as_path());
        answers.holds(asked, self.name(), (mirror, self.tree, &self.repo.path))
    }

    fn has_file(&self, glob: &str) -> Result<bool, String> {
        if let Some(known) = &self.known {
            let globs = Globs::compile(&[glob]).map_err(|error| error.to_string())?.under(&self.repo.path);
            if let Some(answer) = known.has_file(self.name(), self.tree, &globs) {
                return Ok(answer);
            }
        }
        Ok(!self.matching(glob)?.is_empty())
    }

    fn contains(&self, glob: &str, regex: &str) -> Result<bool, String> {
        // Below a directory the glob is another; what no file at all can hold, none there can.
        let anywhere = if self.repo.path.is_empty() { glob } else { "**" };
        if let Some(known) = &self.known
            && known.cannot_contain(self.name(), self.tree, (anywhere, regex))
        {
            return Ok(false);
        }
        let regex = self.regex(regex)?;
        let (repository, _) = self.entries()?;
        for entry in self.matching(glob)? {
            if !matches!(entry.mode, Mode::File | Mode::Executable) {
                continue;
            }
            let bytes = repository.blob(entry.oid, MAX_FILE).map_err(|error| error.to_string())?;
            if regex.is_match(&bytes) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
