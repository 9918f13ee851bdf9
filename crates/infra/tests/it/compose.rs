//! Compose files.

use fleetwright_infra::{DeclaredKind, read};
use serde_json::json;

use crate::{good, images, said};

#[test]
fn every_service_is_a_resource() {
    let text = r#"x-log: &log
  logging: {driver: json-file}
services:
  web:
    <<: *log
    build: {context: ./web}
    ports: ["8080:80", 9000, {published: 443, target: 8443}]
    depends_on:
      db: {condition: service_healthy}
    labels:
    - "team=web"
    - "com.example.owner=x"
  db:
    <<: *log
    image: postgres:16
    volumes: [data:/var/lib/postgresql/data]
    networks: [back]
  worker:
    image: acme/worker
    depends_on: [db, cache]
    links: ["db:database"]
    labels: {app.kubernetes.io/name: worker}
    ports: !reset []
volumes: {data: {}}
"#;
    let declared = good("shop/docker-compose.yml", text);
    let lines: Vec<_> = declared.iter().map(|each| (each.name.as_str(), each.line)).collect();
    assert_eq!(lines, [("web", 4), ("db", 13), ("worker", 18)]);
    let [web, db, worker] = declared.as_slice() else { panic!("{declared:?}") };
    assert_eq!((web.kind, web.facts["project"].as_str()), (DeclaredKind::Compose, Some("shop")));
    assert_eq!(
        (web.facts["build"].as_str(), &web.facts["ports"]),
        (Some("./web"), &json!(["8080:80", "9000", "443:8443"]))
    );
    assert_eq!(
        (web.depends_on.as_slice(), web.hints.owner.as_deref()),
        (&["db".to_owned()][..], Some("web"))
    );
    assert_eq!(images(db), ["15 postgres:16"]);
    assert_eq!(worker.depends_on, ["db", "cache"]);
    assert_eq!(worker.hints.component.as_deref(), Some("worker"));
}

#[test]
fn a_service_that_is_none() {
    let reading = read("compose.yaml", "services:\n  web: {image: a}\n  db:\n");
    assert_eq!(reading.declared.len(), 1);
    assert_eq!(said(&reading), ["3: /services/db: the service `db` is no mapping"]);
    assert_eq!(read("compose.yaml", "a: b\n").declared.len(), 0);
}
