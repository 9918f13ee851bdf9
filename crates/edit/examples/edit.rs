//! Microseconds per edit: `cargo run --release -p fleetwright-edit --example edit`.
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a measure prints and may panic")]

use std::time::Instant;

use fleetwright_edit::{DocumentEdit, EditSpec, Format, Replace};

const ROUNDS: usize = 2_000;

fn main() {
    let pom: String = (0..26).map(|at| format!("    <dependency>\n      <groupId>org.example</groupId>\n      <artifactId>lib-{at}</artifactId>\n      <version>1.{at}.0</version>\n    </dependency>\n")).collect();
    let pom = format!("<project>\n  <dependencies>\n{pom}  </dependencies>\n</project>\n");
    let package: Vec<String> =
        (0..130).map(|at| format!("    \"@scope/package-{at}\": \"^1.{at}.0\"")).collect();
    let package =
        format!("{{\n  \"name\": \"x\",\n  \"dependencies\": {{\n{}\n  }}\n}}\n", package.join(",\n"));
    let pods: String = (0..32).map(|at| format!("      - name: web-{at} # one\n        image: registry.example.org/app:{at}\n        ports:\n        - containerPort: 80{at}\n")).collect();
    let pods = format!(
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n{pods}"
    );
    let cargo: String = (0..130).map(|at| format!("package-{at} = \"1.{at}.0\" # why\n")).collect();
    let cargo = format!("[package]\nname = \"x\"\n\n[dependencies]\n{cargo}");
    measure("pom.xml", Format::Xml, "project.dependencies.dependency[artifactId=lib-20].version", &pom);
    measure("package.json", Format::Json, "dependencies.@scope/package-100", &package);
    measure("deployment.yaml", Format::Yaml, "spec.template.spec.containers[name=web-20].image", &pods);
    measure("Cargo.toml", Format::Toml, "dependencies.package-100", &cargo);
    let replace = Replace::compile(r"lib-(\d+)", "library-$1", false).unwrap();
    report("replace in pom.xml", pom.len(), || drop(replace.apply(&pom).unwrap()));
}

fn measure(name: &str, format: Format, path: &str, text: &str) {
    let mut spec = EditSpec::default();
    spec.set.insert(path.to_owned(), "new-value".into());
    let edit = DocumentEdit::compile(format, &spec).unwrap();
    let done = edit.apply(text).unwrap().unwrap();
    report(name, text.len(), || drop(edit.apply(text).unwrap().unwrap()));
    report(&format!("{name}, nothing to do"), text.len(), || assert!(edit.apply(&done).unwrap().is_none()));
}

fn report(name: &str, bytes: usize, run: impl Fn()) {
    let mut times: Vec<_> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    println!("{name} ({bytes} bytes): median {:.1} us", times[ROUNDS / 2].as_secs_f64() * 1e6);
}
