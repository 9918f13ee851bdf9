//! A folder with a fleet, the binary, and git as the judge of what came of it.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// The configuration most stories need: one local forge whose check is a repository's `test.sh`.
pub(crate) const CONFIG: &str = "\
forges:
  - { name: local, type: local, root: ./repos, checks: [{ name: test, run: sh test.sh, when: test.sh }] }
";

/// A test script that is always green.
pub(crate) const GREEN: &str = "exit 0\n";

/// What a command printed, and how it ended.
#[derive(Debug)]
pub(crate) struct Output {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Output {
    /// Requires an exit code.
    pub(crate) fn ends(self, code: i32) -> Output {
        assert_eq!(self.code, code, "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }

    /// Requires stdout to be one JSON document and nothing else.
    pub(crate) fn document(&self) -> Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr))
    }
}

/// One entry of a commit: git's mode, path and content (`None` removes the path).
pub(crate) type Entry<'a> = (&'a str, &'a str, Option<&'a [u8]>);

/// A folder with `fleetwright.yaml` and `repos/`.
pub(crate) struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// An empty fleet.
    pub(crate) fn new() -> World {
        let world = World::bare();
        world.write("fleetwright.yaml", CONFIG);
        fs::create_dir_all(world.path("repos")).unwrap();
        world
    }

    /// An empty folder.
    pub(crate) fn bare() -> World {
        let memory = Path::new("/dev/shm");
        let on_memory = tempfile::Builder::new().prefix("world-").tempdir_in(memory);
        let folder = on_memory.or_else(|_| tempfile::tempdir()).unwrap();
        World { folder }
    }

    /// A path in the folder.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// Writes a script that can be run.
    pub(crate) fn script(&self, name: &str, content: &str) {
        use std::os::unix::fs::PermissionsExt;
        self.write(name, content);
        fs::set_permissions(self.path(name), fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Writes `NAME.yaml`, a shift with this `spec`.
    pub(crate) fn shift(&self, name: &str, spec: &str) -> String {
        let file = format!("{name}.yaml");
        let head = "apiVersion: fleetwright/v1\nkind: Shift\nmetadata:";
        self.write(
            &file,
            format!("{head} {{ name: {name}, title: Do {name}, description: Because. }}\nspec:\n{spec}"),
        );
        file
    }

    /// The binary with these arguments, in the folder.
    pub(crate) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fleetwright"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        command.env("FLEETWRIGHT_USER", "ann").env("SECRET_OF_THE_HOST", "hunter2");
        command
    }

    /// Runs the binary.
    pub(crate) fn run(&self, args: &[&str]) -> Output {
        let output = self.command(args).output().unwrap();
        Output {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Runs the binary, which must end well.
    pub(crate) fn done(&self, args: &[&str]) -> Output {
        self.run(args).ends(0)
    }

    /// Runs the binary with `--json`, which must end well.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        let args: Vec<&str> = args.iter().copied().chain(["--json"]).collect();
        self.done(&args).document()
    }

    /// The stage of every target of a shift, with its reason where there is one.
    pub(crate) fn stages(&self, shift: &str) -> Vec<String> {
        let targets = self.json(&["shift", "targets", shift]);
        let text = |target: &Value, key: &str| target[key].as_str().unwrap().to_owned();
        let line = |target: &Value| {
            let (name, stage) = (text(target, "target"), text(target, "stage"));
            match text(target, "reason").as_str() {
                "" => format!("{name} {stage}"),
                reason => format!("{name} {stage}: {reason}"),
            }
        };
        targets.as_array().unwrap().iter().map(line).collect()
    }

    /// The path of a bare repository.
    pub(crate) fn bare_repo(&self, name: &str) -> PathBuf {
        self.path(&format!("repos/{name}.git"))
    }

    /// Writes a bare repository with one commit of text files on `main`.
    pub(crate) fn repo(&self, name: &str, files: &[(&str, &str)]) {
        let entries: Vec<Entry<'_>> =
            files.iter().map(|(path, text)| ("100644", *path, Some(text.as_bytes()))).collect();
        self.repo_of(name, &entries);
    }

    /// Writes a bare repository without a commit.
    pub(crate) fn empty_repo(&self, name: &str) {
        let path = self.bare_repo(name);
        git(self.folder.path(), &["init", "-q", "--bare", "-b", "main", path.to_str().unwrap()], b"");
    }

    /// Writes a bare repository with one commit on `main`.
    pub(crate) fn repo_of(&self, name: &str, entries: &[Entry<'_>]) {
        self.empty_repo(name);
        self.commit(name, "main", entries);
    }

    /// A commit by a person, straight onto a branch.
    pub(crate) fn commit(&self, name: &str, branch: &str, entries: &[Entry<'_>]) -> String {
        let repo = self.bare_repo(name);
        let mut stream: Vec<u8> = Vec::new();
        let message = "By hand";
        write!(stream, "commit refs/heads/{branch}\ncommitter Bea <bea@example.com> 1700000000 +0000\n")
            .unwrap();
        writeln!(stream, "data {}\n{message}", message.len()).unwrap();
        let has =
            |branch: &str| !git(&repo, &["for-each-ref", &format!("refs/heads/{branch}")], b"").is_empty();
        if has(branch) {
            writeln!(stream, "from refs/heads/{branch}^0").unwrap();
        }
        for (mode, path, content) in entries {
            match content {
                None => writeln!(stream, "D {path}").unwrap(),
                Some(oid) if *mode == "160000" => {
                    writeln!(stream, "M 160000 {} {path}", String::from_utf8_lossy(oid)).unwrap();
                }
                Some(content) => {
                    writeln!(stream, "M {mode} inline {path}\ndata {}", content.len()).unwrap();
                    stream.extend_from_slice(content);
                    stream.push(b'\n');
                }
            }
        }
        git(&repo, &["fast-import", "--quiet"], &stream);
        self.git(name, &["rev-parse", branch])
    }

    /// What git says of a repository, without the last line end.
    pub(crate) fn git(&self, name: &str, args: &[&str]) -> String {
        let output = git(&self.bare_repo(name), args, b"");
        String::from_utf8(output).unwrap().trim_end_matches('\n').to_owned()
    }

    /// The bytes of a file at a revision.
    pub(crate) fn show(&self, name: &str, revision: &str, path: &str) -> Vec<u8> {
        git(&self.bare_repo(name), &["cat-file", "blob", &format!("{revision}:{path}")], b"")
    }

    /// The text of a file at a revision.
    pub(crate) fn text(&self, name: &str, revision: &str, path: &str) -> String {
        String::from_utf8(self.show(name, revision, path)).unwrap()
    }

    /// A pull request's file.
    pub(crate) fn pull(&self, name: &str, number: u64) -> Value {
        let path = self.path(&format!("repos/{name}.forge/pulls/{number}.json"));
        serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
    }

    /// Everything outside that a shift may touch: every ref and every pull request of every
    /// repository, as sorted lines.
    pub(crate) fn outside(&self) -> Vec<String> {
        outside(&self.path("repos"))
    }
}

/// Every ref and every pull request below a forge's folder, as sorted lines.
pub(crate) fn outside(root: &Path) -> Vec<String> {
    let mut lines = Vec::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(root).unwrap().display().to_string();
            if name.ends_with(".git") {
                // A repository that git does not take has no refs to compare.
                let refs = try_git(&path, &["for-each-ref", "--format=%(objectname) %(refname)"], b"");
                let refs = String::from_utf8(refs.unwrap_or_default()).unwrap();
                lines.extend(refs.lines().map(|line| format!("{name} {line}")));
            } else if path.is_dir() {
                folders.push(path);
            } else if name.contains("/pulls/") {
                lines.push(format!("{name} {}", fs::read_to_string(&path).unwrap()));
            }
        }
    }
    lines.sort();
    lines
}

/// Runs git in a folder, which must end well.
pub(crate) fn git(folder: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    try_git(folder, args, input).unwrap_or_else(|why| panic!("git {args:?} in {}: {why}", folder.display()))
}

fn try_git(folder: &Path, args: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
    let mut command = Command::new("git");
    command.args(args).current_dir(folder);
    command.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_SYSTEM", "/dev/null");
    for who in ["AUTHOR", "COMMITTER"] {
        command.env(format!("GIT_{who}_NAME"), "Bea").env(format!("GIT_{who}_EMAIL"), "bea@example.com");
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    }
}
