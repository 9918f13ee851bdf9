//! Reading a Shift file: decode, then refuse what cannot work.

use serde_json::{Value, json};

use super::{Shift, Step, StepKind};
use crate::hosts::Hosts;
use crate::source::{Source, SourceError};

/// Keys the format knows that this version cannot honour: silence would be a broken promise.
const NOT_YET: [(&str, &str); 3] = [
    ("spec.rollout.waves", "waves"),
    ("spec.rollout.soak", "soak times"),
    ("spec.rollout.breaker", "breakers"),
];

/// Kinds of steps the format knows that this version cannot run.
const STEPS_NOT_YET: [&str; 2] = ["template", "agent"];

/// Reads a parsed file as a Shift.
///
/// # Errors
/// The first thing that is unknown, of the wrong type, or cannot work, with its place.
pub fn read(source: &Source) -> Result<Shift, SourceError> {
    let value = source.value();
    refuse_not_yet(source, &value)?;
    let value = short_forms(value);
    check_tables(source, &value)?;
    let shift: Shift = source.with_value(value).decode()?;
    check_head(source, &shift)?;
    check_texts(source, &shift)?;
    check_rollout(source, &shift)?;
    if let Some(schedule) = &shift.spec.schedule
        && let Err(why) = schedule.next(0)
    {
        let remedy = "write it like `cron: \"0 6 * * 1-5\"` and `zone: Europe/Stockholm`";
        return Err(source.error("spec.schedule", why, remedy));
    }
    for (list, steps) in [("steps", &shift.spec.steps), ("verify", &shift.spec.verify)] {
        for (index, step) in steps.iter().enumerate() {
            let key = format!("spec.{list}[{index}]");
            check_step(source, &key, step)?;
            if list == "verify" && step.run.is_none() {
                return Err(source.error(&key, "only a `run` step can verify", "move it to `spec.steps`"));
            }
        }
    }
    check_names(source, &shift)?;
    Ok(shift)
}

/// Where the format has mappings; serde would take a list of the right length for one, too.
const TABLES: [&str; 11] = [
    "spec.schedule",
    "metadata",
    "spec",
    "spec.targets",
    "spec.targets.workspaces",
    "spec.pullRequest",
    "spec.pullRequest.commit",
    "spec.rollout",
    "spec.rollout.pace",
    "spec.merge",
    "spec.merge.require",
];

fn check_tables(source: &Source, value: &Value) -> Result<(), SourceError> {
    let mut tables: Vec<(String, &Value)> = Vec::new();
    let at = |key: &str| value.pointer(&format!("/{}", key.replace('.', "/")));
    tables.extend(TABLES.iter().filter_map(|key| Some(((*key).to_owned(), at(key)?))));
    for list in ["spec.steps", "spec.verify"] {
        for (index, step) in at(list).and_then(Value::as_array).into_iter().flatten().enumerate() {
            tables.push((format!("{list}[{index}]"), step));
            let kinds = ["yaml", "json", "toml", "xml", "replace", "rewrite", "file", "dependency", "run"];
            tables.extend(
                kinds.iter().filter_map(|kind| Some((format!("{list}[{index}].{kind}"), step.get(kind)?))),
            );
        }
    }
    for (index, window) in
        at("spec.rollout.windows").and_then(Value::as_array).into_iter().flatten().enumerate()
    {
        tables.push((format!("spec.rollout.windows[{index}]"), window));
    }
    match tables.into_iter().find(|(_, value)| value.is_array()) {
        Some((key, _)) => {
            Err(source.error(&key, "a mapping belongs here, not a list", "write `key: value` pairs"))
        }
        None => Ok(()),
    }
}

