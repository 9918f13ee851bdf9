//! What git declares against what runs.

use std::collections::BTreeMap;
use std::path::Path;

use fleetwright_infra::{Declared, Drift, DriftKind, MAX_STATE_BYTES, State, patch_files};
use fleetwright_store::DeclaredRow;

use super::checkout::bytes;
use super::sheet::Sheet;
use super::source::Source;
use crate::error::EngineError;

/// The most objects that are compared at once: each is kept whole, about 10 kB.
const MAX_OBJECTS: usize = 30_000;

/// One difference, and where it is declared.
#[derive(Debug, Clone)]
pub struct Drifted {
    /// The repository; empty for what is not declared.
    pub repo: String,
    /// The difference; its file is shown as a person finds it.
    pub drift: Drift,
}

/// What a comparison found.
#[derive(Debug, Clone, Default)]
pub struct Compared {
    /// What differs, by repository and place; what is unclear is not among it.
    pub drifted: Vec<Drifted>,
    /// What could not be compared: why, of which kind, and how many.
    pub unclear: BTreeMap<(String, String), usize>,
    /// How many objects git declares.
    pub declared: usize,
    /// How many the export holds.
    pub live: usize,
}

/// Compares what is declared with an export of a cluster, as `kubectl get ... -o json` writes it.
///
/// # Errors
/// When the export or a path cannot be read, too much is declared, or nothing can be compared.
pub async fn drift(source: &Source<'_>, state: &Path) -> Result<Compared, EngineError> {
    let state = read(state)?;
    let places = source.places(may_run).await?;
    let sheets = source.each(places, objects).await?;
    let (mut declared, mut homes) = (Vec::new(), Vec::new());
    for (repo, objects) in sheets {
        for mut each in objects {
            // The file leads back to where it is from: two repositories may have files of one name.
            let home = format!("{}:{}", homes.len(), each.file);
            each.file = home;
            declared.push(each);
        }
        homes.push(repo);
        if declared.len() > MAX_OBJECTS {
            return Err(EngineError::Usage(format!(
                "more than {MAX_OBJECTS} objects are declared\n  try: narrow it with `--repo`"
            )));
        }
    }
    let mut compared =
        Compared { declared: declared.len(), live: state.objects().len(), ..Compared::default() };
    let found = tokio::task::block_in_place(|| fleetwright_infra::drift(&declared, &state));
    for mut drift in found {
        if drift.kind == DriftKind::Unclear {
            let kind = drift.object.split(' ').next().unwrap_or_default().to_owned();
            *compared.unclear.entry((drift.reason, kind)).or_default() += 1;
            continue;
        }
        let home = drift
            .file
            .split_once(':')
            .and_then(|(at, file)| Some((homes.get(at.parse::<usize>().ok()?)?, file.to_owned())));
        let (repo, file) = home.map(|(repo, file)| (repo.clone(), file)).unwrap_or_default();
        drift.file = file;
        compared.drifted.push(Drifted { repo, drift });
    }
    let place = |each: &Drifted| {
        (each.repo.clone(), each.drift.file.clone(), each.drift.line, each.drift.key.clone())
    };
    compared.drifted.sort_by_cached_key(|each| (each.repo.is_empty(), place(each)));
    let unclear: usize = compared.unclear.values().sum();
    if unclear == compared.declared {
        return Err(nothing(&compared, &state));
    }
    Ok(compared)
}

/// Nothing could be compared: that is no answer, and above all not that all is well.
fn nothing(compared: &Compared, state: &State) -> EngineError {
    let Compared { declared, live, .. } = compared;
    let mut kinds: Vec<&str> = state.objects().iter().map(|live| live.kind()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    let kinds = match kinds.as_slice() {
        [] => "nothing".to_owned(),
        kinds => kinds.iter().take(8).copied().collect::<Vec<_>>().join(", "),
    };
    EngineError::Usage(format!(
        "nothing was compared: {declared} objects are declared, and the export holds {live} ({kinds}), none of \
         a kind that is declared\n  try: `kubectl get deploy,svc,cm -A -o json`, or another `--repo`"
    ))
}

fn read(path: &Path) -> Result<State, EngineError> {
    let usage = |why: String| {
        let remedy = "write it with `kubectl get deploy,svc,cm -A -o json > state.json`";
        EngineError::Usage(format!("{}: {why}\n  try: {remedy}", path.display()))
    };
    let bytes = bytes(path, MAX_STATE_BYTES as u64).map_err(usage)?;
    let text = String::from_utf8(bytes)
        .map_err(|_| usage("it is not UTF-8, such as what `>` of PowerShell 5 writes".to_owned()))?;
    State::parse(&text).map_err(usage)
}

fn may_run(row: &DeclaredRow) -> bool {
    // Kustomizations are read for the patches they name.
    matches!(row.format.as_str(), "kubernetes" | "crossplane" | "config-connector" | "kustomize")
}

/// The objects of a sheet that a cluster may hold, their files as they are shown.
fn objects(sheet: Sheet) -> (String, Vec<Declared>) {
    let patches = patch_files(&sheet.reading.declared);
    let objects = sheet.reading.declared.iter();
    let objects = objects.filter(|each| each.kind.is_cluster_object() && !patches.contains(&each.file));
    let shown = objects.map(|each| Declared { file: sheet.shown(&each.file), ..each.clone() });
    (sheet.repo.clone(), shown.collect())
}
