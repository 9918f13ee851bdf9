//! What checks said, in the order it was seen.

use fleetwright_core::flaky::is_flaky;
use fleetwright_core::pull::Verdict;
use fleetwright_store::{CheckRun, Store, Write};

use super::{open, planned};

async fn saw(store: &Store, run: usize, verdict: Verdict) {
    let head = format!("{:040x}", run).parse().unwrap();
    let repo = store.repo("acme/a").await.unwrap().unwrap().id;
    let row = CheckRun { repo, name: "build".into(), head, run: format!("{run}"), verdict };
    store.write(vec![Write::CheckRuns(vec![row])], None).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_twenty_runs_tell_whether_a_check_is_flaky() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    planned(&store, &["acme/a"]).await;
    let repo = store.repo("acme/a").await.unwrap().unwrap().id;
    saw(&store, 0, Verdict::Red).await;
    for run in 1..=19 {
        saw(&store, run, Verdict::Pending).await;
        saw(&store, run, if run % 5 == 0 { Verdict::Skipped } else { Verdict::Green }).await;
        // Seen again: the same run.
        saw(&store, run, if run % 5 == 0 { Verdict::Skipped } else { Verdict::Green }).await;
    }
    let verdicts = store.verdicts(repo, "build").await.unwrap();
    assert_eq!((verdicts.len(), verdicts[0]), (17, Verdict::Red));
    assert!(!is_flaky(&verdicts));
    saw(&store, 20, Verdict::Red).await;
    assert!(is_flaky(&store.verdicts(repo, "build").await.unwrap()));
    for run in 21..100 {
        saw(&store, run, Verdict::Green).await;
    }
    let verdicts = store.verdicts(repo, "build").await.unwrap();
    assert_eq!(verdicts, [Verdict::Green; 20]);
    assert!(store.verdicts(repo, "test").await.unwrap().is_empty());
}
