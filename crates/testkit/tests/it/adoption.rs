//! The adoption of a bill of materials in simulated time, against what was done and when.

use std::sync::LazyLock;

use fleetwright_rehearsal::world::{Settings, World as Rehearsal};
use fleetwright_testkit::fleet::Small;
use fleetwright_testkit::told_time::{CLOCK, TimeServer};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::world::World;

static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
});

const DAY: i64 = 24 * 60 * 60 * 1000;

/// How many repositories use the package.
const USERS: usize = 10;

fn package(version: &str) -> String {
    format!("{{ \"name\": \"app\", \"dependencies\": {{ \"react\": \"{version}\" }} }}\n")
}

/// 2026-10-02 at midnight, UTC: the day of the second release.
const RELEASED: i64 = 1_790_899_200_000;

const BOM: &str = r#"apiVersion: fleetwright/v1
kind: Bom
metadata: { name: web }
spec:
  channels: { stable: "2" }
  minimumAge: 3d
  releases:
    - { version: "1", released: 2020-01-01, packages: { 'npm:react': 17.0.0 } }
    - { version: "2", released: 2026-10-02, packages: { 'npm:react': 18.0.0 } }
"#;

#[test]
fn the_curve_is_that_of_what_was_done() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Rehearsal::new(Settings { start: Some(RELEASED), ..Settings::new(folder.path()) });
    let time = RUNTIME.block_on(TimeServer::new(clock.clone())).unwrap();
    let names: Vec<String> = (0..USERS).map(|at| format!("acme/app-{at}")).collect();
    let repos: Vec<Small> =
        names.iter().map(|name| Small::new(name, &[("package.json", &package("17.0.0"))])).collect();
    let mut world = World::new(&repos);
    world.env.insert(CLOCK, time.address.clone());
    world.write("boms/web.yaml", BOM);
    world.ends(&["repo", "sync"], 0);

    // Nobody is moved to it before it is three days old.
    let shift = |world: &World| world.json(&["bom", "shift", "web"]);
    assert_eq!(shift(&world)["release"], "1");
    clock.advance_to(RELEASED + 3 * DAY - 60_000);
    assert_eq!(shift(&world)["release"], "1");
    assert_eq!(shift(&world)["waitsFor"]["until"], "2026-10-05T00:00:00Z");
    clock.advance_to(RELEASED + 3 * DAY);
    assert_eq!(shift(&world)["release"], "2");
    assert_eq!(shift(&world)["behind"].as_array().unwrap().len(), USERS);

    // One a day comes, and the first goes back on the sixth of those days.
    let mut expected = vec![(day(2), 0)];
    for (at, name) in (0_i64..).zip(&names) {
        clock.advance_to(RELEASED + (4 + at) * DAY);
        world.person_writes(name, "main", ("package.json", &package("18.2.0")));
        if at == 5 {
            world.person_writes(&names[0], "main", ("package.json", &package("17.0.2")));
        }
        world.ends(&["repo", "sync"], 0);
        // One came and one went: nothing changed.
        if at != 5 {
            expected.push((day(6 + at), at + 1 - i64::from(at > 5)));
        }
    }
    let adoption = world.json(&["bom", "adoption", "web"]);
    let second = &adoption["releases"][0];
    assert_eq!(second["version"], "2");
    let told: Vec<(String, i64)> = second["points"].as_array().unwrap().iter().map(point).collect();
    assert_eq!(told, expected);
    // Five of ten on the fifth day, seven on the eighth, 95 % never.
    let mark =
        |mark: &Value| (mark["percent"].as_i64().unwrap(), mark["afterSeconds"].as_i64().unwrap() * 1000);
    let reached: Vec<(i64, i64)> = second["reached"].as_array().unwrap().iter().map(mark).collect();
    assert_eq!(reached, [(50, 8 * DAY), (70, 11 * DAY)]);
    assert_eq!(shift(&world)["behind"], serde_json::json!(["acme/app-0"]));
}

/// Midnight of a day of October.
fn day(day: i64) -> String {
    format!("2026-10-{day:02}T00:00:00Z")
}

fn point(point: &Value) -> (String, i64) {
    assert_eq!(point["users"], USERS);
    (point["at"].as_str().unwrap().to_owned(), point["atOrBeyond"].as_i64().unwrap())
}
