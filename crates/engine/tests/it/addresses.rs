//! Addresses in Locations: what they give to the catalog, and what stays when they cannot be had.

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
use fleetwright_testkit::secure::{CERTIFICATE, Page, SecureServer};
use serde_json::Value;

/// Names that lead to one server, and what was looked up.
#[derive(Default)]
struct Book {
    pages: Mutex<HashMap<String, SocketAddr>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl Names for Book {
    async fn addresses(&self, host: &str) -> io::Result<Vec<SocketAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        let pages = self.pages.lock().unwrap();
        pages.get(host).map(|address| vec![*address]).ok_or_else(|| io::Error::other("no such name"))
    }
}

struct World {
    folder: tempfile::TempDir,
    fleet: Fleet,
    server: SecureServer,
    book: Arc<Book>,
    reach: Reach,
}

const HOSTS: &str = "  hosts: [a.fetch.example, b.fetch.example]\n  certificates: ./trusted.pem\n";

const FORGES: &str = "forges:
  - { name: local, type: local, root: ./repos }
  - { name: hub, type: github, orgs: [acme], auth: { token: { file: ./token } } }
";

fn location(name: &str, targets: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {{ name: {name} }}\nspec: {{ {targets} }}\n"
    )
}

fn component(name: &str) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {{ name: {name} }}\n\
         spec: {{ type: service, lifecycle: production, owner: guests }}\n"
    )
}

