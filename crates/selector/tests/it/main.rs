//! Selectors over plain facts and rules over JSON: what they pick, what is refused, what hostile text does.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may panic")]

mod hostile;
mod picks;
mod refused;
mod rule;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fleetwright_selector::{ComponentFacts, Facts, RepoFacts, Selector};

/// A Java service with a `pom.xml`; `secret` cannot be read.
#[derive(Default)]
struct Sample {
    repo: RepoFacts,
    component: ComponentFacts,
    reads: AtomicUsize,
}

impl Facts for Sample {
    fn repo(&self) -> &RepoFacts {
        &self.repo
    }

    fn component(&self) -> &ComponentFacts {
        &self.component
    }

    fn has_file(&self, glob: &str) -> Result<bool, String> {
        self.reads.fetch_add(1, Ordering::Relaxed);
        match glob {
            "secret" => Err("the mirror is gone".to_owned()),
            glob => Ok(glob == "pom.xml"),
        }
    }

    fn contains(&self, glob: &str, regex: &str) -> Result<bool, String> {
        Ok(self.has_file(glob)? && regex == "log4j")
    }
}

fn sample() -> Sample {
    Sample {
        repo: RepoFacts {
            name: "payments".into(),
            forge: "github".into(),
            owner: "acme".into(),
            language: "Java".into(),
            topics: vec!["service".into(), "été".into()],
            archived: false,
            default_branch: "main".into(),
            size: 1234,
            pushed_at: "2026-11-23T15:53:32Z".into(),
            path: String::new(),
        },
        component: ComponentFacts {
            labels: [("team".to_owned(), "pay".to_owned())].into(),
            ..ComponentFacts::default()
        },
        reads: AtomicUsize::new(0),
    }
}

fn facts() -> Arc<dyn Facts> {
    Arc::new(sample())
}

fn compile(text: &str) -> Selector {
    Selector::compile(text).unwrap_or_else(|error| panic!("{text}: {error}\n{}", error.caret()))
}
