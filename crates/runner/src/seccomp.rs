//! The system calls a sandboxed program may not make, as a classic BPF program.
//!
//! A list of what is refused, not of what is allowed: a step runs whole build tools, and
//! the namespaces are the first wall. Refused is what reaches kernel code that an ordinary
//! build never needs (after Docker's and Flatpak's lists), what would make a nested user
//! namespace (which would give back mount and network privileges inside it), and memory that
//! the monitor cannot see. Assembled by hand: about thirty lines, against a crate that does
//! not know the x32 calling convention.

use libc::c_long;

/// Loads, in BPF's notation; offsets are those of `struct seccomp_data`.
const LOAD: u16 = 0x20;
const JUMP_EQUAL: u16 = 0x15;
const JUMP_GREATER: u16 = 0x25;
const JUMP_AT_LEAST: u16 = 0x35;
const JUMP_ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;
const NUMBER: u32 = 0;
const ARCH: u32 = 4;

const ALLOW: u32 = 0x7fff_0000;
const KILL_PROCESS: u32 = 0x8000_0000;
const ERRNO: u32 = 0x0005_0000;

#[cfg(target_arch = "x86_64")]
const THIS_ARCH: u32 = 0xc000_003e;
#[cfg(target_arch = "aarch64")]
const THIS_ARCH: u32 = 0xc000_00b7;

/// Numbers from here on are the x32 convention on x86-64: the same calls once more.
const X32: u32 = 0x4000_0000;
/// Largest System V shared memory segment, bytes: enough for PostgreSQL's lock segment, and
/// 4,096 of them (the kernel's limit) stay small.
const MAX_SHMGET: u32 = 16 << 10;

/// Refused with EPERM, whatever the arguments.
const REFUSED: &[c_long] = &[
    libc::SYS_ptrace,
    libc::SYS_process_vm_readv,
    libc::SYS_process_vm_writev,
    libc::SYS_pidfd_getfd,
    libc::SYS_kcmp,
    libc::SYS_add_key,
    libc::SYS_request_key,
    libc::SYS_keyctl,
    libc::SYS_bpf,
    libc::SYS_perf_event_open,
    libc::SYS_userfaultfd,
    libc::SYS_setns,
    libc::SYS_mount,
    libc::SYS_umount2,
    libc::SYS_pivot_root,
    libc::SYS_chroot,
    libc::SYS_move_mount,
    libc::SYS_open_tree,
    libc::SYS_fsopen,
    libc::SYS_fsconfig,
    libc::SYS_fsmount,
    libc::SYS_fspick,
    libc::SYS_mount_setattr,
    libc::SYS_open_by_handle_at,
    libc::SYS_name_to_handle_at,
    libc::SYS_quotactl,
    libc::SYS_acct,
    libc::SYS_swapon,
    libc::SYS_swapoff,
    libc::SYS_reboot,
    libc::SYS_syslog,
    libc::SYS_kexec_load,
    libc::SYS_kexec_file_load,
    libc::SYS_init_module,
    libc::SYS_finit_module,
    libc::SYS_delete_module,
];

/// Refused as if the kernel did not know them, so that programs fall back: `clone3` hides its
/// flags in memory, io_uring makes calls around this filter, memfd is memory in no file
/// system and no process.
const UNKNOWN: &[c_long] = &[
    libc::SYS_clone3,
    libc::SYS_io_uring_setup,
    libc::SYS_io_uring_enter,
    libc::SYS_io_uring_register,
    libc::SYS_memfd_create,
    libc::SYS_memfd_secret,
];

/// One instruction: code, jump distances, operand (`struct sock_filter`).
struct Instruction(u16, u8, u8, u32);

/// The filter in the shape `bwrap --seccomp` reads: `struct sock_filter` in native byte order.
pub(crate) fn program() -> Vec<u8> {
    let mut code = vec![
        Instruction(LOAD, 0, 0, ARCH),
        Instruction(JUMP_EQUAL, 1, 0, THIS_ARCH),
        Instruction(RETURN, 0, 0, KILL_PROCESS),
        Instruction(LOAD, 0, 0, NUMBER),
        Instruction(JUMP_AT_LEAST, 0, 1, X32),
        refuse(libc::ENOSYS),
    ];
    for (calls, errno) in [(REFUSED, libc::EPERM), (UNKNOWN, libc::ENOSYS)] {
        for call in calls {
            code.extend([Instruction(JUMP_EQUAL, 0, 1, number(*call)), refuse(errno)]);
        }
    }
    let new_user = 0x1000_0000; // CLONE_NEWUSER
    for call in [libc::SYS_clone, libc::SYS_unshare] {
        code.extend(when(call, 0, &[Instruction(JUMP_ANY_BIT, 0, 1, new_user), refuse(libc::EPERM)]));
    }
    // TIOCSTI types into the terminal, TIOCLINUX pastes into the console.
    let terminal =
        [Instruction(JUMP_EQUAL, 1, 0, 0x5412), Instruction(JUMP_EQUAL, 0, 1, 0x541c), refuse(libc::EPERM)];
    code.extend(when(libc::SYS_ioctl, 1, &terminal));
    let large = [Instruction(JUMP_GREATER, 0, 1, MAX_SHMGET), refuse(libc::ENOSPC)];
    code.extend(when(libc::SYS_shmget, 1, &large));
    // Unix, IPv4, IPv6 and netlink sockets; vsock would reach the hypervisor from any network
    // namespace, and the others are kernel code for nobody's build.
    let families = [
        Instruction(JUMP_EQUAL, 4, 0, 1),
        Instruction(JUMP_EQUAL, 3, 0, 2),
        Instruction(JUMP_EQUAL, 2, 0, 10),
        Instruction(JUMP_EQUAL, 1, 0, 16),
        refuse(libc::EAFNOSUPPORT),
    ];
    code.extend(when(libc::SYS_socket, 0, &families));
    code.push(Instruction(RETURN, 0, 0, ALLOW));
    code.iter().flat_map(encode).collect()
}

