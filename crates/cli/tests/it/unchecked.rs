//! What no lockfile holds: nobody knows whether the version exists, and the pull request says so.

use crate::world::World;

#[test]
fn a_version_that_nobody_checked_is_told_in_the_pull_request() {
    let world = World::new();
    let workflow = "jobs:\n  a:\n    runs-on: x\n    steps:\n      - uses: actions/checkout@v3\n";
    world.repo("acme/one", &[(".github/workflows/ci.yml", workflow)]);
    world.done(&["repo", "sync"]);
    let shift = "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: { name: up }\nspec:\n  targets: { repos: [acme/one] }\n  \
                 steps: [{ dependency: { package: \"actions:actions/checkout\", to: v999 } }]\n";
    std::fs::write(world.path("up.yaml"), shift).unwrap();
    world.done(&["shift", "apply", "up.yaml"]);
    let pull = world.pull("acme/one", 1);
    let body = pull["body"].as_str().unwrap();
    assert!(
        body.contains("**Not checked**: whether actions:actions/checkout v999 exists was not checked"),
        "{body}"
    );
    let logs = world.done(&["shift", "logs", "up", "acme/one"]).stdout;
    assert!(logs.contains("was not checked: no lockfile holds it"), "{logs}");
}
