//! Keys of `config` that make git run, read or reach something.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use super::Case;
use super::world::Expected::{Refused, Right};
use super::world::{World, blob};

fn attributes(world: &World, rule: &str) {
    let attributes = blob(format!("* {rule}\n").as_bytes());
    let file = blob(b"text\n");
    world.plant(
        &[("100644", b".gitattributes", attributes.oid), ("100644", b"f", file.oid)],
        &[attributes, file],
    );
}

pub(super) const CASES: &[Case] = &[
    ("core.fsmonitor", Right, |world| world.add_config("[core]\n\tfsmonitor = RUN")),
    ("core.hooksPath", Right, |world| world.add_config("[core]\n\thooksPath = OUTSIDE")),
    ("core.sshCommand", Right, |world| world.add_config("[core]\n\tsshCommand = RUN\n\tgitProxy = RUN")),
    ("core.pager, core.editor", Right, |world| {
        world.add_config("[core]\n\tpager = RUN\n\teditor = RUN\n\taskPass = RUN")
    }),
    ("core.attributesFile", Right, |world| {
        world.add_config("[core]\n\tattributesFile = OUTSIDE/fifo\n\texcludesFile = OUTSIDE/fifo");
    }),
    ("core.alternateRefsCommand", Right, |world| world.add_config("[core]\n\talternateRefsCommand = RUN")),
    ("filter driver", Right, |world| {
        attributes(world, "filter=evil");
        world.add_config(
            "[filter \"evil\"]\n\tsmudge = RUN\n\tclean = RUN\n\tprocess = RUN\n\trequired = true",
        );
    }),
    ("lfs filter", Right, |world| attributes(world, "filter=lfs diff=lfs merge=lfs -text")),
    ("line end conversion", Right, |world| {
        attributes(world, "text eol=crlf working-tree-encoding=UTF-16 ident")
    }),
    ("diff driver", Right, |world| {
        attributes(world, "diff=evil");
        world.add_config("[diff \"evil\"]\n\tcommand = RUN\n\ttextconv = RUN\n[diff]\n\texternal = RUN");
    }),
    ("merge driver", Right, |world| {
        attributes(world, "merge=evil");
        world.add_config("[merge \"evil\"]\n\tdriver = RUN %O %A %B\n[merge]\n\tdefault = evil");
    }),
    ("credential helper", Right, |world| world.add_config("[credential]\n\thelper = !RUN")),
    ("include", Right, |world| {
        fs::write(world.outside.join("config"), "[core]\n\tworktree = /\n").unwrap();
        world.add_config("[include]\n\tpath = OUTSIDE/config\n[include]\n\tpath = OUTSIDE/fifo");
    }),
    ("includeIf", Right, |world| world.add_config("[includeIf \"gitdir:/**\"]\n\tpath = OUTSIDE/fifo")),
    ("remote helper", Right, |world| {
        world.add_config("[remote \"origin\"]\n\turl = ext::RUN\n\tuploadpack = RUN\n[url \"ext::RUN\"]\n\tinsteadOf = https://");
    }),
    ("packObjectsHook", Right, |world| world.add_config("[uploadpack]\n\tpackObjectsHook = RUN")),
    ("gpg.program", Right, |world| world.add_config("[gpg]\n\tprogram = RUN\n[commit]\n\tgpgsign = true")),
    ("alias", Right, |world| world.add_config("[alias]\n\tls-tree = !RUN")),
    ("hooks", Right, |world| {
        for hook in [
            "post-receive",
            "pre-receive",
            "update",
            "post-update",
            "reference-transaction",
            "post-index-change",
        ] {
            let program = fs::read(world.outside.join("run")).unwrap();
            world.write(&format!("hooks/{hook}"), program);
            let path = world.bare.join("hooks").join(hook);
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }),
    ("core.worktree", Refused("names a worktree"), |world| world.add_config("[core]\n\tworktree = OUTSIDE")),
    ("core.bare = false", Refused("core.bare"), |world| world.add_config("[core]\n\tbare = false")),
    ("SHA-256", Refused("sha256"), |world| world.add_config("[extensions]\n\tobjectFormat = sha256")),
    ("reftable", Refused("reftable"), |world| world.add_config("[extensions]\n\trefStorage = reftable")),
    ("format 99", Refused("repositoryformatversion"), |world| {
        world.add_config("[core]\n\trepositoryformatversion = 99")
    }),
    ("garbage config", Refused("cannot be parsed"), |world| {
        world.write("config", "[core\nbare = true \u{0} [[[")
    }),
    ("huge config", Refused("larger than"), |world| world.add_config(&"# padding\n".repeat(200_000))),
    ("config as a link", Refused("config"), |world| world.link("config", &world.outside.join("secret"))),
    ("config as a fifo", Refused("not a regular file"), |world| {
        fs::remove_file(world.bare.join("config")).unwrap();
        world.fifo(&world.bare.join("config"));
    }),
    ("no config", Refused("config is missing"), |world| fs::remove_file(world.bare.join("config")).unwrap()),
];
