//! Attempts to read, write, see or reach something outside the sandbox.
//!
//! A probe prints `ESCAPED` if the attempt worked; it must instead print why it was denied.
//! Probes marked `open` are also run without a sandbox, where they must escape: proof that
//! they can fail.

use std::fs;
use std::path::PathBuf;

use fleetwright_runner::{Outcome, Sandbox};

use crate::fixture::{Fixture, log};

/// Tries a shell command that must fail with these words.
fn shell(attempt: &str, denied: &str) -> Fixture {
    let script = format!("if ( {attempt} ); then echo ESCAPED; else echo DENIED; fi 2>&1");
    let fixture = Fixture::shell(&script);
    deny(&fixture, denied);
    fixture
}

/// Python that does something the system must refuse with these words.
pub(crate) fn python(attempt: &str, denied: &str) -> Fixture {
    let fixture = Fixture::python(&python_script(attempt));
    deny(&fixture, denied);
    fixture
}

pub(crate) fn python_script(attempt: &str) -> String {
    format!(
        "import os, socket, ctypes\n\
         libc = ctypes.CDLL(None, use_errno=True)\n\
         def call(*words):\n\
         \x20 words = [ctypes.c_long(w) if isinstance(w, int) else w for w in words]\n\
         \x20 answer = libc.syscall(*words)\n\
         \x20 if answer == -1: raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))\n\
         \x20 return answer\n\
         try:\n\
         \x20 {}\n\
         \x20 print('ESCAPED')\n\
         except OSError as error:\n\
         \x20 print('DENIED', error)\n",
        attempt.replace('\n', "\n  ")
    )
}

pub(crate) fn deny(fixture: &Fixture, denied: &str) {
    let ended = fixture.run();
    let log = log(&ended);
    assert_eq!(ended.outcome, Outcome::Exited(0), "{log}");
    assert!(!log.contains("ESCAPED"), "{log}");
    assert!(log.contains("DENIED"), "{log}");
    assert!(log.contains(denied), "expected {denied:?} in: {log}");
}

/// The same probe must escape where there is no sandbox.
pub(crate) fn open(fixture: &Fixture) {
    let log = log(&fixture.run_in(&Sandbox::unsandboxed()));
    assert!(log.contains("ESCAPED"), "the probe cannot fail: {log}");
}

/// A secret file of the host.
fn secret() -> (tempfile::TempDir, PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("secret");
    fs::write(&path, "hunter2").unwrap();
    (dir, path)
}

pub(crate) const ABSENT: &str = "No such file or directory";
const READ_ONLY: &str = "Read-only file system";

#[test]
fn escape_read_shadow() {
    let probe = shell("cat /etc/shadow >/dev/null", ABSENT);
    if fs::read("/etc/shadow").is_ok() {
        open(&probe);
    }
}

#[test]
fn escape_read_root_home() {
    open(&shell("ls -d /root", ABSENT));
}

#[test]
fn escape_read_ssh_keys() {
    shell("cat ~/.ssh/id_rsa /root/.ssh/id_rsa /home/*/.ssh/id_rsa", ABSENT);
}

#[test]
fn escape_read_host_homes() {
    shell("ls /home | grep -v '^fleet$' || { echo nobody; false; }", "nobody");
}

#[test]
fn escape_see_host_directories() {
    for path in ["/var", "/run", "/var/run", "/sys", "/boot", "/mnt", "/opt", "/srv", "/media"] {
        let probe = shell(&format!("ls -d {path}"), ABSENT);
        if fs::exists(path).unwrap() {
            open(&probe);
        }
    }
}

#[test]
fn escape_read_a_secret_by_any_path() {
    let (_dir, path) = secret();
    let path = path.display();
    for way in ["", "/proc/self/root", "/proc/1/root", "/proc/1/cwd", "/work/tree/../..", "/.."] {
        open_if_direct(way, &shell(&format!("cat {way}{path}"), ABSENT));
    }
}

fn open_if_direct(way: &str, probe: &Fixture) {
    if matches!(way, "" | "/proc/self/root") {
        open(probe);
    }
}

#[test]
fn escape_read_through_planted_link() {
    let (_dir, path) = secret();
    let fixture = Fixture::shell("cat link && echo ESCAPED || echo DENIED");
    std::os::unix::fs::symlink(&path, fixture.tree.path().join("link")).unwrap();
    deny(&fixture, ABSENT);
    open(&fixture);
}

#[test]
fn escape_write_through_planted_link() {
    let (_dir, path) = secret();
    let fixture = Fixture::shell("{ echo owned > link; } && echo ESCAPED || echo DENIED");
    std::os::unix::fs::symlink(&path, fixture.tree.path().join("link")).unwrap();
    deny(&fixture, "");
    assert_eq!(fs::read_to_string(&path).unwrap(), "hunter2");
    open(&fixture);
    assert_eq!(fs::read_to_string(&path).unwrap(), "owned\n");
}

