//! Files of every format as people write them, and as nobody should.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod ci;
mod compose;
mod drift;
mod helm;
mod hostile;
mod kubernetes;
mod kustomize;
mod policy;
mod resource;
mod shift;
mod terraform;
mod validate;

use fleetwright_infra::{Declared, Reading, read};

/// Reads a file that must have no findings.
fn good(path: &str, text: &str) -> Vec<Declared> {
    let reading = read(path, text);
    assert_eq!(reading.findings, [], "{path}");
    assert!(!reading.template, "{path}");
    reading.declared
}

/// The findings of a file as `line: key: message`.
fn said(reading: &Reading) -> Vec<String> {
    let finding = reading.findings.iter();
    finding.map(|each| format!("{}: {}: {}", each.line, each.key, each.message)).collect()
}

/// The images as `line reference`.
fn images(declared: &Declared) -> Vec<String> {
    declared.images.iter().map(|image| format!("{} {}", image.line, image.reference)).collect()
}
