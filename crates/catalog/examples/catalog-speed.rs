//! Measures reading, assembling and searching a catalog of a made-up fleet:
//! `cargo run --release -p fleetwright-catalog --example catalog-speed`.

#![expect(clippy::print_stdout, reason = "figures are for people to read")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use fleetwright_catalog::{
    Catalog, Filter, Order, Query, Search, SourceFile, TextFilter, assemble, read, served,
};

/// Components of the fleet.
const COMPONENTS: usize = 15_000;
/// Entities that are only read.
const ENTITIES: usize = 50_000;

fn main() {
    let texts: Vec<String> = (0..ENTITIES).map(component).collect();
    let bytes: usize = texts.iter().map(String::len).sum();
    let (took, good) = timed(|| {
        texts.iter().map(|text| read("catalog-info.yaml", text)).filter(|rows| rows[0].is_ok()).count()
    });
    println!("read and validate {good} entities, {} bytes each: {took:?}", bytes / ENTITIES);
    drop(texts);

    let files = fleet();
    let (took, catalog) = timed(move || assemble(files));
    let count = catalog.entities().len();
    println!(
        "assemble {count} entities: {took:?}; dangling {}, unowned {}",
        catalog.dangling.len(),
        catalog.unowned.len()
    );
    let (took, search) = timed(|| Search::of(&catalog));
    println!("index: {took:?}");
    queries(&catalog, &search);
    println!("memory at most: {} MB", peak() / 1024);
}

fn queries(catalog: &Catalog, search: &Search) {
    let filter = |texts: &[&str]| Filter::parse(texts).ok().flatten();
    let order = |field: &str| Some(Order { field: field.to_owned(), descending: false });
    let text = Some(TextFilter { term: "service-77".to_owned(), fields: vec!["metadata.name".to_owned()] });
    let asked = [
        ("kind", Query { filter: filter(&["kind=component"]), ..Query::default() }),
        (
            "kind, type, by name",
            Query {
                filter: filter(&["kind=component,spec.type=service"]),
                order: order("metadata.name"),
                text: None,
            },
        ),
        ("owner", Query { filter: filter(&["relations.ownedBy=group:default/team-42"]), ..Query::default() }),
        (
            "two tags or a label",
            Query {
                filter: filter(&["metadata.tags=java,metadata.tags=go", "metadata.labels.tier=t1"]),
                order: order("spec.owner"),
                text: None,
            },
        ),
        (
            "text, by title",
            Query { filter: filter(&["kind=component"]), order: order("metadata.title"), text },
        ),
    ];
    for (name, query) in asked {
        let (took, page) = often(|| search.query(&query, 20, 0).map(|page| (page.total, page.entities)));
        let entities = page.as_ref().map(|(_, entities)| entities.clone()).unwrap_or_default();
        let (out, _) =
            often(|| entities.iter().map(|at| served(&catalog.entities()[*at])).collect::<Vec<_>>());
        println!(
            "by-query {name}: {took}, of {}; 20 as JSON {out}",
            page.map(|(total, _)| total).unwrap_or_default()
        );
    }
    let components = filter(&["kind=component"]);
    for key in ["kind", "spec.owner", "metadata.tags", "spec.lifecycle", "metadata.name"] {
        let (took, values) = often(|| search.facet(key, components.as_ref()).len());
        println!("facet {key}: {took}, {values} values");
    }
}

fn component(at: usize) -> String {
    format!(
        "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: service-{at}\n  title: Service {at}\n  \
         description: Takes orders of region {} and hands them on.\n  annotations:\n    github.com/project-slug: \
         acme/repo-{}\n    backstage.io/techdocs-ref: dir:.\n  labels:\n    tier: t{}\n  tags: [{}, region-{}]\n  links:\n    \
         - url: https://dash.example.org/{at}\n      title: Dashboard\n      icon: dashboard\nspec:\n  type: {}\n  \
         lifecycle: production\n  owner: team-{}\n  system: system-{}\n  providesApis:\n    - api-{at}\n  dependsOn:\n    - \
         component:service-{}\n    - resource:db-{}\n",
        at % 40,
        at * 2 / 3,
        at % 4,
        ["java", "go", "rust", "python"][at % 4],
        at % 40,
        ["service", "library", "website"][at % 3],
        at % 500,
        at % 900,
        at / 2,
        at % 700,
    )
}

/// 15,000 components in 10,000 repositories, their systems, and 500 teams below 20 departments.
fn fleet() -> Vec<SourceFile> {
    let head = "---\napiVersion: backstage.io/v1alpha1\n";
    let mut organisation = String::new();
    for at in 0..20 {
        organisation += &format!(
            "{head}kind: Group\nmetadata: {{name: dept-{at}}}\nspec: {{type: department, children: []}}\n"
        );
    }
    for at in 0..500 {
        let parent = at % 20;
        organisation += &format!(
            "{head}kind: Group\nmetadata: {{name: team-{at}}}\nspec: {{type: team, parent: dept-{parent}, children: []}}\n"
        );
    }
    for at in 0..900 {
        let owner = at % 500;
        organisation +=
            &format!("{head}kind: System\nmetadata: {{name: system-{at}}}\nspec: {{owner: team-{owner}}}\n");
    }
    let mut files = vec![file("organisation", &organisation)];
    let mut at = 0;
    for repository in 0..10_000 {
        let next = (repository + 1) * COMPONENTS / 10_000;
        let text: Vec<String> = (at..next).map(component).collect();
        files.push(file(&format!("repo-{repository}"), &text.join("---\n")));
        at = next;
    }
    files
}

fn file(repository: &str, text: &str) -> SourceFile {
    let location = format!("url:https://forge.example/acme/{repository}/blob/main/catalog-info.yaml");
    SourceFile {
        origin: location.clone(),
        location,
        rows: read("catalog-info.yaml", text),
        ..SourceFile::default()
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (Duration, T) {
    let begin = Instant::now();
    let done = work();
    (begin.elapsed(), done)
}

/// The middle and the slowest of a hundred.
fn often<T>(work: impl Fn() -> T) -> (String, T) {
    let mut took: Vec<Duration> = (0..100).map(|_| timed(|| black_box(work())).0).collect();
    took.sort_unstable();
    (format!("{:.1?} (at most {:.1?})", took[50], took[99]), work())
}

/// The most memory this process held, in KiB; 0 where the system does not say.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}