#[test]
fn escape_chown_through_planted_link() {
    use std::os::unix::fs::MetadataExt;
    let (dir, path) = secret();
    let before = fs::metadata(&path).unwrap().uid();
    let fixture = Fixture::shell("true");
    std::os::unix::fs::symlink(dir.path(), fixture.tree.path().join("dir")).unwrap();
    std::os::unix::fs::symlink(&path, fixture.tree.path().join("file")).unwrap();
    assert!(fixture.run().success());
    assert_eq!(fs::metadata(&path).unwrap().uid(), before);
    assert_eq!(fs::metadata(dir.path()).unwrap().uid(), before);
}

#[test]
fn escape_hard_link_out() {
    shell("ln /etc/passwd /work/tree/passwd", "cross-device");
    shell("ln /usr/bin/env /work/tree/env", "cross-device");
}

#[test]
fn escape_write_system() {
    for path in ["/usr/x", "/usr/bin/x", "/etc/x", "/x", "/dev/x", "/work/x", "/work/out/x"] {
        shell(&format!("touch {path}"), READ_ONLY);
    }
    shell(": >> /etc/passwd", "");
    shell("mkdir /var", READ_ONLY);
    shell("rm /work/out/outputs", "");
}

#[test]
fn escape_write_scripts() {
    let scripts = tempfile::Builder::new().permissions(mode(0o755)).tempdir().unwrap();
    fs::write(scripts.path().join("step.sh"), "echo from the script").unwrap();
    let attempt = "sh /work/shift/step.sh; touch /work/shift/x || echo x >> /work/shift/step.sh";
    let script = format!("if ( {attempt} ); then echo ESCAPED; else echo DENIED; fi 2>&1");
    let mut fixture = Fixture::shell(&script);
    fixture.order.scripts = Some(scripts.path().to_owned());
    deny(&fixture, READ_ONLY);
    deny(&fixture, "from the script");
}

pub(crate) fn mode(bits: u32) -> fs::Permissions {
    std::os::unix::fs::PermissionsExt::from_mode(bits)
}

#[test]
fn escape_replace_outputs_by_link() {
    let (_dir, path) = secret();
    let attempt = format!("ln -sf {} /work/out/outputs", path.display());
    let ended = shell(&attempt, "").run();
    assert_eq!(ended.outputs.unwrap(), b"");
}

#[test]
fn escape_devices() {
    for device in ["mem", "kmem", "sda", "vda", "kvm", "fuse", "net/tun", "tty", "console", "ptmx"] {
        shell(&format!("ls /dev/{device}"), ABSENT);
    }
}

#[test]
fn escape_device_node_in_tree() {
    use rustix::fs::{CWD, FileType, Mode, makedev, mknodat};
    let fixture = Fixture::shell("cat < zero > /dev/null && echo ESCAPED || echo DENIED");
    let node = fixture.tree.path().join("zero");
    let made = mknodat(CWD, &node, FileType::CharacterDevice, Mode::from(0o666), makedev(1, 3));
    if made.is_ok() {
        deny(&fixture, "Permission denied");
        open(&fixture);
    }
    python("os.mknod('node', 0o20666, os.makedev(1, 3))", "Operation not permitted");
}

#[test]
fn escape_setuid_programs() {
    let fixture = Fixture::shell(
        "cp /usr/bin/id own; chmod 4755 own; ./own -u; ./planted -u; grep NoNewPrivs /proc/self/status",
    );
    let planted = fixture.tree.path().join("planted");
    fs::copy("/usr/bin/id", &planted).unwrap();
    fs::set_permissions(&planted, mode(0o4755)).unwrap();
    let log = log(&fixture.run());
    assert_eq!(log, "1000\n1000\nNoNewPrivs:\t1\n");
    shell("su root -c true", "");
}

#[test]
fn escape_capabilities() {
    let log = log(&Fixture::shell("grep ^Cap /proc/self/status").run());
    assert_eq!(log.matches("0000000000000000").count(), 5, "{log}");
}

#[test]
fn escape_host_processes() {
    let mut sleeper = std::process::Command::new("sleep").arg("31.4159").spawn().unwrap();
    let probe = shell(
        "cat /proc/[0-9]*/cmdline | tr '\\0' ' ' | grep -q 'sleep 31.415[9]' || { echo none; false; }",
        "none",
    );
    open(&probe);
    let pid = sleeper.id();
    python(&format!("os.kill({pid}, 9)"), "No such process");
    open(&shell(&format!("cat /proc/{pid}/environ > /dev/null"), ABSENT));
    assert!(sleeper.try_wait().unwrap().is_none());
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
}

