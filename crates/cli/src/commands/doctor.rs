//! `doctor`: what this machine has, what is missing, and how to get it.

use fleetwright_engine::config::Config;
use fleetwright_engine::fleet::Fleet;
use fleetwright_runner::Sandbox;
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::Code;

struct Finding {
    what: &'static str,
    good: bool,
    said: String,
}

pub(super) async fn run(context: &Context<'_>) -> Ended {
    let mut findings = vec![sandbox()];
    findings.extend(fleet(context).await);
    if context.ui.json() {
        let told = findings.iter().map(|f| json!({ "what": f.what, "good": f.good, "said": f.said }));
        context.ui.document(&told.collect());
    } else {
        for finding in &findings {
            let word = if finding.good { "good" } else { "bad " };
            context.ui.line(format!(
                "{word}  {:<14} {}",
                finding.what,
                finding.said.replace('\n', "\n      ")
            ));
        }
    }
    Ok(if findings.iter().all(|finding| finding.good) { Code::Done } else { Code::SomeFailed })
}

fn sandbox() -> Finding {
    match Sandbox::bubblewrap() {
        Ok(sandbox) => Finding { what: "sandbox", good: true, said: sandbox.describe() },
        Err(why) => Finding { what: "sandbox", good: false, said: why.to_string() },
    }
}

async fn fleet(context: &Context<'_>) -> Vec<Finding> {
    let bad = |what, said: String| vec![Finding { what, good: false, said }];
    let config = match Config::read(&context.global.config) {
        Ok(config) => config,
        Err(error) => return bad("configuration", error.to_string()),
    };
    let place = config.database.to_string();
    let fleet = match Fleet::open(config, context.isolation(), context.seams.clone()).await {
        Ok(fleet) => fleet,
        Err(error) => return bad("database", error.to_string()),
    };
    let (good, said) = match fleet.store.settings().await {
        Ok((how, 2)) => (true, format!("{place} ({how})")),
        Ok((how, _)) => (false, format!("{place} ({how}): a commit does not wait for the disk")),
        Err(error) => (false, error.to_string()),
    };
    let mut findings = vec![
        Finding { what: "configuration", good: true, said: context.global.config.display().to_string() },
        Finding { what: "database", good, said },
    ];
    for forge in fleet.forges() {
        let (good, said) = match forge.repos().await {
            Ok(repos) => {
                let faults: Vec<_> = repos.iter().filter(|repo| repo.fault.is_some()).collect();
                let names: Vec<_> = faults.iter().map(|repo| repo.name.as_str()).collect();
                let unread = if names.is_empty() {
                    String::new()
                } else {
                    format!("; unreadable: {}", names.join(", "))
                };
                (true, format!("{}: {} repositories{unread}", forge.name(), repos.len()))
            }
            Err(error) => (false, format!("{}: {error}", forge.name())),
        };
        findings.push(Finding { what: "forge", good, said });
    }
    findings
}