/// `body` with the low half of an argument loaded, if the call is this one.
fn when(call: c_long, argument: u32, body: &[Instruction]) -> Vec<Instruction> {
    let low_half = 16 + 8 * argument; // both supported machines are little-endian
    let over = body.len() as u8 + 2;
    let mut code = vec![Instruction(JUMP_EQUAL, 0, over, number(call)), Instruction(LOAD, 0, 0, low_half)];
    code.extend(body.iter().map(|Instruction(a, b, c, d)| Instruction(*a, *b, *c, *d)));
    code.push(Instruction(LOAD, 0, 0, NUMBER));
    code
}

fn refuse(errno: i32) -> Instruction {
    Instruction(RETURN, 0, 0, ERRNO | errno.unsigned_abs())
}

/// System call numbers are small and never negative.
fn number(call: c_long) -> u32 {
    call as u32
}

fn encode(Instruction(code, yes, no, operand): &Instruction) -> [u8; 8] {
    let mut bytes = [0; 8];
    bytes[..2].copy_from_slice(&code.to_ne_bytes());
    bytes[2] = *yes;
    bytes[3] = *no;
    bytes[4..].copy_from_slice(&operand.to_ne_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Runs the program over one call, as the kernel would.
    fn verdict(arch: u32, call: u32, arguments: [u64; 2]) -> u32 {
        let program = program();
        let mut data = vec![0u8; 64];
        data[..4].copy_from_slice(&call.to_ne_bytes());
        data[4..8].copy_from_slice(&arch.to_ne_bytes());
        for (index, argument) in arguments.iter().enumerate() {
            data[16 + 8 * index..24 + 8 * index].copy_from_slice(&argument.to_ne_bytes());
        }
        let word = |at: usize, from: &[u8]| u32::from_ne_bytes(from[at..at + 4].try_into().unwrap());
        let (mut at, mut loaded) = (0, 0);
        loop {
            let code = u16::from_ne_bytes(program[at..at + 2].try_into().unwrap());
            let operand = word(at + 4, &program);
            let holds = match code {
                LOAD => {
                    loaded = word(operand as usize, &data);
                    false
                }
                RETURN => return operand,
                JUMP_EQUAL => loaded == operand,
                JUMP_GREATER => loaded > operand,
                JUMP_AT_LEAST => loaded >= operand,
                JUMP_ANY_BIT => loaded & operand != 0,
                other => panic!("unknown code {other}"),
            };
            if code != LOAD {
                at += 8 * usize::from(program[at + if holds { 2 } else { 3 }]);
            }
            at += 8;
        }
    }

    fn here(call: c_long, arguments: [u64; 2]) -> u32 {
        verdict(THIS_ARCH, call as u32, arguments)
    }

    #[test]
    fn refuses_what_it_lists_and_allows_the_rest() {
        let eperm = ERRNO | 1;
        assert_eq!(here(libc::SYS_ptrace, [0, 0]), eperm);
        assert_eq!(here(libc::SYS_clone3, [0, 0]), ERRNO | 38);
        assert_eq!(here(libc::SYS_read, [0, 0]), ALLOW);
        assert_eq!(here(libc::SYS_clone, [0x1200_0011, 0]), eperm);
        assert_eq!(here(libc::SYS_clone, [0x0100_0011, 0]), ALLOW);
        assert_eq!(here(libc::SYS_unshare, [0x1000_0000, 0]), eperm);
        assert_eq!(here(libc::SYS_ioctl, [0, 0x5412]), eperm);
        assert_eq!(here(libc::SYS_ioctl, [0, 0xdead_0000_5412]), eperm);
        assert_eq!(here(libc::SYS_ioctl, [0, 0x541c]), eperm);
        assert_eq!(here(libc::SYS_ioctl, [0, 0x5413]), ALLOW);
        assert_eq!(here(libc::SYS_shmget, [0, 56]), ALLOW);
        assert_eq!(here(libc::SYS_shmget, [0, 1 << 20]), ERRNO | 28);
    }

    #[test]
    fn knows_the_socket_families() {
        for family in [1, 2, 10, 16] {
            assert_eq!(here(libc::SYS_socket, [family, 1]), ALLOW, "{family}");
        }
        for family in [0, 17, 38, 40] {
            assert_eq!(here(libc::SYS_socket, [family, 1]), ERRNO | 97, "{family}");
        }
    }

    #[test]
    fn refuses_other_calling_conventions() {
        assert_eq!(verdict(0x4000_0003, 20, [0, 0]), KILL_PROCESS);
        assert_eq!(verdict(THIS_ARCH, X32 | 101, [0, 0]), ERRNO | 38);
    }
}
