//! `shift validate`: everything that can be known to be wrong before a repository is touched.

use std::path::PathBuf;

use fleetwright_engine::load::Loaded;
use serde_json::json;

use crate::context::{Context, Ended};
use crate::failure::{Code, Failure};
use crate::show::number;

pub(super) fn run(context: &Context<'_>, files: &[PathBuf]) -> Ended {
    let mut wrong = Vec::new();
    for file in files {
        match Loaded::read(file) {
            Ok(loaded) => {
                let steps = number(loaded.shift.spec.steps.len() as u64, "step", "steps");
                context.ui.say(format!("{}: good ({steps})", file.display()));
            }
            Err(error) => wrong.push(error),
        }
    }
    if context.ui.json() {
        let errors: Vec<_> = wrong
            .iter()
            .map(|error| {
                json!({
                    "file": error.file, "line": error.line, "column": error.column, "key": error.key,
                    "message": error.message, "remedy": error.remedy,
                })
            })
            .collect();
        context.ui.document(&json!({ "files": files.len(), "errors": errors }));
    }
    match wrong.as_slice() {
        [] => Ok(Code::Done),
        errors => {
            let text: Vec<String> = errors.iter().map(ToString::to_string).collect();
            Err(Failure::usage(text.join("\n")))
        }
    }
}
