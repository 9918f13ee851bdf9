//! A fleet in a folder, the real program on it, and what is left at the end.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use fleetwright_git::Repository;
use fleetwright_testkit::faults::{FAULT, FAULT_LOG, Fault};
use fleetwright_testkit::fleet::Small;
use serde_json::Value;
use tempfile::TempDir;

const CONFIG: &str = "forges:\n  - { name: local, type: local, root: ./repos }\n";

/// How long one run of the program may take where nothing else is said.
const PATIENCE: Duration = Duration::from_secs(60);

/// A fleet in a folder of its own.
pub(crate) struct World {
    folder: TempDir,
    /// What the program finds in its environment besides.
    pub(crate) env: BTreeMap<&'static str, String>,
    /// How long one run of the program may take.
    pub(crate) patience: Duration,
}

/// How a run of the program ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) killed: bool,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl From<Output> for Ended {
    fn from(output: Output) -> Ended {
        Ended {
            code: output.status.code(),
            killed: output.status.signal() == Some(9),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "code {:?}, killed {}\n{}\n{}", self.code, self.killed, self.out, self.err)
    }
}

/// Everything that must be the same whatever happened on the way.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct End {
    /// The tree of each default branch.
    pub(crate) trees: BTreeMap<String, String>,
    /// Each pull request there ever was: its branch, how many comments it has, and its state.
    pub(crate) pulls: BTreeMap<String, Vec<String>>,
    /// Every branch besides the default one.
    pub(crate) branches: BTreeMap<String, Vec<String>>,
    /// Where each target stands, and why.
    pub(crate) targets: BTreeMap<String, String>,
}

impl World {
    /// A world with these repositories, at the local forge without checks.
    pub(crate) fn new(repos: &[Small]) -> World {
        let folder = folder();
        let world = World { folder, env: BTreeMap::new(), patience: PATIENCE };
        world.write("fleetwright.yaml", CONFIG);
        for repo in repos {
            repo.write(&world.path("repos")).unwrap();
        }
        world
    }

    /// The same world once more.
    pub(crate) fn copy(&self) -> World {
        let folder = folder();
        let source = self.folder.path().join(".");
        let copied = Command::new("cp").arg("-a").arg(source).arg(folder.path()).status().unwrap();
        assert!(copied.success());
        World { folder, env: self.env.clone(), patience: self.patience }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
        if text.starts_with("#!") {
            fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        }
    }

    /// The program in this world, without a fault.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(program());
        command.args(words).current_dir(self.folder.path());
        command.env_remove(FAULT).env(FAULT_LOG, self.path("points.log")).env("FLEETWRIGHT_USER", "ann");
        command.envs(&self.env);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ended {
        ended(self.command(words), self.patience)
    }

    /// Runs the program, which must end with this code.
    pub(crate) fn ends(&self, words: &[&str], code: i32) -> Ended {
        let ended = self.run(words);
        assert_eq!(ended.code, Some(code), "{words:?}\n{}\n{}", ended.out, ended.err);
        ended
    }

    pub(crate) fn disturbed(&self, words: &[&str], fault: &Fault) -> Ended {
        let mut command = self.command(words);
        command.env(FAULT, fault.to_string());
        ended(command, self.patience)
    }

