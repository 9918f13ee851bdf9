//! Folders and zips.

use std::io::Write;

use fleetwright_advisory::load;
use fleetwright_package::Package;
use zip::write::SimpleFileOptions;

use crate::LOG4SHELL;

fn everything(_: &Package) -> bool {
    true
}

fn log4j() -> Package {
    "maven:org.apache.logging.log4j:log4j-core".parse().unwrap()
}

fn zipped(files: &[(&str, &str)]) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut zip = zip::ZipWriter::new(file.reopen().unwrap());
    for (name, text) in files {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap();
    file
}

#[test]
fn a_folder_and_a_zip_say_the_same() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::create_dir(folder.path().join("Maven")).unwrap();
    let gone = LOG4SHELL.replace("GHSA-jfh8-c2jp-5v3q", "GHSA-gone").replace("\"modified\"", "\"withdrawn\"");
    let files = [
        ("Maven/a.json", LOG4SHELL),
        ("Maven/gone.json", gone.as_str()),
        ("bad.json", "{"),
        ("README.md", "x"),
    ];
    for (path, text) in files {
        std::fs::write(folder.path().join(path), text).unwrap();
    }
    let zip = zipped(&files);
    for path in [folder.path(), zip.path()] {
        let library = load(path, &everything).unwrap();
        assert_eq!((library.read, library.withdrawn, library.advisories().len()), (2, 1, 1));
        let about: Vec<&str> = library.about(&log4j()).map(|(advisory, _)| advisory.id.as_str()).collect();
        assert_eq!(about, ["GHSA-jfh8-c2jp-5v3q"; 2]);
        let [(name, why)] = library.findings.as_slice() else { panic!("{:?}", library.findings) };
        assert!(name.ends_with("bad.json") && why.contains("no advisory"), "{name} {why}");
    }
}

#[test]
fn what_nobody_uses_is_not_kept() {
    let zip = zipped(&[("a.json", LOG4SHELL)]);
    let library = load(zip.path(), &|package: &Package| package.name() == "react").unwrap();
    assert_eq!((library.read, library.advisories().len()), (1, 0));
}

#[test]
fn what_is_not_there_says_what_to_give() {
    let error = load(std::path::Path::new("/nowhere/osv.zip"), &everything).unwrap_err().to_string();
    assert!(error.contains("/nowhere/osv.zip") && error.contains("a zip of them"), "{error}");
    let text = tempfile::NamedTempFile::new().unwrap();
    assert!(load(text.path(), &everything).unwrap_err().to_string().contains("try:"));
}
