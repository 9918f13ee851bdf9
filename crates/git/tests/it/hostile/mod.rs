//! Hostile repositories: each is built by code, taken through everything this crate does, and must end in a clear error
//! or a right result, without touching, leaking or running anything outside. `cargo test -p fleetwright-git hostile`.

mod config;
mod layout;
mod objects;
mod references;
mod trees;
mod world;

use world::{Expected, World};

/// A hostile repository: its name, what must come of it, and how it is built from a good one.
type Case = (&'static str, Expected, fn(&World));

#[test]
fn the_corpus_is_large_enough_and_every_name_is_used_once() {
    let all = [config::CASES, layout::CASES, references::CASES, objects::CASES, trees::CASES].concat();
    let mut names: Vec<&str> = all.iter().map(|(name, _, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all.len());
    assert!(names.len() >= 80, "{}", names.len());
}

#[test]
fn config_has_no_effect() {
    world::play(config::CASES);
}

#[test]
fn layouts_reach_nowhere() {
    world::play(layout::CASES);
}

#[test]
fn references_are_checked() {
    world::play(references::CASES);
}

#[test]
fn broken_objects_are_errors() {
    world::play(objects::CASES);
}

#[test]
fn hostile_trees_are_refused() {
    world::play(trees::CASES);
}
