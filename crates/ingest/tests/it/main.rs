//! Reading real git trees.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod catalog;
mod hostile;
mod moving;

use std::collections::BTreeMap;

use fleetwright_core::Oid;
use fleetwright_deps::Shelf;
use fleetwright_git::{Change, Edit, Mode, RepoPath, Repository};
use fleetwright_ingest::{CatalogFiles, Wanted, Whole, read};
use fleetwright_package::NothingPublished;
use fleetwright_store::{Read, Reading};

/// A repository whose tree changes.
struct Repo {
    _folder: tempfile::TempDir,
    repository: Repository,
    files: BTreeMap<String, Vec<u8>>,
    catalog: CatalogFiles,
}

impl Repo {
    fn new(files: &[(&str, &str)]) -> Repo {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init_bare(&folder.path().join("r.git"), "main").unwrap();
        let mut repo =
            Repo { _folder: folder, repository, files: BTreeMap::new(), catalog: CatalogFiles::default() };
        files.iter().for_each(|(path, text)| repo.put(path, text.as_bytes()));
        repo
    }

    fn put(&mut self, path: &str, bytes: &[u8]) {
        self.files.insert(path.to_owned(), bytes.to_vec());
    }

    fn remove(&mut self, path: &str) {
        self.files.remove(path).expect("there is such a file");
    }

    fn tree(&self) -> Oid {
        let put = |(path, content): (&String, &Vec<u8>)| Edit {
            path: RepoPath::new(path).unwrap(),
            change: Change::Put { mode: Mode::File, content: content.clone() },
        };
        let edits: Vec<Edit> = self.files.iter().map(put).collect();
        let built = self.repository.build(None, &edits).unwrap();
        self.repository.write_objects(&built.objects).unwrap();
        built.tree
    }

    fn read(&self, before: Option<&Reading>) -> Reading {
        self.whole(before).reading
    }

    fn whole(&self, before: Option<&Reading>) -> Whole {
        let read_at =
            Read { tip: Oid::from_bytes([1; 20]), tree: self.tree(), reader: self.catalog.reader() };
        let wanted = Wanted {
            repo: 7,
            read: read_at,
            catalog: &self.catalog,
            root: None,
            before,
            dependencies_anew: false,
            shelf: &Shelf::default(),
        };
        read(&self.repository, &wanted, &NothingPublished).unwrap()
    }
}

/// The references of the entities, `!` before those that are stale.
fn names(reading: &Reading) -> Vec<String> {
    let entities = reading.documents.iter().filter(|document| !document.name.is_empty());
    entities.map(|row| format!("{}{}", if row.stale { "!" } else { "" }, row.name)).collect()
}

/// What is wrong: area, path, line and message.
fn wrong(reading: &Reading) -> Vec<String> {
    let row = |row: &fleetwright_store::FindingRow| {
        format!("{} {}:{} {}", row.area, row.path, row.line, row.message)
    };
    reading.findings.iter().map(row).collect()
}

fn component(name: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: {name}\nspec:\n  \
         type: service\n  lifecycle: production\n  owner: payments\n"
    )
}
