//! Files to entities: what is read, and what is said of what is wrong.

use fleetwright_catalog::{Base, Form, Target, read, relations, requests, substitute, substitutions};

const GOOD: &str = "\
# The shop.
---
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: shop
  namespace: sales
  tags: [java]
  annotations:
    example.org/team: a
spec:
  type: service
  lifecycle: production
  owner: payments
  providesApis: [shop-api, other/api]
  dependsOn:
    - resource:shop-db
---
# nothing
---
apiVersion: backstage.io/v1alpha1
kind: Sytem
metadata: { name: x }
spec: { owner: me }
--- {apiVersion: backstage.io/v1alpha1, kind: Domain, metadata: {name: d}, spec: {owner: user:me}}
...
";

#[test]
fn a_bad_document_hides_no_other() {
    let rows = read("all.yaml", GOOD);
    assert_eq!(rows.len(), 3, "{rows:?}");
    let shop = rows[0].as_ref().unwrap();
    assert_eq!(shop.entity_ref().to_string(), "component:sales/shop");
    assert_eq!((shop.place().line, shop.place_of("dependsOn", Some(0)).line), (3, 17));
    assert_eq!(shop.annotation("example.org/team"), Some("a"));
    let finding = rows[1].as_ref().unwrap_err();
    assert_eq!((finding.line, finding.key.as_str()), (22, "kind"));
    assert_eq!(finding.remedy, "did you mean `System`?");
    assert_eq!(rows[2].as_ref().unwrap().kind(), "Domain");
}

#[test]
fn relations_go_both_ways_with_the_namespace_of_their_entity() {
    let rows = read("all.yaml", GOOD);
    let found: Vec<String> = relations(rows[0].as_ref().unwrap())
        .iter()
        .map(|found| format!("{} {} {}", found.source, found.kind, found.target))
        .collect();
    let shop = "component:sales/shop";
    assert_eq!(
        found,
        [
            format!("{shop} ownedBy group:sales/payments"),
            format!("group:sales/payments ownerOf {shop}"),
            format!("{shop} providesApi api:sales/shop-api"),
            format!("api:sales/shop-api apiProvidedBy {shop}"),
            format!("{shop} providesApi api:other/api"),
            format!("api:other/api apiProvidedBy {shop}"),
            format!("{shop} dependsOn resource:sales/shop-db"),
            format!("resource:sales/shop-db dependencyOf {shop}"),
        ]
    );
}

#[test]
fn every_problem_has_its_place() {
    let text = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a b\n  labels:\n    \
        x.org/y: [1]\n  links:\n    - url: nowhere\nspec: {}\n";
    let found: Vec<_> = read("a.yaml", text)
        .into_iter()
        .map(|row| row.map_err(|row| (row.line, row.key)).unwrap_err())
        .collect();
    let expected = [(4, "metadata.name"), (8, "metadata.links[0].url"), (6, "metadata.labels.x.org/y")];
    assert_eq!(found, expected.map(|(line, key)| (line, key.to_owned())));
}

#[test]
fn a_placeholder_is_asked_for_and_put_in() {
    let text = "apiVersion: backstage.io/v1alpha1\nkind: API\nmetadata: {name: a}\nspec:\n  type: openapi\n  \
        lifecycle: x\n  owner: y\n  definition:\n    $text: ./api.yaml\n  more: {$yaml: ../../x}\n";
    let entity = read("sub/a.yaml", text).remove(0).unwrap();
    let base = Base::File { path: "sub/a.yaml".to_owned(), root: None };
    let (asked, wrong) = substitutions(&entity, &base);
    assert_eq!((asked.len(), wrong.len(), wrong[0].line), (1, 1, 10), "{wrong:?}");
    assert_eq!(asked[0].target, Target::File("sub/api.yaml".to_owned()));
    assert_eq!((asked[0].form, asked[0].key().as_str()), (Form::Text, "spec.definition"));
    let whole = substitute(entity.clone(), &[(asked[0].clone(), "openapi: 3".to_owned())]).unwrap();
    assert_eq!(whole.spec_text("definition"), Some("openapi: 3"));
    let empty = substitute(entity, &[(asked[0].clone(), String::new())]).unwrap_err();
    assert_eq!(empty[0].line, 8, "{empty:?}");
}

#[test]
fn a_location_asks_for_its_targets() {
    let text = "apiVersion: backstage.io/v1alpha1\nkind: Location\nmetadata: {name: a}\nspec:\n  presence: optional\n  \
        target: ./one.yaml\n  targets:\n    - ../*/catalog-info.yaml\n    - http://a.example/x\n";
    let entity = read("sub/a.yaml", text).remove(0).unwrap();
    let (asked, wrong) = requests(&entity, &Base::File { path: "sub/a.yaml".to_owned(), root: None });
    assert_eq!(asked[0].target, Target::File("sub/one.yaml".to_owned()));
    assert_eq!(asked[1].target, Target::Glob("*/catalog-info.yaml".to_owned()));
    assert!(asked.iter().all(|asked| asked.optional));
    assert_eq!((wrong.len(), wrong[0].line, wrong[0].key.as_str()), (1, 9, "spec.targets[1]"));
}
