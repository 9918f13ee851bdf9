//! Bad input: every message is whole here, as a person reads it.

use crate::world::World;

/// What `shift validate` says of a file with this `spec`, whose first line is line 5.
fn refused(spec: &str) -> String {
    let world = World::bare();
    world.write(
        "s.yaml",
        format!("apiVersion: fleetwright/v1\nkind: Shift\nmetadata: {{ name: tidy }}\nspec:\n{spec}\n"),
    );
    let output = world.run(&["shift", "validate", "s.yaml"]).ends(2);
    assert_eq!(output.stdout, "");
    output.stderr
}

fn each(table: &[(&str, &str)]) {
    for (spec, message) in table {
        assert_eq!(refused(spec), format!("error: s.yaml:{message}\n"), "{spec}");
    }
}

#[test]
fn unknown_keys_come_with_the_nearest_known_one() {
    each(&[
        ("  stepz: []", "5:3: spec.stepz: unknown key `stepz`\n  try: did you mean `steps`?"),
        (
            "  steps: [{ run: x }]\n  pullRequst: {}",
            "6:3: spec.pullRequst: unknown key `pullRequst`\n  try: did you mean `pullRequest`?",
        ),
        (
            "  steps:\n    - yaml: { files: [a], st: { a: 1 } }",
            "6:27: spec.steps[0].yaml.st: unknown key `st`\n  try: did you mean `set`?",
        ),
        (
            "  steps: [{ run: { command: [a], image: x } }]",
            "5:34: spec.steps[0].run.image: unknown key `image`\n  try: known here: command, files, network, \
             timeout, env",
        ),
        (
            "  steps: [{ run: x }]\n  merge: { method: fast }",
            "6:12: spec.merge.method: `fast` is not known here\n  try: write one of merge, squash, rebase",
        ),
        (
            "  steps: [{ run: x }]\n  rollout: { waves: [1] }",
            "6:14: spec.rollout.waves: waves are not available in this version\n  try: remove the key",
        ),
    ]);
}

#[test]
fn wrong_types_say_what_belongs_there() {
    each(&[
        (
            "  steps:\n    - yaml: { files: a.yaml, set: { a: 1 } }",
            "6:15: spec.steps[0].yaml.files: a list belongs here, not the text \"a.yaml\"\n  try: write it in \
             brackets, such as [a, b]",
        ),
        (
            "  steps:\n    - yaml: { files: [a], set: [1] }",
            "6:27: spec.steps[0].yaml.set: a mapping belongs here, not a list\n  try: write it as `key: value` \
             lines, or as { key: value }",
        ),
        (
            "  steps: [{ run: x }]\n  targets: { limit: many }",
            "6:14: spec.targets.limit: a whole number from 0 belongs here, not the text \"many\"\n  try: write \
             it without quotes, sign or point",
        ),
        (
            "  steps: [{ run: x }]\n  merge: { auto: \"yes\" }",
            "6:12: spec.merge.auto: true or false belongs here, not the text \"yes\"\n  try: write it without \
             quotes",
        ),
        (
            "  steps: [{ run: { command: [a], timeout: 5 } }]",
            "5:34: spec.steps[0].run.timeout: a text belongs here, not 5\n  try: write it in quotes",
        ),
        (
            "  steps: [{ run: { command: [a], timeout: soon } }]",
            "5:34: spec.steps[0].run.timeout: `soon` is not a length of time\n  try: write it like `90s`, `10m` \
             or `1h`",
        ),
    ]);
}

#[test]
fn bad_expressions_come_with_a_caret() {
    let see = "  try: see `repo.` and its functions in docs/shift-file.md";
    let select = |cel: &str| format!("  steps: [{{ run: x }}]\n  targets:\n    select: '{cel}'");
    each(&[
        (
            &select("repo.hasFil(\"x\")"),
            &format!(
                "7:5: spec.targets.select: selector, line 1, column 6: unknown function `repo.hasFil`: did you \
                 mean `repo.hasFile`?\nrepo.hasFil(\"x\")\n     ^\n{see}"
            ),
        ),
        (
            &select("repo.archived &&& true"),
            &format!(
                "7:5: spec.targets.select: selector, line 1, column 17: Syntax error: token recognition error \
                 at: '& '\nrepo.archived &&& true\n                ^\n{see}"
            ),
        ),
        (
            &select("repo.name"),
            &format!(
                "7:5: spec.targets.select: selector, line 1, column 1: gives a string, expected true or \
                 false\nrepo.name\n^\n{see}"
            ),
        ),
        (
            "  steps: [{ run: x, if: repo.nam == 1 }]",
            &format!(
                "5:21: spec.steps[0].if: selector, line 1, column 6: unknown field `repo.nam`: did you mean \
                 `repo.name`?\nrepo.nam == 1\n     ^\n{see}"
            ),
        ),
    ]);
}

