//! Reading a shift with everything that travels with it, and refusing what cannot work.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use fleetwright_core::shift::{self, RunStep, Script, Scripts, Shift, Targets};
use fleetwright_core::source::{Source, SourceError};

use fleetwright_store::ShiftRow;

use crate::config::read_text;
use crate::expression::selector;
use crate::make::Recipe;

/// The most bytes all files that travel with a shift may have.
const MAX_SCRIPT_BYTES: usize = 16 << 20;

/// A shift that can work: read, checked and compiled.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The decoded file.
    pub shift: Shift,
    /// The files that travel with it.
    pub scripts: Scripts,
    /// The file it was read from, as an absolute path.
    pub path: PathBuf,
    /// The file with the places of its keys, for errors.
    pub source: Source,
    /// The file's text.
    pub text: String,
}

impl Loaded {
    /// Reads and checks a shift file.
    ///
    /// # Errors
    /// The first thing that is wrong, with file, line, key and a remedy.
    pub fn read(path: &Path) -> Result<Loaded, SourceError> {
        Loaded::from_text(path, &read_text(path)?)
    }

    /// Reads and checks the text of a shift file as if it stood at `path`: what travels with it is
    /// looked for beside that path.
    ///
    /// # Errors
    /// As [`Loaded::read`].
    pub fn from_text(path: &Path, text: &str) -> Result<Loaded, SourceError> {
        let beside = Beside::Folder(path.parent().unwrap_or(Path::new(".")));
        let loaded = Loaded::with(path, text, &beside, None)?;
        let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
        Ok(Loaded { path, ..loaded })
    }

    /// Reads and checks the text of a shift file that came from elsewhere with all that travels with it:
    /// nothing of this machine's disk is read, and `path` only says what it is called there. `targets`
    /// stand in the place of its own, if any are given.
    ///
    /// # Errors
    /// As [`Loaded::read`].
    pub fn sent(
        path: &Path,
        text: &str,
        scripts: &Scripts,
        targets: Option<Targets>,
    ) -> Result<Loaded, SourceError> {
        Loaded::with(path, text, &Beside::Sent(scripts), targets)
    }

    /// A shift as it is stored: it was read and checked before.
    ///
    /// # Errors
    /// What this program cannot compile any more.
    pub fn stored(row: &ShiftRow) -> Result<Loaded, SourceError> {
        let (source, text) = rewritten(row)?;
        let (shift, scripts) = (row.shift.clone(), row.scripts.clone());
        let loaded = Loaded { shift, scripts, path: PathBuf::from(&row.source), source, text };
        loaded.check()?;
        Ok(loaded)
    }

    fn with(
        path: &Path,
        text: &str,
        beside: &Beside<'_>,
        targets: Option<Targets>,
    ) -> Result<Loaded, SourceError> {
        let source = Source::parse(&path.display().to_string(), text)?;
        let mut shift = shift::read(&source)?;
        if let Some(targets) = targets {
            shift.spec.targets = targets;
        }
        let scripts = collect(&source, &mut shift, beside)?;
        read_list(&source, &mut shift, beside)?;
        let loaded = Loaded { shift, scripts, path: path.to_owned(), source, text: text.to_owned() };
        loaded.check()?;
        Ok(loaded)
    }

    /// Compiles every expression, pattern and template once, so that nothing of that kind fails
    /// later, on some repository.
    ///
    /// # Errors
    /// The first that is wrong, with its place.
    pub fn check(&self) -> Result<(), SourceError> {
        Recipe::compile(&self.shift, &self.source)?;
        let targets = &self.shift.spec.targets;
        for (key, text) in [("select", &targets.select), ("exclude", &targets.exclude)] {
            if let Some(text) = text {
                selector(&self.source, &format!("spec.targets.{key}"), text)?;
            }
        }
        for (index, glob) in targets.repos.iter().enumerate() {
            globset::Glob::new(glob).map_err(|error| {
                let key = format!("spec.targets.repos[{index}]");
                self.source.error(&key, error.to_string(), "write a name or a glob such as `acme/*`")
            })?;
        }
        Ok(())
    }
}

/// A stored shift as a file again, so that errors about it have a place.
pub(crate) fn rewritten(row: &ShiftRow) -> Result<(Source, String), SourceError> {
    let text = serde_json::to_string(&row.shift).unwrap_or_default();
    Ok((Source::parse(&row.source, &text)?, text))
}

