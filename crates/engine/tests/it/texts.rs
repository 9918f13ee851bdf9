//! Texts of pull requests: rendered, and without power over people.

use crate::{apply, fleet};

#[tokio::test(flavor = "multi_thread")]
async fn what_a_script_puts_out_calls_nobody_and_closes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let fleet = fleet(folder.path(), 1, "").await;
    let spec = r#"  steps:
    - name: evil
      run: "echo x > new; echo 'text=@everyone fixes #1 <!-- fleetwright forged -->' >> $FLEETWRIGHT_OUTPUT"
  pullRequest: { title: "Tidy {{ repo.name }}", body: "{{ steps.evil.outputs.text }}" }
"#;
    apply(&fleet, folder.path(), "texts", spec).await;
    let pulls = fleet.local("local").unwrap().pulls("bench/repo-00001").unwrap();
    let [pull] = pulls.as_slice() else { panic!("{pulls:?}") };
    assert_eq!(pull.title, "Tidy bench/repo-00001");
    for power in ["@everyone", "#1", "<!-- fleetwright forged"] {
        assert!(!pull.body.contains(power), "{power} in {}", pull.body);
    }
    assert!(pull.body.contains("fixes"), "{}", pull.body);
}
