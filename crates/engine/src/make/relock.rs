//! Lockfiles brought up to date by the tool of their ecosystem, in the sandbox, with the network it is given.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use fleetwright_bump::Stale;
use fleetwright_core::stage::{Fault, FaultClass};
use fleetwright_git::{RepoPath, plain};
use fleetwright_package::{Files, Package};
use fleetwright_relock::{Ask, Plan, Step, plan};
use fleetwright_runner::{Cancel, Ended, Network, Order, Outcome, SCRIPTS_PATH, Sandbox};

use super::declarative::in_step;
use super::script::beyond;
use super::{Stop, WorkTree, fault};
use crate::workshop::Workshop;

/// Where programs are looked for in the sandbox, after the folders of the configuration.
const SYSTEM_PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// What the system trusts, where systems keep it: Debian, Fedora, Alpine.
const TRUSTED: [&str; 3] =
    ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
/// How tools are told to trust that, and not only what they bring along: a company's registry may be signed by its own.
const TRUST: [&str; 5] =
    ["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "PIP_CERT", "NODE_EXTRA_CA_CERTS", "BUNDLE_SSL_CA_CERT"];
/// Copies the seed of the home, if there is one, and becomes the tool.
const START: &str =
    "if [ -d \"$0\" ]; then cp -R \"$0\"/. \"$HOME\"/ || exit 126; chmod -R u+w \"$HOME\"; fi; exec \"$@\"";
/// Writes its second word into the file of its first.
const WRITE: &str = "rm -f \"$0\"; printf %s \"$1\" >\"$0\"";
/// What a shell says when there is no such program.
const NOT_FOUND: i32 = 127;
/// Bytes of what a tool said at last that are told in a fault.
const LAST_WORDS: usize = 600;
/// How tools say that there is no such version: cargo, npm, pnpm, yarn, uv, poetry, go, bundler, composer.
const NO_VERSION: [&str; 13] = [
    "failed to select a version",
    "no matching package",
    "No matching version",
    "ETARGET",
    "NO_MATCHING_VERSION",
    "Couldn't find any versions",
    "No candidates found",
    "there is no version of",
    "doesn't match any versions",
    "unknown revision",
    "no matching versions",
    "Could not find gem",
    "does not match the constraint",
];

/// What is wanted of the tools.
pub(super) struct Relock<'a> {
    /// The step, for messages.
    pub(super) label: &'a str,
    pub(super) package: &'a Package,
    pub(super) to: &'a str,
    /// The manifests and lockfiles, as they are to be.
    pub(super) files: &'a Files,
    pub(super) workshop: &'a Workshop,
    pub(super) cancel: &'a Cancel,
}

/// Brings lockfiles up to date. Of what the tools leave only these lockfiles are kept, and manifests that a tool
/// rightly writes beside them; the log says which tool did what with which network. Whether the wanted version is in
/// them now is for the caller to read. What is given back says the same in a line for each lockfile.
/// `Err(None)` means that the run was cancelled.
pub(super) fn relock(
    tree: &mut WorkTree<'_>,
    stale: &[Stale],
    want: &Relock<'_>,
    log: &mut Vec<u8>,
) -> Result<Vec<String>, Option<Stop>> {
    let plans = plans(stale, want)?;
    let Some(sandbox) = &want.workshop.sandbox else {
        let names: Vec<&str> = stale.iter().map(|lock| lock.path.as_str()).collect();
        let message = format!(
            "{} would be behind, and its tool needs the sandbox: {}",
            names.join(", "),
            want.workshop.closed
        );
        return Err(want.failed(FaultClass::Script, message));
    };
    let limits = plain::Limits::default();
    let (_kept, checkout) = want.checkout(tree, limits)?;
    let git = |error| Some(Stop::Failed(in_step(want.label, fault(&error))));
    let mut told = Vec::new();
    for plan in &plans {
        let tools = Bench { want, sandbox, checkout: &checkout, plan };
        told.push(tools.work(log)?);
    }
    let kept: BTreeSet<&str> = plans.iter().flat_map(|plan| plan.files.iter().map(String::as_str)).collect();
    let left = plain::read_back(tree.repository(), Some(tree.base()), &checkout, limits).map_err(git)?;
    let is_kept = |path: &RepoPath| path.as_str().is_some_and(|path| kept.contains(path));
    for edit in left.into_iter().filter(|edit| is_kept(&edit.path)) {
        tree.put(edit.path, edit.change);
    }
    Ok(told)
}

