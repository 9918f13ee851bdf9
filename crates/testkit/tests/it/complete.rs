//! No effect and no write without its fault points, and no way around them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use fleetwright_forge::EffectKind;

use crate::shifts;
use crate::world::World;

/// Words of writes that the source of the store knows, as `Write::word` spells them.
fn words_of_writes() -> BTreeSet<String> {
    let source = fs::read_to_string(crates().join("store/src/write.rs")).unwrap();
    let (_, body) = source.split_once("pub fn word(&self)").expect("`Write::word` names every write");
    let (body, _) = body.split_once("\n    }\n").unwrap();
    body.split('"').skip(1).step_by(2).map(|word| format!("commit/{word}")).collect()
}

/// A fleet's life: applied, a no, a file repaired and tried again, a repository gone, the rest closed.
fn life() -> World {
    let mut world = shifts::image("squash");
    world.ends(&["shift", "apply", "image.yaml", "--wait"], 3);
    world.ends(&["shift", "retry", "image", "--failed"], 0);
    fs::remove_dir_all(world.repository("acme/other")).unwrap();
    world.write("open.yaml", &shifts::OPEN.replace("app:2", "app:3"));
    world.ends(&["shift", "apply", "open.yaml", "--wait"], 3);
    world.person_writes("acme/app-03", "fleetwright/open", ("app.yaml", "image: app:9\n"));
    world.write("open.yaml", &shifts::OPEN.replace("app:2", "app:4"));
    world.ends(&["shift", "apply", "open.yaml", "--amend"], 3);
    world.env.insert("FLEETWRIGHT_USER", "bob".into());
    world.ends(&["shift", "approve", "open"], 0);
    world.env.clear();
    world.ends(&["shift", "pause", "open"], 0);
    world.ends(&["shift", "close", "open"], 0);
    // Who is on a bill of materials is remembered.
    let bom = "apiVersion: fleetwright/v1\nkind: Bom\nmetadata: { name: base }\nspec:\n  channels: { stable: \"1\" }\n  \
        releases: [{ version: \"1\", released: 2026-01-01, packages: { 'npm:react': 18.0.0 } }]\n";
    world.write("boms/base.yaml", bom);
    // An address that cannot be had is kept with the reason.
    let location = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: { name: all }\n\
        spec: { type: url, target: 'https://files.invalid/all.yaml' }\n";
    world.person_writes("acme/app-03", "main", ("catalog-info.yaml", location));
    let config = fs::read_to_string(world.path("fleetwright.yaml")).unwrap();
    world.write("fleetwright.yaml", &format!("{config}catalog: {{ hosts: [files.invalid] }}\n"));
    world.ends(&["repo", "sync"], 0);
    people(&world);
    world
}

/// People come and go: the first link, a token, a word from afar, an approval, a token taken back.
fn people(world: &World) {
    let mut child = world.command(&["serve", "--listen", "127.0.0.1:0"]).spawn().unwrap();
    let (mut out, mut err) = (String::new(), String::new());
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut out).unwrap();
    BufReader::new(child.stderr.as_mut().unwrap()).read_line(&mut err).unwrap();
    let origin = out.trim().strip_prefix("listening on ").unwrap();
    let link = err.trim().rsplit_once("link=").unwrap().1;
    let form = format!("link={link}");
    let mut first = TcpStream::connect(origin.strip_prefix("http://").unwrap()).unwrap();
    write!(
        first,
        "POST /first HTTP/1.1\r\nhost: x\r\norigin: {origin}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{form}",
        form.len()
    )
    .unwrap();
    let mut page = String::new();
    first.read_to_string(&mut page).unwrap();
    let (_, token) = page.split_once("FLEETWRIGHT_TOKEN=").expect("a token for the first admin");
    let token = token.split(char::is_whitespace).next().unwrap();
    let afar = |words: &[&str]| {
        let words = [&["--server", origin], words].concat();
        world.command(&words).env("FLEETWRIGHT_TOKEN", token).output().unwrap().status.code()
    };
    assert_eq!(afar(&["shift", "pause", "open"]), Some(0));
    assert_eq!(afar(&["shift", "approve", "image"]), Some(0));
    let id = token.split('_').nth(1).unwrap();
    assert_eq!(afar(&["token", "revoke", id]), Some(0));
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    child.wait().unwrap();
}