#[test]
fn bad_patterns_globs_rules_paths_and_templates() {
    let raw = "  try: put text that is not a template between {% raw %} and {% endraw %}";
    let one_file = "  try: try the pattern on one file with `shift try`";
    each(&[
        (
            "  steps:\n    - replace: { files: ['*'], pattern: 'a(b', with: x }",
            "6:32: spec.steps[0].replace.pattern: bad pattern, column 2: unclosed group\n  a(b\n   ^\n  try: set \
             `literal: true` to take the text as it is",
        ),
        (
            "  steps:\n    - replace: { files: ['src/[a'], pattern: a, with: x }",
            "6:26: spec.steps[0].replace.files[0]: error parsing glob 'src/[a': unclosed character class; \
             missing ']'\n  try: write a glob such as `src/**/*.java`",
        ),
        (
            "  steps: [{ run: x }]\n  targets: { repos: ['acme/['] }",
            "6:22: spec.targets.repos[0]: error parsing glob 'acme/[': unclosed character class; missing \
             ']'\n  try: write a name or a glob such as `acme/*`",
        ),
        (
            "  steps:\n    - rewrite: { language: jva, pattern: a, fix: x }",
            &format!(
                "6:33: spec.steps[0].rewrite.pattern: unknown language `jva`: did you mean `java`? Known: bash, \
                 csharp, css, go, html, java, javascript, json, kotlin, python, ruby, rust, tsx, typescript, \
                 yaml\n{one_file}"
            ),
        ),
        (
            "  steps:\n    - rewrite: { language: rust, pattern: 'foo($A)', fix: 'bar($B)' }",
            &format!(
                "6:34: spec.steps[0].rewrite.pattern: `$B` in fix is not captured by the rule: captured are \
                 $A\n{one_file}"
            ),
        ),
        (
            "  steps:\n    - rewrite:\n        rule: { id: x, language: java, rule: { pattern: foo } }",
            &format!(
                "7:9: spec.steps[0].rewrite.rule: rule 1 is not a usable ast-grep rule: it has no `fix`, so it \
                 would change nothing\n{one_file}"
            ),
        ),
        (
            "  steps: [{ yaml: { files: [a], set: { 'a..b': 1 } } }]",
            "5:13: spec.steps[0].yaml: bad path, column 3: expected a key here; quote keys with special \
             characters: [\"a.b\"]\n  a..b\n    ^\n  try: see the paths in docs/shift-file.md",
        ),
        (
            "  steps: [{ file: { path: .git/config, content: a } }]",
            "5:21: spec.steps[0].file.path: no file may be called \".git/config\": a spelling of `.git`\n  try: \
             write a path inside the repository, such as docs/index.md",
        ),
        (
            "  steps: [{ run: x }]\n  pullRequest: { title: 'a {{ b' }",
            &format!(
                "6:18: spec.pullRequest.title: unexpected end of input, expected end of variable block\n{raw}"
            ),
        ),
        (
            "  steps: [{ run: x }]\n  pullRequest: { title: 'a {{ tilte }}' }",
            &format!(
                "6:18: spec.pullRequest.title: nothing is called `tilte` here: did you mean `title`?\n{raw}"
            ),
        ),
        (
            "  steps: [{ run: x }]\n  verify: [{ yaml: { files: [a], set: { a: 1 } } }]",
            "6:12: spec.verify[0]: only a `run` step can verify\n  try: move it to `spec.steps`",
        ),
        (
            "  steps: [{ run: x }]\n  targets: { file: nope.txt }",
            "6:14: spec.targets.file: nope.txt: No such file or directory (os error 2)\n  try: check the name; it \
             is looked for beside the shift file",
        ),
    ]);
}

