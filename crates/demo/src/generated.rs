//! Fleets of any size for benchmarks: small, alike, no two the same.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use fleetwright_git::{Change, Edit, HostileName, Mode, Person, RepoPath};

use crate::bare::{self, Revision};
use crate::error::DemoError;
use crate::source::{JAVA, JAVASCRIPT, Language, Numbers, PYTHON, prose, source};

/// 2026-03-02 08:00 UTC: the first commit of every generated repository.
const EPOCH: i64 = 1_772_438_400;

const MODULES: [&str; 6] = ["api", "billing", "client", "model", "store", "web"];

/// The smallest and the largest made-up file, in bytes; one more function can follow the target.
const BYTES: (usize, usize) = (300, 2_800);

/// Writes `repos` bare repositories `root/bench/repo-00001.git` and so on, of about `files` files each (an eighth more or
/// less), 300 to 3,000 bytes long, in nested folders. The same bytes for the same number, every time.
///
/// A third each are Maven, npm and Python projects with a version in `pom.xml`, `package.json` or `pyproject.toml`; each
/// has a Kubernetes manifest `deploy/app.yaml` whose image carries that version. Three commits; from about 35 files on
/// they lie in one pack, as in a fresh clone. Every core writes.
///
/// # Errors
/// [`DemoError::Repository`] where a repository is there already or cannot be written.
pub fn generate(root: &Path, repos: usize, files: usize) -> Result<(), DemoError> {
    let next = AtomicUsize::new(1);
    let write = || loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index > repos {
            return Ok(());
        }
        repository(root, index, files)?;
    };
    let cores = thread::available_parallelism().map_or(2, usize::from);
    thread::scope(|scope| {
        let threads: Vec<_> = (0..cores).map(|_| scope.spawn(write)).collect();
        // A thread that panics is a defect of ours; its repositories are missed by whoever counts them.
        threads.into_iter().try_for_each(|thread| thread.join().unwrap_or(Ok(())))
    })
}

fn repository(root: &Path, index: usize, files: usize) -> Result<(), DemoError> {
    let name = format!("bench/repo-{index:05}");
    let contents = contents(index, files);
    let revisions = revisions(contents).map_err(DemoError::path(&name))?;
    bare::write(&root.join(format!("{name}.git")), "main", &revisions).map_err(DemoError::repository(&name))
}

/// Three commits: half of the files, all of them, and a last one that touches one source.
fn revisions(contents: Vec<(String, String)>) -> Result<Vec<Revision>, HostileName> {
    let edit = |(path, content): (String, String)| {
        let change = Change::Put { mode: Mode::File, content: content.into_bytes() };
        Ok(Edit { path: RepoPath::new(path)?, change })
    };
    let all: Vec<Edit> = contents.into_iter().map(edit).collect::<Result<_, HostileName>>()?;
    let mut before = all.clone();
    if let Some(Edit { change: Change::Put { content, .. }, .. }) = before.last_mut() {
        content.truncate(BYTES.0);
        content.push(b'\n');
    }
    let half = all[..all.len().div_ceil(2)].to_vec();
    let messages = ["Begin", "Write the rest", "Finish the last module"];
    let revisions =
        messages.iter().zip([half, before, all]).zip(0..).map(|((message, files), at)| Revision {
            files,
            message: (*message).to_owned(),
            author: Person { name: "Bench Author".to_owned(), email: "bench@acme.example".to_owned() },
            time: EPOCH + 86_400 * at,
        });
    Ok(revisions.collect())
}

/// Paths and contents of a repository; the last one is a source.
fn contents(index: usize, files: usize) -> Vec<(String, String)> {
    let mut numbers = Numbers::new(u64::try_from(index).unwrap_or(u64::MAX));
    let wanted = (files - files / 8 + numbers.below(files / 4 + 1)).max(1);
    let version = format!("{}.{}.{}", 1 + numbers.below(4), numbers.below(20), numbers.below(10));
    let name = format!("repo-{index:05}");
    let (language, manifest) = project(index, &name, &version);
    let mut contents = vec![
        manifest,
        ("deploy/app.yaml".to_owned(), deployment(&name, &version)),
        ("README.md".to_owned(), prose(&mut numbers, &name, 600)),
        ("docs/architecture.md".to_owned(), prose(&mut numbers, "Architecture", 1_200)),
    ];
    contents.truncate(wanted);
    for at in 0..wanted - contents.len() {
        let module = MODULES[at % MODULES.len()];
        let (folder, kind) = if at % 3 == 2 { ("src/test", "Check") } else { ("src/main", "Part") };
        let path = format!("{folder}/{module}/{kind}{at:02}.{}", language.ending);
        let bytes = BYTES.0 + numbers.below(BYTES.1 - BYTES.0);
        contents.push((path, source(language, &mut numbers, &format!("{name}: {module}"), bytes)));
    }
    contents
}

/// The language of a project, and its manifest.
fn project(index: usize, name: &str, version: &str) -> (&'static Language, (String, String)) {
    let (language, path, text) = match index % 3 {
        0 => (&JAVA, "pom.xml", pom(name, version)),
        1 => (&JAVASCRIPT, "package.json", package(name, version)),
        _ => (&PYTHON, "pyproject.toml", pyproject(name, version)),
    };
    (language, (path.to_owned(), text))
}

fn pom(name: &str, version: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  \
         <modelVersion>4.0.0</modelVersion>\n  <groupId>example.acme.bench</groupId>\n  \
         <artifactId>{name}</artifactId>\n  <version>{version}</version>\n  <dependencies>\n    \
         <!-- kept at the platform's version -->\n    <dependency>\n      <groupId>org.slf4j</groupId>\n      \
         <artifactId>slf4j-api</artifactId>\n      <version>2.0.16</version>\n    </dependency>\n  \
         </dependencies>\n</project>\n"
    )
}

fn package(name: &str, version: &str) -> String {
    format!(
        "{{\n  \"name\": \"@bench/{name}\",\n  \"version\": \"{version}\",\n  \"private\": true,\n  \
         \"type\": \"module\",\n  \"scripts\": {{\n    \"start\": \"node src/main/web/Part05.js\",\n    \
         \"test\": \"node --test\"\n  }},\n  \"dependencies\": {{\n    \"fastify\": \"^5.1.0\",\n    \
         \"pino\": \"^9.5.0\",\n    \"undici\": \"^7.0.0\"\n  }},\n  \"engines\": {{ \"node\": \">=20\" }}\n}}\n"
    )
}

fn pyproject(name: &str, version: &str) -> String {
    format!(
        "[project]\nname = \"{name}\"\nversion = \"{version}\"\nrequires-python = \">=3.11\"\ndependencies = [\n    \
         \"flask>=3.0\",  # the web framework every team uses\n    \"requests>=2.32\",\n]\n\n[build-system]\n\
         requires = [\"setuptools>=75\"]\nbuild-backend = \"setuptools.build_meta\"\n\n[tool.pytest.ini_options]\n\
         testpaths = [\"src/test\"]\n"
    )
}

fn deployment(name: &str, version: &str) -> String {
    format!(
        "# Rolled out by the platform's deployer.\napiVersion: apps/v1\nkind: Deployment\nmetadata:\n  \
         name: {name}\n  labels:\n    app: {name}\nspec:\n  replicas: 2\n  template:\n    spec:\n      \
         containers:\n        - name: {name}\n          image: docker.acme.example/bench/{name}:{version} # release\n\
         \x20         imagePullPolicy: IfNotPresent\n          ports:\n            - containerPort: 8080\n"
    )
}