/// Rewrites the short forms to the long ones: `run: text`, and `reviewers: owners | none`.
fn short_forms(mut value: Value) -> Value {
    let lists = ["/spec/steps", "/spec/verify"];
    for list in lists {
        let steps = value.pointer_mut(list).and_then(Value::as_array_mut);
        for run in steps.into_iter().flatten().filter_map(|step| step.get_mut("run")) {
            if let Value::String(text) = run {
                *run = json!({ "command": ["sh", "-c", text] });
            }
        }
    }
    if let Some(reviewers) = value.pointer_mut("/spec/pullRequest/reviewers")
        && matches!(reviewers.as_str(), Some("owners" | "none"))
    {
        *reviewers = json!([]);
    }
    value
}

fn refuse_not_yet(source: &Source, value: &Value) -> Result<(), SourceError> {
    for (key, what) in NOT_YET {
        if value.pointer(&format!("/{}", key.replace('.', "/"))).is_some() {
            let message = format!("{what} are not available in this version");
            return Err(source.error(key, message, "remove the key"));
        }
    }
    for list in ["steps", "verify"] {
        let steps = value.pointer(&format!("/spec/{list}")).and_then(Value::as_array);
        for (index, step) in steps.into_iter().flatten().enumerate() {
            if let Some(kind) = STEPS_NOT_YET.iter().find(|kind| step.get(**kind).is_some()) {
                let key = format!("spec.{list}[{index}].{kind}");
                let message = format!("`{kind}` steps are not available in this version");
                return Err(source.error(&key, message, "use another kind of step, such as `run`"));
            }
        }
    }
    Ok(())
}

fn check_head(source: &Source, shift: &Shift) -> Result<(), SourceError> {
    if shift.api_version != "fleetwright/v1" {
        let message = format!("`{}` is not a version this program reads", shift.api_version);
        return Err(source.error("apiVersion", message, "write `apiVersion: fleetwright/v1`"));
    }
    if shift.kind != "Shift" {
        let message = format!("this is a `{}`, not a Shift", shift.kind);
        return Err(source.error("kind", message, "write `kind: Shift`"));
    }
    if !is_label(&shift.metadata.name) {
        let message = format!("`{}` is not a DNS label", shift.metadata.name);
        let remedy = "use 1 to 63 of a-z, 0-9 and -, starting and ending with a letter or digit";
        return Err(source.error("metadata.name", message, remedy));
    }
    if shift.spec.steps.is_empty() {
        return Err(source.error("spec.steps", "a shift without steps changes nothing", "add a step"));
    }
    if shift.spec.targets.limit == Some(0) {
        return Err(source.error(
            "spec.targets.limit",
            "a limit of 0 selects nothing",
            "raise it or remove it",
        ));
    }
    Ok(())
}

fn check_texts(source: &Source, shift: &Shift) -> Result<(), SourceError> {
    let pull = &shift.spec.pull_request;
    if pull.commit.author_parts().is_none() {
        let message = format!("`{}` is not an author", pull.commit.author);
        return Err(source.error(
            "spec.pullRequest.commit.author",
            message,
            "write `Name <mail@example.com>`",
        ));
    }
    match &pull.branch {
        Some(branch) if !is_branch(branch) => {
            let message = format!("`{branch}` is not a branch name git accepts");
            Err(source.error(
                "spec.pullRequest.branch",
                message,
                "use letters, digits, `-`, `_`, `.` and `/`",
            ))
        }
        _ => Ok(()),
    }
}

fn check_rollout(source: &Source, shift: &Shift) -> Result<(), SourceError> {
    for (key, cap) in shift.spec.rollout.pace.caps_by_key() {
        if cap == Some(0) {
            let key = format!("spec.rollout.pace.{key}");
            let remedy = "raise it or remove it; `fleetwright shift pause` stops a shift for a while";
            return Err(source.error(&key, "a cap of 0 opens nothing, ever", remedy));
        }
    }
    for (index, window) in shift.spec.rollout.windows.iter().enumerate() {
        if let Err(wrong) = window.opening() {
            let key = format!("spec.rollout.windows[{index}].{}", wrong.key);
            return Err(source.error(&key, wrong.message, &wrong.remedy));
        }
    }
    Ok(())
}

