//! Planned faults: at which point, on which side of it, and at which time that it is reached.

use std::collections::HashMap;
use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::str::FromStr;
use std::sync::Mutex;

/// The environment variable that plans one fault, as [`Fault`] reads it.
pub const FAULT: &str = "FLEETWRIGHT_FAULT";

/// The environment variable that names a file which every point reached is appended to, one a line.
/// A fault that came due adds a line that begins with `!`.
pub const FAULT_LOG: &str = "FLEETWRIGHT_FAULT_LOG";

/// On which side of a point the fault lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The process is killed before anything happened.
    Before,
    /// The process is killed when it has happened and nobody knows.
    After,
    /// It happens, and the answer is lost; the process lives.
    Lost,
}

impl Place {
    /// Every place there is.
    pub const ALL: [Place; 3] = [Place::Before, Place::After, Place::Lost];

    /// The place's word.
    pub fn word(self) -> &'static str {
        match self {
            Place::Before => "before",
            Place::After => "after",
            Place::Lost => "lost",
        }
    }
}

/// One planned fault, written `<point>:<place>:<n>`, such as `effect/push:after:3` or
/// `commit/intent:lost:1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// `effect/` with the word of an effect's kind, or `commit/` with the word of a write.
    pub point: String,
    /// Where.
    pub place: Place,
    /// At which time that the point is reached, from 1.
    pub time: u64,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}:{}", self.point, self.place.word(), self.time)
    }
}

impl FromStr for Fault {
    type Err = FaultError;

    fn from_str(text: &str) -> Result<Fault, FaultError> {
        let parse = || {
            let (rest, time) = text.rsplit_once(':')?;
            let (point, place) = rest.rsplit_once(':')?;
            let place = Place::ALL.into_iter().find(|known| known.word() == place)?;
            let time = time.parse().ok().filter(|time| *time > 0)?;
            let known = point.starts_with("effect/") || point.starts_with("commit/");
            known.then(|| Fault { point: point.to_owned(), place, time })
        };
        parse().ok_or_else(|| FaultError::Unreadable(text.to_owned()))
    }
}

/// Why faults could not be planned.
#[derive(Debug, thiserror::Error)]
pub enum FaultError {
    /// The text is not a fault.
    #[error("{FAULT}={0} is not a fault\n  try: effect/push:after:1 or commit/intent:lost:2")]
    Unreadable(String),
    /// The log cannot be written.
    #[error("{FAULT_LOG}={path} cannot be written: {why}\n  try: another file")]
    Log {
        /// The file.
        path: String,
        /// Why not.
        why: std::io::Error,
    },
}

/// Counts the points reached, and says where a fault is due.
#[derive(Debug, Default)]
pub struct Faults {
    fault: Option<Fault>,
    log: Option<Mutex<File>>,
    reached: Mutex<HashMap<String, u64>>,
}

impl Faults {
    /// At most one fault; every point reached is appended to `log`.
    ///
    /// # Errors
    /// When the log cannot be opened.
    pub fn new(fault: Option<Fault>, log: Option<&Path>) -> Result<Faults, FaultError> {
        let open = |path: &Path| {
            let opened = File::options().create(true).append(true).open(path);
            opened.map_err(|why| FaultError::Log { path: path.display().to_string(), why })
        };
        let log = log.map(open).transpose()?.map(Mutex::new);
        Ok(Faults { fault, log, reached: Mutex::default() })
    }

    /// What [`FAULT`] and [`FAULT_LOG`] say.
    ///
    /// # Errors
    /// When the plan cannot be read or the log not be opened.
    pub fn from_env() -> Result<Faults, FaultError> {
        let fault = std::env::var(FAULT).ok().map(|text| text.parse()).transpose()?;
        Faults::new(fault, std::env::var_os(FAULT_LOG).as_deref().map(Path::new))
    }

    /// Counts a point that is reached, and says which fault is due there now.
    pub fn reach(&self, point: &str) -> Option<Place> {
        let time = {
            let mut reached = self.reached.lock().ok()?;
            let count = reached.entry(point.to_owned()).or_default();
            *count += 1;
            *count
        };
        self.note(point);
        let due = self.fault.as_ref().filter(|fault| fault.point == point && fault.time == time)?;
        self.note(&format!("! {due}"));
        Some(due.place)
    }

    fn note(&self, line: &str) {
        if let Some(mut log) = self.log.as_ref().and_then(|log| log.lock().ok()) {
            // In one write, so that a process killed meanwhile leaves no half line.
            let _ = log.write_all(format!("{line}\n").as_bytes());
        }
    }
}

/// Ends this process as a power cut would: nothing is unwound, flushed or told.
pub fn die() -> ! {
    let _ = rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL);
    loop {
        std::thread::park();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_read_as_it_is_written() {
        for text in ["effect/push:after:3", "commit/forget-change:lost:1", "effect/merge:before:20"] {
            assert_eq!(text.parse::<Fault>().unwrap().to_string(), text);
        }
        for text in
            ["", "effect/push", "effect/push:after", "effect/push:after:0", "effect/push:later:1", "x:lost:1"]
        {
            assert!(text.parse::<Fault>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_fault_is_due_once_at_its_time() {
        let fault = "effect/push:lost:2".parse().unwrap();
        let faults = Faults::new(Some(fault), None).unwrap();
        let reached =
            ["effect/push", "effect/merge", "effect/push", "effect/push"].map(|point| faults.reach(point));
        assert_eq!(reached, [None, None, Some(Place::Lost), None]);
    }
}
