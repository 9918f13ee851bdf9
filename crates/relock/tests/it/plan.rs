//! The head of a command: folders, files, what is refused.

use fleetwright_package::{Ecosystem, Files, Package};
use fleetwright_relock::{Ask, plan};

use crate::lines;

#[test]
fn what_looks_like_an_option_is_refused() {
    for (package, to) in [("npm:left-pad", "--evil"), ("npm:left-pad", "1 2"), ("npm:left-pad", "")] {
        let said = lines("package-lock.json=package-lock 3", package, &["1.0.0"], (to, true));
        assert!(said[0].contains("cannot be said to a tool"), "{said:?}");
    }
}

#[test]
fn the_folder_is_that_of_the_lockfile() {
    let package: Package = "go:example.org/a".parse().unwrap();
    let ask = Ask {
        path: "x/y/go.sum",
        ecosystem: Ecosystem::Go,
        format: "go.mod",
        files: &Files::default(),
        package: &package,
        locked: &[],
        to: "v1.2.0",
        alone: false,
    };
    let plan = plan(&ask).unwrap();
    assert_eq!((plan.folder.as_str(), plan.tool()), ("x/y", "go"));
    assert_eq!(plan.files, ["x/y/go.sum", "x/y/go.mod", "x/y/go.sum"]);
}
