//! What each service's documentation says of its own file.

use fleetwright_owners::{Flavour, Owner, Owners};

fn owners(flavour: Flavour, text: &str, path: &str) -> String {
    let owners = Owners::read(flavour, "CODEOWNERS", text);
    let found = owners.owners_of(path);
    let each = found.iter().map(|found| {
        let names: Vec<String> = found.owners.iter().map(Owner::to_string).collect();
        let name = &found.section.name;
        if name.is_empty() { names.join(" ") } else { format!("{name}: {}", names.join(" ")) }
    });
    each.collect::<Vec<_>>().join("; ")
}

const GITHUB: &str = "\
# everything
*       @global-owner1 @global-owner2
*.js    @js-owner #This is an inline comment.
*.go docs@example.com
*.txt @octo-org/octocats
/build/logs/ @doctocat
docs/* docs@example.com
apps/ @octocat
/docs/ @doctocat
/scripts/ @doctocat @octocat
**/logs @octocat
/apps/ @octocat
/apps/github
a\\ b.md @space
";

#[test]
fn githubs_last_match_wins() {
    let table = [
        ("README", "@global-owner1 @global-owner2"),
        ("x/y.js", "@js-owner"),
        ("x.go", "docs@example.com"),
        ("a/b/x.txt", "@octo-org/octocats"),
        ("build/logs/a/b", "@octocat"),
        ("deep/build/logs/a", "@octocat"),
        ("x/docs/a.md", "@global-owner1 @global-owner2"),
        ("docs/a/b.md", "@doctocat"),
        ("x/apps/y", "@octocat"),
        ("apps/x", "@octocat"),
        ("apps/github", ""),
        ("apps/github/x", ""),
        ("scripts/a", "@doctocat @octocat"),
        ("sub/a b.md", "@space"),
    ];
    for (path, expected) in table {
        assert_eq!(owners(Flavour::GitHub, GITHUB, path), expected, "{path}");
    }
    let one_level = "docs/* @a\n";
    assert_eq!(owners(Flavour::GitHub, one_level, "docs/getting-started.md"), "@a");
    assert_eq!(owners(Flavour::GitHub, one_level, "docs/build-app/troubleshooting.md"), "");
    assert_eq!(owners(Flavour::GitHub, "/a/**/z @a", "a/z"), "@a");
    assert_eq!(owners(Flavour::GitHub, "/a/**/z @a", "a/b/c/z/d"), "@a");
    assert_eq!(owners(Flavour::GitHub, "/ @a", "a"), "");
    assert_eq!(owners(Flavour::GitHub, "a?c @a", "abc"), "@a");
    assert_eq!(owners(Flavour::GitHub, "abc @a", "ABC"), "");
}

#[test]
fn githubs_wrong_lines_are_passed_over_and_said() {
    let read = Owners::read(Flavour::GitHub, ".github/CODEOWNERS", "* @a\n!x @b\n[ab] @c\n*.rs nobody @d\n");
    let lines: Vec<usize> = read.findings.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [2, 3, 4]);
    assert_eq!(read.owners_of("x.rs")[0].owners, [Owner::User("a".to_owned())]);
    assert!(read.findings[2].message.contains("`nobody` is no owner"), "{}", read.findings[2]);
}

const GITLAB: &str = "\
* @default
\\#file.rb @escaped

[Documentation][2] @docs
docs/
README.md @readme # and more
!docs/generated/

^[Database] @dba
/db/**/*.sql
model[0-9].rb @models

[documentation]
/extra.md
";

#[test]
fn gitlabs_sections_each_have_their_last_match() {
    let table = [
        ("x", "@default"),
        ("#file.rb", "@escaped"),
        ("a/docs/x/y.md", "@default; Documentation: @docs"),
        ("docs", "@default"),
        ("sub/README.md", "@default; Documentation: @readme"),
        ("docs/generated/a", "@default"),
        ("db/a/b/c.sql", "@default; Database: @dba"),
        ("db/c.sql", "@default; Database: @dba"),
        ("app/model7.rb", "@default; Database: @models"),
        ("app/modelx.rb", "@default"),
        ("extra.md", "@default; Documentation: @docs"),
    ];
    for (path, expected) in table {
        assert_eq!(owners(Flavour::GitLab, GITLAB, path), expected, "{path}");
    }
    let read = Owners::read(Flavour::GitLab, "CODEOWNERS", GITLAB);
    let sections: Vec<_> =
        read.sections().iter().map(|row| (row.name.as_str(), row.optional, row.approvals)).collect();
    assert_eq!(sections, [("", false, None), ("Documentation", false, Some(2)), ("Database", true, None)]);
    assert!(read.findings.is_empty(), "{:?}", read.findings);
    assert_eq!(Owners::read(Flavour::GitLab, "x", "[A]\nb\n").findings[0].line, 2);
}

#[test]
fn giteas_expressions_all_count() {
    let text = ".*\\\\.go @user1 @org1/team1 # comment\n!docs/.* @outside\ndocs/(aws|google)/[^/]*\\\\.(md|txt) @org2/team2\n\
        only\n(bad @x\npath\\ with\\ spaces/.* @s\n.* nobody\n";
    let read = Owners::read(Flavour::Gitea, "CODEOWNERS", text);
    assert_eq!(owners(Flavour::Gitea, text, "a/b.go"), "@user1 @org1/team1; @outside");
    assert_eq!(owners(Flavour::Gitea, text, "docs/aws/x.md"), "@org2/team2");
    assert_eq!(owners(Flavour::Gitea, text, "docs/aws/y/x.md"), "");
    assert_eq!(owners(Flavour::Gitea, text, "path with spaces/x"), "@outside; @s");
    let lines: Vec<usize> = read.findings.iter().map(|finding| finding.line).collect();
    assert_eq!(lines, [4, 5, 7], "{:?}", read.findings);
}

#[test]
fn the_roots_owner_is_that_of_everything() {
    let root = |flavour, text: &str| {
        let read = Owners::read(flavour, "x", text);
        read.of_root().iter().filter_map(|owner| owner.entity_ref()).collect::<Vec<_>>()
    };
    assert_eq!(
        root(Flavour::GitHub, "* @acme/Payments @ann me@x.org\n/src/ @other\n"),
        ["group:default/payments", "user:default/ann"]
    );
    assert_eq!(root(Flavour::GitLab, "* @acme/sub/pay\n^[Maybe]\n* @no\n"), ["group:default/pay"]);
    assert_eq!(root(Flavour::Gitea, ".* @ann\n"), ["user:default/ann"]);
    assert_eq!(root(Flavour::GitHub, "*.js @ann\n"), [""; 0]);
}
