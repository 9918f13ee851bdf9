//! Whatever somebody wrote.

use std::io::Write;

use fleetwright_advisory::{load, read};
use proptest::prelude::*;
use zip::write::SimpleFileOptions;

use crate::LOG4SHELL;

#[test]
fn a_zip_that_unpacks_to_much_is_a_finding() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
    zip.start_file("bomb.json", SimpleFileOptions::default()).unwrap();
    let chunk = vec![b' '; 1 << 20];
    (0..32).for_each(|_| zip.write_all(&chunk).unwrap());
    zip.start_file("../../../etc/a.json", SimpleFileOptions::default()).unwrap();
    zip.write_all(LOG4SHELL.as_bytes()).unwrap();
    zip.finish().unwrap();
    let library = load(file.path(), &|_| true).unwrap();
    assert_eq!((library.read, library.findings.len()), (1, 1));
    assert!(library.findings[0].1.contains("more than 16777216 bytes"), "{:?}", library.findings);
}

#[test]
fn a_damaged_file_of_a_zip_is_a_finding_and_the_next_is_read() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
    let stored = SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
    for (name, options) in [("stored.json", stored), ("packed.json", SimpleFileOptions::default())] {
        zip.start_file(name, options).unwrap();
        zip.write_all(LOG4SHELL.as_bytes()).unwrap();
    }
    for name in ["c.json", "d.json"] {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(LOG4SHELL.replace("GHSA", name).as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    let mut bytes = std::fs::read(file.path()).unwrap();
    bytes[100] ^= 1;
    let packed = bytes.windows(11).position(|name| name == b"packed.json").unwrap();
    bytes[packed + 60..packed + 120].fill(0xff);
    std::fs::write(file.path(), &bytes).unwrap();
    let library = load(file.path(), &|_| true).unwrap();
    let names: Vec<&str> = library.findings.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((library.read, names), (2, vec!["packed.json", "stored.json"]));
    assert!(library.findings[1].1.contains("checksum"), "{:?}", library.findings);
}

#[test]
fn deep_json_is_a_finding() {
    let deep = format!("{{\"id\": \"x\", \"database_specific\": {{ \"x\": {}", "[".repeat(100_000));
    assert!(read(&deep).unwrap_err().to_string().contains("recursion limit"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_mutated_advisory_never_panics(at in 0..LOG4SHELL.len(), what in ".{0,6}", version in ".{0,12}") {
        let Some((before, after)) = LOG4SHELL.split_at_checked(at) else { return Ok(()) };
        let after = after.chars().skip(3).collect::<String>();
        if let Ok(advisory) = read(&format!("{before}{what}{after}")) {
            let all: Vec<_> = advisory.affected.iter().collect();
            all.iter().for_each(|each| { each.holds(&version); });
            fleetwright_advisory::mend(&version, &all);
        }
    }

    /// The schema's own words: a version is affected if, of the events at or before it, the last introduces.
    #[test]
    fn events_of_whole_numbers_are_as_counted(events in prop::collection::vec((0u8..3, 0u32..12), 0..6), version in 0u32..14) {
        let words = ["introduced", "fixed", "last_affected"];
        let mut marks = [false; 16];
        let mut sorted = events.clone();
        // At one number: the last affected one ends after it, then what is fixed, then what is introduced.
        sorted.sort_by_key(|(kind, number)| (number * 2 + u32::from(*kind == 2), std::cmp::Reverse(*kind)));
        let mut on = false;
        for place in 0u32..16 {
            for (kind, number) in &sorted {
                match kind {
                    0 if *number == place => on = true,
                    1 if *number == place => on = sorted.contains(&(0, place)),
                    2 if *number + 1 == place => on = sorted.contains(&(0, place)),
                    _ => {}
                }
            }
            marks[place as usize] = on;
        }
        let rows: Vec<String> =
            events.iter().map(|(kind, number)| format!(r#"{{ "{}": "{number}.0.0" }}"#, words[*kind as usize])).collect();
        let text = format!(
            r#"{{ "id": "x", "affected": [{{ "package": {{ "ecosystem": "npm", "name": "x" }}, "ranges": [{{ "type": "SEMVER", "events": [{}] }}] }}] }}"#,
            rows.join(",")
        );
        let found = read(&text).unwrap().affected[0].holds(&format!("{version}.0.0"));
        prop_assert_eq!(found == fleetwright_advisory::Verdict::Affected, marks[version as usize], "{}", text);
    }
}
