//! Two persons for what merges by itself on many targets, and what people prove themselves with.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use fleetwright_access::{Doorkeeper, Person, Proof, Role};
use fleetwright_store::{Place, Store, Witness};
use serde_json::Value;

use crate::shifts;
use crate::world::World;

#[test]
fn a_token_is_shown_once_and_taken_back() {
    let world = shifts::image("squash");
    let made = world.json(&["token", "create", "ci", "--role", "author", "--read-only"]);
    let secret = made["secret"].as_str().unwrap();
    let id = made["token"]["id"].as_str().unwrap();
    assert!(secret.starts_with(&format!("fw_{id}_")), "{secret}");
    let listed = world.ends(&["token", "list"], 0);
    assert!(listed.out.contains(id) && !listed.out.contains(&secret[16..]), "{listed}");
    world.ends(&["token", "revoke", id], 0);
    assert!(world.ends(&["token", "list"], 0).out.contains("revoked"));
    world.ends(&["token", "create", "ci", "--role", "root"], 2);
    world.ends(&["token", "revoke", "000000000000"], 2);
}

/// Writes down which writes it heard of.
#[derive(Default)]
struct Heard(Mutex<BTreeSet<String>>);

impl Witness for Heard {
    fn commit(&self, _: Place, words: &[&'static str]) -> Result<(), String> {
        self.0.lock().unwrap().extend(words.iter().map(|word| format!("commit/{word}")));
        Ok(())
    }
}

/// The writes of somebody who comes in by the link of the first start, and by a provider.
pub(crate) fn points() -> BTreeSet<String> {
    let heard = Arc::new(Heard::default());
    let folder = tempfile::tempdir().unwrap();
    let (path, witness) = (folder.path().join("fleet.db"), Arc::clone(&heard));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async move {
        let keeper = Doorkeeper::new(Store::open(&path, witness).await.unwrap());
        let link = keeper.first_link(1).await.unwrap().unwrap();
        let (session, admin) = keeper.redeem(link.expose(), 2).await.unwrap();
        assert_eq!((admin.role, admin.name.as_str()), (Role::Admin, Person::local("admin").name.as_str()));
        assert_eq!(keeper.identify(Proof::Cookie(session.expose()), 3).await.unwrap(), admin);
        keeper.tidy(4).await.unwrap();
    });
    let heard = heard.0.lock().unwrap();
    heard.clone()
}

fn with_rule(above: u32) -> World {
    let world = shifts::image("squash");
    let config = std::fs::read_to_string(world.path("fleetwright.yaml")).unwrap();
    world.write("fleetwright.yaml", &format!("{config}people: {{ twoPersons: {{ above: {above} }} }}\n"));
    world
}

fn merged(world: &World) -> usize {
    world.targets("image").values().filter(|stands| stands.starts_with("merged")).count()
}

/// The gate of an open pull request, as `shift why` shows it.
fn gate(world: &World) -> Value {
    let targets = world.targets("image");
    let (target, _) = targets.iter().find(|(_, stands)| stands.starts_with("open")).unwrap();
    let told = world.json(&["shift", "why", "image", target]);
    let gates = told[0]["gates"].as_array().unwrap();
    gates.iter().find(|gate| gate["gate"] == "two persons").unwrap().clone()
}

#[test]
fn many_targets_wait_for_a_second_person_who_saw_this_very_shift() {
    let mut world = with_rule(3);
    world.ends(&["shift", "apply", "image.yaml", "--wait"], 3);
    assert_eq!(merged(&world), 0, "{:#?}", world.targets("image"));
    let closed = gate(&world);
    assert!(closed["closed"]["says"].as_str().unwrap().contains("other than ann"), "{closed}");
    // Neither the author's word nor a bulk merge of theirs is a second person.
    assert!(world.ends(&["shift", "approve", "image"], 4).err.contains("ann applied"));
    world.run(&["shift", "merge", "image"]);
    assert_eq!(merged(&world), 0);
    world.env.insert("FLEETWRIGHT_USER", "bob".into());
    world.ends(&["shift", "approve", "image", "--digest", "0000"], 4);
    let approved = world.json(&["shift", "approve", "image"]);
    assert_eq!(approved["open"], true, "{approved}");
    // Another text is another shift: the word does not stand for it.
    world.env.remove("FLEETWRIGHT_USER");
    let text = std::fs::read_to_string(world.path("image.yaml")).unwrap();
    world.write("image.yaml", &text.replace("title: Use app 2", "title: Use the app 2"));
    world.ends(&["shift", "apply", "image.yaml", "--wait", "--amend"], 3);
    assert_eq!(merged(&world), 0);
    assert!(gate(&world)["closed"]["says"].is_string());
    world.env.insert("FLEETWRIGHT_USER", "bob".into());
    world.ends(&["shift", "approve", "image"], 0);
    world.env.remove("FLEETWRIGHT_USER");
    world.run(&["shift", "apply", "image.yaml", "--wait"]);
    assert!(merged(&world) > 3, "{:#?}", world.targets("image"));
}

#[test]
fn few_targets_need_nobody_else() {
    let world = with_rule(1_000);
    world.run(&["shift", "apply", "image.yaml", "--wait"]);
    assert!(merged(&world) > 3, "{:#?}", world.targets("image"));
}
