//! A step's script: what another tool pastes into it becomes variables.

use crate::batch_making::Making;
use crate::express::template;
use crate::go::{Expr, Part, split};
use crate::shell::Script;
use crate::words;

impl Making<'_> {
    /// The script, its holes filled by variables.
    pub(crate) fn script(&mut self, run: &str) -> String {
        let mut script = Script::new();
        for part in split(run) {
            let (hole, expr) = match part {
                Part::Text(text) => {
                    script.text(&text);
                    continue;
                }
                Part::Hole(hole, expr) => (hole, expr),
            };
            let (expansion, quoted) = self.expansion(&hole, expr);
            let expansion = if quoted { format!("\"{expansion}\"") } else { expansion };
            if !script.variable(&expansion) {
                let message = format!("`{hole}` stands where the shell puts nothing in");
                self.todo(
                    "run",
                    &message,
                    "take the quotes from the here-document's first line; until then the step fails",
                );
                self.before.push("exit 1".to_owned());
                script.text(&hole);
            }
        }
        script.finish()
    }

    /// What a hole in a script becomes, and whether it is to be one word.
    fn expansion(&mut self, hole: &str, expr: Option<Expr>) -> (String, bool) {
        let (quoted, expr) = match expr {
            Some(Expr::Call(function, mut args)) if function == "shellquote" && args.len() == 1 => {
                (true, args.pop())
            }
            other => (false, other),
        };
        let known = match &expr {
            Some(Expr::Name(name)) if name == "repository.name" => Some("FLEETWRIGHT_REPO"),
            Some(Expr::Name(name)) if name == "batch_change.name" => Some("FLEETWRIGHT_SHIFT"),
            Some(Expr::Name(name)) if name == "steps.path" => Some("FLEETWRIGHT_DIR"),
            Some(Expr::Name(name)) if name == "repository.branch" => Some("FLEETWRIGHT_DEFAULT_BRANCH"),
            _ => None,
        };
        if let Some(name) = known {
            return (format!("${{{name}}}"), quoted);
        }
        let searches = expr.as_ref().is_some_and(|expr| expr.mentions("repository.search_result_paths"));
        if searches && let Some(command) = self.draft.targets.paths.clone() {
            let line = format!("SEARCH_RESULT_PATHS=$({command})");
            if !self.before.contains(&line) {
                self.searched("run");
                self.before.push(line);
            }
            return ("${SEARCH_RESULT_PATHS}".to_owned(), quoted);
        }
        let wanted = expr.as_ref().map_or_else(|| "VALUE".to_owned(), named);
        let part = [Part::Hole(hole.to_owned(), expr)];
        match template(&part, self.names) {
            Ok(template) => (format!("${{{}}}", self.variable(&wanted, &template)), quoted),
            Err(hole) => {
                let message = format!("`{hole}` has no equivalent here");
                self.todo("run", &message, &format!("set {wanted} in the script; until then the step fails"));
                (format!("${{{wanted}:?see the TODO in the shift file}}"), quoted)
            }
        }
    }
}

/// A name for a variable that holds what an expression gives.
fn named(expr: &Expr) -> String {
    match expr {
        Expr::Name(name) if name.starts_with("outputs.") => {
            words::variable(&name.replacen("outputs.", "output.", 1))
        }
        Expr::Name(name) => words::variable(name.rsplit('.').next().unwrap_or(name)),
        Expr::Call(_, args) => {
            let first = args.iter().find(|arg| matches!(arg, Expr::Name(_) | Expr::Call(..)));
            first.map_or_else(|| "VALUE".to_owned(), named)
        }
        _ => "VALUE".to_owned(),
    }
}
