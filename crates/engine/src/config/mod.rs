//! `fleetwright.yaml`: where the database, the mirrors and the forges are.

mod database;
mod forges;
mod people;
mod place;
mod tools;

use std::path::{Path, PathBuf};
use std::time::Duration;

use fleetwright_core::calendar::Freeze;
use fleetwright_core::secret::Keyring;
use fleetwright_core::source::{Source, SourceError};
use fleetwright_git::Signer;
use fleetwright_ingest::CatalogFiles;
use fleetwright_runner::Limits;
use fleetwright_store::Database;
use serde::Deserialize;

use forges::ForgeFile;
pub use forges::{AppSource, Auth, ForgeConfig, HostedConfig, Kind, LocalConfig, SecretSource};
pub use people::{OidcConfig, People};
use place::absolute;
pub use tools::Tools;

/// Keys the format knows that this version cannot honour.
const NOT_YET: [(&str, &str); 1] = [("definitions", "definitions from folders and git")];

/// The decoded configuration; paths are absolute or relative to the file's folder.
#[derive(Debug, Clone)]
pub struct Config {
    /// The database.
    pub database: Database,
    /// Where the password to it is, if it needs one.
    pub database_password: Option<SecretSource>,
    /// The folder of mirrors.
    pub cache: PathBuf,
    /// The most bytes the mirrors may take.
    pub cache_bytes: u64,
    /// The forges.
    pub forges: Vec<ForgeConfig>,
    /// Which files of a repository hold entities of the catalog.
    pub catalog_files: CatalogFiles,
    /// The folder of entities that no repository declares.
    pub catalog_folder: PathBuf,
    /// The hosts that files of the catalog may be fetched from; none when empty.
    pub catalog_hosts: Vec<String>,
    /// Certificates to trust there besides the system's, in PEM.
    pub catalog_certificates: Option<PathBuf>,
    /// The folder of schemas that declared infrastructure is validated with.
    pub infra_schemas: Option<PathBuf>,
    /// The folder of policies that it must hold to.
    pub infra_policies: Option<PathBuf>,
    /// A folder in the form of a Maven repository, where parents and BOMs are looked up that no repository of
    /// the fleet publishes.
    pub maven_folder: Option<PathBuf>,
    /// The folder or zip of advisories in OSV's form.
    pub advisories: Option<PathBuf>,
    /// The folder of bills of materials.
    pub boms: PathBuf,
    /// What the tools get that bring lockfiles up to date.
    pub tools: Tools,
    /// Folders a sandboxed command may read, besides the system's own.
    pub readonly: Vec<PathBuf>,
    /// What one command may use.
    pub limits: Limits,
    /// The name people call the machine by in comments, without the `@`.
    pub mention: String,
    /// Labels that hold a pull request.
    pub hold_labels: Vec<String>,
    /// Stretches of time in which nothing is opened or merged.
    pub freezes: Vec<Freeze>,
    /// The keys that commits may be signed with.
    pub signers: Vec<Signer>,
    /// What is said of people.
    pub people: People,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ConfigFile {
    #[serde(default = "default_database")]
    database: String,
    #[serde(default)]
    database_password: Option<SecretSource>,
    #[serde(default = "default_cache")]
    cache: PathBuf,
    #[serde(default)]
    cache_size: Option<String>,
    forges: Vec<ForgeFile>,
    #[serde(default)]
    catalog: CatalogFile,
    #[serde(default)]
    infra: InfraFile,
    #[serde(default)]
    dependencies: DependenciesFile,
    #[serde(default)]
    runner: RunnerFile,
    #[serde(default = "default_mention")]
    mention: String,
    #[serde(default = "default_hold_labels")]
    hold_labels: Vec<String>,
    #[serde(default)]
    freezes: Vec<Freeze>,
    #[serde(default)]
    signing: SigningFile,
    #[serde(default)]
    people: people::PeopleFile,
    /// Read by `fleetwright serve`.
    #[serde(default, rename = "server")]
    _server: serde::de::IgnoredAny,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct SigningFile {
    /// The file of an SSH key.
    ssh: Option<PathBuf>,
    /// The fingerprint of a GPG key.
    gpg: Option<String>,
    /// GnuPG's folder.
    gpg_home: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CatalogFile {
    /// Globs of files that hold entities.
    files: Option<Vec<String>>,
    /// A folder of entities that no repository declares.
    folder: Option<PathBuf>,
    /// Hosts that files may be fetched from.
    #[serde(default)]
    hosts: Vec<String>,
    /// A file of certificates to trust there.
    certificates: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct DependenciesFile {
    /// A folder in the form of a Maven repository.
    maven: Option<PathBuf>,
    /// A folder or zip of advisories.
    advisories: Option<PathBuf>,
    /// A folder of bills of materials.
    boms: Option<PathBuf>,
    /// Hosts that tools may reach.
    #[serde(default)]
    hosts: Vec<String>,
    /// A folder that becomes the home of tools.
    home: Option<PathBuf>,
    /// Folders of tools.
    #[serde(default)]
    path: Vec<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct InfraFile {
    /// The folder of schemas.
    schemas: Option<PathBuf>,
    /// The folder of policies.
    policies: Option<PathBuf>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct RunnerFile {
    #[serde(default)]
    sandbox: Option<String>,
    #[serde(default)]
    readonly: Vec<PathBuf>,
    #[serde(default)]
    limits: LimitsFile,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct LimitsFile {
    time: Option<String>,
    memory: Option<String>,
    disk: Option<String>,
    output: Option<String>,
    processes: Option<u32>,
}

fn default_database() -> String {
    "sqlite:.fleetwright/fleet.db".to_owned()
}

fn default_mention() -> String {
    "fleetwright".to_owned()
}

fn default_hold_labels() -> Vec<String> {
    ["hold", "do-not-merge"].map(str::to_owned).to_vec()
}

fn default_cache() -> PathBuf {
    ".fleetwright/cache".into()
}

/// The mirrors' quota when none is given: 20 GiB, tips of some ten thousand repositories.
const CACHE_BYTES: u64 = 20 << 30;

impl Config {
    /// The defaults, with everything below a folder and no forge yet.
    pub fn in_folder(folder: &Path) -> Config {
        Config {
            database: Database::File(folder.join("fleet.db")),
            database_password: None,
            cache: folder.join("cache"),
            cache_bytes: CACHE_BYTES,
            forges: Vec::new(),
            catalog_files: CatalogFiles::default(),
            catalog_folder: folder.join("catalog"),
            catalog_hosts: Vec::new(),
            catalog_certificates: None,
            infra_schemas: None,
            infra_policies: None,
            maven_folder: None,
            advisories: None,
            boms: folder.join("boms"),
            tools: Tools::default(),
            readonly: Vec::new(),
            limits: Limits::default(),
            mention: default_mention(),
            hold_labels: default_hold_labels(),
            freezes: Vec::new(),
            signers: Vec::new(),
            people: People::default(),
        }
    }

    /// Whether an owner's repositories are among those of a forge that is a service: one of its
    /// organisations, or a group below one of its groups.
    pub fn is_in_scope(&self, forge: &str, owner: &str) -> bool {
        let owner = owner.to_lowercase();
        let holds = |org: &String| {
            let rest = owner.strip_prefix(&org.to_lowercase());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        let is_in = |known: &ForgeConfig| matches!(known, ForgeConfig::Hosted(known) if known.name == forge && known.orgs.iter().any(holds));
        self.forges.iter().any(is_in)
    }

    /// The database as it is opened: with its password, which the keyring keeps out of everything said.
    ///
    /// # Errors
    /// A sentence that names the place where the password should be.
    pub fn entered(&self, keyring: &Keyring) -> Result<Database, String> {
        let Some(source) = &self.database_password else { return Ok(self.database.clone()) };
        let password = source.read()?;
        keyring.keep(&password);
        Ok(self.database.clone().with_password(password))
    }

    /// The folder of what belongs to the database and is not in it: that of its file, or that of the mirrors.
    pub(crate) fn beside_database(&self) -> &Path {
        let beside = self.database.file().unwrap_or(&self.cache);
        beside.parent().unwrap_or(Path::new("."))
    }

    /// Reads a configuration file.
    ///
    /// # Errors
    /// When the file cannot be read, or says something unknown or impossible.
    pub fn read(path: &Path) -> Result<Config, SourceError> {
        let shown = path.display().to_string();
        let text = read_text(path)?;
        let source = Source::parse(&shown, &text)?;
        if let Some((key, what)) = NOT_YET.iter().find(|(key, _)| source.value().get(key).is_some()) {
            return Err(source.error(
                key,
                format!("{what} are not available in this version"),
                "remove the key",
            ));
        }
        let file: ConfigFile = source.decode()?;
        let folder = path.parent().unwrap_or(Path::new("."));
        if file.runner.sandbox.as_deref().is_some_and(|name| name != "bubblewrap") {
            return Err(source.error("runner.sandbox", "the only sandbox is `bubblewrap`", "remove the key"));
        }
        let DependenciesFile { maven, advisories, boms, hosts: reach, home, path } = file.dependencies;
        let maven_folder = maven.map(|maven| folder.join(maven));
        let tools = Tools::of(&source, folder, (reach, home, path))?;
        let readonly = file.runner.readonly.iter().map(|path| absolute(folder, path));
        Ok(Config {
            database: database::read(&source, folder, &file.database)?,
            database_password: file.database_password.map(|password| password.below(folder)),
            cache: folder.join(&file.cache),
            cache_bytes: bytes(&source, "cacheSize", file.cache_size.as_deref())?.unwrap_or(CACHE_BYTES),
            forges: forges::forges(&source, folder, file.forges)?,
            catalog_files: catalog_files(&source, file.catalog.files.as_deref())?
                .beside(maven_folder.as_ref()),
            catalog_folder: folder.join(file.catalog.folder.unwrap_or_else(|| "catalog".into())),
            catalog_hosts: hosts(&source, file.catalog.hosts)?,
            catalog_certificates: file.catalog.certificates.map(|path| folder.join(path)),
            infra_schemas: file.infra.schemas.map(|schemas| folder.join(schemas)),
            infra_policies: file.infra.policies.map(|policies| folder.join(policies)),
            maven_folder,
            advisories: advisories.map(|advisories| folder.join(advisories)),
            boms: folder.join(boms.unwrap_or_else(|| "boms".into())),
            readonly: readonly.chain(tools.beside_system()).collect(),
            tools,
            limits: limits(&source, &file.runner.limits)?,
            mention: file.mention,
            hold_labels: file.hold_labels,
            freezes: file.freezes,
            signers: signers(folder, file.signing),
            people: People::of(&source, folder, file.people)?,
        })
    }
}

/// Reads a text file that a person wrote.
///
/// # Errors
/// When it cannot be read or is not UTF-8; the error names it.
pub fn read_text(path: &Path) -> Result<String, SourceError> {
    let file = path.display().to_string();
    let error = |message: String, remedy: &str| SourceError {
        file: file.clone(),
        line: 0,
        column: 0,
        key: String::new(),
        message,
        remedy: remedy.to_owned(),
    };
    let bytes = std::fs::read(path).map_err(|why| error(why.to_string(), "check the path"))?;
    String::from_utf8(bytes).map_err(|why| {
        let at = why.utf8_error().valid_up_to();
        let line = why.as_bytes()[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
        SourceError { line, column: 1, ..error("this is not UTF-8".to_owned(), "save the file as UTF-8") }
    })
}

fn catalog_files(source: &Source, globs: Option<&[String]>) -> Result<CatalogFiles, SourceError> {
    let Some(globs) = globs else { return Ok(CatalogFiles::default()) };
    CatalogFiles::new(globs).map_err(|(index, why)| {
        source.error(&format!("catalog.files[{index}]"), why, "write a glob such as `**/catalog-info.yaml`")
    })
}

/// Hosts by their whole names, as people read them in an address.
fn hosts(source: &Source, hosts: Vec<String>) -> Result<Vec<String>, SourceError> {
    for (index, host) in hosts.iter().enumerate() {
        let plain = reqwest::Url::parse(&format!("https://{host}/"));
        let is_host = plain.is_ok_and(|url| {
            url.domain().is_some_and(|domain| domain.eq_ignore_ascii_case(host)) && host.contains('.')
        });
        if !is_host || host.contains('*') {
            let message = format!("`{host}` is not the name of a host");
            let remedy = "write the whole name alone, such as `git.example.com`";
            return Err(source.error(&format!("catalog.hosts[{index}]"), message, remedy));
        }
    }
    Ok(hosts)
}

fn signers(folder: &Path, file: SigningFile) -> Vec<Signer> {
    let ssh = file.ssh.map(|key| Signer::Ssh { key: absolute(folder, &key) });
    let home = file.gpg_home.map(|home| absolute(folder, &home));
    ssh.into_iter().chain(file.gpg.map(|key| Signer::Gpg { key, home })).collect()
}

fn limits(source: &Source, file: &LimitsFile) -> Result<Limits, SourceError> {
    let mut limits = Limits::default();
    let size =
        |name: &str, text: &Option<String>| bytes(source, &format!("runner.limits.{name}"), text.as_deref());
    limits.memory = size("memory", &file.memory)?.unwrap_or(limits.memory);
    limits.disk = size("disk", &file.disk)?.unwrap_or(limits.disk);
    limits.output = size("output", &file.output)?.unwrap_or(limits.output);
    limits.processes = file.processes.unwrap_or(limits.processes);
    if let Some(text) = &file.time {
        let seconds = fleetwright_core::shift::seconds(text).ok_or_else(|| {
            let message = format!("`{text}` is not a length of time");
            source.error("runner.limits.time", message, "write it like `90s`, `10m` or `1h`")
        })?;
        limits.time = Duration::from_secs(seconds);
    }
    Ok(limits)
}

/// Reads a size such as `512MiB` or `2GiB`.
fn bytes(source: &Source, key: &str, text: Option<&str>) -> Result<Option<u64>, SourceError> {
    let Some(text) = text else { return Ok(None) };
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let found = units.iter().find_map(|(unit, shift)| {
        let digits = text.strip_suffix(unit)?;
        digits.trim().parse::<u64>().ok()?.checked_mul(1 << shift)
    });
    match found {
        Some(size) => Ok(Some(size)),
        None => Err(source.error(key, format!("`{text}` is not a size"), "write it like `512MiB` or `2GiB`")),
    }
}
