//! Lockfiles and the manifests they belong to.

use fleetwright_package::Scope;

use super::samples::{
    COMPILED, PDM_LOCK, PIPFILE, PIPFILE_LOCK, POETRY_LOCK, POETRY_PROJECT, PYPROJECT, UV_LOCK,
};
use super::{declared, findings, needs, read, set, version};

const PATH: &str = "pyproject.toml";

#[test]
fn uv_locks_a_project() {
    let files = [(PATH, PYPROJECT), ("uv.lock", UV_LOCK)];
    let inventory = read(&files);
    assert_eq!(findings(&inventory), [""; 0]);
    let of = |name| declared(&inventory, PATH, name);
    assert_eq!((version(of("click")), version(of("mylib"))), ("8.1.7", "3.0"));
    assert_eq!(set(&files, of("click")), "8.1");
    let at = of("click").locked.unwrap();
    let locked = &inventory.locks[at.lock as usize].packages[at.package as usize];
    assert_eq!((locked.package.name(), locked.line), ("click", 22));
    assert_eq!(UV_LOCK.lines().nth(21), Some("name = \"click\""));
    assert_eq!(version(of("urllib3")), "1.26.18");
    assert_eq!(inventory.locks[0].format, "uv.lock 1.3");
}

#[test]
fn uv_says_what_needs_what() {
    let inventory = read(&[("uv.lock", UV_LOCK)]);
    assert_eq!(needs(&inventory, 0, "requests"), ["pysocks 1.7.1", "urllib3 1.26.18", "urllib3 2.2.1"]);
    let own = needs(&inventory, 0, "my-app");
    assert!(own.contains(&"boto3 1.34.5".into()) && own.contains(&"ruff 0.4.0".into()), "{own:?}");
    assert!(own.contains(&"urllib3 1.26.18".into()) && !own.contains(&"urllib3 2.2.1".into()), "{own:?}");
    let owned: Vec<_> = inventory.locks[0].packages.iter().filter(|locked| locked.own).collect();
    assert_eq!(owned.len(), 1);
    assert_eq!(owned[0].package.name(), "my-app");
}

#[test]
fn several_versions_are_not_guessed() {
    let project = "[project]\nname = \"my-app\"\ndependencies = [\"urllib3\"]\n";
    let inventory = read(&[(PATH, project), ("uv.lock", UV_LOCK)]);
    let of = declared(&inventory, PATH, "urllib3");
    assert_eq!(version(of), "`uv.lock` holds 1.26.18 and 2.2.1, each for some environments");
    assert!(of.version.known().is_none() && of.locked.is_none());
}

#[test]
fn a_member_of_a_workspace_is_locked_above() {
    let member = "[project]\nname = \"my-app\"\ndependencies = [\"click\"]\n";
    let other = "[project]\nname = \"stranger\"\ndependencies = [\"click\"]\n";
    let files = [("uv.lock", UV_LOCK), ("libs/a/pyproject.toml", member), ("libs/b/pyproject.toml", other)];
    let inventory = read(&files);
    assert_eq!(version(declared(&inventory, "libs/a/pyproject.toml", "click")), "8.1.7");
    assert!(declared(&inventory, "libs/b/pyproject.toml", "click").version.known().is_none());
}

#[test]
fn poetry_locks_a_project() {
    let files = [(PATH, POETRY_PROJECT), ("poetry.lock", POETRY_LOCK)];
    let inventory = read(&files);
    assert_eq!(findings(&inventory), [""; 0]);
    let of = |name| declared(&inventory, PATH, name);
    assert_eq!((version(of("django")), version(of("celery"))), ("4.2.11", "5.3.6"));
    let numpy = inventory.manifests[0].declared.iter().filter(|declared| declared.package.name() == "numpy");
    assert_eq!(numpy.map(version).collect::<Vec<_>>(), ["1.26.4", "2.0.1"]);
    assert_eq!(needs(&inventory, 0, "django"), ["numpy 1.26.4"]);
    assert_eq!(inventory.locks[0].format, "poetry.lock 2.1");
}

