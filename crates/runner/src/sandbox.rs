//! The sandbox: found and tried once, then used for any number of runs at once.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use fleetwright_core::secret::Keyring;
use rustix::fs::OFlags;

use crate::bubblewrap::Bubblewrap;
use crate::cancel::Cancel;
use crate::error::{RunnerError, Unavailable};
use crate::order::{Ended, Limits, Network, Order, Outcome};
use crate::{direct, etc, tree};

/// Goes up when the rules of the sandbox change in a way a program can notice.
const RULES: u32 = 1;
const PLACES: [&str; 3] = ["/usr/bin/bwrap", "/usr/local/bin/bwrap", "/bin/bwrap"];
/// Where nothing may be mounted over: our own mounts.
const TAKEN: [&str; 8] = ["/work", "/proc", "/dev", "/tmp", "/etc", "/usr", "/sys", "/run"];

/// Runs programs apart from the host. Cheap to clone; use one for all runs.
#[derive(Clone, Debug)]
pub struct Sandbox {
    kind: Kind,
    keyring: Keyring,
}

#[derive(Clone, Debug)]
enum Kind {
    Wrapped(Arc<Bubblewrap>),
    Direct,
}

impl Sandbox {
    /// Finds bubblewrap and proves with one trial run that it works here.
    ///
    /// # Errors
    /// When it is not installed, too old, or not allowed to make namespaces; the error says
    /// what to do.
    pub fn bubblewrap() -> Result<Self, Unavailable> {
        let path = PLACES.iter().map(PathBuf::from).find(|path| path.is_file());
        let path = path.ok_or(Unavailable::NotInstalled)?;
        let version = ask(&path, "--version")?;
        if !ask(&path, "--help")?.contains("--bind-fd") {
            return Err(Unavailable::TooOld { path, version });
        }
        let etc = etc::snapshot()
            .map_err(|source| Unavailable::System { what: "copy parts of /etc".into(), source })?;
        let drop = tree::who().ok_or(Unavailable::OnlyRoot)? == tree::Who::SandboxUser;
        let etc = Arc::new(etc);
        let bubblewrap = Bubblewrap { path, version, etc, readonly: Vec::new(), drop };
        let sandbox = Self::of(Kind::Wrapped(Arc::new(bubblewrap)));
        sandbox.trial()?;
        Ok(sandbox)
    }

    /// No sandbox: programs run as we do, with our files and network, but without our
    /// environment, terminal and open files, and within limits of time, output, disk and, as
    /// far as they do not hide, memory and processes. For trusted scripts on one's own machine.
    #[must_use]
    pub fn unsandboxed() -> Self {
        Self::of(Kind::Direct)
    }

    fn of(kind: Kind) -> Self {
        Self { kind, keyring: Keyring::default() }
    }

    /// Masks these secrets in what programs print; those that are known by their looks are always masked.
    #[must_use]
    pub fn with_keyring(self, keyring: Keyring) -> Self {
        Self { keyring, ..self }
    }

    /// Makes more of the host visible, read-only and at the same place, such as a toolchain
    /// outside `/usr`.
    ///
    /// # Errors
    /// When a path is not absolute, is not there, or would cover or contain a place of the
    /// sandbox itself.
    pub fn with_readonly(self, paths: impl IntoIterator<Item = PathBuf>) -> Result<Self, RunnerError> {
        let Kind::Wrapped(bubblewrap) = &self.kind else { return Ok(self) };
        let readonly: Vec<PathBuf> = paths.into_iter().collect();
        for path in &readonly {
            check_readonly(path)?;
        }
        let bubblewrap = Bubblewrap {
            path: bubblewrap.path.clone(),
            version: bubblewrap.version.clone(),
            etc: Arc::clone(&bubblewrap.etc),
            readonly,
            drop: bubblewrap.drop,
        };
        Ok(Self { kind: Kind::Wrapped(Arc::new(bubblewrap)), ..self })
    }

    /// Name, version and rules of what runs programs, and what more of the host they see: part of
    /// the key of cached results.
    #[must_use]
    pub fn identity(&self) -> String {
        match &self.kind {
            Kind::Wrapped(bubblewrap) => {
                let seen: String =
                    bubblewrap.readonly.iter().map(|path| format!(" {}", path.display())).collect();
                format!("{} rules {RULES}{seen}", bubblewrap.version)
            }
            Kind::Direct => format!("unsandboxed rules {RULES}"),
        }
    }

