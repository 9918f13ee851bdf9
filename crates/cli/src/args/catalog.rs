//! The words of `catalog` and `query`.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

#[derive(Debug, Subcommand)]
pub(crate) enum CatalogCommand {
    /// List entities
    #[command(after_help = "Example: fleetwright catalog list --filter kind=component,spec.type=service")]
    List(ListArgs),
    /// Show one entity with its relations
    #[command(after_help = "Example: fleetwright catalog get component:default/payments")]
    Get {
        /// Its reference: [kind:][namespace/]name; a component when no kind is given
        reference: String,
    },
    /// Check catalog files of this machine, or everything that was read of the fleet
    #[command(after_help = "Example: fleetwright catalog validate catalog-info.yaml services/")]
    Validate {
        /// Files, and folders whose catalog files are looked for; the fleet when there is none
        paths: Vec<PathBuf>,
    },
    /// Take entities into the folder beside the configuration: groups, users, what no repository declares
    #[command(after_help = "Example: fleetwright catalog import org.yaml")]
    Import {
        /// Files of entities in YAML
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Print entities as files hold them, one YAML document each
    #[command(after_help = "Example: fleetwright catalog export --filter kind=group > org.yaml")]
    Export {
        #[command(flatten)]
        which: Which,
    },
}

/// Which entities.
#[derive(Debug, Default, ClapArgs)]
pub(crate) struct Which {
    /// What they must be, as Backstage writes it: `kind=component,spec.type=service`; one of several is enough
    #[arg(long, value_name = "KEY=VALUE,...")]
    pub(crate) filter: Vec<String>,
    /// What they must be, as Backstage's predicates say it: `{"spec.type": {"$in": ["service", "website"]}}`
    #[arg(long, value_name = "JSON")]
    pub(crate) query: Option<String>,
    /// Only this kind
    #[arg(long)]
    pub(crate) kind: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Only what this group or user owns, or a group below it
    #[arg(long, value_name = "REF")]
    pub(crate) owner: Option<String>,
    /// Count by the values of a key instead, such as spec.type
    #[arg(long, value_name = "KEY")]
    pub(crate) count: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub(crate) struct QueryArgs {
    /// A CEL expression over `repo` and the row, or with --sql one SELECT
    pub(crate) question: String,
    /// The question is SQL over the tables of docs/query.md
    #[arg(long)]
    pub(crate) sql: bool,
    /// What the expression is asked about; `entity` is the row's name, and so on
    #[arg(long, value_enum, default_value_t = From::Entity)]
    pub(crate) from: From,
    /// At most so many rows
    #[arg(long, default_value_t = 1000)]
    pub(crate) limit: usize,
    /// At most so many seconds
    #[arg(long, default_value_t = 30)]
    pub(crate) time: u64,
    /// Ask this frozen copy: the same question has the same answer
    #[arg(long, value_name = "ID")]
    pub(crate) snapshot: Option<i64>,
    /// Print comma-separated values
    #[arg(long, conflicts_with = "json")]
    pub(crate) csv: bool,
}

/// The rows of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum From {
    /// Entities of the catalog, as `entity`
    Entity,
    /// Repositories, as `repo`
    Repo,
    /// Declared infrastructure, as `infra`
    Infra,
    /// What is wrong in files, as `finding`
    Finding,
}
