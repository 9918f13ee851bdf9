//! Folders that are not what they seem, and ways out of them.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::Case;
use super::world::Expected::{Refused, Right};
use super::world::{World, blob, tree};

/// Moves the repository away, so that something else can take its place.
fn move_away(world: &World) -> std::path::PathBuf {
    let elsewhere = world.outside.join("moved.git");
    fs::rename(&world.bare, &elsewhere).unwrap();
    elsewhere
}

pub(super) const CASES: &[Case] = &[
    ("alternates", Refused("borrows objects"), |world| {
        world.write("objects/info/alternates", format!("{}\n", world.outside.join("objects").display()));
    }),
    ("alternates as a link", Refused("borrows objects"), |world| {
        world.link("objects/info/alternates", &world.outside.join("secret"));
    }),
    ("gitfile", Refused("Not a directory"), |world| {
        let elsewhere = move_away(world);
        fs::write(&world.bare, format!("gitdir: {}\n", elsewhere.display())).unwrap();
    }),
    ("a link to a repository", Refused("not a usable bare git repository"), |world| {
        let elsewhere = move_away(world);
        std::os::unix::fs::symlink(elsewhere, &world.bare).unwrap();
    }),
    ("a working tree", Refused("is missing"), |world| {
        let elsewhere = move_away(world);
        fs::create_dir(&world.bare).unwrap();
        fs::rename(elsewhere, world.bare.join(".git")).unwrap();
    }),
    ("bare and a working tree at once", Refused("working tree"), |world| {
        world.write(".git/HEAD", "ref: refs/heads/main\n")
    }),
    ("commondir", Refused("linked worktree"), |world| world.write("commondir", "../outside\n")),
    ("gitdir", Refused("linked worktree"), |world| world.write("gitdir", "/etc\n")),
    ("objects as a link", Refused("symbolic links"), |world| {
        world.link("objects", &world.outside.join("objects"))
    }),
    ("refs as a link", Refused("symbolic links"), |world| world.link("refs", &world.outside)),
    ("no objects", Refused("objects is missing"), |world| {
        fs::remove_dir_all(world.bare.join("objects")).unwrap()
    }),
    ("an empty folder", Refused("is missing"), |world| {
        move_away(world);
        fs::create_dir(&world.bare).unwrap();
    }),
    ("nothing at all", Refused("No such file"), |world| drop(move_away(world))),
    ("a fifo for a repository", Refused("Not a directory"), |world| {
        move_away(world);
        world.fifo(&world.bare);
    }),
    // The superuser reads it all the same; an error or the right result are both fine, a panic is not.
    ("unreadable folder", Refused(""), |world| {
        fs::set_permissions(world.bare.join("refs"), fs::Permissions::from_mode(0o0)).unwrap();
        fs::write(world.bare.join("HEAD"), "").unwrap();
    }),
    ("a bare repository inside the tree", Right, |world| {
        let head = blob(b"ref: refs/heads/main\n");
        let config = blob(
            format!("[core]\n\tbare = true\n\tfsmonitor = {}\n", world.outside.join("run").display())
                .as_bytes(),
        );
        let keep = tree(&[("100644", b"keep", head.oid)]);
        let inner = tree(&[
            ("100644", b"HEAD", head.oid),
            ("100644", b"config", config.oid),
            ("40000", b"objects", keep.oid),
            ("40000", b"refs", keep.oid),
        ]);
        world.plant(&[("40000", b"inner.git", inner.oid)], &[head, config, keep, inner]);
    }),
    ("the tree itself looks like a bare repository", Right, |world| {
        let head = blob(b"ref: refs/heads/main\n");
        let keep = tree(&[("100644", b"keep", head.oid)]);
        let entries: &[(&str, &[u8], _)] =
            &[("100644", b"HEAD", head.oid), ("40000", b"objects", keep.oid), ("40000", b"refs", keep.oid)];
        world.plant(entries, &[head.clone(), keep.clone()]);
    }),
    ("leftover locks elsewhere", Right, |world| {
        world.write("HEAD.lock", "");
        world.write("refs/heads/other.lock", "");
        world.write("objects/tmp_obj_x", "junk");
    }),
];