    /// The points reached so far, and the faults that came due.
    pub(crate) fn points(&self) -> Vec<String> {
        let log = fs::read_to_string(self.path("points.log")).unwrap_or_default();
        log.lines().map(str::to_owned).collect()
    }

    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let ended = self.run(&[words, &["--json"]].concat());
        serde_json::from_str(&ended.out)
            .unwrap_or_else(|why| panic!("{words:?}: {why}\n{}{}", ended.out, ended.err))
    }

    /// Where each target of a shift stands, and why.
    pub(crate) fn targets(&self, shift: &str) -> BTreeMap<String, String> {
        let found = self.json(&["shift", "targets", shift]);
        let told = |target: &Value| {
            let text = |key: &str| target[key].as_str().unwrap_or_default().to_owned();
            let doubt = if target["inDoubt"] == true { " in doubt" } else { "" };
            (text("target"), format!("{} {}{doubt}", text("stage"), text("reason")).trim().to_owned())
        };
        found.as_array().unwrap().iter().map(told).collect()
    }

    /// The pull requests of a repository, by number, as the forge's files have them.
    pub(crate) fn pulls(&self, repo: &str) -> Vec<Value> {
        // A process killed while it wrote a file leaves another one beside it, which nobody reads.
        let is_pull = |path: &&PathBuf| path.extension().is_some_and(|ending| ending == "json");
        let mut pulls: Vec<Value> = files(&self.path("repos").join(format!("{repo}.forge/pulls")))
            .iter()
            .filter(is_pull)
            .map(|path| serde_json::from_slice(&fs::read(path).unwrap()).unwrap())
            .collect();
        pulls.sort_by_key(|pull| pull["number"].as_u64());
        pulls
    }

    pub(crate) fn repository(&self, repo: &str) -> PathBuf {
        self.path("repos").join(format!("{repo}.git"))
    }

    pub(crate) fn repos(&self) -> Vec<String> {
        let mut names = Vec::new();
        for owner in files(&self.path("repos")) {
            let owner_name = owner.file_name().unwrap().to_str().unwrap().to_owned();
            for repo in files(&owner) {
                let name = repo.file_name().unwrap().to_str().unwrap().to_owned();
                names.extend(name.strip_suffix(".git").map(|name| format!("{owner_name}/{name}")));
            }
        }
        names.sort();
        names
    }

    /// Runs git in a repository, as a person would.
    pub(crate) fn git(&self, repo: &str, words: &[&str]) -> String {
        git(&self.repository(repo), words)
    }

    /// Adds a commit with a file of its own to a branch, as [`World::person_writes`].
    pub(crate) fn person_pushes(&self, repo: &str, branch: &str) -> String {
        self.person_writes(repo, branch, ("mine.txt", "by hand\n"))
    }

    /// Adds a commit to a branch, which is made where it is not there, and says what it is.
    pub(crate) fn person_writes(&self, repo: &str, branch: &str, (file, text): (&str, &str)) -> String {
        let clone = self.path("clone");
        let _ = fs::remove_dir_all(&clone);
        git(self.folder.path(), &["clone", "-q", self.repository(repo).to_str().unwrap(), "clone"]);
        let there = self.git(repo, &["branch", "--list", branch]);
        let from = if there.is_empty() { "HEAD".to_owned() } else { format!("origin/{branch}") };
        git(&clone, &["checkout", "-q", "-B", branch, &from]);
        fs::write(clone.join(file), text).unwrap();
        git(&clone, &["add", file]);
        git(
            &clone,
            &["-c", "user.name=Bob", "-c", "user.email=bob@example.com", "commit", "-q", "-m", "By hand"],
        );
        git(&clone, &["push", "-q", "origin", branch]);
        self.git(repo, &["rev-parse", &format!("refs/heads/{branch}")])
    }

    /// What a shift left behind.
    pub(crate) fn end(&self, shift: &str) -> End {
        let mut end = End { targets: self.targets(shift), ..End::default() };
        for repo in self.repos() {
            let repository = Repository::open(&self.repository(&repo)).unwrap();
            let head = repository.head().unwrap();
            if let Some(commit) = head.commit {
                end.trees.insert(repo.clone(), repository.tree_of(commit).unwrap().to_string());
            }
            let mut others: Vec<_> =
                repository.branches().unwrap().into_iter().map(|(name, _)| name).collect();
            others.retain(|name| *name != head.branch);
            if !others.is_empty() {
                end.branches.insert(repo.clone(), others);
            }
            let told = |pull: &Value| {
                let comments = pull["comments"].as_array().map_or(0, Vec::len);
                format!("{} with {comments} comments {}", pull["branch"], pull["state"]).replace('"', "")
            };
            let mut pulls: Vec<String> = self.pulls(&repo).iter().map(told).collect();
            pulls.sort();
            if !pulls.is_empty() {
                end.pulls.insert(repo, pulls);
            }
        }
        end
    }

    /// What git finds broken in any repository.
    pub(crate) fn broken(&self) -> Vec<String> {
        let mut broken = Vec::new();
        for repo in self.repos() {
            let words = ["fsck", "--strict", "--no-dangling", "--no-progress"];
            let checked = plain_git(&self.repository(&repo), &words).output().unwrap();
            let told = [checked.stdout, checked.stderr].concat();
            let told = String::from_utf8_lossy(&told).into_owned();
            // A repository without a commit has no branch yet: that is a notice, not a fault.
            if !checked.status.success() || told.contains("error") {
                broken.push(format!("{repo}: {told}"));
            }
        }
        broken
    }
}

/// Runs a command, which has so much time.
fn ended(mut command: Command, patience: Duration) -> Ended {
    let child = command.spawn().unwrap();
    let process = rustix::process::Pid::from_child(&child);
    let (told, heard) = std::sync::mpsc::channel();
    std::thread::spawn(move || told.send(child.wait_with_output()));
    let output = heard.recv_timeout(patience).unwrap_or_else(|_| {
        let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
        panic!(
            "{command:?} did not end within {patience:?}: {:?}",
            heard.recv().map(|output| output.map(Ended::from))
        );
    });
    output.unwrap().into()
}

/// Waits for something to become true; says how long it took.
pub(crate) fn until(what: &str, mut is_so: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}: not after 20 s");
        std::thread::sleep(Duration::from_millis(10));
    }
    begun.elapsed()
}

/// In memory where that is possible: hundreds of fleets are written and thrown away.
fn folder() -> TempDir {
    let builder = || {
        let mut builder = tempfile::Builder::new();
        builder.prefix("fleetwright-testkit-");
        builder
    };
    builder().tempdir_in("/dev/shm").or_else(|_| builder().tempdir()).unwrap()
}

/// The example `fleetwright-faulty`. Cargo builds it for a plain `cargo test`, but not where a test is
/// named: an old one is refused, since it would prove nothing.
fn program() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        let folder = test.parent().unwrap().with_file_name("examples");
        let program = folder.join("fleetwright-faulty");
        let changed = |path: &Path| fs::metadata(path).and_then(|file| file.modified());
        let sources = fs::read_to_string(folder.join("fleetwright-faulty.d")).unwrap_or_default();
        let built = changed(&program);
        let is_fresh = built.is_ok_and(|built| {
            let mut sources = sources.split_whitespace().filter_map(|source| changed(Path::new(source)).ok());
            sources.all(|source| source <= built)
        });
        let remedy = "run `cargo build -p fleetwright-testkit --examples`";
        assert!(is_fresh, "{} is missing or older than its sources: {remedy}", program.display());
        program
    })
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path()).collect()
}

fn plain_git(folder: &Path, words: &[&str]) -> Command {
    let mut command = Command::new("git");
    command.args(words).current_dir(folder);
    command.env("GIT_CONFIG_NOSYSTEM", "1").env("GIT_CONFIG_GLOBAL", "/dev/null");
    command
}

pub(crate) fn git(folder: &Path, words: &[&str]) -> String {
    let output = plain_git(folder, words).output().unwrap();
    assert!(output.status.success(), "git {words:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}
