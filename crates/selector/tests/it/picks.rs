//! What selectors pick, what they read, and what they say about it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use fleetwright_selector::{Facts, SelectorFault};

use crate::{compile, facts, sample};

#[test]
fn fields_functions_and_macros() {
    for (text, picked) in [
        ("true", true),
        ("repo.language == 'Java' && !repo.archived", true),
        ("repo.language in ['Go', 'Rust']", false),
        ("'service' in repo.topics && 'été' in repo.topics", true),
        ("repo.topics.exists(t, t.startsWith('serv'))", true),
        ("repo.topics.all(t, t.size() > 3)", false),
        ("size(repo.topics) == 2 && repo.size > 1000", true),
        ("repo.topics.filter(t, t != 'service') == ['été']", true),
        ("repo.name.matches('^pay') && matches(repo.name, r'ments$')", true),
        ("repo.name.matches('^' + repo.forge)", false),
        ("repo.name.contains('ay') && repo.name.endsWith('s')", true),
        ("repo.pushedAt < '2026-12' && repo.pushedAt > '2025'", true),
        ("repo.path == '' && repo.defaultBranch == 'main' && repo.owner == 'acme'", true),
        ("repo.hasFile('pom.xml') && repo.contains('pom.xml', 'log4j')", true),
        ("['a', 'pom.xml'].exists(g, repo.hasFile(g))", true),
        ("has(repo.language) && !has(component.owner) && !has(component.tags)", true),
        ("has(component.labels.team) && !has(component.labels.none)", true),
        ("component.labels.team == 'pay' && component.labels['team'] == 'pay'", true),
        ("component.tier == '' && component.type == '' && component.tags == []", true),
        ("repo.archived ? false : type(repo.size) == int", true),
        ("{'Java': 1, 'Go': 2}[repo.language] == 1 // a comment", true),
    ] {
        let selector = compile(text);
        assert_eq!(selector.matches(&facts()), Ok(picked), "{text}");
        assert_eq!(selector.reads_files(), text.contains("repo.hasFile"), "{text}");
    }
}

#[test]
fn files_are_read_only_when_the_answer_depends_on_them() {
    for (text, reads) in [
        ("!repo.archived || repo.hasFile('x')", 0),
        ("repo.archived && repo.hasFile('x')", 0),
        ("repo.archived || repo.hasFile('x')", 1),
        ("repo.archived ? repo.hasFile('x') : true", 0),
    ] {
        let sample = Arc::new(sample());
        let facts: Arc<dyn Facts> = Arc::clone(&sample) as _;
        compile(text).matches(&facts).unwrap();
        assert_eq!(sample.reads.load(Ordering::Relaxed), reads, "{text}");
    }
}

#[test]
fn not_knowing_is_an_error_and_not_false() {
    for text in [
        "repo.hasFile('secret')",
        "!repo.hasFile('secret')",
        "repo.hasFile('secret') || repo.archived",
        "repo.hasFile('secret') && !repo.archived",
        "repo.contains('secret', 'x') ? true : false",
        "['secret'].exists(g, repo.hasFile(g))",
        "['secret'].all(g, !repo.hasFile(g))",
        "['secret'].filter(g, repo.hasFile(g)) == []",
    ] {
        let error = compile(text).matches(&facts()).unwrap_err();
        assert_eq!(error.fault, SelectorFault::CouldNotFindOut, "{text}: {error}");
        assert!(error.message.contains("the mirror is gone"), "{error}");
    }
    // Whatever the file says, this is true.
    assert_eq!(compile("repo.hasFile('secret') || !repo.archived").matches(&facts()), Ok(true));
}

#[test]
fn what_has_no_answer_is_an_error() {
    for text in ["repo.name > 1", "repo.size / 0 == 1"] {
        let error = compile(text).matches(&facts()).unwrap_err();
        assert_eq!(error.fault, SelectorFault::Evaluation, "{text}: {error}");
    }
    // Whether it gives a boolean may hang on the facts.
    let error = compile("repo.archived || repo.size == 0 ? true : repo.name").matches(&facts()).unwrap_err();
    assert_eq!(error.fault, SelectorFault::Type, "{error}");
}

#[test]
fn explanations_name_the_operand() {
    let explain = |text: &str| compile(text).explain_false(&facts());
    assert_eq!(explain("!repo.archived && repo.language == 'Go' && repo.size < 1"), "repo.language == 'Go'");
    assert_eq!(
        explain("(!repo.archived && (repo.size > 1 && 'x && y' in repo.topics))"),
        "'x && y' in repo.topics"
    );
    assert_eq!(explain("repo.archived || repo.size < 1"), "repo.archived || repo.size < 1");
    assert_eq!(explain("repo.hasFile('secret') && repo.archived"), "repo.archived");
    let unknown = explain("repo.hasFile('secret') && true");
    assert_eq!(unknown, "repo.hasFile('secret') (could not find out: the mirror is gone)");
    let excluded = compile("repo.archived || repo.size > 1 && true || 'a' == 'b'");
    assert_eq!(excluded.explain_true(&facts()), "repo.size > 1 && true");
}
