//! Ruby: Gemfile and gemspec as far as they are texts and not computed, Gemfile.lock.

mod lock;
mod resolve;
mod statements;
mod tokens;

use std::collections::BTreeMap;

use fleetwright_package::{Files, Inventory};

use self::resolve::{Locks, RubyFile};
use crate::limits::MAX_MANIFEST;
use crate::paths::file_name;
use crate::source::Source;

/// Whether the file is one of Bundler's or RubyGems'.
pub(crate) fn wants(name: &str) -> bool {
    is_gemfile(name) || is_lock(name) || name.ends_with(".gemspec")
}

fn is_lock(name: &str) -> bool {
    matches!(name, "gems.locked" | "Gemfile.lock") || name.ends_with(".gemfile.lock")
}

fn is_gemfile(name: &str) -> bool {
    matches!(name, "Gemfile" | "gems.rb") || name.ends_with(".gemfile")
}

/// Reads all Gemfiles, gemspecs and lockfiles.
pub(crate) fn read(files: &Files, inventory: &mut Inventory) {
    let mut locks = Locks { first: inventory.locks.len(), list: Vec::new(), by_path: BTreeMap::new() };
    for (path, text) in files.iter().filter(|(path, _)| is_lock(file_name(path))) {
        let lock = lock::read(path, text, &mut inventory.findings);
        locks.by_path.insert(path, lock.is_some().then_some(locks.list.len()));
        locks.list.extend(lock);
    }
    let ruby = files.iter().filter(|(path, _)| is_gemfile(file_name(path)) || path.ends_with(".gemspec"));
    let opened =
        ruby.filter_map(|(path, text)| Source::open(path, text, MAX_MANIFEST, &mut inventory.findings));
    let read: Vec<RubyFile<'_>> = opened.map(RubyFile::new).collect();
    let includers = resolve::includers(&read, &mut inventory.findings);
    for file in &read {
        let manifest = file.manifest(&locks, &includers, &mut inventory.findings);
        inventory.manifests.push(manifest);
    }
    inventory.locks.extend(locks.list.into_iter().map(|lock| lock.lock));
}
