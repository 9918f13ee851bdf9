//! The catalog is put together in part where only some repositories moved: the outcome is that of the whole.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::world::World;

/// Numbers that look random and are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn of<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[self.roll(words.len())]
    }
}

const REPOS: [&str; 7] = ["acme/a", "acme/b", "acme/c", "beta/a", "beta/d", "beta/e", "beta/acme-a"];
const NAMES: [&str; 9] = ["a", "b", "c", "d", "e", "f", "g", "acme-a", "beta-a"];
const OWNERS: [&str; 5] = ["pay", "shop", "user:ann", "nobody", "crew"];

/// An entity that may point to any other, may take another's name, and may be a group.
fn entity(dice: &mut Dice) -> String {
    let (name, owner) = (dice.of(&NAMES), dice.of(&OWNERS));
    let head = |kind: &str, name: &str| {
        format!("apiVersion: backstage.io/v1alpha1\nkind: {kind}\nmetadata: {{ name: {name} }}\nspec:\n")
    };
    match dice.roll(20) {
        0 => head("Group", dice.of(&["crew", "pay"])) + "  type: team\n  children: []\n",
        1 => head("System", name) + &format!("  owner: {owner}\n"),
        2 | 3 => {
            let other = dice.of(&NAMES);
            head("Resource", name)
                + &format!("  type: database\n  owner: {owner}\n  dependencyOf: [\"component:{other}\"]\n")
        }
        4 => {
            head("API", name)
                + &format!("  type: openapi\n  lifecycle: production\n  owner: {owner}\n  definition: x\n")
        }
        5 => head("Component", name) + "  type: 7\n",
        _ => {
            let (first, second, api) = (dice.of(&NAMES), dice.of(&NAMES), dice.of(&NAMES));
            let mut text = head("Component", name)
                + &format!("  type: service\n  lifecycle: production\n  owner: {owner}\n");
            if dice.roll(2) == 0 {
                write!(
                    text,
                    "  dependsOn: [\"component:{first}\", \"resource:{second}\"]\n  providesApis: [{api}]\n"
                )
                .unwrap();
            }
            if dice.roll(3) == 0 {
                writeln!(text, "  system: {first}").unwrap();
            }
            text
        }
    }
}

/// One commit to one repository: catalog files come, change and go, and so do owners and manifests.
fn change(world: &World, dice: &mut Dice, round: usize) {
    let repo = dice.of(&REPOS);
    let path = dice.of(&["catalog-info.yaml", "catalog-info.yaml", "lib/catalog-info.yaml"]);
    match dice.roll(8) {
        0 => {
            world.commit(repo, "main", &[("100644", path, None)]);
        }
        1 => {
            let owners = format!("* @acme/{}\n", dice.of(&OWNERS));
            world.commit(repo, "main", &[("100644", "CODEOWNERS", Some(owners.as_bytes()))]);
        }
        2 => {
            let claim = format!(
                "apiVersion: sql.cnrm.cloud.google.com/v1beta1\nkind: SQLInstance\nmetadata:\n  name: {}\n  labels: {{ owner: {} }}\n",
                dice.of(&NAMES),
                dice.of(&OWNERS)
            );
            world.commit(repo, "main", &[("100644", "db.yaml", Some(claim.as_bytes()))]);
        }
        3 => {
            world.commit(repo, "main", &[("100644", "a.txt", Some(round.to_string().as_bytes()))]);
        }
        _ => {
            let all: Vec<String> = (0..=dice.roll(2)).map(|_| entity(dice)).collect();
            world.commit(repo, "main", &[("100644", path, Some(all.join("---\n").as_bytes()))]);
        }
    }
}

/// Everything the catalog says, but not when.
fn said(world: &World) -> BTreeSet<String> {
    [
        "SELECT ref, kind, owner, repo, path, line, discovered, tip, body FROM entity ORDER BY ref",
        "SELECT source, kind, target FROM relation ORDER BY 1, 2, 3",
        "SELECT repo, area, path, line, message, remedy FROM finding ORDER BY 1, 2, 3, 4, 5",
    ]
    .iter()
    .flat_map(|question| {
        let answer = world.json(&["query", "--sql", question, "--limit", "100000"]);
        answer["rows"].as_array().unwrap().iter().map(Value::to_string).collect::<Vec<_>>()
    })
    .collect()
}

fn org(remark: usize) -> String {
    let group = |name: &str| {
        format!(
            "apiVersion: backstage.io/v1alpha1\nkind: Group\nmetadata: {{ name: {name} }}\nspec: {{ type: team, children: [] }}\n---\n"
        )
    };
    let ann =
        "apiVersion: backstage.io/v1alpha1\nkind: User\nmetadata: { name: ann }\nspec: { memberOf: [pay] }\n";
    format!("# {remark}\n{}{}{ann}", group("pay"), group("shop"))
}

/// Plays a history; how many of its steps were put together in part.
fn history(seed: u64, rounds: usize) -> usize {
    let world = World::new();
    for repo in REPOS {
        world.repo(repo, &[("README.md", "hello\n")]);
    }
    world.write("catalog/org.yaml", org(0));
    world.done(&["repo", "sync"]);
    let (mut dice, mut parts) = (Dice(seed), 0);
    for round in 1..=rounds {
        for _ in 0..=dice.roll(2) {
            change(&world, &mut dice, round);
        }
        let synced = world.json(&["repo", "sync"]);
        let in_part = synced["entities"]["whole"] == json!(false);
        if !in_part {
            continue;
        }
        parts += 1;
        let part = said(&world);
        // A remark beside the configuration has everything put together.
        world.write("catalog/org.yaml", org(round));
        let whole = world.json(&["repo", "sync"]);
        let both = (part, said(&world));
        let (part, all) = (both.0.difference(&both.1), both.1.difference(&both.0));
        let (part, all): (Vec<_>, Vec<_>) = (part.collect(), all.collect());
        assert_eq!(part, all, "seed {seed} round {round}");
        let nothing = json!({ "changed": 0, "gone": 0, "whole": true });
        assert_eq!(whole["entities"], nothing, "seed {seed} round {round}");
    }
    parts
}

#[test]
fn in_part_it_is_as_in_whole() {
    let parts: usize = (1..=3).map(|seed| history(seed, 25)).sum();
    assert!(parts > 15, "only {parts} of 75 were put together in part");
}

#[test]
#[ignore = "takes minutes"]
fn in_part_it_is_as_in_whole_for_long() {
    let parts: usize = (100..140).map(|seed| history(seed, 60)).sum();
    assert!(parts > 300);
}
