//! What is refused when a selector is compiled, where, and with what offer.

use fleetwright_selector::{MAX_CHARS, Selector, SelectorError, SelectorFault};

fn refused(text: &str) -> SelectorError {
    match Selector::compile(text) {
        Err(error) => error,
        Ok(selector) => panic!("compiled: {selector:?}"),
    }
}

#[test]
fn unknown_names_offer_the_nearest() {
    for (text, at, offer) in [
        ("repo.langage == 'Java'", "langage", "`repo.language`"),
        ("true && component.lifecicle == 'x'", "lifecicle", "`component.lifecycle`"),
        ("rep.language == 'Java'", "rep", "`repo`"),
        ("language == 'Java'", "language", "`repo.language`"),
        ("'é' == 'é' && repo.archvied", "archvied", "`repo.archived`"),
        ("repo.hasfile('x')", "hasfile", "`repo.hasFile`"),
        ("hasFile('x')", "hasFile", "`repo.hasFile`"),
        ("repo.name.startWith('x')", "startWith", "`startsWith`"),
        ("sise(repo.topics) > 1", "sise", "`size`"),
        ("has(repo.langage)", "langage", "`repo.language`"),
        ("repo.topics.exists(word, wrd == 'x')", "wrd", "`word`"),
        ("repo.topics.exist(t, t == 'x')", "exist", "`exists`"),
    ] {
        let error = refused(text);
        assert_eq!(error.fault, SelectorFault::Name, "{text}: {error}");
        assert!(error.message.contains(&format!("did you mean {offer}")), "{text}: {error}");
        {
            let column = text.chars().count() - text[text.rfind(at).unwrap()..].chars().count() + 1;
            assert_eq!((error.line, error.column), (1, column), "{text}\n{}", error.caret());
        }
    }
}

#[test]
fn known_names_in_the_wrong_place() {
    for (text, said) in [
        ("repo.dependsOn(repo.name)", "`repo.dependsOn` takes texts in quotes"),
        ("repo.dependsOn()", "takes 2 texts, not 0"),
        ("repo.affectedBy()", "takes 1 text, not 0"),
        ("component.level('x') == 'gold'", "not available in this version"),
        ("component.passes('x')", "not available in this version"),
        ("component.inGroup()", "takes 1 text, not 0"),
        ("repo == 1", "`repo` has no value of its own"),
        ("repo['name'] == 'x'", "`repo` has no value of its own"),
        ("repo.hasFile", "is a function"),
        ("repo.hasFile()", "takes 1 text, not 0"),
        ("repo.contains('x')", "takes 2 texts, not 1"),
        ("[1].exists(repo, true)", "cannot be the variable"),
        ("Foo{a: 1} == 1", "no message types"),
        ("has(1)", "has"),
        ("repo.topics.exists(true)", "takes a variable"),
    ] {
        let error = refused(text);
        assert!(error.message.contains(said), "{text}: {error}");
    }
}

#[test]
fn literal_patterns_are_checked() {
    for (text, said, column) in [
        ("repo.hasFile('[')", "not a glob", 14),
        ("repo.contains('*', '(')", "not a regular expression", 20),
        ("repo.name.matches('(')", "not a regular expression", 19),
    ] {
        let error = refused(text);
        assert_eq!(error.fault, SelectorFault::Pattern, "{error}");
        assert!(error.message.contains(said), "{error}");
        assert_eq!(error.column, column, "{error}");
    }
}

#[test]
fn what_gives_no_boolean() {
    for text in ["repo.name", "1", "repo.size + 1", "[true]", "null", "repo.topics"] {
        assert_eq!(refused(text).fault, SelectorFault::Type, "{text}");
    }
}

#[test]
fn what_is_not_cel_has_a_place() {
    for (text, line, column) in
        [("repo.name ==", 1, 13), ("repo.archived\n  && && true", 2, 6), ("a b", 1, 3), ("", 1, 1)]
    {
        let error = refused(text);
        assert_eq!(error.fault, SelectorFault::Syntax, "{text}: {error}");
        assert_eq!((error.line, error.column), (line, column), "{text}: {error}\n{}", error.caret());
    }
    assert_eq!(refused("repo.archived\n  && && true").caret(), "  && && true\n     ^");
}

#[test]
fn limits() {
    for text in [
        format!("'{}' == ''", "é".repeat(MAX_CHARS)),
        format!("{}true{}", "(".repeat(65), ")".repeat(65)),
        format!("{}true", "true ? true : ".repeat(290)),
        format!("{} == 1", vec!["'a'.matches(repo.name)"; 90].join(" + ")),
        format!("component.labels{}", ".a".repeat(900)),
        format!("1{} == 1", " + 1".repeat(900)),
        "[1].all(a, [1].all(b, [1].all(c, true)))".to_owned(),
    ] {
        let error = refused(&text);
        assert_eq!(error.fault, SelectorFault::Limit, "{error}");
    }
    let wide = vec!["repo.archived"; 230].join(" || ");
    Selector::compile(&wide).unwrap();
}
