//! Kustomizations.

use fleetwright_infra::{DeclaredKind, patch_files};
use serde_json::json;

use crate::{good, images};

#[test]
fn what_it_is_built_from_and_what_it_changes() {
    let text = r"apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: shop-prod
namePrefix: prod-
resources:
- ../../base
- ingress.yaml
- https://example.com/remote.yaml
components: [../../components/metrics]
labels:
- pairs: {app.kubernetes.io/part-of: storefront, team: web}
images:
- name: acme/web
  newName: ghcr.io/acme/web
  newTag: 1.4.2
- name: acme/side
  digest: sha256:abc
patches:
- path: replicas.yaml
  target: {kind: Deployment, name: web}
- patch: |-
    - op: remove
      path: /spec/replicas
patchesStrategicMerge: [memory.yaml]
configMapGenerator:
- name: settings
  files: [settings.properties]
";
    let declared = good("overlays/prod/kustomization.yaml", text);
    let prod = &declared[0];
    assert_eq!((prod.kind, prod.name.as_str()), (DeclaredKind::Kustomize, "prod"));
    assert_eq!(
        prod.depends_on,
        ["../../base", "ingress.yaml", "https://example.com/remote.yaml", "../../components/metrics"]
    );
    assert_eq!(images(prod), ["13 ghcr.io/acme/web:1.4.2", "16 acme/side@sha256:abc"]);
    assert_eq!(
        (prod.hints.system.as_deref(), prod.hints.owner.as_deref()),
        (Some("storefront"), Some("web"))
    );
    assert_eq!(prod.facts["patches"][0]["path"], "replicas.yaml");
    assert_eq!(prod.facts["patches"][1], json!({"path": null, "inline": true, "target": null, "line": 21}));
    assert_eq!(prod.facts["patches"][2]["path"], "memory.yaml");
    let files: Vec<String> = patch_files(&declared).into_iter().collect();
    assert_eq!(files, ["overlays/prod/memory.yaml", "overlays/prod/replicas.yaml"]);
    assert_eq!(prod.facts["configMapGenerator"], json!(["settings"]));
}

#[test]
fn flux_has_another_kind_of_the_same_name() {
    let text = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: apps}\nspec: {path: ./apps, sourceRef: {kind: GitRepository, name: fleet}}\n";
    for path in ["clusters/prod/apps.yaml", "clusters/prod/kustomization.yaml"] {
        let declared = good(path, text);
        assert_eq!((declared[0].kind, declared[0].name.as_str()), (DeclaredKind::Kubernetes, "apps"));
        assert_eq!(declared[0].depends_on, ["GitRepository/fleet"]);
    }
}

#[test]
fn patches_are_no_objects() {
    let text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n$patch: delete\n";
    assert_eq!(good("overlays/prod/delete.yaml", text).len(), 0);
    let outside = "patches: [{path: ../../../../etc/passwd}, {path: ./a/../b.yaml}]\n";
    let files: Vec<String> = patch_files(&good("x/kustomization.yaml", outside)).into_iter().collect();
    assert_eq!(files, ["x/b.yaml"]);
}
