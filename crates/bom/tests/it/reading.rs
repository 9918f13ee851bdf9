//! What a file must hold; every message is whole here, as a person reads it.

use crate::{SPEC, try_bom, with};

fn refused(text: &str) -> String {
    match try_bom(text) {
        Ok(_) => panic!("it was taken:\n{text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn the_head_is_that_of_a_bom() {
    let good = with(SPEC);
    let table = [
        (
            "kind: Bom",
            "kind: Shift",
            "b.yaml:2:1: kind: this is a `Shift`, not a Bom\n  try: write `kind: Bom`",
        ),
        (
            "fleetwright/v1",
            "v2",
            "b.yaml:1:1: apiVersion: `v2` is not a version this program reads\n  try: write `apiVersion: fleetwright/v1`",
        ),
        (
            "name: jvm",
            "name: Jvm",
            "b.yaml:3:13: metadata.name: `Jvm` is not a DNS label of at most 49 characters\n  try: use 1 to 49 of a-z, \
             0-9 and -, starting and ending with a letter or digit",
        ),
        (
            "name: jvm",
            "nam: jvm",
            "b.yaml:3:13: metadata.nam: unknown key `nam`\n  try: did you mean `name`?",
        ),
        (
            "{ name: jvm }",
            "[jvm]",
            "b.yaml:3:1: metadata: a mapping belongs here, not a list\n  try: write `key: value` pairs",
        ),
    ];
    for (from, to, message) in table {
        assert_eq!(refused(&good.replace(from, to)), message);
    }
}

#[test]
fn what_cannot_work_is_refused_at_its_place() {
    let table = [
        (
            "channels: { stable: \"2\", candidate: \"3\" }",
            "channels: { stable: \"2\", beta: \"3\" }",
            "b.yaml:5:28: spec.channels.beta: unknown key `beta`\n  try: known here: stable, candidate",
        ),
        (
            "stable: \"2\"",
            "stable: \"4\"",
            "b.yaml:5:15: spec.channels.stable: no release is `4`\n  try: did you mean `1`?",
        ),
        (
            "stable: \"2\"",
            "stable: 2",
            "b.yaml:5:15: spec.channels.stable: a text belongs here, not 2\n  try: write it in quotes",
        ),
        (
            "  channels: { stable: \"2\", candidate: \"3\" }\n",
            "",
            "b.yaml:4:1: spec: the key `channels` is missing\n  try: add it",
        ),
        (
            "version: \"1\"",
            "version: \"2\"",
            "b.yaml:9:9: spec.releases[1].version: another release is `2`, too\n  try: give each release its own version",
        ),
        (
            "7d",
            "soon",
            "b.yaml:6:3: spec.minimumAge: `soon` is not a length of time\n  try: write it like `7d` or `12h`, at most 36500",
        ),
        (
            "released: 2026-10-01",
            "released: 2026-13-01",
            "b.yaml:9:23: spec.releases[1].released: `2026-13-01` is no day and no instant\n  try: write `2026-10-02`, \
             or `2026-10-02T09:00:00Z`",
        ),
    ];
    each(&table);
    let none = with("  channels: { stable: \"1\" }\n  releases: []\n");
    assert_eq!(refused(&none), "b.yaml:6:3: spec.releases: there is no release\n  try: add one");
}

#[test]
fn a_package_needs_a_name_and_a_version_with_an_order() {
    let table = [
        (
            "\"maven:g:a\": \"1.0\"",
            "\"npm:a\": \"one\"",
            "b.yaml:9:57: spec.releases[1].packages.npm:a: `one` is no version of npm with an order\n  try: write an exact \
             version, such as \"2.17.1\"",
        ),
        (
            "\"maven:g:a\": \"1.0\"",
            "\"maven:org.x:a\": 1.0",
            "b.yaml:9:57: spec.releases[1].packages.maven:org.x:a: a text belongs here, not 1.0\n  try: write it in quotes",
        ),
        (
            "\"maven:g:a\": \"1.0\"",
            "\"pypi:A_b\": \"1\", \"pypi:a-b\": \"1\"",
            "b.yaml:9:74: spec.releases[1].packages.pypi:a-b: pypi:a-b is there twice, written in two ways\n  try: keep \
             one of them",
        ),
        (
            "\"maven:g:a\": \"1.0\"",
            "\"maven:g:a\": \"1.0\", \"maven:g:a\": \"1.1\"",
            "b.yaml:9:77: the key `maven:g:a` is there twice\n  try: keep one of them",
        ),
        (
            "\"maven:g:a\": \"1.0\"",
            "log4j: \"1.0\"",
            "b.yaml:9:57: spec.releases[1].packages.log4j: `log4j` names no ecosystem: write it like \
             `maven:org.slf4j:slf4j-api` or `npm:react`\n  try: see \"Packages, versions, ranges\" in docs/dependencies.md",
        ),
        (
            "{ \"maven:g:a\": \"1.0\" }",
            "{}",
            "b.yaml:9:45: spec.releases[1].packages: a release without packages says nothing\n  try: add a package",
        ),
    ];
    each(&table);
}

/// Each text in the place of another one is refused with this message.
fn each(table: &[(&str, &str, &str)]) {
    for (from, to, message) in table {
        let text = with(SPEC).replacen(from, to, 1);
        assert_ne!(text, with(SPEC), "{from}");
        assert_eq!(refused(&text), *message);
    }
}

#[test]
fn an_override_needs_a_reason_and_an_end() {
    let good = "package: 'npm:b', in: acme/shop, version: '1.0.0', reason: waits, until: 2026-12-31";
    let table = [
        (", reason: waits", "", "spec.overrides[0]: the key `reason` is missing\n  try: add it"),
        (
            "reason: waits",
            "reason: ' '",
            "spec.overrides[0].reason: an override without a reason is never cleared up\n  try: write what it waits for",
        ),
        (", until: 2026-12-31", "", "spec.overrides[0]: the key `until` is missing\n  try: add it"),
        (
            "2026-12-31",
            "tomorrow",
            "spec.overrides[0].until: `tomorrow` is no day and no instant\n  try: write `2026-10-02`, or \
             `2026-10-02T09:00:00Z`",
        ),
        (
            "2026-12-31",
            "2026-12-31 10:00",
            "spec.overrides[0].until: `2026-12-31 10:00` is no day and no instant\n  try: write `2026-10-02`, or \
             `2026-10-02T09:00:00Z`",
        ),
        (
            "'npm:b'",
            "'npm:d'",
            "spec.overrides[0].package: no release names npm:d\n  try: remove the override, or name the package",
        ),
        (
            "acme/shop",
            "'acme/[ab]'",
            "spec.overrides[0].in: `acme/[ab]` is no repository and no component: only `*` and `**` have a meaning \
             here\n  try: write `acme/shop`, `acme/*` or `component:default/shop`",
        ),
        (
            "'1.0.0'",
            "'newest'",
            "spec.overrides[0].version: `newest` is no range of versions of npm: it is not written as the ecosystem \
             writes ranges; a question is written like `<2.17.1` or `>=1, <2`\n  try: a version alone means that one \
             or newer",
        ),
        (
            "reason: waits",
            "why: waits",
            "spec.overrides[0].why: unknown key `why`\n  try: known here: package, in, version, reason, until",
        ),
    ];
    let text = |row: &str| with(&format!("{SPEC}  overrides:\n    - {{ {row} }}\n"));
    assert!(try_bom(&text(good)).is_ok());
    for (from, to, message) in table {
        let told = refused(&text(&good.replace(from, to)));
        let (place, rest) = told.split_once(": ").unwrap();
        assert!(place.starts_with("b.yaml:12:"), "{told}");
        assert_eq!(rest, message);
    }
    let twice = with(&format!("{SPEC}  overrides:\n    - {{ {good} }}\n    - {{ {good} }}\n"));
    assert_eq!(
        refused(&twice),
        "b.yaml:13:27: spec.overrides[1].in: line 12 overrides npm:b there, too\n  try: keep one of them"
    );
}