#[test]
fn an_extra_is_needed_when_somebody_asks_for_it() {
    let inventory = read(&[("poetry.lock", POETRY_LOCK), (PATH, POETRY_PROJECT)]);
    assert_eq!(needs(&inventory, 0, "celery"), ["kombu 5.3.7", "redis 4.6.0"]);
    assert_eq!(needs(&inventory, 0, "kombu"), [""; 0]);
}

#[test]
fn pip_compile_says_what_needs_what() {
    let files = [("requirements.in", "requests[socks]>=2\nother\n"), ("requirements.txt", COMPILED)];
    let inventory = read(&files);
    assert_eq!(findings(&inventory), [""; 0]);
    assert_eq!(needs(&inventory, 0, "requests"), ["certifi 2024.2.2", "idna 3.7"]);
    assert_eq!(needs(&inventory, 0, "other"), ["requests 2.31.0", "setuptools 69.0"]);
    let scope = |name| declared(&inventory, "requirements.txt", name).scope;
    assert_eq!((scope("requests"), scope("idna")), (Scope::Runtime, Scope::Managed));
    let asked = declared(&inventory, "requirements.in", "requests");
    assert_eq!((version(asked), asked.locked.is_some()), ("2.31.0", true));
    assert_eq!(set(&files, declared(&inventory, "requirements.txt", "certifi")), "2024.2.2");
}

#[test]
fn pdm_repeats_a_package_for_its_extras() {
    let project = "[project]\nname = \"a\"\ndependencies = [\"attrs\"]\n[tool.pdm]\n";
    let inventory = read(&[(PATH, project), ("pdm.lock", PDM_LOCK)]);
    assert_eq!(inventory.locks[0].packages.len(), 3);
    assert!(needs(&inventory, 0, "coverage").contains(&"tomli 2.0.1".to_owned()));
    assert_eq!(version(declared(&inventory, PATH, "attrs")), "23.2.0");
}

#[test]
fn pipenv_locks_versions_only() {
    let files = [("Pipfile", PIPFILE), ("Pipfile.lock", PIPFILE_LOCK)];
    let inventory = read(&files);
    let of = |name| declared(&inventory, "Pipfile", name);
    assert_eq!(version(of("flask")), "3.0.3");
    assert_eq!(
        findings(&inventory),
        ["Pipfile.lock:21 it does not fit Pipfile: that asks for pypi:pytest `>=8`, this holds 7.4.0"]
    );
    let local = inventory.locks[0].packages.iter().find(|locked| locked.package.name() == "local").unwrap();
    assert!(local.own && local.version.is_empty());
    assert!(of("local").version.known().is_none());
}

#[test]
fn a_lockfile_of_pep_751_is_read() {
    let lock = "lock-version = \"1.0\"\ncreated-by = \"x\"\n[[packages]]\nname = \"attrs\"\nversion = \"23.2.0\"\nwheels = [{name = \"a.whl\"}]\n[[packages]]\nname = \"cattrs\"\nversion = \"1.0\"\ndependencies = [{name = \"attrs\"}]\n";
    let inventory = read(&[("pylock.toml", lock), ("pylock.dev.toml", lock)]);
    assert_eq!(inventory.locks.len(), 2);
    assert_eq!(needs(&inventory, 0, "cattrs"), ["attrs 23.2.0"]);
}

#[test]
fn what_contradicts_itself_is_told() {
    let project = "[project]\nname = \"my-app\"\ndependencies = [\"click>=9\", \"gone\", \"win ; os_name == 'nt'\", \"my-app[s3]\"]\n";
    let inventory = read(&[(PATH, project), ("uv.lock", UV_LOCK)]);
    assert_eq!(
        findings(&inventory),
        [
            "uv.lock:22 it does not fit pyproject.toml: that asks for pypi:click `>=9`, this holds 8.1.7",
            "uv.lock:0 it does not fit pyproject.toml: that asks for pypi:gone, which is not in it",
        ]
    );
    assert!(declared(&inventory, PATH, "click").version.known().is_none());
}
