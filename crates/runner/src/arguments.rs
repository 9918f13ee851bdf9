//! The command line of bubblewrap for one order.

use std::ffi::OsString;
use std::fs;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Component, Path, PathBuf};

use crate::error::RunnerError;
use crate::inside::PORT;
use crate::order::{Network, OUTPUTS_PATH, Order, SCRIPTS_PATH, TREE_PATH};

/// The user inside: neither root nor a number that differs from host to host.
const INSIDE: &str = "1000";
/// Devices every program may expect (`null(4)`, `random(4)`); no terminal, no pseudo terminal.
const DEVICES: [&str; 5] = ["null", "zero", "full", "random", "urandom"];
/// Environment every program gets; an order may override it.
const ENVIRONMENT: [(&str, &str); 6] = [
    ("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
    ("HOME", "/home/fleet"),
    ("USER", "fleet"),
    ("LANG", "C.UTF-8"),
    ("TMPDIR", "/tmp"),
    ("FLEETWRIGHT_OUTPUT", OUTPUTS_PATH),
];
/// Memory file systems; their use counts as disk.
pub(crate) const SCRATCH: [&str; 3] = ["/tmp", "/home/fleet", "/dev/shm"];

/// The open files bubblewrap is given; it mounts, reads or closes each.
pub(crate) struct Handles {
    pub(crate) tree: OwnedFd,
    pub(crate) scripts: Option<OwnedFd>,
    pub(crate) etc: OwnedFd,
    pub(crate) outputs: OwnedFd,
    pub(crate) readonly: Vec<(PathBuf, OwnedFd)>,
    /// The system call filter, to be read.
    pub(crate) seccomp: OwnedFd,
    /// Where bubblewrap reports the first process and the exit code.
    pub(crate) status: OwnedFd,
    /// What it waits for before it starts the command.
    pub(crate) go: OwnedFd,
}

impl Handles {
    /// All of them, to be inherited by bubblewrap.
    pub(crate) fn all(&self) -> Vec<i32> {
        let fixed = [&self.tree, &self.etc, &self.outputs, &self.seccomp, &self.status, &self.go];
        let readonly = self.readonly.iter().map(|(_, fd)| fd);
        fixed.into_iter().chain(&self.scripts).chain(readonly).map(AsRawFd::as_raw_fd).collect()
    }
}

/// Words of a command line.
struct Words(Vec<OsString>);

impl Words {
    fn add<const N: usize>(&mut self, words: [&str; N]) {
        self.0.extend(words.map(OsString::from));
    }

    fn mount(&mut self, how: &str, fd: &OwnedFd, at: &Path) {
        self.add([how, &fd.as_raw_fd().to_string()]);
        self.0.push(at.into());
    }
}

/// The whole command line, without bubblewrap itself.
pub(crate) fn arguments(order: &Order, handles: &Handles) -> Result<Vec<OsString>, RunnerError> {
    let mut words = Words(Vec::with_capacity(160));
    namespaces(&mut words, &order.network, handles);
    host_system(&mut words);
    scratch(&mut words, order.limits.disk);
    words.mount("--ro-bind-fd", &handles.etc, Path::new("/etc"));
    for (path, fd) in &handles.readonly {
        words.mount("--ro-bind-fd", fd, path);
    }
    words.mount("--bind-fd", &handles.tree, Path::new(TREE_PATH));
    if let Some(scripts) = &handles.scripts {
        words.mount("--ro-bind-fd", scripts, Path::new(SCRIPTS_PATH));
    }
    words.mount("--bind-fd", &handles.outputs, Path::new(OUTPUTS_PATH));
    let working = working_directory(order)?;
    words.add(["--remount-ro", "/"]);
    words.add(["--chdir"]);
    let directory = Path::new(TREE_PATH).components().chain(working.components());
    words.0.push(directory.collect::<PathBuf>().into());
    words.add(["--clearenv"]);
    for (name, value) in ENVIRONMENT {
        words.add(["--setenv", name, value]);
    }
    if let Network::Hosts(_) = order.network {
        let (http, java) = proxy();
        // Yarn reads none but its own.
        let names =
            ["HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy", "YARN_HTTPS_PROXY", "YARN_HTTP_PROXY"];
        for name in names {
            words.add(["--setenv", name, &http]);
        }
        words.add([
            "--setenv",
            "NO_PROXY",
            "",
            "--setenv",
            "no_proxy",
            "",
            "--setenv",
            "JAVA_TOOL_OPTIONS",
            &java,
        ]);
    }
    for (name, value) in &order.env {
        check_variable(name, value)?;
        words.add(["--setenv", name, value]);
    }
    words.add(["--"]);
    check_command(order)?;
    words.0.extend(order.command.iter().map(OsString::from));
    Ok(words.0)
}

/// How the proxy is named to most programs, and to Java.
fn proxy() -> (String, String) {
    let java = ["http", "https"]
        .map(|scheme| format!("-D{scheme}.proxyHost=127.0.0.1 -D{scheme}.proxyPort={PORT}"))
        .join(" ");
    (format!("http://127.0.0.1:{PORT}"), format!("{java} -Dhttp.nonProxyHosts="))
}

fn namespaces(words: &mut Words, network: &Network, handles: &Handles) {
    // `--unshare-all` alone would do without a user namespace where there is none.
    words.add(["--unshare-all", "--unshare-user", "--die-with-parent", "--new-session", "--cap-drop", "ALL"]);
    words.add(["--uid", INSIDE, "--gid", INSIDE, "--hostname", "fleet"]);
    if *network == Network::Host {
        words.add(["--share-net"]);
    }
    words.add(["--seccomp", &handles.seccomp.as_raw_fd().to_string()]);
    words.add(["--json-status-fd", &handles.status.as_raw_fd().to_string()]);
    words.add(["--block-fd", &handles.go.as_raw_fd().to_string()]);
}

/// `/usr` and what the host has beside it as links or directories, `/proc` and `/dev`.
fn host_system(words: &mut Words) {
    words.add(["--ro-bind", "/usr", "/usr"]);
    for path in ["/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32"] {
        match fs::symlink_metadata(path) {
            Ok(found) if found.is_dir() => words.add(["--ro-bind", path, path]),
            Ok(found) if found.is_symlink() => {
                if let Ok(target) = fs::read_link(path) {
                    words.add(["--symlink", &target.to_string_lossy(), path]);
                }
            }
            _ => {}
        }
    }
    words.add(["--proc", "/proc"]);
    for device in DEVICES {
        let path = format!("/dev/{device}");
        words.add(["--dev-bind", &path, &path]);
    }
    let links = [("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")];
    for (name, target) in links {
        words.add(["--symlink", &format!("/proc/self/fd{target}"), &format!("/dev/{name}")]);
    }
}

fn scratch(words: &mut Words, bytes: u64) {
    for path in SCRATCH {
        words.add(["--perms", "1777", "--size", &bytes.max(1 << 16).to_string(), "--tmpfs", path]);
    }
}

/// Where in the tree the command runs.
pub(crate) fn working_directory(order: &Order) -> Result<PathBuf, RunnerError> {
    let Some(path) = &order.cwd_in_tree else { return Ok(PathBuf::new()) };
    let normal = path.components().all(|part| matches!(part, Component::Normal(_)));
    if !normal {
        let why = format!("working directory {} is not inside the tree", path.display());
        return Err(RunnerError::BadOrder(why));
    }
    Ok(path.clone())
}

/// Refuses a command that no system call could carry.
pub(crate) fn check_command(order: &Order) -> Result<(), RunnerError> {
    if order.command.first().is_none_or(String::is_empty) {
        return Err(RunnerError::BadOrder("the command is empty".into()));
    }
    if order.command.iter().any(|word| word.contains('\0')) {
        return Err(RunnerError::BadOrder("the command contains a NUL character".into()));
    }
    Ok(())
}

/// Refuses a variable that cannot be in an environment.
pub(crate) fn check_variable(name: &str, value: &str) -> Result<(), RunnerError> {
    if name.is_empty() || name.contains(['=', '\0']) || value.contains('\0') {
        let why = format!("environment variable {name:?} has an impossible name or value");
        return Err(RunnerError::BadOrder(why));
    }
    Ok(())
}
