//! A real PostgreSQL for tests: a server of the test's own, from the programs of Debian's package.
//!
//! It listens on a unix socket in a folder under `/tmp` and ends with the process that started it, however that
//! ends. PostgreSQL refuses to run as root; then it runs as the user `postgres`, which the package makes.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{LazyLock, Mutex};

/// What to do where there is no PostgreSQL.
pub const INSTALL: &str = "PostgreSQL is not installed: apt-get install --no-install-recommends postgresql";

/// The modules of tests that need PostgreSQL: they are compiled where it is installed. Elsewhere one test is
/// named as ignored, unless `FLEETWRIGHT_POSTGRES=required` says that it must be there.
#[cfg(postgres)]
#[macro_export]
macro_rules! where_there_is_one {
    ($($module:tt)*) => { $($module)* };
}

/// The modules of tests that need PostgreSQL: they are compiled where it is installed. Elsewhere one test is
/// named as ignored, unless `FLEETWRIGHT_POSTGRES=required` says that it must be there.
#[cfg(not(postgres))]
#[macro_export]
macro_rules! where_there_is_one {
    ($($module:tt)*) => {
        #[test]
        #[ignore = "PostgreSQL is not installed: apt-get install --no-install-recommends postgresql"]
        fn postgres() {}
    };
}

/// A server.
pub struct Server {
    folder: PathBuf,
    programs: PathBuf,
    talk: Mutex<(ChildStdin, BufReader<ChildStdout>)>,
    databases: AtomicU32,
    _child: Child,
}

/// The server that all tests of this process share.
///
/// # Errors
/// When there is no PostgreSQL, or it does not start: why, and what to do.
pub fn shared() -> Result<&'static Server, String> {
    static SHARED: LazyLock<Result<Server, String>> = LazyLock::new(Server::start);
    SHARED.as_ref().map_err(Clone::clone)
}

impl Server {
    /// Starts a server that nobody else uses: one that may be stopped.
    ///
    /// # Errors
    /// As [`shared`].
    pub fn start() -> Result<Server, String> {
        let (version, programs) = newest().ok_or(INSTALL)?;
        let language = if version >= 15 { "--locale-provider=icu --icu-locale=en" } else { "" };
        let mut child = as_nobody()
            .args(["sh", "-c", include_str!("server.sh"), "server.sh"])
            .arg(&programs)
            .arg(language)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the server of the tests: {error}"))?;
        let ends = child.stdin.take().zip(child.stdout.take());
        let (input, output) = ends.ok_or("the server of the tests has no standard input")?;
        let mut output = BufReader::new(output);
        let folder = line(&mut output)?;
        let talk = Mutex::new((input, output));
        Ok(Server { folder: folder.into(), programs, talk, databases: AtomicU32::new(0), _child: child })
    }

    /// The address of a new, empty database.
    ///
    /// # Errors
    /// Why it cannot be made.
    pub fn database(&self) -> Result<String, String> {
        let name = format!("test_{}", self.databases.fetch_add(1, Ordering::Relaxed));
        let made = Command::new(self.programs.join("createdb"))
            .args(["-U", "postgres", "-T", "template0", "-h"])
            .arg(&self.folder)
            .arg(&name)
            .output()
            .map_err(|error| format!("createdb: {error}"))?;
        if !made.status.success() {
            return Err(String::from_utf8_lossy(&made.stderr).into_owned());
        }
        Ok(format!("postgres:///{name}?user=postgres&host={}", self.folder.display()))
    }

    /// Ends the server as a crash does, without a word to anybody.
    ///
    /// # Errors
    /// When it cannot be told so.
    pub fn stop(&self) -> Result<(), String> {
        self.tell("stop")
    }

    /// Starts it again after [`Server::stop`].
    ///
    /// # Errors
    /// When it cannot be told so.
    pub fn resume(&self) -> Result<(), String> {
        self.tell("start")
    }

    fn tell(&self, word: &str) -> Result<(), String> {
        let mut talk = self.talk.lock().map_err(|error| error.to_string())?;
        let (input, output) = &mut *talk;
        writeln!(input, "{word}").map_err(|error| error.to_string())?;
        line(output).map(|_| ())
    }
}

fn line(output: &mut BufReader<ChildStdout>) -> Result<String, String> {
    let mut line = String::new();
    match output.read_line(&mut line) {
        Ok(0) => Err("the server of the tests does not start; what it says stands above".to_owned()),
        Ok(_) => Ok(line.trim().to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// The newest version there is, and the folder of its programs.
fn newest() -> Option<(u32, PathBuf)> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").ok()?.flatten();
    let versions = versions.filter_map(|entry| {
        let number = entry.file_name().to_str()?.parse().ok()?;
        let programs = entry.path().join("bin");
        programs.join("initdb").exists().then_some((number, programs))
    });
    versions.max()
}

/// A command as a user that PostgreSQL agrees to.
fn as_nobody() -> Command {
    let is_root = std::fs::metadata("/proc/self").is_ok_and(|own| {
        use std::os::unix::fs::MetadataExt;
        own.uid() == 0
    });
    if !is_root {
        return Command::new("env");
    }
    let mut command = Command::new("setpriv");
    command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]).current_dir(Path::new("/"));
    command
}
