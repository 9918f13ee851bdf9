//! Programs that want all of a machine: each ends with the right limit, in time, leaving nothing.

use std::time::{Duration, Instant};

use fleetwright_runner::{Cancel, Ended, LimitHit, Outcome, Sandbox};

use crate::fixture::{Fixture, SANDBOX, alive, log};

/// Runs a bomb; it must end with this limit within this many seconds.
fn bomb(fixture: &Fixture, limit: LimitHit, within: u64) -> Ended {
    let started = Instant::now();
    let ended = fixture.run();
    assert_eq!(ended.outcome, Outcome::Limit(limit), "{}", log(&ended));
    assert!(started.elapsed() < Duration::from_secs(within), "{:?}", started.elapsed());
    ended
}

#[test]
fn bomb_fork() {
    let fixture =
        Fixture::new(&["/bin/bash", "-c", "b() { b | b & }; b; : mark-fork-bomb; while :; do :; done"]);
    bomb(&fixture, LimitHit::Processes, 20);
    assert!(!alive("mark-fork-bomb"));
}

#[test]
fn bomb_threads() {
    let script = "import threading, time\nfor _ in range(300): threading.Thread(target=time.sleep, args=(60,)).start()\n";
    let fixture = Fixture::python(script).limits(|limits| limits.processes = 50);
    let ended = fixture.run();
    // Either the monitor saw it, or the kernel refused the 117th thread first.
    let refused = log(&ended).contains("can't start new thread");
    assert!(ended.outcome == Outcome::Limit(LimitHit::Processes) || refused, "{}", log(&ended));
}

#[test]
fn bomb_memory() {
    let script = "x = []\nwhile True: x.append(b'x' * 10_000_000)";
    let ended =
        bomb(&Fixture::python(script).limits(|limits| limits.memory = 200 << 20), LimitHit::Memory, 20);
    assert!(ended.peak_memory.unwrap() > 200 << 20);
}

#[test]
fn bomb_memory_of_many_processes() {
    let script = "import os, time\nfor _ in range(8):\n  if os.fork() == 0: break\nx = b'x' * 50_000_000\ntime.sleep(60)";
    let fixture = Fixture::python(script).limits(|limits| limits.memory = 200 << 20);
    bomb(&fixture, LimitHit::Memory, 20);
}

#[test]
fn bomb_shared_memory_is_counted_once() {
    let script = "import mmap, os, time\nm = mmap.mmap(-1, 80 << 20)\nm.write(b'x' * (80 << 20))\n\
                  for _ in range(4):\n  if os.fork() == 0: sum(m[::4096]); time.sleep(0.5); os._exit(0)\n\
                  for _ in range(4): os.wait()";
    let fixture = Fixture::python(script).limits(|limits| limits.memory = 300 << 20);
    let ended = fixture.run();
    assert!(ended.success(), "{:?} {}", ended.outcome, log(&ended));
}

#[test]
fn bomb_one_large_file() {
    let fixture = Fixture::shell("head -c 10G /dev/zero > big").limits(|l| l.disk = 64 << 20);
    bomb(&fixture, LimitHit::Disk, 20);
}

#[test]
fn bomb_many_large_files() {
    let script = "n=0; while :; do n=$((n+1)); head -c 20M /dev/zero > big$n; done";
    bomb(&Fixture::shell(script).limits(|l| l.disk = 100 << 20), LimitHit::Disk, 20);
}

#[test]
fn bomb_files_without_names() {
    let script = "import os, time\nkept = []\nwhile True:\n  f = open('x', 'wb'); os.unlink('x'); f.write(b'x' * 20_000_000); f.flush(); kept.append(f)";
    bomb(&Fixture::python(script).limits(|l| l.disk = 100 << 20), LimitHit::Disk, 20);
}

#[test]
fn bomb_unreadable_directory() {
    let script = "import os, time\nos.mkdir('d'); open('d/f', 'wb').write(b'x' * 10_000); os.chmod('d', 0o300); time.sleep(60)";
    bomb(&Fixture::python(script), LimitHit::Files, 20);
}

#[test]
fn bomb_dies_with_its_caller() {
    let name = "FLEETWRIGHT_TEST_CALLER";
    if std::env::var_os(name).is_some() {
        Fixture::shell("sleep 77.36 & sleep 77.36").run();
        return;
    }
    let mut caller = std::process::Command::new(std::env::current_exe().unwrap());
    caller.args(["--exact", "bombs::bomb_dies_with_its_caller"]).env(name, "1");
    let mut caller = caller.stdout(std::process::Stdio::null()).spawn().unwrap();
    let until = Instant::now() + Duration::from_secs(20);
    while !alive("sleep\x0077.36") && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(alive("sleep\x0077.36"));
    caller.kill().unwrap();
    caller.wait().unwrap();
    std::thread::sleep(Duration::from_millis(300));
    assert!(!alive("77.36"));
}

