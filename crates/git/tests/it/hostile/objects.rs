//! Objects and packs that are broken or lie.

use std::fs;

use fleetwright_core::Oid;
use fleetwright_git::{Kind, Object, Repository};

use super::Case;
use super::world::Expected::{Refused, Right};
use super::world::{World, blob, tree};
use crate::support::{git, git_with};

/// Spoils the loose object of the tip's tree, or of one of its files.
fn spoil(world: &World, at: &str, content: &[u8]) {
    let repository = Repository::open(&world.bare).unwrap();
    let tree = repository.tree_of(world.tip()).unwrap();
    let oid = match at {
        "tree" => tree,
        "commit" => world.tip(),
        path => repository.find(tree, &crate::support::path(path)).unwrap().unwrap().oid,
    };
    let file = world.loose(oid);
    fs::remove_file(world.bare.join(&file)).unwrap();
    if content == b"fifo" {
        return world.fifo(&world.bare.join(file));
    }
    if !content.is_empty() {
        world.write(&file, content);
    }
}

/// Bytes as a zlib stream; stored, not compressed, it needs no encoder: header, one block, Adler-32.
fn zlib(plain: &[u8]) -> Vec<u8> {
    let length = u16::try_from(plain.len()).unwrap();
    let mut stream = vec![0x78, 0x01, 0x01];
    stream.extend_from_slice(&length.to_le_bytes());
    stream.extend_from_slice(&(!length).to_le_bytes());
    stream.extend_from_slice(plain);
    let (mut a, mut b) = (1u32, 0u32);
    for byte in plain {
        a = (a + u32::from(*byte)) % 65521;
        b = (b + a) % 65521;
    }
    stream.extend_from_slice(&(b << 16 | a).to_be_bytes());
    stream
}

/// Packs everything and lets `spoil` change the bytes of the pack or of its index.
fn spoil_pack(world: &World, extension: &str, spoil: impl Fn(&mut Vec<u8>)) {
    git(&world.bare, &["repack", "-a", "-d", "-q"]);
    git(&world.bare, &["prune-packed"]);
    for entry in fs::read_dir(world.bare.join("objects/pack")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|found| found == extension) {
            let mut bytes = fs::read(&path).unwrap();
            spoil(&mut bytes);
            fs::remove_file(&path).unwrap();
            fs::write(&path, bytes).unwrap();
        }
    }
}

fn commit_of(world: &World, text: &str) {
    let object = Object::new(Kind::Commit, text.as_bytes().to_vec()).unwrap();
    let repository = Repository::open(&world.bare).unwrap();
    repository.write_objects(std::slice::from_ref(&object)).unwrap();
    world.write("refs/heads/main", object.oid.to_string());
}