#[test]
fn escape_environment() {
    // Cargo gives this process many variables, CARGO_MANIFEST_DIR among them.
    assert!(std::env::var_os("CARGO_MANIFEST_DIR").is_some());
    let fixture = Fixture::new(&["/usr/bin/env", "-0"]).env("GIVEN", "x");
    let ended = fixture.run();
    let text = log(&ended);
    let names: Vec<_> = text.split_terminator('\0').filter_map(|v| v.split_once('=')).collect();
    let mut names: Vec<_> = names.into_iter().map(|(name, _)| name).collect();
    names.sort_unstable();
    let expected = ["FLEETWRIGHT_OUTPUT", "GIVEN", "HOME", "LANG", "PATH", "PWD", "TMPDIR", "USER"];
    assert_eq!(names, expected);
    let environ = "grep -l CARGO_MANIFEST_DIR /proc/[0-9]*/environ || { echo none; false; }";
    shell(environ, "none");
}

#[test]
fn escape_parent_environment() {
    // The whole again in a process that holds a token.
    let name = "FORGE_TOKEN";
    if std::env::var_os(name).is_none() {
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        again.args(["--exact", "escape::escape_parent_environment"]).env(name, "ghs_secret");
        assert!(again.status().unwrap().success());
        return;
    }
    let log = log(&Fixture::shell("env; cat /proc/[0-9]*/environ /proc/[0-9]*/cmdline").run());
    assert!(log.contains("HOME=/home/fleet"), "{log}");
    assert!(!log.contains("ghs_secret"), "{log}");
}

#[test]
fn escape_inherited_files() {
    let (_dir, path) = secret();
    let file = fs::File::open(&path).unwrap();
    rustix::io::fcntl_setfd(&file, rustix::io::FdFlags::empty()).unwrap();
    let list = "ls /proc/self/fd | wc -l; for n in $(seq 3 99); do cat <&$n; done 2>/dev/null";
    let log = log(&Fixture::new(&["/bin/bash", "-c", list]).run());
    assert!(!log.contains("hunter2"), "{log}");
    assert_eq!(log.lines().next(), Some("4"), "{log}"); // 0, 1, 2 and the directory read
    let plain = std::process::Command::new("/bin/bash").args(["-c", list]).output().unwrap();
    assert!(String::from_utf8_lossy(&plain.stdout).contains("hunter2"), "the probe cannot fail");
}

#[test]
fn escape_files_of_first_process() {
    // Bubblewrap's own process must hold no way out: its directory, pipes of status, arguments.
    let list = "for f in /proc/1/fd/*; do readlink $f; done | sort";
    let log = log(&Fixture::shell(list).run());
    for line in log.lines() {
        let known = ["/dev/null", "pipe:", "anon_inode:[eventfd]"];
        assert!(known.iter().any(|known| line.starts_with(known)), "{log}");
    }
    assert_eq!(log.matches("pipe:").count(), 2, "{log}");
}

#[test]
fn escape_proc_writes() {
    for path in [
        "/proc/sys/kernel/core_pattern",
        "/proc/sys/kernel/modprobe",
        "/proc/sys/kernel/hostname",
        "/proc/sys/vm/drop_caches",
        "/proc/sysrq-trigger",
        "/proc/sys/fs/binfmt_misc/register",
    ] {
        // Opens for writing and writes nothing: a probe that escapes must do no harm.
        shell(&format!(": >> {path}"), "");
    }
    shell("echo -1000 > /proc/self/oom_score_adj", "");
    shell("echo 0 0 1 > /proc/self/uid_map", "");
}

#[test]
fn escape_sys_and_cgroups() {
    shell("ls /sys/fs/cgroup", ABSENT);
    shell(": >> /sys/kernel/uevent_helper", "");
    shell(": >> /sys/fs/cgroup/memory/release_agent", "");
    shell("cat /sys/class/dmi/id/product_uuid", ABSENT);
}

#[test]
fn escape_loader_variables() {
    // If it reached bubblewrap on the host, bubblewrap would list its libraries and not run.
    let fixture = Fixture::new(&["/usr/bin/true"]).env("LD_TRACE_LOADED_OBJECTS", "1");
    let ended = fixture.run();
    assert!(ended.success());
    let log = log(&ended);
    assert!(log.contains("libc.so") && !log.contains("libcap"), "{log}");
    let preload = Fixture::new(&["/usr/bin/true"]).env("LD_PRELOAD", "/work/tree/evil.so");
    let ended = preload.run();
    assert!(ended.success());
    assert!(String::from_utf8_lossy(&ended.log).matches("evil.so").count() <= 1);
}
