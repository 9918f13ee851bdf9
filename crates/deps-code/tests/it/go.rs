//! go.mod and go.work.

use crate::sample::Sample;

const MOD: &str = r#"// The server.
module example.org/server // its path

go 1.22.5

toolchain go1.22.6

require (
	example.org/direct v1.2.3
	// v2 needs Go 1.24, see #12
	"example.org/old" v2.0.0+incompatible
	example.org/pseudo v0.0.0-20240102030405-0123456789ab
	example.org/local v0.0.0
	example.org/forked v1.0.0
	example.org/raised v1.0.0
)

require example.org/deep v0.9.0 // indirect; kept for the fix of #3

replace example.org/local => ./local

replace (
	example.org/forked => example.org/fork v1.0.1
	example.org/raised v1.0.0 => example.org/raised v1.0.9
	example.org/unnamed => example.org/unnamed v3.0.0
)

exclude example.org/deep v0.8.0
retract [v1.0.0, v1.1.0] // wrong
tool example.org/direct/cmd
"#;

#[test]
fn a_module_is_declared_and_locked() {
    let sample = Sample::read(&[("go.mod", MOD), ("go.sum", "")]);
    assert_eq!(sample.findings(), Vec::<String>::new());
    assert_eq!(
        sample.declared("go.mod"),
        [
            "example.org/direct | v1.2.3 | v1.2.3 | Runtime | go.mod:9=v1.2.3",
            "example.org/old | v2.0.0+incompatible | v2.0.0+incompatible | Runtime | go.mod:11=v2.0.0+incompatible",
            "example.org/pseudo | v0.0.0-20240102030405-0123456789ab | v0.0.0-20240102030405-0123456789ab | Runtime | go.mod:12=v0.0.0-20240102030405-0123456789ab",
            "example.org/local | v0.0.0 | ? it is replaced by the folder `./local` | Runtime | go.mod:13=v0.0.0",
            "example.org/forked | v1.0.0 | ? it is replaced by example.org/fork v1.0.1 | Runtime | go.mod:14=v1.0.0",
            "example.org/fork | v1.0.1 | v1.0.1 | Runtime | go.mod:23=v1.0.1",
            "example.org/raised | v1.0.9 | v1.0.9 | Runtime | go.mod:24=v1.0.9",
            "example.org/deep | v0.9.0 | v0.9.0 | Managed | go.mod:18=v0.9.0",
            "example.org/unnamed | v3.0.0 | v3.0.0 | Managed | go.mod:25=v3.0.0",
        ]
    );
    assert_eq!(
        sample.locked("go.mod"),
        [
            "example.org/server@*: example.org/direct@v1.2.3 example.org/old@v2.0.0+incompatible \
             example.org/pseudo@v0.0.0-20240102030405-0123456789ab example.org/local@v0.0.0 \
             example.org/fork@v1.0.1 example.org/raised@v1.0.9",
            "example.org/direct@v1.2.3:",
            "example.org/old@v2.0.0+incompatible:",
            "example.org/pseudo@v0.0.0-20240102030405-0123456789ab:",
            "example.org/local@v0.0.0*:",
            "example.org/fork@v1.0.1:",
            "example.org/raised@v1.0.9:",
            "example.org/deep@v0.9.0:",
        ]
    );
}

#[test]
fn comments_say_why_and_marks_do_not() {
    let sample = Sample::read(&[("go.mod", MOD), ("go.sum", "")]);
    let comment = |name: &str| {
        let found = sample.of("go.mod").iter().find(|declared| declared.package.name() == name);
        found.expect(name).comment.clone()
    };
    assert_eq!(comment("example.org/old").as_deref(), Some("v2 needs Go 1.24, see #12"));
    assert_eq!(comment("example.org/deep").as_deref(), Some("kept for the fix of #3"));
    assert_eq!(comment("example.org/direct"), None);
}

#[test]
fn an_old_module_tells_only_what_is_direct() {
    let sample = Sample::read(&[("go.mod", "module a\ngo 1.16\nrequire b v1.0.0\nrequire c master\n")]);
    assert!(sample.inventory.locks.is_empty());
    assert_eq!(sample.version("go.mod", "b"), "v1.0.0");
    assert_eq!(sample.version("go.mod", "c"), "? `master` is no version; `go mod tidy` puts one there");
    assert_eq!(
        sample.findings(),
        [
            "go.mod:0 there is no go.sum beside it, and it requires modules",
            "go.mod:0 go.mod of Go before 1.17 (1.16) does not list what its dependencies need",
        ]
    );
}

#[test]
fn what_is_written_wrongly_or_leads_out_is_a_finding() {
    let text = "module a\ngo 1.22\nrequire \"b v1\nrequire (\n\tc\n\td v1.0.0\n)\nreplace e => ../../e\nexclude d v1.0.0\n";
    let sample = Sample::read(&[("x/go.mod", text), ("x/go.sum", "")]);
    assert_eq!(
        sample.findings(),
        [
            "x/go.mod:3 a text that does not end",
            "x/go.mod:5 this is not how `require` is written",
            "x/go.mod:8 the folder `../../e` lies outside of the repository",
            "x/go.mod:6 `d` is required in the version that is excluded",
        ]
    );
    assert_eq!(sample.version("x/go.mod", "d"), "v1.0.0");
}

#[test]
fn a_workspace_that_raises_a_version_says_so() {
    let work = "go 1.22\nuse (\n\t./a\n\t./b\n\t./c\n\t../d\n)\nreplace r => r v1.5.0\n";
    let sample = Sample::read(&[
        ("go.work", work),
        ("a/go.mod", "module a\ngo 1.22\nrequire x v1.9.0\nrequire b v0.0.0\n"),
        ("b/go.mod", "module b\ngo 1.22\nrequire x v1.10.0\n"),
        ("a/go.sum", ""),
        ("b/go.sum", ""),
    ]);
    assert_eq!(
        sample.findings(),
        [
            "go.work:5 the folder `./c` has no go.mod",
            "go.work:6 the folder `../d` lies outside of the repository",
            "a/go.mod:3 `x` v1.9.0: go.work builds it in v1.10.0, as b/go.mod requires",
        ]
    );
    assert_eq!(sample.declared("go.work"), ["r | v1.5.0 | v1.5.0 | Managed | go.work:8=v1.5.0"]);
}
