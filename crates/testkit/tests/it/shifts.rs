//! The shifts that are played on the twenty repositories.

use fleetwright_testkit::fleet::twenty;

use crate::world::World;

/// Merges by itself, one target per directory with an `app.yaml`.
const IMAGE: &str = r#"apiVersion: fleetwright/v1
kind: Shift
metadata: { name: image, title: Use app 2 }
spec:
  targets:
    select: 'true'
    workspaces: { rootAtLocationOf: app.yaml }
  steps:
    - yaml: { files: [app.yaml], set: { image: "app:2" } }
  merge: { auto: true, method: METHOD, require: { checks: none } }
"#;

/// Leaves its pull requests open, until a person acts.
pub(crate) const OPEN: &str = r#"apiVersion: fleetwright/v1
kind: Shift
metadata: { name: open, title: Use app 2 }
spec:
  targets: { select: 'repo.hasFile("app.yaml")' }
  steps:
    - yaml: { files: [app.yaml], set: { image: "app:2" } }
"#;

/// Runs a script that takes its time.
pub(crate) const SLOW: &str = r#"apiVersion: fleetwright/v1
kind: Shift
metadata: { name: slow, title: Slowly }
spec:
  targets: { select: 'true' }
  steps:
    - run: ./slow.sh
"#;

/// Runs a script, and merges where the check is green.
const SCRIPT: &str = r#"apiVersion: fleetwright/v1
kind: Shift
metadata: { name: script, title: Use app 2 by script }
spec:
  targets: { select: 'repo.hasFile("app.yaml")' }
  steps:
    - run: ./bump.sh
  merge: { auto: true, method: squash }
"#;

const BUMP: &str = "#!/bin/sh\nset -e\ngrep -q 'app:2' app.yaml && exit 0\ngrep -q '\\[' app.yaml && exit 9\n\
    sed 's/app:1/app:2/' app.yaml > new && cat new > app.yaml && rm new\n";

const CHECKED: &str = "forges:\n  - name: local\n    type: local\n    root: ./repos\n    \
    checks: [{ name: test, run: \"grep -q app:2 app.yaml\" }]\n";

/// A world for the declarative shift `image`, merging by this method.
pub(crate) fn image(method: &str) -> World {
    let world = World::new(&twenty());
    world.write("image.yaml", &IMAGE.replace("METHOD", method));
    world
}

/// A world in which the shift `open` has its pull requests open.
pub(crate) fn open() -> World {
    let world = World::new(&twenty());
    world.write("open.yaml", OPEN);
    world.ends(&["shift", "apply", "open.yaml", "--wait"], 3);
    world
}

/// A world in which the shift `open` has its pull requests open, and then everything moved: people
/// pushed to branches, bases changed, and the shift's file is another one.
pub(crate) fn moved() -> World {
    let world = open();
    world.person_pushes("acme/app-02", "fleetwright/open");
    world.person_writes("acme/app-03", "fleetwright/open", ("app.yaml", "image: app:9\n"));
    world.person_writes("acme/app-04", "main", ("app.yaml", "image: app:0\n"));
    world.person_writes("acme/app-05", "main", ("app.yaml", "image: app:3\n"));
    world.write("open.yaml", &OPEN.replace("app:2", "app:3"));
    world
}

/// A world for the shift `script`, with a check.
pub(crate) fn script() -> World {
    let world = World::new(&twenty());
    world.write("fleetwright.yaml", CHECKED);
    world.write("script.yaml", SCRIPT);
    world.write("bump.sh", BUMP);
    world
}
