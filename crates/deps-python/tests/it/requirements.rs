//! Files of requirements: lines, includes and constraints.

use fleetwright_package::{Scope, Through};

use super::{declared, findings, read, set, version};

const LINES: &str = "\
--index-url https://pypi.example.org/simple
-r requirements/base.txt
# keep: the API of 5 differs
Flask[async] == 2.3.3 ; python_version >= '3.8' # beside
foo>=1,\\
  <2
bar==1.0 \\
    --hash=sha256:00 \\
    --hash=sha256:11
-e git+https://me:token@host/x.git@v1#egg=My_Egg
https://host/wheels/whl_name-3.1-py3-none-any.whl
./local/package
named @ https://host/n.zip
six  # any
";

#[test]
fn every_line_is_read_in_its_place() {
    let files = [("requirements.txt", LINES), ("requirements/base.txt", "base==1\n")];
    let inventory = read(&files);
    assert_eq!(findings(&inventory), [""; 0]);
    let of = |name| declared(&inventory, "requirements.txt", name);
    assert_eq!((set(&files, of("flask")), version(of("flask"))), ("2.3.3", "2.3.3"));
    assert_eq!(of("flask").comment.as_deref(), Some("beside"));
    assert_eq!(set(&files, of("foo")), ">=1,\\\n  <2");
    assert_eq!((set(&files, of("bar")), of("bar").place.line), ("1.0", 7));
    assert!(
        version(of("my-egg")).contains("https://host/x.git@v1") && !version(of("my-egg")).contains("token")
    );
    assert_eq!(version(of("whl-name")), "3.1");
    assert!(of("named").set.is_none() && of("six").set.is_none());
    assert_eq!(version(declared(&inventory, "requirements/base.txt", "base")), "1");
}

#[test]
fn a_constraint_sets_the_version_of_what_includes_reach() {
    let files = [
        ("requirements.txt", "-c constraints.txt\n-r requirements-web.txt\na>=1\nown==3\n"),
        ("requirements-web.txt", "b\n"),
        ("constraints.txt", "a==1.5  # 1.6 is slow\nb==2.0\nown==4\nunused==9\n"),
        ("requirements-dev.txt", "b\n"),
    ];
    let inventory = read(&files);
    assert_eq!(findings(&inventory), [""; 0]);
    let a = declared(&inventory, "requirements.txt", "a");
    assert_eq!((version(a), set(&files, a), &a.through), ("1.5", "1.5", &Through::Managed));
    assert_eq!(a.set.as_ref().unwrap().path, "constraints.txt");
    assert_eq!(a.comment.as_deref(), Some("1.6 is slow"));
    assert_eq!(version(declared(&inventory, "requirements-web.txt", "b")), "2.0");
    assert_eq!(version(declared(&inventory, "requirements.txt", "own")), "3");
    let dev = declared(&inventory, "requirements-dev.txt", "b");
    assert!(dev.version.known().is_none());
    assert_eq!(dev.scope, Scope::Development);
    assert_eq!(declared(&inventory, "constraints.txt", "unused").scope, Scope::Managed);
}

#[test]
fn circles_and_escapes_of_includes_are_told() {
    let files = [
        ("requirements/a.txt", "-r b.txt\nx==1\n"),
        (
            "requirements/b.txt",
            "-ra.txt\n--requirement=../../etc/passwd\n-c /etc/passwd\n-r gone.txt\n-e ../../out\ny==2\n",
        ),
    ];
    let inventory = read(&files);
    assert_eq!(
        findings(&inventory),
        [
            "requirements/b.txt:2 it includes `../../etc/passwd`, which is not in this repository; that is not read",
            "requirements/b.txt:3 it includes `/etc/passwd`, which is not in this repository; that is not read",
            "requirements/b.txt:5 it installs `../../out`, which is not in this repository; that is not counted",
            "requirements/b.txt:1 it includes itself through `requirements/a.txt`",
            "requirements/b.txt:4 it includes `requirements/gone.txt`, which is not among the files that are read",
        ]
    );
    assert_eq!(version(declared(&inventory, "requirements/b.txt", "y")), "2");
}

#[test]
fn only_files_of_python_are_wanted() {
    let wants = fleetwright_deps_python::wants;
    for path in [
        "requirements.txt",
        "a/requirements-dev.in",
        "requirements/py3.10.txt",
        "dev_requirements.txt",
        "constraints.txt",
        "pylock.toml",
        "pylock.dev.toml",
        "x/Pipfile.lock",
    ] {
        assert!(wants(path), "{path}");
    }
    for path in [
        "readme.txt",
        "requirements/README.txt",
        "requirements.md",
        "package.json",
        "Cargo.lock",
        "pylock.a.b.toml",
        "main.in",
    ] {
        assert!(!wants(path), "{path}");
    }
}