#[test]
fn every_effect_and_every_write_has_its_fault_points() {
    let mut reached: BTreeSet<String> = life().points().into_iter().collect();
    reached.extend(crate::hosted::points());
    reached.extend(crate::people::points());
    let mut known = words_of_writes();
    assert!(known.len() >= 15, "{known:?}");
    known.extend(EffectKind::ALL.into_iter().map(|kind| format!("effect/{}", kind.word())));
    let missing: Vec<_> = known.difference(&reached).collect();
    assert!(missing.is_empty(), "never reached in a whole life: {missing:?}");
    let unknown: Vec<_> = reached.difference(&known).collect();
    assert!(unknown.is_empty(), "reached and not known: {unknown:?}");
}

#[test]
fn every_kind_of_effect_is_listed() {
    let source = fs::read_to_string(crates().join("forge/src/effect.rs")).unwrap();
    let (_, body) = source.split_once("pub enum Effect {").unwrap();
    let (body, _) = body.split_once("\n}\n").unwrap();
    let variants = body
        .lines()
        .filter(|line| line.ends_with('{') && line.starts_with("    ") && !line.starts_with("     "));
    assert_eq!(variants.count(), EffectKind::ALL.len());
}

/// What changes the outside or the disk, and the only places where it may be written.
const DOORS: [(&str, &[&str]); 6] = [
    // A frozen copy and the search index are caches, made anew when they are lost; a database that is carried over is
    // new, and thrown away when that breaks off.
    (
        ".commit()",
        &[
            "store/src/writer.rs",
            "store/src/sql/begin.rs",
            "store/src/carry.rs",
            "store/src/copy.rs",
            "store/src/frozen",
            "engine/src/know/ingest.rs",
        ],
    ),
    ("BEGIN IMMEDIATE", &["store/src/sql/begin.rs"]),
    (".perform(&", &["engine/src/drive/advance.rs", "local/src/lib.rs"]),
    (".update_branch(", &["git/src/", "local/src/", "demo/src/"]),
    ("fleetwright_git::push(", &["local/src/"]),
    // `shift try` writes into a repository of its own, which goes with it.
    (
        ".write_objects(",
        &["git/src/", "local/src/", "demo/src/", "engine/src/trial.rs", "engine/src/drive/renewing.rs"],
    ),
];

#[test]
fn nothing_goes_around_the_doors() {
    let mut wrong = Vec::new();
    for (door, places) in DOORS {
        let mut found = 0;
        for (path, code) in sources() {
            let name = path.strip_prefix(crates()).unwrap().to_str().unwrap().to_owned();
            // A rehearsal forge is what is outside, and its people write there as they like.
            let is_outside = name.starts_with("testkit/") || name.starts_with("rehearsal/");
            if !code.contains(door) || is_outside {
                continue;
            }
            found += 1;
            if !places.iter().any(|place| name.starts_with(place)) {
                wrong.push(format!("{name} has `{door}`"));
            }
        }
        assert!(
            found > 0 || door == ".perform(repo",
            "`{door}` is nowhere: the scan looks for the wrong words"
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// Every production source, without its inline tests.
fn sources() -> Vec<(PathBuf, String)> {
    let mut folders = vec![crates()];
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap();
            if path.is_dir() && !["tests", "benches", "examples", "target"].contains(&name) {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]").next().unwrap_or_default().to_owned();
                sources.push((path, code));
            }
        }
    }
    sources
}

fn crates() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}
