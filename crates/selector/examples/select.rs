//! Time per evaluation: `cargo run --release -p fleetwright-catalog --example select`.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measuring tool")]

use std::sync::Arc;
use std::time::Instant;

use fleetwright_selector::{ComponentFacts, Facts, RepoFacts, Selector};

struct Plain(RepoFacts, ComponentFacts);

impl Facts for Plain {
    fn repo(&self) -> &RepoFacts {
        &self.0
    }
    fn component(&self) -> &ComponentFacts {
        &self.1
    }
    fn has_file(&self, _: &str) -> Result<bool, String> {
        Ok(true)
    }
    fn contains(&self, _: &str, _: &str) -> Result<bool, String> {
        Ok(true)
    }
}

fn main() {
    let repo = RepoFacts {
        name: "payments-api".to_owned(),
        language: "Java".to_owned(),
        topics: ["service", "java", "tier-1"].map(str::to_owned).to_vec(),
        ..RepoFacts::default()
    };
    let facts: Arc<dyn Facts> = Arc::new(Plain(repo, ComponentFacts::default()));
    for text in [
        "repo.language == 'Java'",
        "repo.language == 'Java' && !repo.archived && 'service' in repo.topics",
        "repo.name.matches('^pay.*-api$')",
        "!repo.archived && repo.hasFile('pom.xml')",
        "repo.topics.exists(t, t.startsWith('tier-'))",
    ] {
        let start = Instant::now();
        let selector = Selector::compile(text).unwrap();
        let compiled = start.elapsed();
        let rounds = 20_000;
        let start = Instant::now();
        for _ in 0..rounds {
            assert!(std::hint::black_box(selector.matches(&facts)).unwrap());
        }
        println!("{:>10.2?} each, compile {compiled:>10.2?}: {text}", start.elapsed() / rounds);
    }
}
