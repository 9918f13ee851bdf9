//! Trees with names, modes, links and sizes that mean harm.

use fleetwright_core::Oid;
use fleetwright_git::Object;

use super::Case;
use super::world::Expected::{Refused, Right};
use super::world::{World, blob, tree};

/// One file of this name.
fn named(world: &World, name: &[u8]) {
    let file = blob(b"x");
    world.plant(&[("100644", name, file.oid)], &[file]);
}

/// One folder of this name with a `config` in it.
fn folder_named(world: &World, name: &[u8]) {
    let file = blob(b"[core]\n\tfsmonitor = evil\n");
    let folder = tree(&[("100644", b"config", file.oid)]);
    world.plant(&[("40000", name, folder.oid)], &[file, folder]);
}

fn of_mode(world: &World, mode: &str) {
    let file = blob(b"x");
    world.plant(&[(mode, b"f", file.oid)], &[file]);
}

fn link(world: &World, name: &[u8], target: &[u8]) {
    let target = blob(target);
    world.plant(&[("120000", name, target.oid)], &[target]);
}

/// `levels` trees, each with `width` entries that are all the level below; the lowest holds `lowest`.
fn nested(world: &World, levels: usize, names: &[&[u8]], lowest: &[Object]) {
    let entries: Vec<(&str, &[u8], Oid)> =
        lowest.iter().map(|file| ("100644", b"f".as_slice(), file.oid)).collect();
    let mut level = tree(&entries);
    let mut objects = lowest.to_vec();
    for _ in 0..levels {
        let below = level.oid;
        objects.push(level);
        let entries: Vec<(&str, &[u8], Oid)> = names.iter().map(|name| ("40000", *name, below)).collect();
        level = tree(&entries);
    }
    let root = level.oid;
    objects.push(level);
    world.commit(&objects, root);
}

/// A folder of `count` files.
fn many(world: &World, count: usize) {
    let file = blob(b"x");
    let names: Vec<String> = (0..count).map(|at| format!("f{at:07}")).collect();
    let entries: Vec<(&str, &[u8], Oid)> =
        names.iter().map(|name| ("100644", name.as_bytes(), file.oid)).collect();
    world.plant(&entries, &[file]);
}

fn submodule(world: &World, gitmodules: &str) {
    let gitmodules = blob(gitmodules.as_bytes());
    let commit = world.tip();
    world.plant(&[("100644", b".gitmodules", gitmodules.oid), ("160000", b"sub", commit)], &[gitmodules]);
}

