//! Addresses in Locations that mean harm, or would.

use std::fs;

use fleetwright_engine::config::Config;
use fleetwright_engine::know::Assembled;
use fleetwright_testkit::planted::Dice;
use fleetwright_testkit::secure::Page;

use crate::named_world::{HOSTS, World, component, location};

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

/// Where a random file may be, and what it may name.
const PATHS: [&str; 6] = ["1.yaml", "2.yaml", "d/3.yaml", "d/4.yaml", "d/e/5.yaml", "6.yaml"];
const TARGETS: [&str; 16] = [
    "./1.yaml",
    "2.yaml",
    "/d/3.yaml",
    "../4.yaml",
    "d/e/5.yaml",
    "https://b.fetch.example/1.yaml",
    "https://a.fetch.example/d/e/5.yaml#x",
    "https://other.fetch.example/1.yaml",
    "https://10.0.0.1/x",
    "https://a.fetch.example:22/x",
    "http://a.fetch.example/x",
    "*.yaml",
    "//b.fetch.example/6.yaml",
    "../../../../../etc/passwd",
    "https://a.fetch.example/d/%2e%2e/6.yaml",
    "?q",
];

fn random(dice: &mut Dice, name: usize) -> Page {
    let targets: Vec<String> =
        (0..1 + dice.below(3)).map(|_| format!("'{}'", TARGETS[dice.below(TARGETS.len())])).collect();
    let presence = if dice.below(3) == 0 { "presence: optional, " } else { "" };
    let text = location(&format!("l{name}"), &format!("{presence}targets: [{}]", targets.join(", ")));
    let tag = if dice.below(2) == 0 { String::new() } else { dice.below(1000).to_string() };
    match dice.below(8) {
        0 => Page { status: [404, 500, 302][dice.below(3)], ..Page::default() },
        1 => Page::to(TARGETS[dice.below(TARGETS.len())]),
        2 => Page { body: text.into_bytes().into_iter().rev().collect(), ..Page::default() },
        3 => Page::text(&format!("{text}---\n{}", component(&format!("c{}", dice.below(4)))), &tag),
        _ => Page::text(&text, &tag),
    }
}

/// Whatever files name, at whatever time: only allowed hosts are asked, each address once, and what did
/// not change makes no other catalog.
#[tokio::test(flavor = "multi_thread")]
async fn random_nets_of_locations_are_walked_once_and_to_the_same_end() {
    let start = "targets: [https://a.fetch.example/1.yaml, https://b.fetch.example/d/3.yaml]";
    let world = World::of(HOSTS, &[("catalog-info.yaml", &location("all", start))]).await;
    let mut dice = Dice::new(4);
    let mut most = 0;
    for _ in 0..60 {
        for (name, path) in PATHS.iter().enumerate().filter(|_| dice.below(2) == 0).collect::<Vec<_>>() {
            for host in ["a", "b", "other"] {
                world.server.put(&format!("{host}.fetch.example/{path}"), random(&mut dice, name));
            }
        }
        world.sync().await;
        let rows = world.fleet.store.fetched().await.unwrap();
        let allowed = |address: &str| {
            ["https://a.fetch.example/", "https://b.fetch.example/"]
                .iter()
                .any(|host| address.starts_with(host))
        };
        assert!(rows.iter().all(|row| allowed(&row.address)), "{rows:?}");
        let asked = world.server.asked();
        assert!(asked.iter().all(|asked| allowed(&format!("https://{}", asked.what))), "{asked:?}");
        most = most.max(rows.len());
        assert_eq!(world.sync().await, Assembled::default(), "{rows:?}");
    }
    assert!(most > 6, "{most}: the nets led nowhere");
    let names = world.book.asked.lock().unwrap();
    assert!(names.iter().all(|name| ["a.fetch.example", "b.fetch.example"].contains(&name.as_str())));
}
