//! How this program was called, so that the commands it advises can be pasted.

use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};

/// The program as a shell calls it that went into this folder, from where it was called now.
pub(crate) fn from_within(folder: &Path) -> String {
    let called = std::env::args_os().next().unwrap_or_else(|| OsString::from("fleetwright"));
    word(Path::new(&called), folder, std::env::current_exe().ok())
}

fn word(called: &Path, folder: &Path, program: Option<PathBuf>) -> String {
    // Without a folder it was found by the shell, which will find it again.
    if called.is_absolute() || called.components().count() < 2 {
        return quoted(called);
    }
    let down = folder.components().all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !down {
        return quoted(&program.unwrap_or_else(|| called.to_owned()));
    }
    let depth = folder.components().filter(|part| matches!(part, Component::Normal(_))).count();
    let up: PathBuf = std::iter::repeat_n("..", depth).collect();
    quoted(&up.join(called.strip_prefix(".").unwrap_or(called)))
}

/// A path as a shell takes it.
pub(crate) fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+".contains(letter);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_advised_is_found_from_within_the_folder() {
        let of = |called: &str, folder: &str| {
            word(Path::new(called), Path::new(folder), Some(PathBuf::from("/home/ann/bin/fleetwright")))
        };
        assert_eq!(of("fleetwright", "demo"), "fleetwright");
        assert_eq!(of("target/release/fleetwright", "demo"), "../target/release/fleetwright");
        assert_eq!(of("./fleetwright", "./my/demo"), "../../fleetwright");
        assert_eq!(of("../bin/fleetwright", "demo"), "../../bin/fleetwright");
        assert_eq!(of("target/release/fleetwright", "../demo"), "/home/ann/bin/fleetwright");
        assert_eq!(of("target/release/fleetwright", "/tmp/demo"), "/home/ann/bin/fleetwright");
        assert_eq!(of("/opt/my tools/fleetwright", "demo"), "'/opt/my tools/fleetwright'");
        assert_eq!(of("/it's/fleetwright", "demo"), r"'/it'\''s/fleetwright'");
    }
}