#[test]
fn bomb_scratch_memory() {
    let script = "n=0; while :; do n=$((n+1)); head -c 9M /dev/zero > /dev/shm/$n || sleep 1; \
                  head -c 9M /dev/zero > ~/$n; head -c 9M /dev/zero > /tmp/$n; done 2>/dev/null";
    bomb(&Fixture::shell(script).limits(|l| l.disk = 64 << 20), LimitHit::Disk, 20);
}

#[test]
fn bomb_sparse_file() {
    let script = "for n in 1 2 3; do truncate -s 50M s$n; done; sleep 60";
    bomb(&Fixture::shell(script).limits(|l| l.disk = 101 << 20), LimitHit::Disk, 20);
}

#[test]
fn bomb_many_files() {
    let script = "import os\nfor n in range(10**9): open(f'f{n}', 'w').close()";
    bomb(&Fixture::python(script).limits(|l| l.files = 5_000), LimitHit::Files, 20);
    let script = "import os\nfor n in range(10**9): open(f'/tmp/f{n}', 'w').close()";
    bomb(&Fixture::python(script).limits(|l| l.files = 5_000), LimitHit::Files, 20);
}

#[test]
fn bomb_deep_directories() {
    let script = "import os, time\nfor _ in range(2000):\n  os.mkdir('d'); os.chdir('d')\ntime.sleep(60)";
    bomb(&Fixture::python(script), LimitHit::Files, 20);
}

#[test]
fn bomb_output() {
    let ended = bomb(&Fixture::new(&["/usr/bin/yes"]), LimitHit::Output, 20);
    assert!(ended.stdout.len() < 2 << 20);
    assert!(log(&ended).contains("bytes left out"));
    let script = "yes 1>&2 & yes & wait";
    bomb(&Fixture::shell(script).limits(|l| l.output = 1 << 20), LimitHit::Output, 20);
}

#[test]
fn bomb_hang() {
    let script = "trap '' TERM INT HUP; while :; do sleep 77.31; done";
    let fixture = Fixture::shell(script).limits(|l| l.time = Duration::from_millis(300));
    let ended = bomb(&fixture, LimitHit::Time, 3);
    assert!(ended.wall >= Duration::from_millis(300));
    assert!(!alive("77.31"));
}

#[test]
fn bomb_daemon() {
    let script = "setsid sh -c 'sleep 77.32 & sleep 77.32' & echo started; exit 7";
    let ended = Fixture::shell(script).run();
    assert_eq!(ended.outcome, Outcome::Exited(7));
    assert_eq!(log(&ended), "started\n");
    assert!(ended.wall < Duration::from_secs(3), "{:?}", ended.wall);
    assert!(!alive("77.32"));
}

#[test]
fn bomb_daemon_unsandboxed() {
    let script = "setsid sh -c 'sleep 77.33 & sleep 77.33' & echo started; sleep 0.2; exit 7";
    let ended = Fixture::shell(script).run_in(&Sandbox::unsandboxed());
    assert_eq!(ended.outcome, Outcome::Exited(7));
    assert!(ended.wall < Duration::from_secs(3), "{:?}", ended.wall);
    std::thread::sleep(Duration::from_millis(100));
    assert!(!alive("77.33"));
}

#[test]
fn bomb_hang_unsandboxed() {
    let script = "trap '' TERM; (sleep 77.34) ; sleep 77.34";
    let fixture = Fixture::shell(script).limits(|l| l.time = Duration::from_millis(300));
    let ended = fixture.run_in(&Sandbox::unsandboxed());
    assert_eq!(ended.outcome, Outcome::Limit(LimitHit::Time));
    std::thread::sleep(Duration::from_millis(100));
    assert!(!alive("77.34"));
}

#[test]
fn cancel_kills_within_a_second() {
    let fixture = Fixture::shell("sleep 77.35 & sleep 77.35");
    let cancel = Cancel::new();
    let (outcome, took) = std::thread::scope(|scope| {
        let run = scope.spawn(|| (SANDBOX.run(&fixture.order, &cancel).unwrap(), Instant::now()));
        std::thread::sleep(Duration::from_millis(500));
        let cancelled = Instant::now();
        cancel.cancel();
        let (ended, at) = run.join().unwrap();
        (ended.outcome, at - cancelled)
    });
    assert_eq!(outcome, Outcome::Cancelled);
    // The promise of `shift stop`; an idle machine takes less than 100 ms, a loaded one 250.
    assert!(took < Duration::from_secs(1), "{took:?}");
    assert!(!alive("77.35"));
}