pub(super) const CASES: &[Case] = &[
    ("a header of 10 GB", Refused("more than the 536870912 allowed"), |world| {
        let lie = zlib(b"blob 10000000000\0x");
        spoil(world, "README", &lie);
    }),
    ("a header of 100 MB", Refused("cannot be"), |world| {
        let lie = zlib(b"blob 100000000\0x");
        spoil(world, "README", &lie);
    }),
    ("a header without a size", Refused("no valid header"), |world| {
        let lie = zlib(b"blob \0x");
        spoil(world, "README", &lie);
    }),
    ("a header of an unknown kind", Refused("no valid header"), |world| {
        let lie = zlib(b"blub 1\0x");
        spoil(world, "README", &lie);
    }),
    ("a size too small", Refused("corrupt"), |world| {
        let lie = zlib(b"blob 1\0hello\n");
        spoil(world, "README", &lie);
    }),
    ("another blob's content", Refused("hashes to"), |world| {
        let other = zlib(b"blob 6\0jello\n");
        spoil(world, "README", &other);
    }),
    ("a blob where a tree is", Refused("corrupt"), |world| {
        let other = zlib(b"blob 0\0");
        spoil(world, "tree", &other);
    }),
    ("not a zlib stream", Refused("not a zlib stream"), |world| spoil(world, "src/a", b"garbage")),
    ("a truncated stream", Refused("corrupt"), |world| {
        let whole = zlib(b"blob 6\0hello\n");
        spoil(world, "README", &whole[..10]);
    }),
    ("an empty object file", Refused("corrupt"), |world| {
        spoil(world, "commit", b"x");
        let tip = fs::read_to_string(world.bare.join("refs/heads/main")).unwrap().trim().parse().unwrap();
        world.write(&world.loose(tip), "");
    }),
    ("a missing blob", Refused("missing"), |world| spoil(world, "src/b", b"")),
    ("a missing tree", Refused("missing"), |world| spoil(world, "tree", b"")),
    ("an object as a fifo", Refused("not a regular file"), |world| spoil(world, "README", b"fifo")),
    ("an object as a link", Refused("symbolic links"), |world| {
        let oid = blob(b"hello\n").oid;
        world.link(&world.loose(oid), &world.outside.join("secret"));
    }),
    ("a folder of objects as a link", Refused("symbolic links"), |world| {
        let folder = world.loose(blob(b"hello\n").oid);
        world.link(&folder[.."objects/ab".len()], &world.outside.join("objects"));
    }),
    ("the folder a new object goes to as a link", Refused("symbolic links"), |world| {
        let folder = world.loose(blob(b"new\n").oid);
        world.link(&folder[.."objects/ab".len()], &world.outside.join("objects"));
    }),
    ("a truncated pack", Refused("corrupt"), |world| {
        spoil_pack(world, "pack", |bytes| bytes.truncate(bytes.len() / 3))
    }),
    ("a pack of zeros", Refused(""), |world| spoil_pack(world, "pack", |bytes| bytes[12..].fill(0))),
    ("an empty pack", Refused(""), |world| spoil_pack(world, "pack", Vec::clear)),
    ("a truncated index", Refused(""), |world| spoil_pack(world, "idx", |bytes| bytes.truncate(1000))),
    ("an index of zeros", Refused(""), |world| spoil_pack(world, "idx", |bytes| bytes[8..].fill(0))),
    ("an index with offsets out of the pack", Refused("corrupt"), |world| {
        spoil_pack(world, "idx", |bytes| {
            let objects = u32::from_be_bytes(bytes[1028..1032].try_into().unwrap()) as usize;
            bytes[1032 + objects * 24..1032 + objects * 28].fill(0x7f);
        });
    }),
    ("an index with a wild fanout", Refused(""), |world| {
        spoil_pack(world, "idx", |bytes| bytes[8..1032].fill(0xff))
    }),
    ("a pack as a link", Refused("plain files"), |world| {
        world.link("objects/pack/pack-1.idx", &world.outside.join("secret"));
        spoil(world, "src/a", b"");
    }),
    ("a pack as a fifo", Refused("plain files"), |world| {
        world.fifo(&world.bare.join("objects/pack/pack-1.pack"));
        spoil(world, "src/a", b"");
    }),
    ("a commit without a tree", Refused("corrupt"), |world| {
        commit_of(world, "author A <a@b> 1 +0000\n\nx\n")
    }),
    ("a commit of garbage", Refused("corrupt"), |world| commit_of(world, "\0\u{1}\n\n")),
    ("a commit whose tree is a blob", Refused("is a blob, not a tree"), |world| {
        let object = blob(b"x");
        Repository::open(&world.bare).unwrap().write_objects(std::slice::from_ref(&object)).unwrap();
        commit_of(
            world,
            &format!("tree {}\nauthor A <a@b> 1 +0000\ncommitter A <a@b> 1 +0000\n\nx\n", object.oid),
        );
    }),
    ("a commit whose parent is missing", Right, |world| {
        let tree = Repository::open(&world.bare).unwrap().tree_of(world.tip()).unwrap();
        let parent = "1".repeat(40);
        let who = "A <a@b> 1 +0000";
        commit_of(world, &format!("tree {tree}\nparent {parent}\nauthor {who}\ncommitter {who}\n\nx\n"));
    }),
    ("a file whose object is a tree", Refused("is a tree, not a blob"), |world| {
        let empty = tree(&[]);
        world.plant(&[("100644", b"f", empty.oid)], &[empty]);
    }),
    ("a folder whose object is a blob", Refused("is a blob, not a tree"), |world| {
        let file = blob(b"x");
        world.plant(&[("40000", b"d", file.oid)], &[file]);
    }),
    ("replace references", Right, |world| {
        let evil =
            String::from_utf8(git_with(&world.bare, &["hash-object", "-w", "--stdin"], b"evil")).unwrap();
        let good = blob(b"hello\n").oid;
        world.write(&format!("refs/replace/{good}"), evil);
        let repository = Repository::open(&world.bare).unwrap();
        assert_eq!(repository.blob(good, 10).unwrap(), b"hello\n");
        assert_ne!(good, Oid::ZERO);
    }),
];
