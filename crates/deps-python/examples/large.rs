//! How long a `uv.lock`, a `poetry.lock` and a `Pipfile.lock` of 50 million bytes take, and how much memory.
//!
//! `cargo build --release -p fleetwright-deps-python --example large`, then
//! `/usr/bin/time -v target/release/examples/large uv` (or `poetry`, `pipenv`, `requirements`, `pdm`, `pylock`).

use std::fmt::Write as _;
use std::time::Instant;

use fleetwright_package::{Files, Inventory};

const BYTES: usize = 50_000_000;

#[allow(clippy::print_stdout, reason = "an example prints")]
fn main() {
    let kind = std::env::args().nth(1).unwrap_or_else(|| "uv".to_owned());
    let (path, text) = match kind.as_str() {
        "poetry" => ("poetry.lock", poetry()),
        "pdm" => ("pdm.lock", pdm()),
        "pylock" => ("pylock.toml", pylock()),
        "pipenv" => ("Pipfile.lock", pipenv()),
        "requirements" => ("requirements.txt", requirements(BYTES / 2)),
        _ => ("uv.lock", uv()),
    };
    let bytes = text.len();
    let files: Files = [(path, text)].into_iter().collect();
    let begin = Instant::now();
    let mut inventory = Inventory::default();
    fleetwright_deps_python::read(&files, &mut inventory);
    let packages: usize = inventory.locks.iter().map(|lock| lock.packages.len()).sum();
    let taken = begin.elapsed().as_millis();
    println!("{path}: {bytes} bytes, {packages} packages, {taken} ms, {} findings", inventory.findings.len());
}

const HASH: &str = "sha256:e6e6d6e6d6e6f6a6b6c6d6e6f6071829304152637485960718293041526374859";

/// A text that is filled with packages, numbered from 0.
fn filled(head: &str, package: impl Fn(&mut String, usize)) -> String {
    let mut text = head.to_owned();
    for at in 0.. {
        if text.len() > BYTES {
            break;
        }
        package(&mut text, at);
    }
    text
}

/// The lines of a package's wheels, numbered from 0.
fn wheels(text: &mut String, line: impl Fn(usize) -> String) {
    (0..12).for_each(|wheel| text.push_str(&line(wheel)));
}

fn uv() -> String {
    filled("version = 1\nrevision = 3\nrequires-python = \">=3.10\"\n", |text, at| {
        let _ = write!(
            text,
            "\n[[package]]\nname = \"package-{at}\"\nversion = \"1.{at}.0\"\nsource = {{ registry = \"https://pypi.example.org/simple\" }}\ndependencies = [\n    {{ name = \"package-{}\" }},\n    {{ name = \"package-{}\", marker = \"os_name == 'nt'\" }},\n]\nwheels = [\n",
            at / 2,
            at / 3
        );
        wheels(text, |wheel| {
            format!(
                "    {{ url = \"https://files.example.org/packages/{at}/{wheel}/package-1-py3-none-any.whl\", hash = \"{HASH}\", size = 12345, upload-time = \"2025-01-01T00:00:00Z\" }},\n"
            )
        });
        text.push_str("]\n");
    })
}

fn poetry() -> String {
    filled("", |text, at| {
        let _ = write!(
            text,
            "[[package]]\nname = \"package-{at}\"\nversion = \"1.{at}.0\"\ndescription = \"some words\"\noptional = false\npython-versions = \">=3.8\"\ngroups = [\"main\"]\nfiles = [\n"
        );
        wheels(text, |wheel| {
            format!("    {{file = \"package-{at}-{wheel}-py3-none-any.whl\", hash = \"{HASH}\"}},\n")
        });
        let _ = write!(text, "]\n\n[package.dependencies]\npackage-{} = \">=1.0\"\n\n", at / 2);
    }) + "[metadata]\nlock-version = \"2.1\"\npython-versions = \">=3.8\"\ncontent-hash = \"0\"\n"
}

fn pdm() -> String {
    filled(
        "[metadata]\ngroups = [\"default\"]\nstrategy = [\"inherit_metadata\"]\nlock_version = \"4.5.0\"\ncontent_hash = \"sha256:0\"\n",
        |text, at| {
            let _ = write!(
                text,
                "\n[[package]]\nname = \"package-{at}\"\nversion = \"1.{at}.0\"\nrequires_python = \">=3.8\"\nsummary = \"some words\"\ngroups = [\"default\"]\ndependencies = [\n    \"package-{}>=1.0\",\n    \"package-{}; os_name == 'nt'\",\n]\nfiles = [\n",
                at / 2,
                at / 3
            );
            wheels(text, |wheel| {
                format!("    {{file = \"package-{at}-{wheel}-py3-none-any.whl\", hash = \"{HASH}\"}},\n")
            });
            text.push_str("]\n");
        },
    )
}

fn pylock() -> String {
    filled(
        "lock-version = \"1.0\"\ncreated-by = \"an example\"\nrequires-python = \">=3.10\"\n",
        |text, at| {
            let _ = write!(
                text,
                "\n[[packages]]\nname = \"package-{at}\"\nversion = \"1.{at}.0\"\ndependencies = [{{ name = \"package-{}\" }}]\nwheels = [\n",
                at / 2
            );
            wheels(text, |wheel| {
                format!(
                    "    {{ name = \"package-{at}-{wheel}.whl\", url = \"https://files.example.org/{at}/{wheel}.whl\", size = 12345, hashes = {{ sha256 = \"{HASH}\" }} }},\n"
                )
            });
            text.push_str("]\n");
        },
    )
}

fn pipenv() -> String {
    filled("{\"_meta\": {\"pipfile-spec\": 6}, \"default\": {", |text, at| {
        let comma = if at == 0 { "" } else { "," };
        let hashes = vec![format!("            \"{HASH}\""); 12].join(",\n");
        let _ = write!(
            text,
            "{comma}\n        \"package-{at}\": {{\n        \"hashes\": [\n{hashes}\n        ],\n        \"version\": \"==1.{at}\"\n    }}"
        );
    }) + "}, \"develop\": {}}"
}

fn requirements(bytes: usize) -> String {
    let mut text = String::from("# This file is autogenerated by pip-compile with Python 3.12\n");
    for at in 0.. {
        if text.len() > bytes {
            break;
        }
        let hashes = vec![format!("    --hash={HASH}"); 12].join(" \\\n");
        let _ = write!(text, "package-{at}==1.{at} \\\n{hashes}\n    # via package-{}\n", at / 2);
    }
    text
}
