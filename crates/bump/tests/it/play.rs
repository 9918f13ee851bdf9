//! A repository of a few texts, and what a wish makes of it.

use fleetwright_bump::{BumpError, Bumped, Stale, Verdict, Wish, bump};
use fleetwright_deps::Shelf;
use fleetwright_package::{Files, Inventory, NothingPublished, Package, Range};

/// A repository and a wish.
pub(crate) struct Play {
    files: Files,
    package: Package,
    to: String,
    from: Option<Range>,
    dir: String,
    overrides: bool,
    pinned: bool,
}

/// A repository of these files, and the wish for a package such as `npm:a` in a version.
pub(crate) fn play(files: &[(&str, &str)], package: &str, to: &str) -> Play {
    let files = files.iter().map(|(path, text)| (*path, *text)).collect();
    let package = package.parse().unwrap();
    Play { files, package, to: to.into(), from: None, dir: String::new(), overrides: false, pinned: false }
}

pub(crate) fn read(files: &Files) -> Inventory {
    fleetwright_deps::read(files, &NothingPublished, &Shelf::default())
}

impl Play {
    pub(crate) fn from(self, range: &str) -> Play {
        let range = Range::question(self.package.ecosystem(), range).unwrap();
        Play { from: Some(range), ..self }
    }

    pub(crate) fn dir(self, dir: &str) -> Play {
        Play { dir: dir.into(), ..self }
    }

    pub(crate) fn overrides(self) -> Play {
        Play { overrides: true, ..self }
    }

    pub(crate) fn pinned(self) -> Play {
        Play { pinned: true, ..self }
    }

    /// What comes of it, or why nothing does.
    pub(crate) fn tried(&self) -> Result<Bumped, BumpError> {
        self.of(&self.files)
    }

    fn of(&self, files: &Files) -> Result<Bumped, BumpError> {
        let wish = Wish {
            package: &self.package,
            to: &self.to,
            from: self.from.as_ref(),
            dir: &self.dir,
            overrides: self.overrides,
            pinned: self.pinned,
        };
        bump(files, &read(files), &wish, &read)
    }

    /// What comes of it; what was raised is raised for good: once more, it is there already.
    pub(crate) fn done(&self) -> Done {
        let done = self.tried().unwrap();
        let mut after = self.files.clone();
        done.files.iter().for_each(|(path, text)| after.add(path.as_str(), text.as_str()));
        let again = self.of(&after).unwrap();
        assert!(again.files.is_empty(), "again: {again:#?}");
        let raised =
            |bumped: &Bumped| bumped.told.iter().filter(|told| told.verdict == Verdict::Raised).count();
        assert_eq!(raised(&again), 0, "{again:#?}");
        let changed = |told: &&fleetwright_bump::Told| {
            matches!(told.verdict, Verdict::Raised | Verdict::Already | Verdict::Overridden)
        };
        let there = |bumped: &Bumped| bumped.told.iter().filter(changed).count();
        assert!(there(&again) >= there(&done), "{again:#?}");
        Done { done, old: self.files.clone() }
    }
}

/// What came of it.
pub(crate) struct Done {
    pub(crate) done: Bumped,
    old: Files,
}

impl Done {
    /// The text of a file now.
    pub(crate) fn text(&self, path: &str) -> &str {
        self.done.files.get(path).map(String::as_str).or_else(|| self.old.text(path)).unwrap()
    }

    /// The whole of a file is what it was with some texts replaced.
    pub(crate) fn is_with(&self, path: &str, replaced: &[(&str, &str)]) -> &Done {
        let mut expected = self.old.text(path).unwrap().to_owned();
        for (old, new) in replaced {
            assert!(expected.contains(old), "{old}");
            expected = expected.replace(old, new);
        }
        assert_eq!(self.text(path), expected);
        self
    }

    /// The verdicts as `path:line was verdict`.
    pub(crate) fn told(&self) -> Vec<String> {
        let one = |told: &fleetwright_bump::Told| {
            format!("{}:{} {} {:?}", told.place.path, told.place.line, told.was, told.verdict)
        };
        self.done.told.iter().map(one).collect()
    }

    /// The one verdict.
    pub(crate) fn verdict(&self) -> &Verdict {
        match self.done.told.as_slice() {
            [one] => &one.verdict,
            other => panic!("{other:#?}"),
        }
    }

    /// Why it is not known.
    pub(crate) fn unknown(&self) -> &str {
        assert!(self.done.files.is_empty());
        match self.verdict() {
            Verdict::Unknown(why) => why,
            other => panic!("{other:?}"),
        }
    }

    /// The lockfiles that are behind, as `path alone? versions`.
    pub(crate) fn stale(&self) -> Vec<String> {
        let one = |stale: &Stale| format!("{} {} {}", stale.path, stale.alone, stale.locked.join(","));
        self.done.stale.iter().map(one).collect()
    }
}