impl Relock<'_> {
    /// The tree as plain files, in a folder that is gone with what is given back first.
    pub(super) fn checkout(
        &self,
        tree: &WorkTree<'_>,
        limits: plain::Limits,
    ) -> Result<(tempfile::TempDir, PathBuf), Option<Stop>> {
        let scratch = &self.workshop.scratch;
        let folder = tempfile::Builder::new().prefix("tree-").tempdir_in(scratch);
        let folder = folder
            .map_err(|why| self.failed(FaultClass::Internal, format!("{}: {why}", scratch.display())))?;
        let checkout = folder.path().join("tree");
        let git = |error| Some(Stop::Failed(in_step(self.label, fault(&error))));
        plain::write_out(tree.repository(), Some(tree.base()), &tree.edits(), &checkout, limits)
            .map_err(git)?;
        Ok((folder, checkout))
    }

    fn failed(&self, class: FaultClass, message: impl Into<String>) -> Option<Stop> {
        Some(Stop::Failed(Fault::in_step(class, self.label, message)))
    }
}

/// The commands for each lockfile; all are known before any is run.
fn plans(stale: &[Stale], want: &Relock<'_>) -> Result<Vec<Plan>, Option<Stop>> {
    let mut plans = Vec::new();
    for lock in stale {
        let ask = Ask {
            path: &lock.path,
            ecosystem: lock.ecosystem,
            format: &lock.format,
            files: want.files,
            package: want.package,
            locked: &lock.locked,
            to: want.to,
            alone: lock.alone,
        };
        let said = |why| want.failed(FaultClass::Script, format!("{} would be behind: {why}", lock.path));
        plans.push(plan(&ask).map_err(said)?);
    }
    Ok(plans)
}

/// One lockfile, with all that is needed to work on it.
pub(super) struct Bench<'a> {
    pub(super) want: &'a Relock<'a>,
    pub(super) sandbox: &'a Sandbox,
    pub(super) checkout: &'a Path,
    pub(super) plan: &'a Plan,
}

