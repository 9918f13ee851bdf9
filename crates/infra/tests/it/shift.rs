//! What a `yaml` step of a shift does to a thousand manifests: only the bytes of two values move.

use fleetwright_edit::{DocumentEdit, EditSpec, Format};
use serde_json::json;

use crate::good;

/// How one manifest is written. No two neighbours are written alike.
struct Style {
    at: usize,
}

impl Style {
    fn pick<'p>(&self, divisor: usize, of: &[&'p str]) -> &'p str {
        of[self.at / divisor % of.len()]
    }

    /// The manifest with an image and a number of replicas.
    fn manifest(&self, image: &str, replicas: &str) -> String {
        let at = self.at;
        let image = self.pick(1, &["%", "'%'", "\"%\"", "  %"]).replace('%', image);
        let dash = self.pick(2, &["", "  ", "    "]);
        let note = self.pick(3, &["", "   # pinned: see RFC 7", " #x"]);
        let head = self.pick(4, &["", "# Owner: team-a\n", "---\n# first\n\n", "%YAML 1.2\n---\n"]);
        let labels = self
            .pick(5, &["{app: web}", "{\"app\": web , team: 'a'}", "\n    app: web # who\n    on: 'yes'"]);
        let first = self.pick(6, &["name: web", "name: 'web'", "name: web  # the one"]);
        let side = format!("{dash}      - image: acme/side:{at}\n{dash}        name: side\n");
        let (before, after) = if at.is_multiple_of(2) { (side.as_str(), "") } else { ("", side.as_str()) };
        let tail = self.pick(7, &["", "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata:\n  # not ours\n  replicas: \"3\"\n", "# the end"]);
        let text = format!(
            "{head}apiVersion: apps/v1\nkind:   Deployment\nmetadata:\n  name: web-{at}\n  labels: {labels}\nspec:\n\n  # how many\n  replicas:  {replicas}{note}\n  template:\n    spec:\n      containers:   # in order\n{before}{dash}      - {first}\n{dash}        image: {image}{note}\n{dash}        args: [ 'a',   \"b\" ]\n{dash}        command:\n{dash}        - |\n{dash}          image: acme/web:1\n{after}{tail}"
        );
        if at.is_multiple_of(11) { text.replace('\n', "\r\n") } else { text }
    }
}

#[test]
fn a_thousand_manifests_are_edited_as_data() {
    let mut spec = EditSpec::default();
    spec.set.insert("spec.template.spec.containers[name=web].image".into(), json!("ghcr.io/acme/web:2.0"));
    spec.set.insert("spec.replicas".into(), json!(5));
    let edit = DocumentEdit::compile(Format::Yaml, &spec).unwrap();
    let mut different = std::collections::BTreeSet::new();
    for at in 0..1_000 {
        let style = Style { at };
        let old = style.manifest("acme/web:1", "3");
        let expected = style.manifest("ghcr.io/acme/web:2.0", "5");
        let new = edit.apply(&old).unwrap_or_else(|error| panic!("{at}: {error}\n{old}"));
        assert_eq!(new.as_deref(), Some(expected.as_str()), "{at}");
        assert_eq!(edit.apply(&expected).unwrap(), None, "{at}");
        let mut was = good("k8s/web.yaml", &old);
        let is = good("k8s/web.yaml", &expected);
        for image in &mut was[0].images {
            image.reference = image.reference.replace("acme/web:1", "ghcr.io/acme/web:2.0");
        }
        was[0].facts["replicas"] = json!(5);
        assert_eq!(
            was.iter().map(|each| json!(each)).collect::<Vec<_>>(),
            is.iter().map(|each| json!(each)).collect::<Vec<_>>(),
            "{at}"
        );
        different.insert(old.replace(&format!("-{at}"), "").replace(&format!(":{at}"), ""));
    }
    assert!(different.len() > 300, "they are written in {} ways only", different.len());
}
