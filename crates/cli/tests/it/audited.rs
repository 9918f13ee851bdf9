//! The audit: a row for each command and each outside write, by whom, for which shift.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::story::{REPLACE, three};

#[test]
fn who_asked_and_what_was_done_outside_is_kept_and_can_be_checked() {
    let world = three();
    let file = world.shift("swap", REPLACE);
    world.done(&["shift", "apply", &file, "--wait"]);
    world.done(&["shift", "pause", "swap"]);
    let lines = world.done(&["audit", "export"]).stdout;
    let rows: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    rows.iter().for_each(|row| *counts.entry(row["what"].as_str().unwrap()).or_default() += 1);
    let wanted = [
        ("call.shift.apply", 1),
        ("call.shift.control", 1),
        ("effect.delete-branch", 2),
        ("effect.merge", 2),
        ("effect.open-pull", 2),
        ("effect.push", 2),
    ];
    assert_eq!(counts, BTreeMap::from(wanted));
    let merge = rows.iter().find(|row| row["what"] == "effect.merge").unwrap();
    assert_eq!((&merge["actor"], &merge["shift"]), (&"fleetwright".into(), &"swap".into()));
    assert_eq!(merge["detail"]["intent"]["intent"], "merge", "{merge}");
    assert_eq!(merge["digest"].as_str().unwrap().len(), 64);
    let pause = rows.last().unwrap();
    assert_eq!(pause["digest"], merge["digest"], "of the shift as it was");
    let whole = world.json(&["audit", "verify"]);
    assert_eq!((&whole["rows"], &whole["head"]), (&rows.len().into(), &pause["hash"]));
    let head = rows[2]["hash"].as_str().unwrap();
    world.done(&["audit", "verify", "--head", head]);
    let said = world.run(&["audit", "verify", "--head", "0000"]).ends(4).stderr;
    assert!(said.contains("the audit was changed: 10 rows hold, and no row has the hash"), "{said}");
    let rest = world.done(&["audit", "export", "--after", "9"]).stdout;
    assert_eq!(rest.lines().count(), 1);
}
