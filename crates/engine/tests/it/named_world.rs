//! A fleet whose Locations name addresses, and a server that they lead to.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use fleetwright_core::repo::RepoFacts;
use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::{Fleet, Isolation, Seams};
use fleetwright_engine::know::{Assembled, Reach, assemble, fetch, ingest};
use fleetwright_engine::progress::{Progress, Quiet};
use fleetwright_fetch::Names;
use fleetwright_git::Repository;
use fleetwright_store::{FindingRow, RepoRow, Write};
use fleetwright_testkit::fleet::Small;
use fleetwright_testkit::secure::{CERTIFICATE, SecureServer};
use serde_json::Value;

/// Names that lead to one server, and what was looked up.
#[derive(Default)]
pub(crate) struct Book {
    pub(crate) pages: Mutex<HashMap<String, SocketAddr>>,
    pub(crate) asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Names for Book {
    async fn addresses(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        let pages = self.pages.lock().unwrap();
        pages.get(host).map(|address| vec![*address]).ok_or_else(|| io::Error::other("no such name"))
    }
}

pub(crate) struct World {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) fleet: Fleet,
    pub(crate) server: SecureServer,
    pub(crate) book: Arc<Book>,
    pub(crate) reach: Reach,
}

pub(crate) const HOSTS: &str = "  hosts: [a.fetch.example, b.fetch.example]\n  certificates: ./trusted.pem\n";

pub(crate) const FORGES: &str = "forges:
  - { name: local, type: local, root: ./repos }
  - { name: hub, type: github, orgs: [acme], auth: { token: { file: ./token } } }
";

pub(crate) fn location(name: &str, targets: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{ name: {name} }}\nspec: {{ {targets} }}\n"
    )
}

pub(crate) fn component(name: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\n\
         spec: {{ type: service, lifecycle: production, owner: guests }}\n"
    )
}

impl World {
    /// A fleet of one local repository, which holds the files.
    pub(crate) async fn of(catalog: &str, files: &[(&str, &str)]) -> World {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        Small::new("acme/shop", files).write(&at("repos")).unwrap();
        fs::write(at("trusted.pem"), CERTIFICATE).unwrap();
        fs::write(at("token"), "canary-token").unwrap();
        fs::write(at("fleetwright.yaml"), format!("{FORGES}catalog:\n  folder: ./catalog\n{catalog}"))
            .unwrap();
        let config = Config::read(&at("fleetwright.yaml")).unwrap();
        let fleet = Fleet::open(config, Isolation::Sandboxed, Seams::default()).await.unwrap();
        let server = SecureServer::start().await.unwrap();
        let book = Arc::new(Book::default());
        for name in ["a.fetch.example", "b.fetch.example", "other.fetch.example"] {
            book.pages.lock().unwrap().insert(name.to_owned(), server.address());
        }
        let names = Arc::clone(&book) as Arc<dyn Names>;
        let reach = Reach { names, private: vec![server.address().ip()] };
        World { folder, fleet, server, book, reach }
    }

    /// As `repo sync` does, without asking the forge that is a service.
    pub(crate) async fn sync(&self) -> Assembled {
        self.told(&Quiet).await
    }

    pub(crate) async fn told(&self, progress: &dyn Progress) -> Assembled {
        if self.fleet.store.repos().await.unwrap().is_empty() {
            let forge = self.fleet.forge("local").unwrap();
            let mirror = self.fleet.mirror("local", "acme/shop");
            let fetched = forge.fetch("acme/shop", &mirror).await.unwrap();
            self.known("local", "acme/shop", (fetched.head, fetched.tree)).await;
        }
        ingest(&self.fleet, progress).await.unwrap();
        fetch(&self.fleet, &self.reach, progress).await.unwrap();
        assemble(&self.fleet).await.unwrap()
    }

    pub(crate) async fn known(
        &self,
        forge: &str,
        name: &str,
        (head, tree): (Option<fleetwright_core::Oid>, Option<fleetwright_core::Oid>),
    ) {
        let facts = RepoFacts { default_branch: "main".to_owned(), ..RepoFacts::default() };
        let (forge, name) = (forge.to_owned(), name.to_owned());
        let row = RepoRow { id: 0, forge, name, facts, head, tree, fault: None };
        self.fleet.store.write(vec![Write::Repos(vec![row])], None).await.unwrap();
    }

    /// A repository of the service, as if it had been fetched.
    pub(crate) async fn mirrored(&self, name: &str, files: &[(&str, &str)]) {
        let mirror = self.fleet.mirror("hub", name);
        let root = self.fleet.config.cache.join("mirrors/hub");
        if mirror.exists() {
            fs::remove_dir_all(&mirror).unwrap();
        }
        Small::new(name, files).write(&root).unwrap();
        let repository = Repository::open(&mirror).unwrap();
        let head = repository.head().unwrap().commit.unwrap();
        let tree = repository.commit_info(head).unwrap().tree;
        self.known("hub", name, (Some(head), Some(tree))).await;
    }

    /// The local repository, beside others.
    pub(crate) async fn known_local(&self) {
        let mirror = self.fleet.mirror("local", "acme/shop");
        let fetched = self.fleet.forge("local").unwrap().fetch("acme/shop", &mirror).await.unwrap();
        self.known("local", "acme/shop", (fetched.head, fetched.tree)).await;
    }

    /// The names of all entities that are not only discovered, Locations left out.
    pub(crate) async fn names(&self) -> Vec<String> {
        let rows = self.fleet.store.entities().await.unwrap();
        let rows = rows.into_iter().filter(|row| !row.discovered && row.kind != "Location");
        rows.map(|row| row.name).collect()
    }

    pub(crate) async fn body(&self, reference: &str) -> Value {
        serde_json::from_str(&self.fleet.store.entity(reference).await.unwrap().unwrap().body).unwrap()
    }

    /// What is wrong, owners and relations left out.
    pub(crate) async fn findings(&self) -> Vec<FindingRow> {
        let rows = self.fleet.store.findings(None).await.unwrap().into_iter().map(|(_, row)| row);
        rows.filter(|row| !["ownership", "relations"].contains(&row.area.as_str())).collect()
    }

    /// The one thing that is wrong.
    pub(crate) async fn finding(&self) -> FindingRow {
        let mut found = self.findings().await;
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// The statuses of what was asked since the last time.
    pub(crate) fn statuses(&self) -> Vec<u16> {
        self.server.asked().iter().map(|asked| asked.status).collect()
    }
}