/// Where the files are that a shift file names.
enum Beside<'a> {
    /// In its folder.
    Folder(&'a Path),
    /// They came with it.
    Sent(&'a Scripts),
}

impl Beside<'_> {
    fn has(&self, name: &str) -> bool {
        match self {
            Beside::Folder(folder) => folder.join(name).is_file(),
            Beside::Sent(scripts) => scripts.contains_key(name),
        }
    }

    /// A file, or why there is none.
    fn script(&self, name: &str) -> Result<Script, String> {
        let folder = match self {
            Beside::Folder(folder) => folder,
            Beside::Sent(scripts) => {
                let missing = || format!("`{name}` did not come with the shift file");
                return scripts.get(name).cloned().ok_or_else(missing);
            }
        };
        let path = folder.join(name);
        let content =
            std::fs::read(&path).map_err(|error| format!("`{}` cannot be read: {error}", path.display()))?;
        let executable = std::fs::metadata(&path).is_ok_and(|found| {
            use std::os::unix::fs::PermissionsExt;
            found.permissions().mode() & 0o111 != 0
        });
        Ok(Script { content, executable })
    }

    /// A file's text, or why there is none.
    fn text(&self, name: &str) -> Result<String, String> {
        match self {
            Beside::Folder(folder) => {
                read_text(&folder.join(name)).map_err(|error| format!("{}: {}", error.file, error.message))
            }
            Beside::Sent(_) => {
                String::from_utf8(self.script(name)?.content).map_err(|_| format!("{name}: it is no text"))
            }
        }
    }
}

/// Collects the files that steps name beside the shift file, and points the steps at them.
fn collect(source: &Source, shift: &mut Shift, beside: &Beside<'_>) -> Result<Scripts, SourceError> {
    let mut scripts = BTreeMap::new();
    for list in ["steps", "verify"] {
        let steps = if list == "steps" { &mut shift.spec.steps } else { &mut shift.spec.verify };
        for (index, step) in steps.iter_mut().enumerate() {
            let Some(run) = &mut step.run else { continue };
            let key = format!("spec.{list}[{index}].run");
            for name in travelling(run, beside) {
                let script = read_script(source, &key, beside, &name)?;
                scripts.insert(name, script);
            }
        }
    }
    let size: usize = scripts.values().map(|script: &Script| script.content.len()).sum();
    if size > MAX_SCRIPT_BYTES {
        let message = format!("the shift's files have {size} bytes, more than {MAX_SCRIPT_BYTES}");
        return Err(source.error("spec.steps", message, "keep large content where the steps can fetch it"));
    }
    Ok(scripts)
}

/// Where the files of a shift are inside the sandbox.
pub(crate) const SCRIPTS_PATH: &str = fleetwright_runner::SCRIPTS_PATH;

/// The files a run step takes along: words that begin with `./` and stand beside the shift file,
/// and everything under `files`. The words are rewritten to where the sandbox has them.
fn travelling(run: &mut RunStep, beside: &Beside<'_>) -> Vec<String> {
    let mut names: Vec<String> = run.files.iter().map(|name| plain_name(name)).collect();
    let point = |word: &mut String, names: &mut Vec<String>| {
        if let Some(name) = word.strip_prefix("./").map(plain_name)
            && beside.has(&name)
        {
            *word = format!("{SCRIPTS_PATH}/{name}");
            names.push(name);
        }
    };
    match run.command.as_mut_slice() {
        [shell, flag, text] if shell == "sh" && flag == "-c" => {
            let end = text.find(char::is_whitespace).unwrap_or(text.len());
            let mut first = text[..end].to_owned();
            point(&mut first, &mut names);
            text.replace_range(..end, &first);
        }
        words => words.iter_mut().for_each(|word| point(word, &mut names)),
    }
    names
}

fn plain_name(name: &str) -> String {
    name.trim_start_matches("./").to_owned()
}

fn read_script(source: &Source, key: &str, beside: &Beside<'_>, name: &str) -> Result<Script, SourceError> {
    let inside = Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if !inside {
        let message = format!("`{name}` is not beside the shift file");
        return Err(source.error(key, message, "move it into the shift file's folder"));
    }
    let remedy = "check the name; it is looked for beside the shift file";
    beside.script(name).map_err(|why| source.error(key, why, remedy))
}

/// Adds the names of `targets.file` to `targets.repos`.
fn read_list(source: &Source, shift: &mut Shift, beside: &Beside<'_>) -> Result<(), SourceError> {
    let Some(file) = shift.spec.targets.file.take() else { return Ok(()) };
    let remedy = "check the name; it is looked for beside the shift file";
    let text = beside.text(&file).map_err(|why| source.error("spec.targets.file", why, remedy))?;
    shift.spec.targets.repos.extend(repo_names(&text));
    Ok(())
}

/// The names in a list of repositories: one a line, `#` begins a comment, as turbolift writes it.
pub fn repo_names(text: &str) -> Vec<String> {
    let plain = |line: &str| line.split('#').next().unwrap_or("").trim().to_owned();
    text.lines().map(plain).filter(|name| !name.is_empty()).collect()
}