/// A DNS label: the rule for names that become branch names and URL segments (RFC 1123).
pub fn is_label(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&name.len())
        && name.chars().all(inner)
        && !name.starts_with('-')
        && !name.ends_with('-')
}

/// The branch names we make and accept: narrower than git's rule, so that every forge takes them.
pub fn is_branch(name: &str) -> bool {
    let known = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
    let part = |part: &str| {
        !part.is_empty() && !part.starts_with(['.', '-']) && !part.ends_with('.') && !part.ends_with(".lock")
    };
    name.len() <= 200 && name.chars().all(known) && !name.contains("..") && name.split('/').all(part)
}

fn check_step(source: &Source, key: &str, step: &Step) -> Result<(), SourceError> {
    let kinds = step.kinds();
    let [kind] = kinds.as_slice() else {
        let known = "yaml, json, toml, xml, replace, rewrite, file, dependency, run";
        let message = match kinds.len() {
            0 => "the step says nothing to do".to_owned(),
            _ => format!("one step does one thing, not {}", kinds.len()),
        };
        return Err(source.error(key, message, &format!("give it exactly one of {known}")));
    };
    let key = format!("{key}.{}", kind.word());
    match kind {
        StepKind::Yaml(edit) | StepKind::Json(edit) | StepKind::Toml(edit) | StepKind::Xml(edit) => {
            let empty = edit.set.is_empty() && edit.delete.is_empty() && edit.append.is_empty();
            if empty && edit.merge.is_none() {
                return Err(source.error(
                    &key,
                    "the step edits nothing",
                    "add `set`, `delete`, `append` or `merge`",
                ));
            }
            check_files(source, &key, &edit.files)
        }
        StepKind::Replace(step) => check_files(source, &key, &step.files),
        StepKind::Rewrite(step) => {
            let words = (step.pattern.is_some(), step.fix.is_some(), step.rule.is_some());
            match (words, step.language.is_some()) {
                ((true, true, false), true) | ((false, false, true), _) => Ok(()),
                ((true, true, false), false) => {
                    Err(source.error(&key, "a pattern needs its language", "add `language`"))
                }
                _ => {
                    let remedy = "give `language`, `pattern` and `fix`, or a `rule`";
                    Err(source.error(&key, "a rewrite is a pattern with a fix, or a rule", remedy))
                }
            }
        }
        StepKind::File(step) => check_file(source, &key, step),
        StepKind::Dependency(step) => match step.to.trim() {
            "" => Err(source.error(&format!("{key}.to"), "no version is named", "write `to: \"1.2.3\"`")),
            _ => Ok(()),
        },
        StepKind::Run(step) => check_run(source, &key, step),
    }
}

fn check_files(source: &Source, key: &str, files: &[String]) -> Result<(), SourceError> {
    if files.is_empty() {
        return Err(source.error(&format!("{key}.files"), "no files are named", "give at least one glob"));
    }
    Ok(())
}

fn check_file(source: &Source, key: &str, step: &super::FileStep) -> Result<(), SourceError> {
    let actions =
        [step.content.is_some(), step.delete, step.rename.is_some()].iter().filter(|set| **set).count();
    if actions > 1 || (actions == 0 && step.mode.is_none()) {
        let remedy = "give one of `content`, `delete: true`, `rename`; `mode` alone or with `content`";
        return Err(source.error(key, "a file step does one thing", remedy));
    }
    match step.mode.as_deref() {
        None | Some("644" | "755") => Ok(()),
        Some(mode) => {
            let message = format!("git keeps no mode `{mode}`");
            Err(source.error(&format!("{key}.mode"), message, "write \"644\" or \"755\""))
        }
    }
}

fn check_run(source: &Source, key: &str, step: &super::RunStep) -> Result<(), SourceError> {
    if step.command.is_empty() {
        return Err(source.error(&format!("{key}.command"), "no command is named", "name a program"));
    }
    if let super::Network::Hosts(hosts) = &step.network {
        check_hosts(source, &format!("{key}.network.hosts"), hosts)?;
    }
    match &step.timeout {
        Some(text) if step.timeout_seconds().is_none() => {
            let message = format!("`{text}` is not a length of time");
            Err(source.error(&format!("{key}.timeout"), message, "write it like `90s`, `10m` or `1h`"))
        }
        _ => Ok(()),
    }
}

