//! What cannot be done is refused with its place, and what to do instead.

use crate::imported;

#[test]
fn what_cannot_be_done_is_refused_at_its_place() {
    let head = "name: x\non: [{ repository: github.com/acme/app }]\n";
    let shepherd = "id: x\ntitle: y\nadapter: { type: github, org: acme }\n";
    let table: [(String, usize, &str); 22] = [
        ("a: b\n".to_owned(), 1, ""),
        ("[1]\n".to_owned(), 1, ""),
        ("steps: [{ run: x }]\n".to_owned(), 1, "name"),
        ("name: [a]\nsteps: [{ run: x }]\n".to_owned(), 1, "name"),
        (format!("{head}stepz: []\nsteps: []\n"), 3, "stepz"),
        (format!("{head}steps: { }\n", "{}"), 3, "steps"),
        (format!("{head}steps:\n  - container: a\n"), 4, "steps[0]"),
        (format!("{head}steps:\n  - rum: a\n"), 4, "steps[0].rum"),
        (format!("{head}steps:\n  - text\n"), 4, "steps[0]"),
        (format!("{head}steps:\n  - run: a\n    env: 5\n"), 5, "steps[0].env"),
        (format!("{head}steps:\n  - run: a\n    files: [a]\n"), 5, "steps[0].files"),
        (format!("{head}steps:\n  - run: a\n    outputs: {{ b: {{}} }}\n"), 5, "steps[0].outputs.b"),
        (
            format!("{head}steps:\n  - run: a\n    mount: [{{ path: ../x, mountpoint: /tmp/x }}]\n"),
            5,
            "steps[0].mount[0]",
        ),
        (
            format!("{head}steps:\n  - run: a\n    mount: [{{ path: /x, mountpoint: /tmp/x }}]\n"),
            5,
            "steps[0].mount[0]",
        ),
        (
            "name: x\non:\n  - repository: a/b\n    branch: v2\nsteps: [{ run: x }]\n".to_owned(),
            4,
            "on[0].branch",
        ),
        ("name: x\non:\n  - repositories: a/b\nsteps: [{ run: x }]\n".to_owned(), 3, "on[0].repositories"),
        (
            format!(
                "{head}workspaces: [{{ rootAtLocationOf: a }}, {{ rootAtLocationOf: b }}]\nsteps: [{{ run: x }}]\n"
            ),
            3,
            "workspaces[1]",
        ),
        (
            format!(
                "{head}importChangesets: [{{ repository: a/b, externalIDs: [x] }}]\nsteps: [{{ run: x }}]\n"
            ),
            3,
            "importChangesets[0].externalIDs",
        ),
        (format!("{shepherd}hooks: {{ pr_message: x }}\n"), 4, "hooks.apply"),
        (format!("{shepherd}target: v2\nhooks: {{ apply: x }}\n"), 4, "target"),
        (format!("{shepherd}hooks: {{ applly: x }}\n"), 4, "hooks.applly"),
        (
            "id: x\ntitle: y\nadapter: { type: bitbucket }\nhooks: { apply: x }\n".to_owned(),
            3,
            "adapter.type",
        ),
    ];
    for (text, line, key) in table {
        let error = imported(&text).expect_err(&text);
        assert_eq!((error.line, error.key.as_str()), (line, key), "{text}\n{error}");
        assert!(!error.remedy.is_empty(), "{error}");
    }
}
