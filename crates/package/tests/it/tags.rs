//! Tags of images and actions, of which only some have an order.

use std::cmp::Ordering::{Equal, Greater, Less};

use fleetwright_package::Ecosystem::{Actions, GitLab, Image};
use fleetwright_package::{Range, compare, is_version, sort};

#[test]
fn images_compare_with_the_same_suffix_only() {
    assert_eq!(compare(Image, "1.25-alpine", "1.26-alpine"), Some(Less));
    assert_eq!(compare(Image, "1.25-alpine", "1.26"), None);
    assert_eq!(compare(Image, "3.11.4-slim-bookworm", "3.11.5-slim-bookworm"), Some(Less));
    assert_eq!(compare(Image, "17-jdk", "21-jdk"), Some(Less));
    assert_eq!(compare(Image, "20230801", "20240101"), Some(Less));
    assert_eq!(compare(Image, "22.04", "20230801"), None);
    assert_eq!(compare(Image, "1.2.3", "v1.2.3"), Some(Equal));
}

#[test]
fn a_tag_with_fewer_numbers_moves() {
    assert_eq!(compare(Image, "1.25", "1.25.3"), None);
    assert_eq!(compare(Image, "1.25", "1.26.0"), Some(Less));
    assert_eq!(compare(Actions, "v4", "v4.1.0"), None);
    assert_eq!(compare(Actions, "v4", "v3.9.9"), Some(Greater));
    assert_eq!(compare(GitLab, "1.0.0-rc.1", "1.0.0"), Some(Less));
}

#[test]
fn a_question_is_about_numbers() {
    let ask =
        |ecosystem, question: &str, tag: &str| Range::question(ecosystem, question).unwrap().contains(tag);
    let cases = [
        (Actions, "<4.2", "v4", None),
        (Actions, "<4.2", "v3", Some(true)),
        (Actions, "<4.2", "v4.1.7", Some(true)),
        (Actions, "<4.2", "v4.2.1", Some(false)),
        (Actions, "<4.2", "main", None),
        (Actions, "<4", "v4", Some(false)),
        (Actions, "<4", "v4.1.7", Some(false)),
        (Actions, "<4", "v3.9.1", Some(true)),
        (Actions, ">=4", "v4.0.1", Some(true)),
        (Actions, "<4.1.0", "v4.1.0-rc.1", Some(true)),
        (Actions, "<4.1", "v4.1.0-rc.1", None),
        (Image, "<1.25", "1.24.0-alpine", Some(true)),
        (Image, "<1.25", "1.25.3-alpine", Some(false)),
        (Image, "<1.25", "1.25.0-rc1", None),
        (Image, "<1.25", "1", None),
        (Image, "<1.25", "20230801", None),
        (Image, ">20230101", "20230801", Some(true)),
        (Image, "<1.25-alpine", "1.24", None),
        (Image, "<1.25-alpine", "1.24.2-alpine", Some(true)),
        (Image, "=1.25", "1.25.3-alpine", Some(true)),
        (Image, "!=1.25", "1.26-alpine", Some(true)),
    ];
    for (ecosystem, question, tag, answer) in cases {
        assert_eq!(ask(ecosystem, question, tag), answer, "{question} {tag}");
    }
}

#[test]
fn what_has_no_order() {
    for tag in ["latest", "bookworm", "stable-slim", "1.25alpine", "", "sha256:abc"] {
        assert!(!is_version(Image, tag), "{tag}");
    }
    for tag in
        ["main", "8f4b7f84864484a7bf31766abe9204da3cbe65b3", "12345678", "v1.2.3.4", "release/v1", "v1-beta"]
    {
        assert!(!is_version(Actions, tag), "{tag}");
    }
}

#[test]
fn a_list_has_its_places_all_the_same() {
    let mut tags = vec!["2.0-alpine", "latest", "1.25", "20240101", "1.25.3", "1.25.3-alpine", "bookworm"];
    sort(Image, &mut tags, |tag| tag);
    assert_eq!(tags, ["bookworm", "latest", "1.25", "1.25.3", "1.25.3-alpine", "2.0-alpine", "20240101"]);
}
