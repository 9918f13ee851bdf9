//! Attempts to escape by system calls; every one must be refused with the expected error.

use crate::escape::python;
use crate::fixture::{Fixture, log};

const REFUSED: &str = "Operation not permitted";
const UNKNOWN: &str = "Function not implemented";

/// A system call by name, whose number depends on the machine.
fn call(number: libc::c_long, arguments: &str, denied: &str) {
    python(&format!("call({number}, {arguments})"), denied);
}

#[test]
fn escape_ptrace() {
    call(libc::SYS_ptrace, "0, 0, 0, 0", REFUSED); // PTRACE_TRACEME
    call(libc::SYS_ptrace, "16, 1, 0, 0", REFUSED); // PTRACE_ATTACH to bubblewrap
}

#[test]
fn escape_memory_of_other_processes() {
    call(libc::SYS_process_vm_readv, "1, 0, 0, 0, 0, 0", REFUSED);
    call(libc::SYS_process_vm_writev, "1, 0, 0, 0, 0, 0", REFUSED);
    call(libc::SYS_pidfd_getfd, "3, 0, 0", REFUSED);
}

#[test]
fn escape_mount() {
    call(libc::SYS_mount, "b'none', b'/tmp', b'tmpfs', 0, 0", REFUSED);
    call(libc::SYS_mount, "b'none', b'/usr', 0, 0x1020, 0", REFUSED); // remount bind, writable
    call(libc::SYS_mount, "b'cgroup', b'/tmp', b'cgroup', 0, b'memory'", REFUSED);
    call(libc::SYS_mount, "b'none', b'/tmp', b'cgroup2', 0, 0", REFUSED);
    call(libc::SYS_umount2, "b'/usr', 2", REFUSED);
}

#[test]
fn escape_new_mount_calls() {
    call(libc::SYS_fsopen, "b'tmpfs', 0", REFUSED);
    call(libc::SYS_open_tree, "-100, b'/', 1", REFUSED);
    call(libc::SYS_move_mount, "-100, b'/usr', -100, b'/tmp', 0", REFUSED);
    call(libc::SYS_mount_setattr, "-100, b'/usr', 0, 0, 0", REFUSED);
}

#[test]
fn escape_change_root() {
    call(libc::SYS_chroot, "b'/tmp'", REFUSED);
    call(libc::SYS_pivot_root, "b'/tmp', b'/tmp'", REFUSED);
}

#[test]
fn escape_new_user_namespace() {
    call(libc::SYS_unshare, "0x10000000", REFUSED);
    call(libc::SYS_clone, "0x10000011, 0, 0, 0, 0", REFUSED);
    call(libc::SYS_clone3, "0, 0", UNKNOWN);
    let log = log(&Fixture::shell("unshare -Ur true || echo refused").run());
    assert!(log.contains("refused"), "{log}");
}

#[test]
fn escape_new_other_namespaces() {
    for flag in ["0x00020000", "0x40000000", "0x20000000", "0x02000000"] {
        call(libc::SYS_unshare, flag, REFUSED); // mount, network, process, cgroup
    }
}

#[test]
fn escape_enter_namespace() {
    python(&format!("call({}, os.open('/proc/1/ns/net', os.O_RDONLY), 0)", libc::SYS_setns), REFUSED);
    python(&format!("call({}, os.open('/proc/self/ns/user', os.O_RDONLY), 0)", libc::SYS_setns), REFUSED);
}

#[test]
fn escape_keyrings() {
    call(libc::SYS_keyctl, "0, -3, 1", REFUSED);
    call(libc::SYS_add_key, "b'user', b'x', b'y', 1, -3", REFUSED);
    call(libc::SYS_request_key, "b'user', b'x', 0, -3", REFUSED);
}

#[test]
fn escape_kernel_programs() {
    call(libc::SYS_bpf, "0, 0, 0", REFUSED);
    call(libc::SYS_perf_event_open, "0, 0, -1, -1, 0", REFUSED);
    call(libc::SYS_userfaultfd, "1", REFUSED);
    call(libc::SYS_io_uring_setup, "8, 0", UNKNOWN);
    call(libc::SYS_init_module, "0, 0, b''", REFUSED);
    call(libc::SYS_kexec_load, "0, 0, 0, 0", REFUSED);
}

#[test]
fn escape_unseen_memory() {
    call(libc::SYS_memfd_create, "b'x', 0", UNKNOWN);
    call(libc::SYS_shmget, "0, 0x40000000, 0o1666", "No space left on device");
    let small = format!("call({}, 0, 56, 0o1600)", libc::SYS_shmget);
    let small = Fixture::python(&crate::escape::python_script(&small));
    assert!(log(&small.run()).contains("ESCAPED"), "PostgreSQL needs a small segment");
}

#[test]
fn escape_terminal_input() {
    call(libc::SYS_ioctl, "1, 0x5412, b'x'", REFUSED);
    call(libc::SYS_ioctl, "1, 0x100005412, b'x'", REFUSED);
    python("os.open('/dev/tty', os.O_RDWR)", "No such file");
    let log = log(&Fixture::shell("test $(ps -o sid= -p $$) = $(ps -o sid= -p 1) || tty").run());
    assert!(!log.contains("/dev/"), "{log}");
}

#[test]
fn escape_kernel_log() {
    call(libc::SYS_syslog, "3, b' ' * 99, 99", REFUSED);
}

#[test]
fn escape_file_handles() {
    call(libc::SYS_open_by_handle_at, "-100, 0, 0", REFUSED);
    call(libc::SYS_name_to_handle_at, "-100, b'/usr', 0, 0, 0", REFUSED);
}

#[test]
fn escape_host_settings() {
    call(libc::SYS_sethostname, "b'x', 1", REFUSED);
    call(libc::SYS_reboot, "0xfee1dead, 0x28121969, 0x89abcdef, 0", REFUSED);
    call(libc::SYS_swapon, "b'/tmp', 0", REFUSED);
    call(libc::SYS_acct, "b'/tmp/x'", REFUSED);
    python("import time; time.clock_settime(0, time.time())", REFUSED);
    python("os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(50))", REFUSED);
    python("os.nice(-5)", "");
}

#[test]
fn escape_odd_sockets() {
    let unsupported = "Address family not supported";
    for family in [17, 38, 40, 44] {
        python(&format!("socket.socket({family}, socket.SOCK_RAW)"), unsupported); // packet, alg, vsock, xdp
    }
    python("socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)", REFUSED);
}

#[test]
fn escape_become_root() {
    python("os.setuid(0)", "");
    python("os.setgroups([0])", REFUSED);
    python("os.chown('/work/tree', 0, 0)", "");
}
