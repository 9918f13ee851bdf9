//! Other tools' files in, shift files out.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod batch;
mod hostile;
mod refused;
mod shepherd;

use fleetwright_core::shift::{Shift, read};
use fleetwright_core::source::{Source, SourceError};
use fleetwright_import::{Imported, import};

/// What is beside the file in these tests: a script, and a folder with two.
fn beside(name: &str) -> Vec<String> {
    let files: &[&str] = match name {
        "fix.py" => &["fix.py"],
        "scripts" => &["scripts/a.sh", "scripts/b.sh"],
        "should_migrate.js" => &["should_migrate.js"],
        _ => &[],
    };
    files.iter().map(|name| (*name).to_owned()).collect()
}

/// The import of a file.
fn imported(text: &str) -> Result<Imported, SourceError> {
    import(&Source::parse("spec.yaml", text).unwrap(), &beside)
}

/// The import, and the shift that is read from it.
fn shift(text: &str) -> (Imported, Shift) {
    let imported = imported(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let shift = read(&Source::parse("shift.yaml", &imported.text).unwrap());
    let shift = shift.unwrap_or_else(|error| panic!("{error}\n{}", imported.text));
    (imported, shift)
}

/// The script of a step.
fn script(shift: &Shift, step: usize) -> &str {
    &shift.spec.steps[step].run.as_ref().unwrap().command[2]
}

/// The keys that remarks are about.
fn keys(imported: &Imported) -> Vec<&str> {
    imported.remarks.iter().map(|remark| remark.key.as_str()).collect()
}