fn check_hosts(source: &Source, key: &str, hosts: &[String]) -> Result<(), SourceError> {
    if hosts.is_empty() {
        return Err(source.error(key, "no hosts are named", "name hosts, or write `network: none`"));
    }
    let remedy = "write names alone, such as `registry.example.org`, `*.example.org` or `localhost:8080`";
    Hosts::parse(hosts)
        .map(drop)
        .map_err(|(index, why)| source.error(&format!("{key}[{index}]"), why, remedy))
}

/// Two steps of one name would make `steps.NAME` mean either.
fn check_names(source: &Source, shift: &Shift) -> Result<(), SourceError> {
    let mut seen = std::collections::BTreeSet::new();
    for (index, step) in shift.spec.steps.iter().enumerate() {
        if let Some(name) = &step.name
            && !seen.insert(name)
        {
            let key = format!("spec.steps[{index}].name");
            return Err(source.error(&key, format!("another step is called `{name}`"), "rename one of them"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shift(spec: &str) -> Result<Shift, SourceError> {
        let head = "apiVersion: fleetwright/v1\nkind: Shift\nmetadata: { name: tidy }\nspec:\n";
        read(&Source::parse("tidy.yaml", &format!("{head}{spec}"))?)
    }

    #[test]
    fn the_short_form_of_run_is_a_shell_command() {
        let read = shift("  steps: [{ run: './fix.sh' }]\n").unwrap();
        assert_eq!(read.spec.steps[0].run.as_ref().unwrap().command, ["sh", "-c", "./fix.sh"]);
    }

    #[test]
    fn what_cannot_work_is_refused_at_its_place() {
        let table = [
            ("  steps: []\n", 5, "spec.steps"),
            ("  stepz: []\n", 5, "spec.stepz"),
            ("  steps:\n    - name: a\n", 6, "spec.steps[0]"),
            ("  steps:\n    - yaml: { files: [a], set: { b: 1 } }\n      run: x\n", 6, "spec.steps[0]"),
            ("  steps:\n    - yaml: { files: [], set: { b: 1 } }\n", 6, "spec.steps[0].yaml.files"),
            ("  steps:\n    - yaml: { files: [a] }\n", 6, "spec.steps[0].yaml"),
            ("  steps:\n    - rewrite: { pattern: a, fix: b }\n", 6, "spec.steps[0].rewrite"),
            ("  steps:\n    - file: { path: a }\n", 6, "spec.steps[0].file"),
            ("  steps:\n    - file: { path: a, content: b, mode: '777' }\n", 6, "spec.steps[0].file.mode"),
            ("  steps: [{ run: a }]\n  verify:\n    - file: { path: a, content: b }\n", 7, "spec.verify[0]"),
            ("  steps:\n    - run: { command: [a], timeout: soon }\n", 6, "spec.steps[0].run.timeout"),
            ("  steps:\n    - template: {}\n", 6, "spec.steps[0].template"),
            ("  steps:\n    - dependency: { package: 'npm:a', to: '' }\n", 6, "spec.steps[0].dependency.to"),
            (
                "  steps:\n    - dependency: { package: 'npm:a', too: '1' }\n",
                6,
                "spec.steps[0].dependency.too",
            ),
            (
                "  steps:\n    - dependency: { package: 'npm:a', to: '1', lockfile: drop }\n",
                6,
                "spec.steps[0].dependency.lockfile",
            ),
            (
                "  steps:\n    - run: { command: [a], network: { hosts: ['b.example', 'http://a'] } }\n",
                6,
                "spec.steps[0].run.network.hosts[1]",
            ),
            (
                "  steps:\n    - run: { command: [a], network: { hosts: [] } }\n",
                6,
                "spec.steps[0].run.network.hosts",
            ),
            ("  steps: [{ run: a }]\n  verify: [{ file: { path: a, delete: true } }]\n", 6, "spec.verify[0]"),
            ("  rollout: { waves: [1] }\n  steps: [{ run: a }]\n", 5, "spec.rollout.waves"),
            ("  rollout: { wave: [1] }\n  steps: [{ run: a }]\n", 5, "spec.rollout.wave"),
            ("  rollout: { pace: { maxOpen: 0 } }\n  steps: [{ run: a }]\n", 5, "spec.rollout.pace.maxOpen"),
            ("  rollout: { pace: [1] }\n  steps: [{ run: a }]\n", 5, "spec.rollout.pace"),
            ("  rollout: { priority: high }\n  steps: [{ run: a }]\n", 5, "spec.rollout.priority"),
            ("  targets: { limit: 0 }\n  steps: [{ run: a }]\n", 5, "spec.targets.limit"),
            ("  targets: { limit: many }\n  steps: [{ run: a }]\n", 5, "spec.targets.limit"),
            ("  pullRequest: { branch: 'a..b' }\n  steps: [{ run: a }]\n", 5, "spec.pullRequest.branch"),
            (
                "  pullRequest: { commit: { author: me } }\n  steps: [{ run: a }]\n",
                5,
                "spec.pullRequest.commit.author",
            ),
            ("  merge: [true]\n  steps: [{ run: a }]\n", 5, "spec.merge"),
            ("  steps:\n    - yaml: [[a]]\n", 6, "spec.steps[0].yaml"),
            ("  merge: { method: ff }\n  steps: [{ run: a }]\n", 5, "spec.merge.method"),
        ];
        for (spec, line, key) in table {
            let error = shift(spec).expect_err(spec);
            assert_eq!((error.line, error.key.as_str()), (line, key), "{spec}\n{error}");
        }
    }

    #[test]
    fn a_window_that_never_opens_is_refused_at_its_key() {
        let window = |text: &str| {
            shift(&format!("  steps: [{{ run: a }}]\n  rollout:\n    windows:\n      - {{ {text} }}\n"))
        };
        let good = "days: [mon, fri], start: '09:00', end: '16:00', zone: Europe/Stockholm";
        let read = window(good).unwrap().spec.rollout;
        assert_eq!((read.windows.len(), read.priority), (1, crate::budget::Lane::Normal));
        for (from, to, key) in [
            ("Europe/Stockholm", "Europe/Stokholm", "zone"),
            ("Europe/Stockholm", "owner", "zone"),
            ("09:00", "9 am", "start"),
            ("09:00", "24:00", "start"),
            ("16:00", "09:00", "end"),
            ("16:00", "16:60", "end"),
            ("[mon, fri]", "[]", "days"),
            ("[mon, fri]", "[mon, monday]", "days[1]"),
        ] {
            let error = window(&good.replace(from, to)).expect_err(to);
            assert_eq!((error.line, error.key), (8, format!("spec.rollout.windows[0].{key}")), "{to}");
        }
        let error = window(&good.replace("Stockholm", "Stokholm")).unwrap_err();
        assert!(error.remedy.contains("Europe/Stockholm"), "{error}");
    }

    #[test]
    fn names_are_dns_labels() {
        for (name, good) in [("log4j-2", true), ("Log4j", false), ("-a", false), ("", false), ("a.b", false)]
        {
            assert_eq!(is_label(name), good, "{name}");
        }
    }

    #[test]
    fn the_digest_knows_steps_from_texts() {
        let one = shift("  steps: [{ run: a }]\n").unwrap();
        let other = shift("  steps: [{ run: a }]\n  pullRequest: { title: New }\n").unwrap();
        let none = Default::default();
        assert_eq!(one.steps_digest(&none), other.steps_digest(&none));
        assert_ne!(one.digest(&none), other.digest(&none));
    }
}