    /// One line for people: what isolates programs here.
    #[must_use]
    pub fn describe(&self) -> String {
        match &self.kind {
            Kind::Wrapped(bubblewrap) => {
                let user = if bubblewrap.drop {
                    format!("as user {} instead of root", tree::SANDBOX_UID)
                } else {
                    "as the current user".to_owned()
                };
                let path = bubblewrap.path.display();
                format!("{} ({path}), own namespaces, seccomp filter, {user}", bubblewrap.version)
            }
            Kind::Direct => "no sandbox: scripts can read and write what this user can".to_owned(),
        }
    }

    /// Runs one order to its end, which is at most its time limit away. Blocks the calling
    /// thread, which must live as long as the run (its death kills the sandbox).
    ///
    /// # Errors
    /// When the command did not run at all: a wrong order, a path that cannot be used, a
    /// command that is not there, or a kernel that refuses. How it ended is never an error.
    pub fn run(&self, order: &Order, cancel: &Cancel) -> Result<Ended, RunnerError> {
        let redactor = self.keyring.redactor();
        match &self.kind {
            Kind::Wrapped(bubblewrap) => bubblewrap.run(order, &redactor, cancel),
            Kind::Direct => direct::run(order, &redactor, cancel),
        }
    }

    /// Runs `true` once.
    fn trial(&self) -> Result<(), Unavailable> {
        let system = |source| Unavailable::System { what: "make a directory".into(), source };
        let tree = tempfile::tempdir().map_err(system)?;
        let order = Order {
            command: vec!["true".into()],
            tree: tree.path().to_owned(),
            cwd_in_tree: None,
            scripts: None,
            env: Default::default(),
            network: Network::None,
            limits: Limits::default(),
        };
        let said = match self.run(&order, &Cancel::new()) {
            Ok(ended) if ended.outcome == Outcome::Exited(0) => return Ok(()),
            Ok(ended) => String::from_utf8_lossy(&ended.stderr).trim().to_owned(),
            Err(RunnerError::NotStarted { said, .. }) => said,
            Err(error) => error.to_string(),
        };
        let advice = advice(&said);
        Err(Unavailable::TrialFailed { said, advice })
    }
}

/// What usually is behind a failed trial.
fn advice(said: &str) -> &'static str {
    let restricted = fs::read_to_string("/proc/sys/kernel/apparmor_restrict_unprivileged_userns");
    if restricted.is_ok_and(|value| value.trim() == "1") {
        return "AppArmor blocks user namespaces here (Ubuntu 24.04): install the package \
                apparmor-profiles and load its profile bwrap-userns-restrict, or run \
                `sysctl kernel.apparmor_restrict_unprivileged_userns=0`";
    }
    if said.contains("proc") {
        return "the container hides parts of /proc: run it with `--security-opt \
                systempaths=unconfined`, or use a container image per step instead";
    }
    "user namespaces are probably not allowed here: in Docker run with `--security-opt \
     seccomp=unconfined --security-opt apparmor=unconfined`, in Kubernetes set \
     `hostUsers: false`, on old Debian `sysctl kernel.unprivileged_userns_clone=1`"
}

/// What a program says about itself.
fn ask(path: &Path, option: &str) -> Result<String, Unavailable> {
    let output = Command::new(path).arg(option).env_clear().output();
    let output = output
        .map_err(|source| Unavailable::System { what: format!("run {} {option}", path.display()), source })?;
    let said = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&said).trim().to_owned())
}

fn check_readonly(path: &Path) -> Result<(), RunnerError> {
    let plain = path.components().skip(1).all(|part| matches!(part, Component::Normal(_)));
    let parts = path.components().count();
    if !path.is_absolute() || !plain || parts < 2 {
        let why = format!("read-only path {} is not a plain absolute path", path.display());
        return Err(RunnerError::BadOrder(why));
    }
    if let Some(taken) = TAKEN.iter().find(|taken| path.starts_with(taken)) {
        let why = format!("read-only path {} is within the sandbox's own {taken}", path.display());
        return Err(RunnerError::BadOrder(why));
    }
    if Path::new("/home/fleet").starts_with(path) || path.starts_with("/home/fleet") {
        let why = format!("read-only path {} would cover the sandbox's home", path.display());
        return Err(RunnerError::BadOrder(why));
    }
    tree::open_path(path, OFlags::empty()).map(drop)
}
