//! Templated texts: `{{ }}`, strict, with a limit on what a template may compute.

use std::collections::BTreeMap;

use fleetwright_core::repo::RepoFacts;
use fleetwright_core::shift::Shift;
use fleetwright_core::source::nearest;
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior};
use serde_json::{Value, json};

/// How many instructions one template may take: far more than texts need, far less than a second.
const FUEL: u64 = 200_000;

/// The largest text a template may make, in bytes.
const MAX_TEXT: usize = 1 << 20;

/// What a template may name.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    repo: Value,
    shift: Value,
    path: String,
    /// What the steps put out, by step and name.
    pub(crate) steps: BTreeMap<String, BTreeMap<String, String>>,
}

impl Texts {
    /// The names for one target.
    pub(crate) fn new(shift: &Shift, name: &str, facts: &RepoFacts, dir: &str) -> Texts {
        Texts {
            repo: json!({
                "name": name,
                "owner": facts.owner,
                "language": facts.language,
                "topics": facts.topics,
                "defaultBranch": facts.default_branch,
            }),
            shift: json!({
                "name": shift.metadata.name,
                "title": shift.title(),
                "owner": shift.spec.owner,
                "description": shift.metadata.description,
            }),
            path: dir.to_owned(),
            steps: BTreeMap::new(),
        }
    }

    /// Renders a template.
    ///
    /// # Errors
    /// What is wrong with it, on one line.
    pub(crate) fn render(&self, template: &str) -> Result<String, String> {
        self.render_with(template, None)
    }

    /// Renders a template that may also name `step`, the step that just ran.
    ///
    /// # Errors
    /// What is wrong with it, on one line.
    pub(crate) fn render_with(&self, template: &str, step: Option<Value>) -> Result<String, String> {
        if !is_template(template) {
            return Ok(template.to_owned());
        }
        let steps: serde_json::Map<String, Value> =
            self.steps.iter().map(|(name, outputs)| (name.clone(), json!({ "outputs": outputs }))).collect();
        let mut names = json!({
            "repo": self.repo,
            "shift": self.shift,
            "title": self.shift["title"],
            "description": self.shift["description"],
            "path": self.path,
            "steps": steps,
        });
        if let Some(step) = step {
            names["step"] = step;
        }
        let text = environment().render_str(template, Serde(&names)).map_err(|error| explain(&error))?;
        match text.len() {
            0..=MAX_TEXT => Ok(text),
            size => Err(format!("the text has {size} bytes, more than {MAX_TEXT}")),
        }
    }
}

/// Whether a text has anything to render.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%") || text.contains("{#")
}

/// Every name a template may begin with; what a step puts out is known only when it ran.
const NAMES: [&str; 7] = ["repo", "shift", "title", "description", "path", "steps", "step"];

/// Checks a template's syntax and names without rendering it.
///
/// # Errors
/// What is wrong with it, on one line.
pub(crate) fn check(template: &str) -> Result<(), String> {
    if !is_template(template) {
        return Ok(());
    }
    let environment = environment();
    let template = environment.template_from_str(template).map_err(|error| explain(&error))?;
    let mut names: Vec<String> = template.undeclared_variables(false).into_iter().collect();
    names.sort();
    let is_known = |name: &String| {
        NAMES.contains(&name.as_str()) || environment.globals().any(|(global, _)| global == name)
    };
    match names.iter().find(|name| !is_known(name)) {
        None => Ok(()),
        Some(name) => Err(match nearest(name, &NAMES) {
            Some(near) => format!("nothing is called `{name}` here: did you mean `{near}`?"),
            None => format!("nothing is called `{name}` here; known: {}", NAMES.join(", ")),
        }),
    }
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_fuel(Some(FUEL));
    if let Ok(syntax) = SyntaxConfig::builder().keep_trailing_newline(true).build() {
        environment.set_syntax(syntax);
    }
    environment
}

fn explain(error: &minijinja::Error) -> String {
    let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    match error.line() {
        Some(line) if line > 1 => format!("line {line} of the text: {detail}"),
        _ => detail,
    }
}