pub(super) const CASES: &[Case] = &[
    (".git", Refused("spelling of `.git`"), |world| folder_named(world, b".git")),
    (".GIT", Refused("spelling of `.git`"), |world| folder_named(world, b".GIT")),
    (".gIt as a file", Refused("spelling of `.git`"), |world| named(world, b".gIt")),
    (".git with a zero-width character", Refused("spelling of `.git`"), |world| {
        folder_named(world, ".g\u{200c}it".as_bytes())
    }),
    (".git with a byte order mark", Refused("spelling of `.git`"), |world| {
        folder_named(world, "\u{feff}.git".as_bytes())
    }),
    ("git~1", Refused("spelling of `.git`"), |world| folder_named(world, b"git~1")),
    ("GIT~1", Refused("spelling of `.git`"), |world| folder_named(world, b"GIT~1")),
    (".git with a trailing space", Refused("spelling of `.git`"), |world| folder_named(world, b".git ")),
    (".git with a trailing dot", Refused("spelling of `.git`"), |world| folder_named(world, b".git.")),
    (".git::$INDEX_ALLOCATION", Refused("spelling of `.git`"), |world| {
        folder_named(world, b".git::$INDEX_ALLOCATION")
    }),
    (".git deep inside", Refused("spelling of `.git`"), |world| nested(world, 3, &[b".git"], &[blob(b"x")])),
    ("..", Refused("component"), |world| folder_named(world, b"..")),
    ("a dot", Refused("component"), |world| folder_named(world, b".")),
    ("an empty name", Refused("empty component"), |world| named(world, b"")),
    ("a slash", Refused("slash"), |world| named(world, b"a/b")),
    ("an absolute path", Refused("slash"), |world| named(world, b"/etc/passwd")),
    ("a path out", Refused("slash"), |world| named(world, b"../outside/secret")),
    ("a backslash", Refused("backslash"), |world| named(world, b"..\\outside\\secret")),
    ("the same name twice", Refused("same name"), |world| {
        let file = blob(b"x");
        world.plant(&[("100644", b"f", file.oid), ("100644", b"f", file.oid)], &[file]);
    }),
    ("a file and a folder of one name", Refused("same name"), |world| {
        let file = blob(b"x");
        let folder = tree(&[("100644", b"f", file.oid)]);
        world.plant(
            &[("100644", b"n", file.oid), ("100644", b"n.x", file.oid), ("40000", b"n", folder.oid)],
            &[file.clone(), folder.clone()],
        );
    }),
    ("a link and a folder to write through it", Refused("same name"), |world| {
        let target = blob(world.outside.as_os_str().as_encoded_bytes());
        let file = blob(b"written through");
        let folder = tree(&[("100644", b"secret", file.oid)]);
        world.plant(&[("120000", b"d", target.oid), ("40000", b"d", folder.oid)], &[target, file, folder]);
    }),
    ("a link and a folder, the folder first", Refused("not sorted"), |world| {
        let target = blob(world.outside.as_os_str().as_encoded_bytes());
        let folder = tree(&[("100644", b"secret", target.oid)]);
        world.plant(&[("40000", b"D", folder.oid), ("120000", b"C", target.oid)], &[target, folder]);
    }),
    ("unsorted", Refused("not sorted"), |world| {
        let file = blob(b"x");
        world.plant(&[("100644", b"b", file.oid), ("100644", b"a", file.oid)], &[file]);
    }),
    ("a setuid file", Refused("mode"), |world| of_mode(world, "104755")),
    ("a device", Refused("mode"), |world| of_mode(world, "60000")),
    ("mode 0", Refused("mode"), |world| of_mode(world, "0")),
    ("a mode of letters", Refused("malformed"), |world| of_mode(world, "10o644")),
    ("a mode too long", Refused("malformed"), |world| of_mode(world, "100000000000644")),
    ("a truncated tree", Refused("malformed"), |world| {
        let object = Object::new(fleetwright_git::Kind::Tree, b"100644 f\0short".to_vec()).unwrap();
        let oid = object.oid;
        world.commit(&[object], oid);
    }),
    ("an old-style group-writable file", Right, |world| of_mode(world, "100664")),
    (".gitmodules as a link", Refused("symbolic link"), |world| link(world, b".gitmodules", b"/etc/passwd")),
    (".GitModules as a link", Refused("symbolic link"), |world| link(world, b".GitModules", b"x")),
    ("gitmod~1 as a link", Refused("symbolic link"), |world| link(world, b"gitmod~1", b"x")),
    ("a link to a secret", Right, |world| {
        link(world, b"l", world.outside.join("secret").as_os_str().as_encoded_bytes())
    }),
    ("a link up and out", Right, |world| link(world, b"l", b"../outside/secret")),
    ("a link to a fifo", Right, |world| {
        link(world, b"l", world.outside.join("fifo").as_os_str().as_encoded_bytes())
    }),
    ("a link to itself", Right, |world| link(world, b"l", b"l")),
    ("a link named .gitignore", Right, |world| {
        link(world, b".gitignore", world.outside.join("fifo").as_os_str().as_encoded_bytes());
    }),
    ("a link to nothing", Refused("empty"), |world| link(world, b"l", b"")),
    ("a link with a NUL", Refused("NUL"), |world| link(world, b"l", b"a\0b")),
    ("a link of 5,000 bytes", Refused("more than the 4095 allowed"), |world| {
        link(world, b"l", &[b'a'; 5000])
    }),
    ("submodule from a program", Right, |world| {
        submodule(world, "[submodule \"sub\"]\n\tpath = sub\n\turl = ext::sh -c id\n\tupdate = !id\n");
    }),
    ("submodule that is an option", Right, |world| {
        submodule(world, "[submodule \"sub\"]\n\tpath = -u./x\n\turl = --upload-pack=x\n")
    }),
    ("submodule with a path out", Right, |world| {
        submodule(world, "[submodule \"../../outside\"]\n\tpath = ../outside\n\turl = /\n")
    }),
    ("submodule with a carriage return", Right, |world| {
        submodule(world, "[submodule \"sub\"]\n\tpath = \"sub\r\"\n\turl = x\n")
    }),
    (".gitmodules of garbage", Right, |world| submodule(world, "[[[\0")),
    ("300 levels", Refused("levels"), |world| nested(world, 300, &[b"d"], &[blob(b"x")])),
    ("a path of 20,000 bytes", Refused("path"), |world| nested(world, 100, &[&[b'n'; 200]], &[blob(b"x")])),
    ("a name of 300 bytes", Refused("File name too long"), |world| named(world, &[b'n'; 300])),
    ("2^40 files out of 40 trees", Refused("entries in the tree"), |world| {
        nested(world, 40, &[b"a", b"b"], &[blob(b"x")])
    }),
    ("2^40 folders without a file", Refused("entries in the tree"), |world| {
        nested(world, 40, &[b"a", b"b"], &[])
    }),
    ("10^30 files", Refused("entries in the tree"), |world| {
        nested(world, 30, &[b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9"], &[blob(b"x")]);
    }),
    ("210,000 files", Refused("entries in the tree"), |world| many(world, 210_000)),
    ("control characters in names", Right, |world| named(world, b"a\x1b[31m\r\n\tb\x7f")),
    ("a name that is not UTF-8", Right, |world| named(world, b"\xff\xfe")),
    ("Windows' device names", Right, |world| named(world, b"aux")),
    ("an option for a name", Right, |world| named(world, b"--exec=sh")),
    ("ignore rules that take for ever", Right, |world| {
        let rules = blob(format!("{}b\n{}\n", "*a".repeat(60), "**/".repeat(500)).as_bytes());
        let name = [b'a'; 250];
        let file = blob(b"x");
        world.plant(&[("100644", b".gitignore", rules.oid), ("100644", &name, file.oid)], &[rules, file]);
    }),
];
