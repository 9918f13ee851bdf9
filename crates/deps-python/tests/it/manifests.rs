//! Manifests without lockfiles.

use fleetwright_package::{Scope, Version};

use super::samples::{PIPFILE, POETRY_PROJECT, PYPROJECT};
use super::{declared, findings, read, set, version};

const PATH: &str = "pyproject.toml";

#[test]
fn a_project_declares_with_places_to_the_byte() {
    let files = [(PATH, PYPROJECT)];
    let inventory = read(&files);
    assert_eq!(findings(&inventory), [""; 0]);
    let of = |name| declared(&inventory, PATH, name);
    assert_eq!(version(of("requests")), "2.31.0");
    assert_eq!(set(&files, of("requests")), "2.31.0");
    assert_eq!(of("requests").comment.as_deref(), Some("pinned: 2.0 broke the login"));
    assert_eq!(set(&files, of("urllib3")), ">=1.26,<2");
    assert_eq!(version(of("urllib3")), "`>=1.26,<2` is a range and no lockfile says which");
    assert_eq!((set(&files, of("click")), of("click").comment.as_deref()), ("8.1", Some("for the CLI")));
    assert!(of("attrs").set.is_none() && version(of("attrs")).contains("any version"));
    assert!(version(of("mylib")).contains("git+https://host/mylib@v3"));
    let place = &of("requests").place;
    assert_eq!(&PYPROJECT[place.span.clone()], "Requests");
    assert_eq!(place.line, 6);
}

#[test]
fn what_a_requirement_is_for_is_told() {
    let inventory = read(&[(PATH, PYPROJECT)]);
    let scope = |name| declared(&inventory, PATH, name).scope;
    assert_eq!(scope("attrs"), Scope::Runtime);
    assert_eq!(scope("boto3"), Scope::Optional);
    assert_eq!(scope("pytest"), Scope::Development);
    assert_eq!(scope("hatchling"), Scope::Build);
    assert_eq!(scope("idna"), Scope::Managed);
    let manifest = &inventory.manifests[0];
    assert_eq!(manifest.package.as_ref().unwrap().to_string(), "pypi:my-app");
    assert_eq!(manifest.version, Some(Version::Known("1.0".into())));
}

#[test]
fn poetry_has_its_own_ranges() {
    let files = [(PATH, POETRY_PROJECT)];
    let inventory = read(&files);
    assert_eq!(findings(&inventory), [""; 0]);
    let of = |name| declared(&inventory, PATH, name);
    assert_eq!((set(&files, of("django")), of("django").requirement.as_str()), ("4.2", "^4.2"));
    assert_eq!(set(&files, of("celery")), "5.3.1");
    assert_eq!((version(of("psycopg2")), of("psycopg2").scope), ("2.9.9", Scope::Optional));
    assert_eq!(of("psycopg2").comment.as_deref(), Some("2.9.10 has no wheel"));
    assert!(version(of("shared")).contains("../shared"));
    assert_eq!(of("black").scope, Scope::Development);
    let both = inventory.manifests[0].declared.iter().filter(|declared| declared.package.name() == "numpy");
    assert_eq!(both.map(|declared| set(&files, declared)).collect::<Vec<_>>(), ["1.26.*", "2"]);
    assert!(!inventory.manifests[0].declared.iter().any(|declared| declared.package.name() == "python"));
}

#[test]
fn a_pipfile_has_no_bare_versions() {
    let files = [("Pipfile", PIPFILE)];
    let inventory = read(&files);
    let of = |name| declared(&inventory, "Pipfile", name);
    assert_eq!((version(of("requests")), set(&files, of("requests"))), ("2.31.0", "2.31.0"));
    assert_eq!(set(&files, of("zope-interface")), "6");
    assert_eq!(of("pytest").scope, Scope::Development);
    let odd = read(&[("Pipfile", "[packages]\nx = \"1.2\"\n")]);
    assert!(declared(&odd, "Pipfile", "x").version.known().is_none());
}

#[test]
fn setup_cfg_is_read_and_setup_py_is_not() {
    let text = "[metadata]\nname = old_app\nversion = attr: old.__version__\n\n[options]\ninstall_requires =\n    six==1.16.0  # old\n    # a comment\n    lxml>=4; os_name == 'nt'\nzip_safe = no\n\n[options.extras_require]\ntest =\n    pytest\n";
    let files = [
        ("a/setup.cfg", text),
        ("a/setup.py", "setup(install_requires=[])"),
        ("b/setup.py", "install_requires=[\"x\"]"),
    ];
    let inventory = read(&files);
    let of = |name| declared(&inventory, "a/setup.cfg", name);
    assert_eq!(
        (version(of("six")), set(&files, of("six")), of("six").comment.as_deref()),
        ("1.16.0", "1.16.0", Some("old"))
    );
    assert_eq!(set(&files, of("lxml")), "4");
    assert_eq!(of("pytest").scope, Scope::Optional);
    assert!(matches!(inventory.manifests[0].version, Some(Version::Unknown(_))));
    assert_eq!(findings(&inventory), ["b/setup.py:0 not read: setup.py is a program"]);
}

#[test]
fn groups_that_include_themselves_are_told() {
    let text = "[dependency-groups]\na = [{include-group = \"b\"}]\nb = [{include-group = \"a\"}]\nc = [{include-group = \"none\"}, \"x==1\"]\n";
    let inventory = read(&[(PATH, text)]);
    assert_eq!(version(declared(&inventory, PATH, "x")), "1");
    assert_eq!(
        findings(&inventory),
        [
            "pyproject.toml:3 group `b` includes itself through `a`",
            "pyproject.toml:4 group `c` includes `none`, which is not there",
        ]
    );
}

#[test]
fn sources_of_uv_come_from_elsewhere() {
    let text = "[project]\nname = \"a\"\ndependencies = [\"my_lib>=1\"]\n[tool.uv.sources]\nmy-lib = { workspace = true }\n";
    let inventory = read(&[(PATH, text)]);
    assert!(version(declared(&inventory, PATH, "my-lib")).contains("from `workspace`"));
}
