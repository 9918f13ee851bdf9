//! A shift that is being made: what the importers fill in, and how it is written down.

use fleetwright_core::source::{Source, SourceError};

use crate::outside::Pulls;
use crate::query::Picked;
use crate::yaml::{Table, Yaml};

/// A shift that is being made.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) name: String,
    pub(crate) title: Option<String>,
    pub(crate) description: String,
    pub(crate) targets: Picked,
    pub(crate) workspaces: Option<String>,
    pub(crate) steps: Vec<DraftStep>,
    pub(crate) pull: DraftPull,
    pub(crate) pulls: Vec<Pulls>,
    /// What a person should look at.
    pub(crate) remarks: Vec<SourceError>,
}

/// One step, always a command.
#[derive(Debug, Default)]
pub(crate) struct DraftStep {
    pub(crate) name: Option<String>,
    /// Remarks above it.
    pub(crate) todo: Vec<String>,
    pub(crate) condition: Option<String>,
    pub(crate) script: String,
    pub(crate) bash: bool,
    pub(crate) env: Vec<(String, String)>,
    pub(crate) files: Vec<String>,
    pub(crate) outputs: Vec<(String, String)>,
}

/// Branch and texts, each a template, each with remarks above it.
#[derive(Debug, Default)]
pub(crate) struct DraftPull {
    pub(crate) branch: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) body: Option<String>,
    pub(crate) message: Option<String>,
    pub(crate) author: Option<String>,
    pub(crate) draft: bool,
    /// Remarks above all of it.
    pub(crate) todo: Vec<String>,
}

impl Draft {
    /// Notes what a person should look at; says it again as a line for the shift file.
    pub(crate) fn remark(&mut self, source: &Source, key: &str, message: &str, remedy: &str) -> String {
        self.remarks.push(source.error(key, message, remedy));
        format!("TODO: {message}: {remedy}")
    }

    /// The shift file.
    pub(crate) fn text(&self, origin: &str) -> String {
        let mut file = Table::default();
        let mut head = vec![format!("Made out of {origin} by `fleetwright shift import`.")];
        if !self.remarks.is_empty() {
            head.push("Look at each TODO before it is planned.".to_owned());
        }
        file.put_with(&head, "apiVersion", Yaml::Text("fleetwright/v1".to_owned()));
        file.text("kind", "Shift");
        let mut metadata = Table::default();
        metadata.text("name", &self.name);
        if let Some(title) = &self.title {
            metadata.text("title", title);
        }
        if !self.description.is_empty() {
            metadata.text("description", &self.description);
        }
        file.put("metadata", Yaml::Table(metadata));
        let mut spec = Table::default();
        let (above, targets) = self.targets();
        spec.put_with(&above, "targets", Yaml::Table(targets));
        spec.put("steps", Yaml::List(self.steps.iter().map(DraftStep::yaml).collect()));
        let pull = self.pull.table();
        if !pull.is_empty() {
            spec.put_with(&self.pull.todo, "pullRequest", Yaml::Table(pull));
        } else {
            spec.after.extend(self.pull.todo.clone());
        }
        file.put("spec", Yaml::Table(spec));
        file.document()
    }

    fn targets(&self) -> (Vec<String>, Table) {
        let picked = &self.targets;
        let mut table = Table::default();
        let mut above: Vec<String> =
            picked.near.iter().map(|near| format!("TODO: not quite the same: {near}")).collect();
        if !picked.repos.is_empty() {
            table.put("repos", Yaml::texts(&picked.repos));
        }
        let select = picked.select.join(" && ");
        if picked.lost.is_empty() {
            if !select.is_empty() {
                table.text("select", &select);
            }
        } else {
            let mut todo: Vec<String> =
                picked.lost.iter().map(|lost| format!("TODO: no equivalent: {lost}")).collect();
            todo.push(
                "TODO: until you write here which repositories are meant, as CEL, none is selected"
                    .to_owned(),
            );
            if !select.is_empty() {
                todo.push(format!("What could be translated: {select}"));
            }
            table.put_with(&todo, "select", Yaml::Text("false".to_owned()));
        }
        if !picked.exclude.is_empty() {
            table.text("exclude", &picked.exclude.join(" || "));
        }
        if let Some(file) = &self.workspaces {
            let mut workspaces = Table::default();
            workspaces.text("rootAtLocationOf", file);
            table.put("workspaces", Yaml::Table(workspaces));
        }
        if table.is_empty() {
            above.push("TODO: every repository is selected: say which are meant".to_owned());
        }
        (above, table)
    }
}

impl DraftStep {
    fn yaml(&self) -> Yaml {
        let mut table = Table::default();
        let mut todo = self.todo.as_slice();
        let mut put = |key: &str, value: Yaml| {
            table.put_with(todo, key, value);
            todo = &[];
        };
        if let Some(name) = &self.name {
            put("name", Yaml::Text(name.clone()));
        }
        if let Some(condition) = &self.condition {
            put("if", Yaml::Text(condition.clone()));
        }
        if self.env.is_empty() && self.files.is_empty() && !self.bash {
            put("run", Yaml::Text(self.script.clone()));
        } else {
            let shell = if self.bash { "bash" } else { "sh" };
            let mut run = Table::default();
            let command = [shell, "-c", self.script.as_str()].map(|word| Yaml::Text(word.to_owned()));
            run.put("command", Yaml::List(command.to_vec()));
            if !self.files.is_empty() {
                run.put("files", Yaml::texts(&self.files));
            }
            if !self.env.is_empty() {
                run.put("env", Yaml::Table(pairs(&self.env)));
            }
            put("run", Yaml::Table(run));
        }
        if !self.outputs.is_empty() {
            put("outputs", Yaml::Table(pairs(&self.outputs)));
        }
        Yaml::Table(table)
    }
}

impl DraftPull {
    fn table(&self) -> Table {
        let mut table = Table::default();
        for (key, text) in [("branch", &self.branch), ("title", &self.title), ("body", &self.body)] {
            if let Some(text) = text {
                table.text(key, text);
            }
        }
        let mut commit = Table::default();
        for (key, text) in [("message", &self.message), ("author", &self.author)] {
            if let Some(text) = text {
                commit.text(key, text);
            }
        }
        if !commit.is_empty() {
            table.put("commit", Yaml::Table(commit));
        }
        if self.draft {
            table.put("draft", Yaml::Flag(true));
        }
        table
    }
}

fn pairs(pairs: &[(String, String)]) -> Table {
    let mut table = Table::default();
    for (name, value) in pairs {
        table.text(name, value);
    }
    table
}
