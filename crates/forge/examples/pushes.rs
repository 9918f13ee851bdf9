//! How many pushes a second: ours and `git push`, against a server that swallows them (or the real one).
//!
//! `cargo run --release -p fleetwright-forge --example pushes -- [PUSHES] [ROUNDS]` (default 2,000 in 5 rounds; `git push` and
//! the real server get a twentieth). The server is a process of its own, so that the client's CPU can be told.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement may panic, and prints what it measured"
)]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use fleetwright_core::Oid;
use fleetwright_forge::http::Secret;
use fleetwright_forge::http::git::{GitHttp, Remote};
use fleetwright_git::{
    Change, CommitSpec, Edit, Mode, Object, Person, RepoPath, Repository, commit_object, push,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    if arguments.get(1).is_some_and(|first| first == "serve") {
        return serve_all(arguments.get(2).map(PathBuf::from), &arguments[3..]).await;
    }
    let number = |at: usize, default: usize| arguments.get(at).map_or(default, |text| text.parse().unwrap());
    let (pushes, rounds) = (number(1, 2_000), number(2, 5));
    let scratch = tempfile::tempdir().unwrap();
    let world = World::make(scratch.path());
    println!("{:<34} {:>10} {:>16}", "client -> server, concurrency", "pushes/s", "client CPU, ms");
    for real in [false, true] {
        let name = if real { "git receive-pack" } else { "sink" };
        let share = if real { 20 } else { 1 };
        for (known, concurrency) in [(false, 1), (false, 16), (false, 64), (true, 16)] {
            // A new one each time: the real one slows down with every branch it has.
            let server = Server::start(&world, real);
            let told = if known { "ours, with options" } else { "ours" };
            let mut samples = Vec::new();
            for round in 0..rounds {
                let count = pushes / share;
                samples.push(ours(&world, &server, (round, count, concurrency), known).await);
            }
            print(&format!("{told} -> {name}, {concurrency}"), samples);
        }
        for concurrency in [2, 8] {
            let server = Server::start(&world, real);
            let sample = |round| git_push(&world, &server, (round, pushes / 20, concurrency));
            print(&format!("git push -> {name}, {concurrency}"), (0..rounds).map(sample).collect());
        }
    }
}

fn print(what: &str, mut samples: Vec<(f64, f64)>) {
    let median = |samples: &mut Vec<(f64, f64)>, of: fn(&(f64, f64)) -> f64| {
        samples.sort_by(|left, right| of(left).total_cmp(&of(right)));
        of(&samples[samples.len() / 2])
    };
    let rate = median(&mut samples, |sample| sample.0);
    println!("{what:<34} {rate:>10.0} {:>16.2}", median(&mut samples, |sample| sample.1));
}

/// A repository of 35 files, and a change of one of them.
struct World {
    path: PathBuf,
    base: Oid,
    head: Oid,
    objects: Vec<Object>,
}

impl World {
    fn make(root: &Path) -> World {
        let path = root.join("source.git");
        let repository = Repository::init_bare(&path, "main").unwrap();
        let put = |at: &str, content: String| Edit {
            path: RepoPath::new(at).unwrap(),
            change: Change::Put { mode: Mode::File, content: content.into_bytes() },
        };
        let mut edits = vec![put("pom.xml", "<version>1</version>\n".to_owned())];
        for at in 0..34 {
            edits.push(put(&format!("src/p{}/C{at}.java", at % 4), format!("class C{at} {{}}\n").repeat(60)));
        }
        let commit = |base: Option<Oid>, edits: &[Edit]| {
            let tree = base.map(|base| repository.tree_of(base).unwrap());
            let built = repository.build(tree, edits).unwrap();
            let person = Person { name: "Fleet Bot".to_owned(), email: "bot@example.com".to_owned() };
            let spec = CommitSpec {
                tree: built.tree,
                parents: base.into_iter().collect(),
                author: person.clone(),
                committer: person,
                time: 1_700_000_000,
                message: "x".to_owned(),
            };
            let commit = commit_object(&spec).unwrap();
            (commit.oid, [built.objects, vec![commit]].concat())
        };
        let (base, objects) = commit(None, &edits);
        push(&repository, &objects, "main", None, base).unwrap();
        let (head, objects) = commit(Some(base), &[put("pom.xml", "<version>2</version>\n".to_owned())]);
        push(&repository, &objects, "change", None, head).unwrap();
        World { path, base, head, objects }
    }
}

struct Server {
    child: std::process::Child,
    address: String,
    _folder: tempfile::TempDir,
}

impl Server {
    fn start(world: &World, real: bool) -> Server {
        use std::io::BufRead as _;
        let folder = tempfile::tempdir().unwrap();
        let dest = folder.path().join("r.git");
        let cloned = Command::new("git")
            .args(["clone", "-q", "--bare", "--single-branch", "--branch", "main"])
            .arg(format!("file://{}", world.path.display()))
            .arg(&dest)
            .status();
        assert!(cloned.unwrap().success());
        let at = if real { dest.as_path() } else { Path::new("") };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .arg("serve")
            .arg(at)
            .arg(world.base.to_string())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut address = String::new();
        std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Server { child, address: address.trim().to_owned(), _folder: folder }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Milliseconds of CPU this process and the children it waited for have used (proc(5), `stat`, 100 ticks a second).
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, rest) = stat.rsplit_once(") ").unwrap();
    rest.split(' ').skip(11).take(4).map(|ticks| ticks.parse::<f64>().unwrap() * 10.0).sum()
}

