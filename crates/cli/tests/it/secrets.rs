//! Secrets that are planted where steps can meet them: none of them is stored, printed or pushed.

use std::fs;
use std::path::Path;

use fleetwright_testkit::planted::{Dice, FORMATS, Search, WAYS, secret, written};

use crate::world::World;

/// How many secrets one script prints.
const LINES: usize = 10;

/// Prints every line of a file in two writes, those of one secret on stdout, of the next on stderr, and
/// puts another secret out.
const SAY: &str = "#!/bin/sh
turn=1
while IFS= read -r line; do
  half=$((${#line} / 2))
  end=$(printf %s \"$line\" | tail -c +$((half + 1)))
  printf %s \"${line%\"$end\"}\" >&$turn
  printf '%s\\n' \"$end\" >&$turn
  [ -n \"$line\" ] || turn=$((3 - turn))
done < said.txt
printf 'note=%s\\n' \"$(cat note.txt)\" >> \"$FLEETWRIGHT_OUTPUT\"
printf new > changed.txt
";

fn every_file(folder: &Path, hear: &mut dyn FnMut(&Path, &[u8])) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        match path.is_dir() {
            true => every_file(&path, hear),
            false => hear(&path, &fs::read(&path).unwrap()),
        }
    }
}

/// Repositories whose files hold secrets of every format, written in every way.
fn plant(world: &World) -> Search {
    let (mut dice, mut search) = (Dice::new(5), Search::default());
    for number in 0..FORMATS * WAYS {
        let (format, way) = (number % FORMATS, number / FORMATS);
        let mut plant = |format, way: usize| {
            let secret = secret(&mut dice, format);
            search.add(&secret);
            written(&mut dice, way, &secret)
        };
        let copied = plant(format, way);
        let note = plant(format, way).replace('\n', if way == 6 { "" } else { "\\n" });
        let said: Vec<String> = (0..LINES).map(|more| plant(format + more, way + more)).collect();
        let said = format!("{}\n", said.join("\n\n"));
        world.repo(&format!("acme/copy-{number}"), &[("here.txt", &copied), ("note.txt", "x\n")]);
        world.repo(&format!("acme/say-{number}"), &[("said.txt", &said), ("note.txt", &note)]);
    }
    search
}

#[test]
fn a_thousand_planted_secrets_are_nowhere() {
    let world = World::new();
    world.script("say.sh", SAY);
    let search = plant(&world);
    assert!(search.secrets >= 1_000, "{}", search.secrets);
    let repos = "  targets: { select: 'repo.name.startsWith(\"acme/{}-\")' }\n";
    let spec = repos.replace("{}", "copy") + "  steps: [{ run: 'cp here.txt there.txt' }]\n";
    let copy = world.shift("copy", &spec);
    let spec = repos.replace("{}", "say")
        + "  steps: [{ name: say, run: './say.sh' }]\n"
        + "  pullRequest: { title: 'Say {{ repo.name }}', body: 'It says {{ steps.say.outputs.note }}.' }\n";
    let say = world.shift("say", &spec);
    let seen = |args: &[&str]| {
        let output = world.run(args);
        for text in [&output.stdout, &output.stderr] {
            assert_eq!(search.found(text.as_bytes()), [""; 0], "{args:?}");
        }
        output
    };
    for file in [&copy, &say] {
        seen(&["--verbose", "shift", "plan", file, "--json"]);
        seen(&["--verbose", "shift", "apply", file]);
    }
    for shift in ["copy", "say"] {
        for args in [["status"].as_slice(), &["targets"], &["logs"]] {
            seen(&[&["shift"], args, &[shift, "--json"]].concat());
        }
        for number in 0..FORMATS * WAYS {
            let repo = format!("acme/{shift}-{number}");
            for word in ["logs", "diff"] {
                seen(&["shift", word, shift, &repo]);
            }
        }
    }
    let stages = world.stages("copy");
    assert_eq!(stages.len(), FORMATS * WAYS);
    for stage in stages {
        assert!(stage.contains(" failed: ") && stage.contains("looks like a secret"), "{stage}");
    }
    let stages = world.stages("say");
    assert!(stages.iter().all(|stage| stage.contains(" open")), "{stages:?}");
    assert_eq!(stages.len(), FORMATS * WAYS);
    for number in 0..FORMATS * WAYS {
        let repo = format!("acme/say-{number}");
        let body = world.pull(&repo, 1)["body"].as_str().unwrap().to_owned();
        assert!(body.starts_with("It says ") && body.contains("***"), "{body}");
        let log = seen(&["shift", "logs", "say", &repo]).stdout;
        assert!(log.matches("***").count() >= LINES / 2, "{log}");
        let commit = world.git(&repo, &["log", "-1", "--format=%B", "-p", "fleetwright/say"]);
        assert_eq!(search.found(commit.as_bytes()), [""; 0], "{commit}");
    }
    let mut files = 0;
    for folder in [".fleetwright", "repos"] {
        every_file(&world.path(folder), &mut |path, bytes| {
            files += 1;
            assert_eq!(search.found(bytes), [""; 0], "{}", path.display());
        });
    }
    assert!(files > 2 * FORMATS * WAYS);
}
