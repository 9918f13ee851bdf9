//! The Shift that is written.

use fleetwright_bom::{Channel, LeftOut, Selection, Target, shift};
use fleetwright_core::source::Source;
use serde_json::json;

use crate::{SPEC, bom};

const OVERRIDES: &str = r#"  overrides:
    - { package: 'maven:g:a', in: 'acme/s*', version: '1.5', reason: 'waits for "x"', until: 2026-12-31 }
    - { package: 'maven:g:a', in: 'component:default/pay', version: '1.5', reason: later, until: 2026-12-31 }
    - { package: 'npm:b', in: 'component:default/gone', version: '1.0.0', reason: later, until: 2026-12-31 }
"#;

#[test]
fn it_moves_whoever_is_below_but_for_overrides() {
    let text = format!("  owner: group:platform\n{SPEC}{OVERRIDES}");
    let bom = bom(&text);
    let (pay, none) = (["acme/pay".to_owned()], []);
    let repos = [&none[..], &pay[..], &none[..]];
    let left: Vec<LeftOut<'_>> =
        bom.overrides.iter().zip(repos).map(|(over, repos)| LeftOut { over, repos }).collect();
    let written = shift(&bom, (Channel::Stable, Target { release: 1, waits: None }), &left, &[]).unwrap();
    assert_eq!((written.name.as_str(), written.selection), ("bom-jvm", Selection::Expression));
    let value = Source::parse("s.yaml", &written.text)
        .unwrap_or_else(|error| panic!("{error}\n{}", written.text))
        .value();
    let out = r#"repo.name.matches("^acme/s[^/]*$") || repo.name in ["acme/pay"]"#;
    assert_eq!(
        value["spec"],
        json!({
            "owner": "group:platform",
            "targets": { "select": format!(
                r#"(repo.dependsOn("maven:g:a", "<2.0") && !({out})) || repo.dependsOn("npm:b", "<1.2.0")"#
            ) },
            "steps": [
                { "dependency": { "package": "maven:g:a", "to": "2.0" }, "if": format!("!({out})") },
                { "dependency": { "package": "npm:b", "to": "1.2.0" } },
            ],
            "pullRequest": { "title": "{{ title }}", "body": "{{ description }}" },
        }),
        "{}",
        written.text
    );
    assert_eq!((&value["kind"], &value["metadata"]["name"]), (&json!("Shift"), &json!("bom-jvm")));
    assert_eq!(value["metadata"]["title"], "jvm 2");
    let description = value["metadata"]["description"].as_str().unwrap();
    assert!(description.contains("- `maven:g:a` 2.0\n"), "{description}");
    assert!(
        description.contains("- `maven:g:a` in `acme/s*` until 2026-12-31: waits for \"x\"\n"),
        "{description}"
    );

    let candidate = shift(&bom, (Channel::Candidate, Target { release: 2, waits: None }), &[], &[]).unwrap();
    assert_eq!(candidate.name, "bom-jvm-candidate");
}

#[test]
fn a_selection_that_is_too_long_becomes_a_list() {
    let packages: Vec<String> = (0..200).map(|at| format!("\"npm:package-{at}\": \"1.0.0\"")).collect();
    let bom = bom(&format!(
        "  channels: {{ stable: \"1\" }}\n  releases:\n    - {{ version: \"1\", released: 2026-10-01, packages: {{ {} }} }}\n",
        packages.join(", ")
    ));
    let write = |behind: &[String]| {
        let written =
            shift(&bom, (Channel::Stable, Target { release: 0, waits: None }), &[], behind).unwrap();
        assert_eq!(written.selection, Selection::List);
        Source::parse("s.yaml", &written.text).unwrap().value()["spec"]["targets"].clone()
    };
    assert_eq!(write(&["acme/a".to_owned(), "acme/b".to_owned()]), json!({ "repos": ["acme/a", "acme/b"] }));
    // No list would be everybody.
    assert_eq!(write(&[]), json!({ "select": "false" }));
}

#[test]
fn a_description_of_any_form_is_kept() {
    for description in ["plain", "two\n\nparts: |", "  indented", "tab\there", "# no comment", "{{ title }}"]
    {
        let text = format!(
            "apiVersion: fleetwright/v1\nkind: Bom\nmetadata: {{ name: jvm, description: {} }}\nspec:\n{SPEC}",
            json!(description)
        );
        let bom = crate::try_bom(&text).unwrap();
        let written = shift(&bom, (Channel::Stable, Target { release: 0, waits: None }), &[], &[]).unwrap();
        let value = Source::parse("s.yaml", &written.text).unwrap().value();
        let told = value["metadata"]["description"].as_str().unwrap().trim_end().to_owned();
        assert!(told.ends_with(description.trim()), "{description:?} {}", written.text);
    }
}