impl World {
    /// A fleet of one local repository, which holds the files.
    async fn of(catalog: &str, files: &[(&str, &str)]) -> World {
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
    async fn sync(&self) -> Assembled {
        self.told(&Quiet).await
    }

    async fn told(&self, progress: &dyn Progress) -> Assembled {
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

    async fn known(
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
    async fn mirrored(&self, name: &str, files: &[(&str, &str)]) {
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

    /// The names of all entities that are not only discovered, Locations left out.
    async fn names(&self) -> Vec<String> {
        let rows = self.fleet.store.entities().await.unwrap();
        let rows = rows.into_iter().filter(|row| !row.discovered && row.kind != "Location");
        rows.map(|row| row.name).collect()
    }

    async fn body(&self, reference: &str) -> Value {
        serde_json::from_str(&self.fleet.store.entity(reference).await.unwrap().unwrap().body).unwrap()
    }

    /// What is wrong, owners and relations left out.
    async fn findings(&self) -> Vec<FindingRow> {
        let rows = self.fleet.store.findings(None).await.unwrap().into_iter().map(|(_, row)| row);
        rows.filter(|row| !["ownership", "relations"].contains(&row.area.as_str())).collect()
    }

    /// The one thing that is wrong.
    async fn finding(&self) -> FindingRow {
        let mut found = self.findings().await;
        assert_eq!(found.len(), 1, "{found:?}");
        found.remove(0)
    }

    /// The statuses of what was asked since the last time.
    fn statuses(&self) -> Vec<u16> {
        self.server.asked().iter().map(|asked| asked.status).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_and_what_it_leads_to_are_in_the_catalog_and_cost_little_when_unchanged() {
    let start = location("all", "type: url, target: https://a.fetch.example/c/all.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    let all = format!("{}---\n{}", component("first"), location("more", "targets: [./more.yaml]"));
    world.server.put("a.fetch.example/c/all.yaml", Page::text(&all, "1"));
    world.server.put("a.fetch.example/c/more.yaml", Page::text(&component("second"), "1"));
    world.sync().await;
    assert_eq!(world.names().await, ["first", "second"]);
    assert_eq!(world.findings().await, []);
    let second = world.body("component:default/second").await;
    let annotations = &second["metadata"]["annotations"];
    assert_eq!(annotations["backstage.io/managed-by-location"], "url:https://a.fetch.example/c/more.yaml");
    let origin = annotations["backstage.io/managed-by-origin-location"].as_str().unwrap();
    assert_eq!(origin, "file:local/acme/shop/catalog-info.yaml");
    assert_eq!(annotations["backstage.io/source-location"], "url:https://a.fetch.example/c/");
    let row = world.fleet.store.entity("component:default/second").await.unwrap().unwrap();
    assert_eq!((row.repo, row.path.as_str()), (None, "https://a.fetch.example/c/more.yaml"));
    assert_eq!(world.statuses(), [200, 200]);
    assert_eq!(world.sync().await, Assembled::default(), "nothing moved, nothing is put together anew");
    assert_eq!(world.statuses(), [304, 304]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_had_stays_as_it_was_and_is_told_at_its_location() {
    let start = location("all", "target: https://a.fetch.example/all.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    world.server.put("a.fetch.example/all.yaml", Page::text(&component("first"), "1"));
    world.sync().await;
    for (status, words) in [(404, "the server answered 404"), (503, "the server answered 503")] {
        world.server.put("a.fetch.example/all.yaml", Page { status, ..Page::default() });
        world.sync().await;
        let finding = world.finding().await;
        assert_eq!(
            (finding.path.as_str(), finding.line, finding.area.as_str()),
            ("catalog-info.yaml", 4, "assembly")
        );
        assert!(finding.message.contains(words) && finding.message.contains("all.yaml"), "{finding:?}");
        assert_eq!(world.names().await, ["first"]);
        let first = world.body("component:default/first").await;
        assert!(first["status"]["items"][0]["message"].as_str().unwrap().contains(words), "{first}");
        let told = world.body("location:default/all").await;
        assert!(told["status"]["items"][0]["message"].as_str().unwrap().contains(words), "{told}");
    }
    world.server.put("a.fetch.example/all.yaml", Page::text(&component("first"), "1"));
    world.sync().await;
    assert_eq!(world.findings().await, []);
    assert!(world.body("component:default/first").await.get("status").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_version_leaves_the_good_one_until_it_is_mended() {
    let start = location("all", "target: https://a.fetch.example/all.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    let put = |text: &str, tag: &str| world.server.put("a.fetch.example/all.yaml", Page::text(text, tag));
    put(&component("first"), "1");
    world.sync().await;
    put(&component("first").replace("kind: Component\n", "kind: [\n"), "2");
    for _ in 0..2 {
        world.sync().await;
        assert_eq!(world.names().await, ["first"]);
        let finding = world.finding().await;
        assert!(finding.message.contains("https://a.fetch.example/all.yaml: line 4: "), "{finding:?}");
    }
    put(&component("second"), "3");
    world.sync().await;
    assert_eq!((world.names().await, world.findings().await), (vec!["second".to_owned()], vec![]));
    // A first version with one bad document gives its good ones, and says what is wrong in the other.
    let twin = location("twin", "target: https://b.fetch.example/two.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &twin)]).await;
    let two = format!("{}---\nkind: Nothing\n", component("first"));
    world.server.put("b.fetch.example/two.yaml", Page::text(&two, ""));
    world.sync().await;
    assert_eq!(world.names().await, ["first"]);
    let found = world.findings().await;
    assert!(!found.is_empty());
    assert!(found.iter().all(|row| row.path == "catalog-info.yaml" && row.line == 4), "{found:?}");
    assert!(found[0].message.starts_with("https://b.fetch.example/two.yaml:6: "), "{found:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_host_that_is_not_allowed_is_never_contacted() {
    let start = location("all", "target: https://other.fetch.example/all.yaml");
    for catalog in [HOSTS, ""] {
        let world = World::of(catalog, &[("catalog-info.yaml", &start)]).await;
        world.server.put("other.fetch.example/all.yaml", Page::text(&component("first"), ""));
        world.sync().await;
        let finding = world.finding().await;
        assert!(finding.message.contains("not on the list of allowed hosts"), "{finding:?}");
        assert!(finding.remedy.contains("catalog.hosts"), "{finding:?}");
        assert_eq!(world.server.connected(), 0);
        assert!(world.book.asked.lock().unwrap().is_empty());
        assert_eq!(world.fleet.store.fetched().await.unwrap(), []);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_nobody_names_any_more_is_gone_and_what_may_be_missing_is_no_finding() {
    let start = location("all", "presence: optional, targets: [https://a.fetch.example/x.yaml]");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    world.sync().await;
    assert_eq!(world.findings().await, []);
    world.server.put("a.fetch.example/x.yaml", Page::text(&component("first"), ""));
    world.sync().await;
    assert_eq!(world.names().await, ["first"]);
    world.server.take("a.fetch.example/x.yaml");
    world.sync().await;
    assert_eq!((world.names().await, world.findings().await), (vec![], vec![]));
    world.server.put("a.fetch.example/x.yaml", Page::text(&component("first"), ""));
    world.sync().await;
    // The repository is gone, and with it what it names.
    let write = Write::Gone { forge: "local".into(), names: vec!["acme/shop".into()] };
    world.fleet.store.write(vec![write], None).await.unwrap();
    world.sync().await;
    assert_eq!((world.names().await, world.fleet.store.fetched().await.unwrap()), (vec![], vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn circles_and_chains_end_with_a_finding() {
    let start = location("all", "target: https://a.fetch.example/1.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    let one = format!("{}---\n{}", component("first"), location("one", "target: ./2.yaml"));
    world.server.put("a.fetch.example/1.yaml", Page::text(&one, ""));
    world.server.put("a.fetch.example/2.yaml", Page::text(&location("two", "target: ./1.yaml"), ""));
    world.sync().await;
    assert_eq!(world.names().await, ["first"]);
    let finding = world.finding().await;
    assert_eq!((finding.path.as_str(), finding.line), ("catalog-info.yaml", 4));
    let circle = "url:https://a.fetch.example/1.yaml -> url:https://a.fetch.example/2.yaml -> url:https://a.fetch.example/1.yaml";
    assert!(finding.message.starts_with("https://a.fetch.example/2.yaml:4: spec.target"), "{finding:?}");
    assert!(finding.message.ends_with(circle), "{finding:?}");
    assert_eq!(world.statuses().len(), 2);
    for at in 1..20 {
        let text = format!(
            "{}---\n{}",
            component(&format!("c{at}")),
            location(&format!("l{at}"), &format!("target: ./{}.yaml", at + 1))
        );
        world.server.put(&format!("a.fetch.example/{at}.yaml"), Page::text(&text, ""));
    }
    world.sync().await;
    assert_eq!(world.names().await.len(), 10);
    let finding = world.finding().await;
    assert!(finding.message.contains("more than 10 deep"), "{finding:?}");
    assert_eq!(world.statuses().len(), 10, "the eleventh is not asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn placeholders_of_a_fetched_file_are_fetched_too() {
    let start = location("all", "target: https://a.fetch.example/acme/lib/raw/v1/all.yaml");
    let world = World::of(HOSTS, &[("catalog-info.yaml", &start)]).await;
    let api = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: { name: api }\n\
        spec: { type: openapi, lifecycle: production, owner: guests, definition: { $text: ./open.json } }\n";
    world.server.put("a.fetch.example/acme/lib/raw/v1/all.yaml", Page::text(api, "1"));
    world.sync().await;
    assert_eq!(world.names().await, [""; 0]);
    let finding = world.finding().await;
    assert!(
        finding.message.contains("spec.definition: https://a.fetch.example/acme/lib/raw/v1/open.json: "),
        "{finding:?}"
    );
    world.server.put("a.fetch.example/acme/lib/raw/v1/open.json", Page::text("{\"openapi\": 3}", "1"));
    world.sync().await;
    assert_eq!(world.findings().await, []);
    assert_eq!(world.body("api:default/api").await["spec"]["definition"], "{\"openapi\": 3}");
    // Another repository's files are not taken in.
    let foreign = api.replace("./open.json", "https://a.fetch.example/acme/other/raw/v1/x");
    world.server.put("a.fetch.example/acme/lib/raw/v1/all.yaml", Page::text(&foreign, "2"));
    world.server.asked();
    world.sync().await;
    assert!(world.finding().await.message.contains("is not of the same repository"));
    assert!(world.server.asked().iter().all(|asked| !asked.what.contains("other")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_the_fleet_is_read_from_its_mirror_and_never_fetched() {
    let targets = "targets: [https://github.com/acme/lib/blob/main/parts/**/*.yaml, \
        https://github.com/acme/lib/raw/main/one.yaml, https://raw.githubusercontent.com/acme/lib/main/catalog-info.yaml, \
        https://github.com/acme/lib/blob/main/none.yaml]";
    let world = World::of("", &[("catalog-info.yaml", &location("all", targets))]).await;
    let one = format!("{}---\n{}", component("one"), location("deeper", "targets: [./sub/*.yaml]"));
    let files = [
        ("catalog-info.yaml", component("own")),
        ("one.yaml", one),
        ("sub/two.yaml", component("two")),
        ("parts/a/three.yaml", component("three")),
        ("unnamed.yaml", component("unnamed")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    world.mirrored("acme/lib", &files).await;
    world.known_local().await;
    world.sync().await;
    assert_eq!(world.names().await, ["one", "own", "three", "two"]);
    let finding = world.finding().await;
    assert!(finding.message.contains("none.yaml: no such file is on the default branch"), "{finding:?}");
    assert_eq!(finding.path, "catalog-info.yaml");
    let two = world.fleet.store.entity("component:default/two").await.unwrap().unwrap();
    let lib = world.fleet.repo("acme/lib").await.unwrap();
    assert_eq!((two.repo, two.path.as_str(), two.tip.is_empty()), (Some(lib.id), "sub/two.yaml", false));
    let body = world.body("component:default/two").await;
    let managed = &body["metadata"]["annotations"]["backstage.io/managed-by-location"];
    assert_eq!(managed, "url:https://github.com/acme/lib/blob/main/sub/two.yaml");
    assert!(world.book.asked.lock().unwrap().is_empty());
    assert_eq!(world.sync().await, Assembled::default());
    world.mirrored("acme/lib", &[("one.yaml", &component("uno"))]).await;
    world.sync().await;
    let names = world.names().await;
    assert!(names.contains(&"uno".to_owned()) && !names.contains(&"one".to_owned()), "{names:?}");
}

impl World {
    /// The local repository, beside others.
    async fn known_local(&self) {
        let mirror = self.fleet.mirror("local", "acme/shop");
        let fetched = self.fleet.forge("local").unwrap().fetch("acme/shop", &mirror).await.unwrap();
        self.known("local", "acme/shop", (fetched.head, fetched.tree)).await;
    }
}

/// Hears what is noted.
#[derive(Default)]
struct Notes(Mutex<Vec<String>>);

impl Progress for Notes {
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn locations_beside_the_configuration_are_followed_and_what_is_wrong_is_noted() {
    let world = World::of(HOSTS, &[("README.md", "")]).await;
    let folder = world.folder.path().join("catalog");
    fs::create_dir(&folder).unwrap();
    let both = "targets: [https://a.fetch.example/x.yaml, https://b.fetch.example/y.yaml]";
    fs::write(folder.join("all.yaml"), location("all", both)).unwrap();
    world.server.put("a.fetch.example/x.yaml", Page::text(&component("first"), ""));
    let notes = Notes::default();
    world.told(&notes).await;
    assert_eq!(world.names().await, ["first"]);
    let notes = notes.0.into_inner().unwrap();
    assert!(notes.iter().any(|note| note.contains("all.yaml:4") && note.contains("y.yaml")), "{notes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_texts_and_silent_hosts_cost_little() {
    let targets = (0..1_500).map(|at| format!("https://b.fetch.example/{at}.yaml")).collect::<Vec<_>>();
    let targets = format!(
        "targets: [https://a.fetch.example/bomb.yaml, https://a.fetch.example/deep.yaml, {}]",
        targets.join(", ")
    );
    let world = World::of(HOSTS, &[("catalog-info.yaml", &location("all", &targets))]).await;
    let mut bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for at in 1..12 {
        let row = vec![format!("*a{}", at - 1); 9].join(", ");
        bomb.push_str(&format!("a{at}: &a{at} [{row}]\n"));
    }
    world.server.put("a.fetch.example/bomb.yaml", Page::text(&bomb, ""));
    world.server.put("a.fetch.example/deep.yaml", Page::text(&"[".repeat(100_000), ""));
    // Nobody has the other name: the first few are told so, the rest is not tried.
    world.book.pages.lock().unwrap().remove("b.fetch.example");
    world.sync().await;
    let looked_up = world.book.asked.lock().unwrap().iter().filter(|name| *name == "b.fetch.example").count();
    assert!((1..=8).contains(&looked_up), "{looked_up} at a time, then none");
    assert_eq!(world.statuses(), [200, 200]);
    let found = world.findings().await;
    let about = |words: &str| found.iter().filter(|row| row.message.contains(words)).count();
    assert_eq!(about("more than 1000 addresses"), 502);
    assert!(about("bomb.yaml") > 0 && about("deep.yaml") > 0);
    assert_eq!(world.names().await, [""; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_configuration_names_hosts_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("fleetwright.yaml");
    let read = |host: &str| {
        let forges = "forges:\n  - { name: local, type: local, root: ./repos }\n";
        fs::write(&path, format!("{forges}catalog: {{ hosts: [\"{host}\"] }}\n")).unwrap();
        Config::read(&path)
    };
    assert_eq!(read("Git.example.com").unwrap().catalog_hosts, ["Git.example.com"]);
    for bad in [
        "https://a.example",
        "a.example/x",
        "a.example:443",
        "*.example.com",
        "127.0.0.1",
        "[::1]",
        "localhost",
        "",
    ] {
        let error = read(bad).unwrap_err();
        assert!(
            error.key == "catalog.hosts[0]" && error.remedy.contains("git.example.com"),
            "{bad}: {error}"
        );
    }
}
