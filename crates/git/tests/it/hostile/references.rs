//! `HEAD`, branches and `packed-refs` that say odd things.

use std::fs;
use std::path::Path;

use fleetwright_git::{Kind, Object, Repository};

use super::Case;
use super::world::Expected::{Refused, Right};
use super::world::{World, blob};

fn point_main_at(world: &World, object: &Object) {
    let repository = Repository::open(&world.bare).unwrap();
    repository.write_objects(std::slice::from_ref(object)).unwrap();
    world.write("refs/heads/main", format!("{}\n", object.oid));
}

pub(super) const CASES: &[Case] = &[
    ("HEAD out of the repository", Refused("does not name a branch"), |world| {
        world.write("HEAD", "ref: ../../outside/secret\n")
    }),
    ("HEAD out through refs/heads", Refused("not a branch name"), |world| {
        world.write("HEAD", "ref: refs/heads/../../../outside/secret\n");
    }),
    ("HEAD with an absolute path", Refused("HEAD"), |world| world.write("HEAD", "ref: /etc/passwd\n")),
    ("HEAD as a link", Refused("HEAD"), |world| world.link("HEAD", &world.outside.join("secret"))),
    ("HEAD as an old-style link", Refused("HEAD"), |world| world.link("HEAD", Path::new("refs/heads/main"))),
    ("HEAD as a fifo", Refused("not a regular file"), |world| {
        fs::remove_file(world.bare.join("HEAD")).unwrap();
        world.fifo(&world.bare.join("HEAD"));
    }),
    ("HEAD as a folder", Refused("not a regular file"), |world| {
        fs::remove_file(world.bare.join("HEAD")).unwrap();
        world.write("HEAD/x", "");
    }),
    ("HEAD detached", Refused("detached"), |world| world.write("HEAD", format!("{}\n", world.tip()))),
    ("HEAD at a tag", Refused("does not name a branch"), |world| {
        world.write("refs/tags/v1", format!("{}\n", world.tip()));
        world.write("HEAD", "ref: refs/tags/v1\n");
    }),
    ("HEAD at HEAD", Refused("does not name a branch"), |world| world.write("HEAD", "ref: HEAD\n")),
    ("HEAD empty", Refused("detached"), |world| world.write("HEAD", "")),
    ("HEAD missing", Refused("HEAD"), |world| fs::remove_file(world.bare.join("HEAD")).unwrap()),
    ("HEAD not UTF-8", Refused("UTF-8"), |world| world.write("HEAD", b"ref: refs/heads/\xff\xfe\n")),
    ("HEAD with control characters", Refused("not a branch name"), |world| {
        world.write("HEAD", "ref: refs/heads/a\rb\n")
    }),
    ("HEAD huge", Refused("larger than"), |world| world.write("HEAD", vec![b'r'; 10 << 20])),
    ("HEAD at a branch not born", Right, |world| world.write("HEAD", "ref: refs/heads/unborn\n")),
    ("branch as a link to a secret", Refused("refs/heads/main"), |world| {
        world.link("refs/heads/main", &world.outside.join("secret"));
    }),
    ("branch as a fifo", Refused("not a regular file"), |world| {
        fs::remove_file(world.bare.join("refs/heads/main")).unwrap();
        world.fifo(&world.bare.join("refs/heads/main"));
    }),
    ("refs/heads as a link", Refused("symbolic links"), |world| world.link("refs/heads", &world.outside)),
    ("branch with garbage", Refused("does not hold an object name"), |world| {
        world.write("refs/heads/main", "zzzz\n")
    }),
    ("branch empty after a power cut", Refused("does not hold an object name"), |world| {
        world.write("refs/heads/main", "")
    }),
    ("branch that names itself", Refused("does not hold an object name"), |world| {
        world.write("refs/heads/main", "ref: refs/heads/main\n");
    }),
    ("branches that name each other", Refused("does not hold an object name"), |world| {
        world.write("refs/heads/main", "ref: refs/heads/other\n");
        world.write("refs/heads/other", "ref: refs/heads/main\n");
    }),
    ("branch named a..b", Refused("not a branch name"), |world| {
        world.write("refs/heads/a..b", format!("{}\n", world.tip()))
    }),
    ("branch named -x", Refused("dash"), |world| world.write("refs/heads/-x", format!("{}\n", world.tip()))),
    ("branch with a newline", Refused("not a branch name"), |world| {
        world.write("refs/heads/a\nb", format!("{}\n", world.tip()));
    }),
    ("branch of nested folders", Refused("folders of branches"), |world| {
        fs::create_dir_all(world.bare.join("refs/heads").join("d/".repeat(500))).unwrap();
    }),
    ("branch that is a folder", Right, |world| {
        fs::remove_file(world.bare.join("refs/heads/main")).unwrap();
        fs::create_dir(world.bare.join("refs/heads/main")).unwrap();
    }),
    ("branch at nothing", Refused("is missing"), |world| world.write("refs/heads/main", "1".repeat(40))),
    ("branch at a blob", Refused("is a blob, not a commit"), |world| point_main_at(world, &blob(b"x"))),
    ("branch at a tag", Refused("is a tag, not a commit"), |world| {
        let text =
            format!("object {}\ntype commit\ntag v1\ntagger A <a@example.com> 1 +0000\n\nx\n", world.tip());
        point_main_at(world, &Object::new(Kind::Tag, text.into_bytes()).unwrap());
    }),
    ("packed-refs garbage", Refused("packed-refs"), |world| {
        world.write("packed-refs", b"\x00\xff garbage\n more\n")
    }),
    ("packed-refs as a link", Refused("packed-refs"), |world| {
        world.link("packed-refs", &world.outside.join("secret"))
    }),
    ("packed-refs with a path out", Right, |world| {
        world.write("packed-refs", format!("{} ../../outside/secret\n", world.tip()));
    }),
    ("packed-refs with an odd branch", Refused("not a branch name"), |world| {
        world.write("packed-refs", format!("{} refs/heads/../../x\n", world.tip()));
    }),
    ("shallow garbage", Right, |world| world.write("shallow", "not a name\n")),
];