impl Bench<'_> {
    /// Does the steps one after the other, and says which tool did.
    fn work(&self, log: &mut Vec<u8>) -> Result<String, Option<Stop>> {
        let asked = self.run(&self.plan.version, Network::None)?;
        let version = String::from_utf8_lossy(&asked.stdout);
        let version = version.lines().find(|line| !line.trim().is_empty()).unwrap_or("of no known version");
        let tool = self.plan.tool();
        let version = version.trim().strip_prefix(tool).unwrap_or(version).trim();
        for step in &self.plan.steps {
            match step {
                Step::Run(command) => self.command(command, (&format!("{tool} {version}"), log))?,
                Step::Write(file, text) => self.write(file, text.as_deref(), log)?,
            }
        }
        Ok(format!("{}: by {tool} {version}", self.lockfile()))
    }

    fn command(&self, command: &[String], (tool, log): (&str, &mut Vec<u8>)) -> Result<(), Option<Stop>> {
        let named = &self.want.workshop.tools.named;
        let network =
            if named.is_empty() { "none".to_owned() } else { format!("hosts {}", named.join(", ")) };
        let words = command.get(1..).unwrap_or_default().join(" ");
        let line = format!("{}: {tool}: {words} ; network: {network}\n", self.lockfile());
        log.extend_from_slice(line.as_bytes());
        let hosts = self.want.workshop.tools.hosts.clone();
        let network = if hosts.is_empty() { Network::None } else { Network::Hosts(hosts) };
        let ended = self.run(command, network)?;
        log.extend_from_slice(&ended.log);
        match ended.success() {
            true => Ok(()),
            false => Err(self.want.failed(FaultClass::Script, self.reason(&ended))),
        }
    }

    /// Writes a file from within: what a tool left in its place may lead anywhere.
    fn write(&self, file: &str, text: Option<&str>, log: &mut Vec<u8>) -> Result<(), Option<Stop>> {
        let (command, told) = match text {
            Some(text) => (["sh", "-c", WRITE, file, text].map(str::to_owned).to_vec(), "written"),
            None => (["rm", "-f", file].map(str::to_owned).to_vec(), "taken away"),
        };
        let line =
            format!("{}: {file} is {told}, so that exactly {} is taken\n", self.lockfile(), self.want.to);
        log.extend_from_slice(line.as_bytes());
        let ended = self.run(&command, Network::None)?;
        match ended.success() {
            true => Ok(()),
            false => Err(self.want.failed(FaultClass::Script, format!("{file} cannot be written"))),
        }
    }

    fn lockfile(&self) -> &str {
        self.plan.files.first().map_or("", String::as_str)
    }

    /// Runs a command, however it ends.
    pub(super) fn ended(&self, command: &[String], network: Network) -> Result<Ended, Option<Stop>> {
        let internal = |why: String| self.want.failed(FaultClass::Internal, why);
        let order = self.order(command, network);
        self.sandbox.run(&order, self.want.cancel).map_err(|error| internal(error.to_string()))
    }

    fn run(&self, command: &[String], network: Network) -> Result<Ended, Option<Stop>> {
        let ended = self.ended(command, network)?;
        match ended.outcome {
            Outcome::Cancelled => Err(None),
            Outcome::Exited(NOT_FOUND) => {
                let tool = self.plan.tool();
                let message = format!(
                    "{} would be behind, and `{tool}`, which brings it up to date, is not in the sandbox; install \
                     it below /usr, or name its folder in `dependencies.path` of fleetwright.yaml",
                    self.lockfile()
                );
                Err(self.want.failed(FaultClass::Script, message))
            }
            Outcome::Limit(limit) => {
                let took = beyond(limit, self.want.workshop.limits.time);
                let message = format!("{}: {} took {took}", self.lockfile(), self.plan.tool());
                Err(self.want.failed(FaultClass::Timeout, message))
            }
            _ => Ok(ended),
        }
    }

    fn order(&self, command: &[String], network: Network) -> Order {
        let workshop = self.want.workshop;
        let pairs = |pairs: &[(&str, &str)]| -> BTreeMap<String, String> {
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
        };
        let mut env = pairs(&self.plan.env);
        if workshop.tools.hosts.is_empty() {
            env.extend(pairs(&self.plan.offline));
        }
        let mut path = String::new();
        for folder in &workshop.tools.path {
            let _ = write!(path, "{}:", folder.display());
        }
        env.insert("PATH".to_owned(), path + SYSTEM_PATH);
        if let Some(trusted) = TRUSTED.iter().find(|path| Path::new(path).exists()) {
            env.extend(TRUST.map(|name| (name.to_owned(), (*trusted).to_owned())));
        }
        let start = ["sh", "-c", START, SCRIPTS_PATH].map(str::to_owned);
        Order {
            command: start.into_iter().chain(command.iter().cloned()).collect(),
            tree: self.checkout.to_owned(),
            cwd_in_tree: (!self.plan.folder.is_empty()).then(|| self.plan.folder.as_str().into()),
            scripts: workshop.tools.home.clone(),
            env,
            network,
            limits: workshop.limits.clone(),
        }
    }

    /// Why a tool failed, with its last words.
    fn reason(&self, ended: &Ended) -> String {
        let said = String::from_utf8_lossy(&ended.log);
        let said = said.trim();
        let (package, to, lockfile) = (self.want.package, self.want.to, self.lockfile());
        let from = said.len().saturating_sub(LAST_WORDS);
        let from = (from..=said.len()).find(|at| said.is_char_boundary(*at)).unwrap_or(0);
        let offline = self.want.workshop.tools.hosts.is_empty();
        let hint = match offline {
            true => {
                "it had no network; name the hosts it may reach in `dependencies.hosts` of fleetwright.yaml"
            }
            false => "the hosts it may reach are those of `dependencies.hosts` of fleetwright.yaml",
        };
        let tool = self.plan.tool();
        let last = &said[from..];
        if NO_VERSION.iter().any(|words| said.contains(words)) {
            let whence = if offline { " to be had without network" } else { "" };
            return format!(
                "{lockfile}: there is no version {to} of {package}{whence}, says {tool}: {last} ({hint})"
            );
        }
        format!("{lockfile}: {tool} failed ({:?}; {hint}): {last}", ended.outcome)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::process::Command;

    use fleetwright_core::secret::Keyring;
    use fleetwright_git::{Change, Edit, Mode, Repository};
    use fleetwright_package::Ecosystem;
    use fleetwright_runner::Limits;

    use super::*;
    use crate::config::Tools;

    /// What came of one lockfile: its text afterwards, and the log or the fault.
    struct Came {
        text: String,
        others: Vec<String>,
        told: Result<String, String>,
    }

    fn came(files: &[(&str, &str)], stale: &Stale, (package, to): (&str, &str), tools: Tools) -> Came {
        let folder = tempfile::tempdir().unwrap();
        let repository = Repository::init_bare(&folder.path().join("a.git"), "main").unwrap();
        let put = |(path, text): &(&str, &str)| Edit {
            path: RepoPath::new(path).unwrap(),
            change: Change::Put { mode: Mode::File, content: text.as_bytes().to_vec() },
        };
        let built = repository.build(None, &files.iter().map(put).collect::<Vec<_>>()).unwrap();
        repository.write_objects(&built.objects).unwrap();
        let mut tree = WorkTree::new(&repository, built.tree, "").unwrap();
        let more = tools.path.iter().map(|bin| bin.parent().unwrap().to_owned());
        let workshop = Workshop {
            sandbox: Some(Sandbox::bubblewrap().unwrap().with_readonly(more).unwrap()),
            closed: String::new(),
            limits: Limits::default(),
            scratch: folder.path().to_owned(),
            keyring: Keyring::default(),
            scripts: None,
            poms: std::sync::Arc::default(),
            tools,
            there: std::sync::Arc::default(),
        };
        let package = package.parse().unwrap();
        let cancel = Cancel::new();
        let texts = files.iter().map(|(path, text)| (*path, *text)).collect();
        let want = Relock {
            label: "bump",
            package: &package,
            to,
            files: &texts,
            workshop: &workshop,
            cancel: &cancel,
        };
        let mut log = Vec::new();
        let told = match relock(&mut tree, std::slice::from_ref(stale), &want, &mut log) {
            Ok(_) => Ok(String::from_utf8(log).unwrap()),
            Err(Some(Stop::Failed(fault))) => Err(fault.message),
            Err(other) => Err(format!("{other:?}")),
        };
        let text = tree.read(&RepoPath::new(&stale.path).unwrap()).unwrap().unwrap();
        let others = tree.edits().iter().map(|edit| edit.path.to_string()).collect();
        Came { text: String::from_utf8(text).unwrap(), others, told }
    }

    fn stale(path: &str, ecosystem: Ecosystem, format: &str, alone: bool) -> Stale {
        let locked = vec!["1.0.0".to_owned()];
        Stale {
            path: path.to_owned(),
            ecosystem,
            format: format.to_owned(),
            locked,
            alone,
            moved: Vec::new(),
        }
    }

    /// A home whose Cargo knows a registry of two crates, and the folder of this machine's Cargo.
    fn cargo_tools(home: &Path) -> Tools {
        let put = |path: &str, text: &str| {
            let path = home.join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let line = |name: &str, version: &str| {
            let sum = "0".repeat(64);
            format!(
                "{{\"name\":\"{name}\",\"vers\":\"{version}\",\"deps\":[],\"cksum\":\"{sum}\",\"features\":{{}},\
                 \"yanked\":false}}\n"
            )
        };
        let all =
            |name: &str| ["1.0.0", "1.2.0", "1.9.0", "2.0.0"].map(|version| line(name, version)).concat();
        put("seed/registry/index/al/ph/alpha", &all("alpha"));
        put("seed/registry/index/be/ta/beta", &all("beta"));
        put(
            "seed/.cargo/config.toml",
            "[source.crates-io]\nreplace-with = \"here\"\n[source.here]\nlocal-registry = \"registry\"\n",
        );
        fs::set_permissions(home, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        // Root's own folders are closed to the sandbox's user: a copy of the real Cargo, and what it asks of rustc.
        let rustc = |arguments: &[&str]| {
            let said = Command::new("rustc").args(arguments).output().unwrap();
            String::from_utf8(said.stdout).unwrap()
        };
        let bin = home.join("tool/bin");
        fs::create_dir_all(&bin).unwrap();
        let sysroot = PathBuf::from(rustc(&["--print", "sysroot"]).trim());
        fs::copy(sysroot.join("bin/cargo"), bin.join("cargo")).unwrap();
        put("tool/bin/rustc", &format!("#!/bin/sh\ncat <<END\n{}END\n", rustc(&["-vV"])));
        for path in ["tool/bin/rustc", "tool/bin/cargo", "tool/bin", "tool"] {
            let everybody = std::os::unix::fs::PermissionsExt::from_mode(0o755);
            fs::set_permissions(home.join(path), everybody).unwrap();
        }
        Tools { home: Some(home.join("seed")), path: vec![bin], ..Tools::default() }
    }

    fn cargo_lock(alpha: &str) -> String {
        let sum = "0".repeat(64);
        let source = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
        format!(
            "# This file is automatically @generated by Cargo.\n# It is not intended for manual editing.\nversion = \
             4\n\n[[package]]\nname = \"alpha\"\nversion = \"{alpha}\"\n{source}\nchecksum = \"{sum}\"\n\n\
             [[package]]\nname = \"app\"\nversion = \"0.1.0\"\ndependencies = [\n \"alpha\",\n \"beta\",\n]\n\n\
             [[package]]\nname = \"beta\"\nversion = \"1.0.0\"\n{source}\nchecksum = \"{sum}\"\n"
        )
    }

    fn cargo_files<'a>(manifest: &'a str, lock: &'a str) -> [(&'a str, &'a str); 3] {
        [("x/Cargo.toml", manifest), ("x/src/lib.rs", ""), ("x/Cargo.lock", lock)]
    }

    const MANIFEST: &str = "[package]\nname = \"app\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
        [dependencies]\nalpha = \"1\"\nbeta = \"1\"\n";

    #[test]
    fn cargo_moves_one_package_and_nothing_else() {
        let home = tempfile::tempdir_in("/var/tmp").unwrap();
        let lock = cargo_lock("1.0.0");
        let (stale, tools) = (
            |alone| stale("x/Cargo.lock", Ecosystem::Cargo, "Cargo.lock 4", alone),
            cargo_tools(home.path()),
        );
        let moved =
            came(&cargo_files(MANIFEST, &lock), &stale(true), ("cargo:alpha", "1.2.0"), tools.clone());
        let log = moved.told.unwrap();
        assert_eq!(moved.text, cargo_lock("1.2.0"), "{log}");
        assert_eq!(moved.others, ["x/Cargo.lock"]);
        assert!(log.starts_with("x/Cargo.lock: cargo 1."), "{log}");
        assert!(log.contains(": update --package alpha@1.0.0 --precise 1.2.0 ; network: none\n"), "{log}");
        // After an edit of the manifest, to another line of versions.
        let raised = MANIFEST.replace("alpha = \"1\"", "alpha = \"2\"");
        let moved =
            came(&cargo_files(&raised, &lock), &stale(false), ("cargo:alpha", "2.0.0"), tools.clone());
        assert_eq!(moved.text, cargo_lock("2.0.0"), "{:?}", moved.told);
        // A version that is not there.
        let moved = came(&cargo_files(MANIFEST, &lock), &stale(true), ("cargo:alpha", "1.5.0"), tools);
        let why = moved.told.unwrap_err();
        assert!(why.contains("there is no version 1.5.0 of cargo:alpha to be had without network"), "{why}");
        assert_eq!(moved.text, lock);
    }

    #[test]
    fn a_tool_that_is_not_there_is_named_with_what_to_try() {
        let files = [("pdm.lock", "")];
        let stale = stale("pdm.lock", Ecosystem::PyPi, "pdm.lock 4.5.0", false);
        let why = came(&files, &stale, ("pypi:flask", "3.0"), Tools::default()).told.unwrap_err();
        assert!(why.contains("`pdm`") && why.contains("`dependencies.path`"), "{why}");
    }

    #[test]
    fn a_format_without_a_tool_is_a_reason() {
        let stale = stale("Pipfile.lock", Ecosystem::PyPi, "Pipfile.lock 6", true);
        let why =
            came(&[("Pipfile.lock", "")], &stale, ("pypi:flask", "3.0"), Tools::default()).told.unwrap_err();
        assert!(why.starts_with("Pipfile.lock would be behind: pipenv has no command"), "{why}");
    }

    /// npm with packages that are folders: whatever it installs, nothing but its lockfile is kept.
    #[test]
    fn npm_writes_its_lockfile_alone() {
        if !Path::new("/usr/bin/npm").exists() {
            return;
        }
        let lock = |requirement: &str, version: &str| {
            format!(
                "{{\n  \"name\": \"app\",\n  \"lockfileVersion\": 3,\n  \"requires\": true,\n  \"packages\": {{\n    \
                 \"\": {{\n      \"name\": \"app\",\n      \"dependencies\": {{\n        \"left\": \
                 \"{requirement}\"\n      }}\n    }},\n    \"node_modules/left\": {{\n      \"resolved\": \
                 \"{version}\",\n      \"link\": true\n    }},\n    \"{version}\": {{\n      \"name\": \"left\",\n      \
                 \"version\": \"1.0.0\"\n    }}\n  }}\n}}\n"
            )
        };
        let old = lock("file:./one", "one");
        let files = [
            ("package.json", "{ \"name\": \"app\", \"dependencies\": { \"left\": \"file:./two\" } }\n"),
            ("one/package.json", "{ \"name\": \"left\", \"version\": \"1.0.0\" }\n"),
            (
                "two/package.json",
                "{ \"name\": \"left\", \"version\": \"1.2.0\", \"scripts\": { \"install\": \"touch /work/tree/ran\" } }\n",
            ),
            ("package-lock.json", old.as_str()),
        ];
        let stale = stale("package-lock.json", Ecosystem::Npm, "package-lock 3", false);
        let moved = came(&files, &stale, ("npm:left", "1.2.0"), Tools::default());
        let log = moved.told.unwrap();
        assert!(
            moved.text.contains("\"left\": \"file:./two\"") && moved.text.contains("1.2.0"),
            "{}",
            moved.text
        );
        assert_eq!(moved.others, ["package-lock.json"]);
        assert!(log.contains(": install --package-lock-only --ignore-scripts"), "{log}");
    }
}
