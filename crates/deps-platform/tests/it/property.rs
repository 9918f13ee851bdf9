//! Mutated files never panic, and every place is within its file.

use fleetwright_package::{Files, Inventory};
use proptest::prelude::*;

use super::samples::{
    CHART, CHART_LOCK, COMPOSE, DOCKERFILE, GITLAB, KUBERNETES, TERRAFORM, TERRAFORM_LOCK, VALUES, WORKFLOW,
};

const FILES: [(&str, &str); 10] = [
    ("Dockerfile", DOCKERFILE),
    ("compose.yml", COMPOSE),
    ("a.yaml", KUBERNETES),
    (".github/workflows/a.yml", WORKFLOW),
    (".gitlab-ci.yml", GITLAB),
    ("Chart.yaml", CHART),
    ("Chart.lock", CHART_LOCK),
    ("values.yaml", VALUES),
    ("a.tf", TERRAFORM),
    (".terraform.lock.hcl", TERRAFORM_LOCK),
];
const PIECES: [&str; 18] = [
    "", "\"", "'", "[", "]", "{", "}", "#", "\\\n", "\n", ":", "@", "$", "${", "ü", "- ", "--from=", "&a *a",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn mutated_files_never_panic(
        which in 0..FILES.len(),
        cuts in prop::collection::vec((any::<prop::sample::Index>(), 0..30_usize, 0..PIECES.len()), 1..6),
    ) {
        let (path, text) = FILES[which];
        let mut text = text.to_owned();
        for (at, length, piece) in cuts {
            let floor = |mut at: usize| { while !text.is_char_boundary(at) { at -= 1 } at };
            let start = floor(at.index(text.len() + 1));
            let end = floor((start + length).min(text.len())).max(start);
            text.replace_range(start..end, PIECES[piece]);
        }
        let files: Files = [(path, text.clone())].into_iter().collect();
        let mut inventory = Inventory::default();
        fleetwright_deps_platform::read(&files, &mut inventory);
        for declared in inventory.manifests.iter().flat_map(|manifest| &manifest.declared) {
            for place in std::iter::once(&declared.place).chain(&declared.set) {
                let found = text.get(place.span.clone());
                prop_assert!(found.is_some_and(|found| !found.is_empty()), "{place:?}");
                prop_assert_eq!(text[..place.span.start].matches('\n').count() + 1, place.line as usize);
            }
        }
    }
}
