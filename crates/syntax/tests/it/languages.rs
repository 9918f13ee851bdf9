//! One example per language, written as a pattern and as a rule.

use fleetwright_syntax::{Rewrite, languages};

/// Language, pattern, fix, code before, code after.
const EXAMPLES: [[&str; 5]; 15] = [
    [
        "bash",
        "curl -k $URL",
        "curl --fail $URL",
        "#!/bin/sh\nset -e   # stop\ncurl -k https://x\n",
        "#!/bin/sh\nset -e   # stop\ncurl --fail https://x\n",
    ],
    [
        "csharp",
        "Assert.AreEqual($A, $B)",
        "Assert.That($B, Is.EqualTo($A))",
        "class T { void M() { /* one */ Assert.AreEqual(1, Sum());  } }\n",
        "class T { void M() { /* one */ Assert.That(Sum(), Is.EqualTo(1));  } }\n",
    ],
    [
        "css",
        "@import \"old.css\";",
        "@import \"new.css\";",
        "@import \"old.css\";  /* b */\n",
        "@import \"new.css\";  /* b */\n",
    ],
    [
        "go",
        "errors.Wrap($E, $M)",
        "fmt.Errorf($M+\": %w\", $E)",
        "package a\n\nfunc f() error {\n\treturn errors.Wrap(err, \"x\") // why\n}\n",
        "package a\n\nfunc f() error {\n\treturn fmt.Errorf(\"x\"+\": %w\", err) // why\n}\n",
    ],
    [
        "html",
        "<center>$$$BODY</center>",
        "<div class=\"center\">$$$BODY</div>",
        "<body><center>hello</center></body>\n",
        "<body><div class=\"center\">hello</div></body>\n",
    ],
    [
        "java",
        "LogManager.getLogger($A.class)",
        "LoggerFactory.getLogger($A.class)",
        "class A {\n  Logger l = LogManager.getLogger(A.class); // log\n}\n",
        "class A {\n  Logger l = LoggerFactory.getLogger(A.class); // log\n}\n",
    ],
    [
        "javascript",
        "_.isArray($A)",
        "Array.isArray($A)",
        "if (_.isArray( x.y )) { go() }\n",
        "if (Array.isArray(x.y)) { go() }\n",
    ],
    [
        "json",
        "{\"version\": 1}",
        "{\"version\": 2}",
        "{\"a\": { \"version\": 1 }, \"b\":  1}\n",
        "{\"a\": {\"version\": 2}, \"b\":  1}\n",
    ],
    [
        "kotlin",
        "$A.toLowerCase()",
        "$A.lowercase()",
        "fun f(s: String) = s.toLowerCase() // old\n",
        "fun f(s: String) = s.lowercase() // old\n",
    ],
    [
        "python",
        "self.assertEquals($$$ARGS)",
        "self.assertEqual($$$ARGS)",
        "def test(self):\n    self.assertEquals(1, two())  # sum\n",
        "def test(self):\n    self.assertEqual(1, two())  # sum\n",
    ],
    ["ruby", "$A.any? == false", "$A.none?", "x = list.any? == false # no\n", "x = list.none? # no\n"],
    [
        "rust",
        "$S.trim_left()",
        "$S.trim_start()",
        "fn f(s: &str) -> &str { s.trim_left() /* old */ }\n",
        "fn f(s: &str) -> &str { s.trim_start() /* old */ }\n",
    ],
    [
        "tsx",
        "<Button primary>$$$C</Button>",
        "<Button kind=\"primary\">$$$C</Button>",
        "const a = <p><Button primary>Go</Button></p>;\n",
        "const a = <p><Button kind=\"primary\">Go</Button></p>;\n",
    ],
    ["typescript", "$A as any", "$A as unknown", "let a = b() as any;\n", "let a = b() as unknown;\n"],
    [
        "yaml",
        "runs-on: ubuntu-20.04",
        "runs-on: ubuntu-24.04",
        "jobs:\n  a:\n    runs-on: ubuntu-20.04 # old\n",
        "jobs:\n  a:\n    runs-on: ubuntu-24.04 # old\n",
    ],
];

fn check(rewrite: &Rewrite, before: &str, after: &str) {
    assert_eq!(rewrite.apply(before).unwrap().as_deref(), Some(after), "{rewrite:?}");
    assert_eq!(rewrite.apply(after).unwrap(), None, "a second time: {rewrite:?}");
    assert_eq!(rewrite.apply("").unwrap(), None);
}

#[test]
fn patterns_rewrite_every_language() {
    for [language, pattern, fix, before, after] in EXAMPLES {
        let rewrite = Rewrite::from_pattern(language, pattern, fix)
            .unwrap_or_else(|error| panic!("{language}: {error}"));
        check(&rewrite, before, after);
    }
}

#[test]
fn rules_rewrite_every_language() {
    for [language, pattern, fix, before, after] in EXAMPLES {
        let indented = fix.replace('\n', "\n  ");
        let rule = format!(
            "id: {language}-example\nlanguage: {language}\nrule:\n  pattern: |-\n    {pattern}\nfix: |-\n  {indented}\n"
        );
        let rewrite = Rewrite::from_rule(None, &rule).unwrap_or_else(|error| panic!("{language}: {error}"));
        check(&rewrite, before, after);
    }
}

#[test]
fn every_language_has_an_example() {
    let names: Vec<_> = languages().iter().map(|language| language.name).collect();
    assert_eq!(names, EXAMPLES.map(|[language, ..]| language));
}

#[test]
fn a_full_rule_uses_constraints_utils_transform_and_expansion() {
    let rule = r#"
language: typescript
rule:
  kind: pair
  has: { field: key, regex: ^old }
  all: [{ pattern: { context: "x = { $K: $V }", selector: pair } }, { matches: numeric }]
constraints:
  K: { regex: "^old[A-Z]" }
utils:
  numeric: { has: { kind: number } }
transform:
  NEW: { replace: { source: $K, replace: ^old, by: new } }
fix:
  template: "$NEW: $V"
  expandEnd: { regex: "^,$" }
"#;
    let rewrite = Rewrite::from_rule(Some("ts"), rule).unwrap();
    let before = "x = { oldName: 1, oldest: 2, oldText: 'a', last: 3 };\n";
    let after = "x = { newName: 1 oldest: 2, oldText: 'a', last: 3 };\n";
    let broken = rewrite.apply(before).unwrap_err().to_string();
    assert!(broken.contains("line 1"), "{broken}");
    let keeps_comma = Rewrite::from_rule(None, &rule.replace("$V\"", "$V,\"")).unwrap();
    let after = after.replace("1 ", "1, ");
    assert_eq!(keeps_comma.apply(before).unwrap(), Some(after));
}

#[test]
fn rules_apply_in_order() {
    let rules = "rule: { pattern: a($A) }\nfix: b($A)\n---\nrule: { pattern: b($A) }\nfix: c($A)\n";
    let rewrite = Rewrite::from_rule(Some("python"), rules).unwrap();
    assert_eq!(rewrite.apply("a(1)\n").unwrap().as_deref(), Some("c(1)\n"));
}

#[test]
fn globs_follow_the_language() {
    let rewrite = Rewrite::from_pattern("ts", "a", "b").unwrap();
    assert_eq!(rewrite.default_globs(), ["**/*.ts", "**/*.cts", "**/*.mts"]);
    assert_eq!(rewrite.language().name, "typescript");
}
