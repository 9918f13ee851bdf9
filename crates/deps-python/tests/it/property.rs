//! Mutated files never panic, and every place is within its file.

use fleetwright_package::{Files, Inventory};
use proptest::prelude::*;

use super::samples::{
    COMPILED, PDM_LOCK, PIPFILE, PIPFILE_LOCK, POETRY_LOCK, POETRY_PROJECT, PYPROJECT, UV_LOCK,
};

const SETUP: &str =
    "[metadata]\nname = a\n[options]\ninstall_requires =\n    six==1.16.0  # old\n    lxml>=4; x\n";
const FILES: [(&str, &str); 10] = [
    ("pyproject.toml", PYPROJECT),
    ("uv.lock", UV_LOCK),
    ("b/pyproject.toml", POETRY_PROJECT),
    ("b/poetry.lock", POETRY_LOCK),
    ("pdm.lock", PDM_LOCK),
    ("Pipfile", PIPFILE),
    ("Pipfile.lock", PIPFILE_LOCK),
    ("requirements.txt", COMPILED),
    (
        "requirements-dev.txt",
        "-r requirements.txt\n-c constraints.txt\nfoo>=1,\\\n <2 # x\n-e git+https://h/x#egg=y\nö==1\n",
    ),
    ("setup.cfg", SETUP),
];
const PIECES: [&str; 20] = [
    "",
    "\"",
    "'",
    "[",
    "]",
    "{",
    "}",
    "#",
    "\\\n",
    "\n",
    "==",
    ">=1,<2",
    "ü",
    "\u{0}",
    "[[package]]\n",
    " ;",
    "-r ",
    "@ ",
    "\"\"\"",
    "\r\n",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn mutated_files_never_panic(
        which in 0..FILES.len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize, 0..PIECES.len()), 1..6),
    ) {
        let mut files: Vec<(String, String)> = FILES.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect();
        for (at, length, piece) in cuts {
            let text = &mut files[which].1;
            let floor = |mut at: usize| { while !text.is_char_boundary(at) { at -= 1 } at };
            let start = floor(at.index(text.len() + 1));
            let end = floor((start + length).min(text.len())).max(start);
            text.replace_range(start..end, PIECES[piece]);
        }
        let read: Files = files.iter().cloned().collect();
        let mut inventory = Inventory::default();
        fleetwright_deps_python::read(&read, &mut inventory);
        for declared in inventory.manifests.iter().flat_map(|manifest| &manifest.declared) {
            for place in std::iter::once(&declared.place).chain(&declared.set) {
                let text = read.text(&place.path).unwrap();
                let found = text.get(place.span.clone());
                prop_assert!(found.is_some_and(|found| !found.is_empty()), "{place:?}");
                prop_assert_eq!(text[..place.span.start].matches('\n').count() + 1, place.line as usize);
            }
        }
        for lock in &inventory.locks {
            let needs = lock.packages.iter().flat_map(|locked| &locked.needs);
            prop_assert!(needs.clone().all(|at| (*at as usize) < lock.packages.len()));
        }
    }
}