fn measured(start: Instant, before: f64, pushes: usize) -> (f64, f64) {
    (pushes as f64 / start.elapsed().as_secs_f64(), (cpu() - before) / pushes as f64)
}

async fn ours(
    world: &World,
    server: &Server,
    (round, pushes, concurrency): (usize, usize, usize),
    known: bool,
) -> (f64, f64) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let git = GitHttp::new(client);
    let url = reqwest::Url::parse(&format!("{}/r.git", server.address)).unwrap();
    let remote = Arc::new(Remote::new("r", &url, "bot", Secret::new("secret")).unwrap());
    let objects = Arc::new(world.objects.clone());
    let room = Arc::new(Semaphore::new(concurrency));
    let mut running = tokio::task::JoinSet::new();
    let (start, before, head) = (Instant::now(), cpu(), world.head);
    for at in 0..pushes {
        let room = Arc::clone(&room).acquire_owned().await.unwrap();
        let (git, remote, objects) = (git.clone(), Arc::clone(&remote), Arc::clone(&objects));
        running.spawn(async move {
            let branch = format!("ours-{known}-{concurrency}-{round}/{at}");
            let options = if known { vec!["ci.skip".to_owned()] } else { Vec::new() };
            git.push(&remote, (&branch, None, head), &objects, &options).await.unwrap();
            drop(room);
        });
    }
    running.join_all().await;
    measured(start, before, pushes)
}

fn git_push(
    world: &World,
    server: &Server,
    (round, pushes, concurrency): (usize, usize, usize),
) -> (f64, f64) {
    let (start, before) = (Instant::now(), cpu());
    std::thread::scope(|scope| {
        for thread in 0..concurrency {
            scope.spawn(move || {
                for at in (thread..pushes).step_by(concurrency) {
                    let branch = format!("refs/heads/change:refs/heads/git-{concurrency}-{round}/{at}");
                    let mut git = Command::new("git");
                    git.current_dir(&world.path).args([
                        "push",
                        "-q",
                        &format!("{}/r.git", server.address),
                        &branch,
                    ]);
                    git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_TERMINAL_PROMPT", "0");
                    assert!(git.stderr(Stdio::null()).status().unwrap().success());
                }
            });
        }
    });
    measured(start, before, pushes)
}

/// The server: with a repository it is git's own `receive-pack`, else it looks for a pack and says that all is well.
async fn serve_all(repository: Option<PathBuf>, base: &[String]) {
    let repository = repository.filter(|path| !path.as_os_str().is_empty());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    println!("http://{}", listener.local_addr().unwrap());
    std::io::stdout().flush().unwrap();
    while let Ok((stream, _)) = listener.accept().await {
        stream.set_nodelay(true).unwrap();
        tokio::spawn(serve(stream, repository.clone(), base[0].clone()));
    }
}

async fn serve(mut stream: TcpStream, repository: Option<PathBuf>, base: String) {
    let mut held = Vec::new();
    loop {
        let end = loop {
            if let Some(at) = held.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut held).await.unwrap_or(0) == 0 {
                return;
            }
        };
        let head = String::from_utf8_lossy(&held[..end]).to_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let whole = end + length.map_or(0, |length| length.trim().parse::<usize>().unwrap());
        while held.len() < whole {
            assert!(stream.read_buf(&mut held).await.unwrap() > 0);
        }
        let body: Vec<u8> = held.drain(..whole).skip(end).collect();
        let reading = head.starts_with("get");
        let answer = match &repository {
            Some(path) => {
                let path = path.clone();
                tokio::task::spawn_blocking(move || receive_pack(&path, reading, &body)).await.unwrap()
            }
            None => swallow(&body, reading, &base),
        };
        let kind = if reading { "advertisement" } else { "result" };
        let lines = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/x-git-receive-pack-{kind}\r\ncontent-length: {}\r\n\r\n",
            answer.len()
        );
        if stream.write_all(&[lines.as_bytes(), &answer].concat()).await.is_err() {
            return;
        }
    }
}

fn line(text: &str) -> String {
    format!("{:04x}{text}", text.len() + 4)
}

fn swallow(body: &[u8], reading: bool, base: &str) -> Vec<u8> {
    let service = line("# service=git-receive-pack\n");
    if reading {
        let capabilities = "report-status side-band-64k delete-refs ofs-delta push-options agent=sink";
        return format!("{service}0000{}0000", line(&format!("{base} refs/heads/main\0{capabilities}\n")))
            .into_bytes();
    }
    let text = String::from_utf8_lossy(body);
    let name = text.split([' ', '\0']).nth(2).unwrap_or_default();
    if !body.windows(4).any(|four| four == b"PACK") {
        // What `git push` asks first, to see whether it may.
        return b"0000".to_vec();
    }
    let report = format!("{}{}0000", line("unpack ok\n"), line(&format!("ok {name}\n")));
    format!("{}0000", line(&format!("\u{1}{report}"))).into_bytes()
}

fn receive_pack(repository: &Path, reading: bool, body: &[u8]) -> Vec<u8> {
    let mut git = Command::new("git");
    git.args(["-c", "receive.autogc=false", "-c", "receive.advertisePushOptions=true", "receive-pack"]);
    git.arg("--stateless-rpc");
    if reading {
        git.arg("--http-backend-info-refs");
    }
    let git = git.arg(repository).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = git.spawn().unwrap();
    let _ = child.stdin.take().unwrap().write_all(body);
    let printed = child.wait_with_output().unwrap().stdout;
    let service = format!("{}0000", line("# service=git-receive-pack\n"));
    if reading { [service.as_bytes(), &printed].concat() } else { printed }
}