#[test]
fn what_is_no_good_yaml_at_all() {
    let bomb = {
        let lists = "bcdefghij".chars().zip("abcdefghi".chars());
        let line = |(name, last): (char, char)| {
            format!("{name}: &{name} [{}]\n", vec![format!("*{last}"); 9].join(","))
        };
        format!("a: &a [x,x,x,x,x,x,x,x,x]\n{}", lists.map(line).collect::<String>())
    };
    let large = format!("a: {}\n", "x".repeat(2_000_000));
    let too_deep = "the file is too large or too deep once its aliases are followed\n  try: split it, and write \
                    out what `*aliases` repeat";
    let table: &[(&[u8], &str)] = &[
        (b"a: 1\nb: \xff\n", "s.yaml:2:1: this is not UTF-8\n  try: save the file as UTF-8"),
        (bomb.as_bytes(), &format!("s.yaml:5:23: {too_deep}")),
        (&[b"a: ".as_slice(), &[b'['; 10_000]].concat(), &format!("s.yaml:1:259: {too_deep}")),
        (
            large.as_bytes(),
            "s.yaml: the file has 2000004 bytes, more than 1048576\n  try: split it, or keep large content in \
             files of its own",
        ),
        (b"a: 1\na: 2\n", "s.yaml:2:1: the key `a` is there twice\n  try: keep one of them"),
        (
            b"a: 1\n---\nb: 2\n",
            "s.yaml:3:1: there is more than one YAML document\n  try: keep one document per file",
        ),
        (
            b"a: [1\nb: 2\n",
            "s.yaml:2:2: illegal placement of ':' indicator\n  try: check the YAML syntax at this place",
        ),
        (
            b"",
            "s.yaml:1:1: a mapping belongs here, not nothing\n  try: write it as `key: value` lines, or as \
             { key: value }",
        ),
    ];
    for (content, message) in table {
        let world = World::bare();
        world.write("s.yaml", content);
        let output = world.run(&["shift", "validate", "s.yaml"]).ends(2);
        assert_eq!(output.stderr, format!("error: {message}\n"));
    }
}

#[test]
fn every_wrong_file_of_several_is_named() {
    let world = World::bare();
    world.write("one.yaml", "a: 1\na: 2\n");
    let good = world.shift("good", "  steps: [{ run: 'true' }]\n");
    let output = world.run(&["shift", "validate", "one.yaml", &good, "none.yaml"]).ends(2);
    assert_eq!(output.stdout, "good.yaml: good (1 step)\n");
    assert!(output.stderr.contains("one.yaml:2:1: the key `a` is there twice"));
    assert!(
        output.stderr.contains("none.yaml: No such file or directory (os error 2)\n  try: check the path")
    );
    let json = world.run(&["shift", "validate", "one.yaml", "--json"]).ends(2).document();
    assert_eq!((&json["errors"][0]["line"], &json["errors"][0]["file"]), (&2.into(), &"one.yaml".into()));
}

#[test]
fn configuration_errors_have_a_place_too() {
    let forge = "forges: [{ name: l, type: local, root: r }]\n";
    let table = [
        ("forgs: []\n".to_owned(), "1:1: forgs: unknown key `forgs`\n  try: did you mean `forges`?"),
        (
            "forges: []\n".to_owned(),
            "1:1: forges: no forge is named\n  try: add `{ name: local, type: local, root: ./repos }`",
        ),
        (
            "forges: [{ name: l, type: bitbucket }]\n".to_owned(),
            "1:21: forges[0].type: `bitbucket` is not a type of forge\n  try: use local, github, gitlab, gitea \
             or forgejo",
        ),
        (
            "forges: [{ name: l, type: github }]\n".to_owned(),
            "1:10: forges[0].orgs: no organisation is named\n  try: add `orgs: [acme]`: the organisations or \
             groups whose repositories are in scope",
        ),
        (
            "forges: [{ name: l, type: gitea, orgs: [a] }]\n".to_owned(),
            "1:10: forges[0].url: this forge needs the address of its API\n  try: write it as \
             `https://git.example.com/api/v1`",
        ),
        (
            "forges: [{ name: l, type: gitlab, url: 'http://git.example.com', orgs: [a] }]\n".to_owned(),
            "1:35: forges[0].url: `http://git.example.com` is not an address a token may be sent to\n  try: \
             write it as `https://git.example.com/api/v1`",
        ),
        (
            "forges: [{ name: l, type: github, orgs: [a] }]\n".to_owned(),
            "1:10: forges[0].auth: a forge that is a service needs a token\n  try: add `auth: { token: { env: \
             FORGE_TOKEN } }`",
        ),
        (
            "forges: [{ name: l, type: gitlab, orgs: [a], auth: { app: { id: x, key: { env: K } } } }]\n"
                .to_owned(),
            "1:46: forges[0].auth: only GitHub has apps\n  try: use `token`",
        ),
        (
            format!("{forge}runner: {{ limits: {{ memory: lots }} }}\n"),
            "2:21: runner.limits.memory: `lots` is not a size\n  try: write it like `512MiB` or `2GiB`",
        ),
        (
            format!("{forge}database: postgres://x\n"),
            "2:1: database: the address names no database, such as postgres://host/fleetwright\n  try: write `sqlite:` \
             and a file, such as `sqlite:.fleetwright/fleet.db`, or the address of a PostgreSQL database, such as \
             `postgres://fleetwright@db.example/fleetwright`, with its password under `databasePassword: { env: NAME }`",
        ),
    ];
    for (text, message) in table {
        let world = World::bare();
        world.write("fleetwright.yaml", &text);
        let output = world.run(&["repo", "list"]).ends(2);
        assert_eq!(output.stderr, format!("error: fleetwright.yaml:{message}\n"), "{text}");
    }
}
