//! Bytes outside of a match stay: line ends, byte order mark, comments, indentation.

use fleetwright_syntax::Rewrite;

fn java(pattern: &str, fix: &str) -> Rewrite {
    Rewrite::from_pattern("java", pattern, fix).unwrap()
}

#[test]
fn crlf_and_byte_order_mark_stay() {
    let rewrite = java("foo($A)", "bar($A)");
    let before = "\u{feff}class A {\r\n\tvoid m() { foo(1); }\t \r\n}\r\n";
    let after = before.replace("foo", "bar");
    assert_eq!(rewrite.apply(before).unwrap(), Some(after));
}

#[test]
fn new_lines_take_the_line_ends_of_the_text() {
    let rewrite = java("foo($A);", "bar();\nbaz($A);");
    let body = "class A {\n  void m() {\n    foo(1 +\n      2);\n  }\n}\n";
    let want = "class A {\n  void m() {\n    bar();\n    baz(1 +\n      2);\n  }\n}\n";
    assert_eq!(rewrite.apply(body).unwrap().as_deref(), Some(want));
    let crlf = |text: &str| text.replace('\n', "\r\n");
    assert_eq!(rewrite.apply(&crlf(body)).unwrap(), Some(crlf(want)));
}

#[test]
fn every_outermost_match_is_replaced_at_once() {
    let rewrite = java("foo($A)", "bar($A)");
    let before = "class A { int x = foo(foo(1)) + foo(2); /* é foo(3) */ }\n";
    let once = "class A { int x = bar(foo(1)) + bar(2); /* é foo(3) */ }\n";
    assert_eq!(rewrite.apply(before).unwrap().as_deref(), Some(once));
}

#[test]
fn text_that_stays_the_same_is_no_change() {
    assert_eq!(java("foo($A)", "foo($A)").apply("class A { int x = foo(1); }").unwrap(), None);
    assert_eq!(java("foo($A)", "bar($A)").apply("class A {}").unwrap(), None);
}
