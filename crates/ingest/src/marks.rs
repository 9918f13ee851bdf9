//! What a file is, told by its name: manifests, lockfiles, definitions of CI, owners, documentation.

/// A kind of file and the tool it belongs to.
pub(crate) type Mark = (&'static str, &'static str);

/// Names that mean the same wherever they lie.
const NAMES: [(&str, Mark); 55] = [
    ("pom.xml", ("manifest", "maven")),
    ("build.gradle", ("manifest", "gradle")),
    ("build.gradle.kts", ("manifest", "gradle")),
    ("settings.gradle", ("manifest", "gradle")),
    ("settings.gradle.kts", ("manifest", "gradle")),
    ("libs.versions.toml", ("manifest", "gradle")),
    ("gradle.lockfile", ("lockfile", "gradle")),
    ("build.sbt", ("manifest", "sbt")),
    ("package.json", ("manifest", "npm")),
    ("package-lock.json", ("lockfile", "npm")),
    ("npm-shrinkwrap.json", ("lockfile", "npm")),
    ("yarn.lock", ("lockfile", "yarn")),
    ("pnpm-lock.yaml", ("lockfile", "pnpm")),
    ("pnpm-workspace.yaml", ("manifest", "pnpm")),
    ("bun.lock", ("lockfile", "bun")),
    ("deno.json", ("manifest", "deno")),
    ("cargo.toml", ("manifest", "cargo")),
    ("cargo.lock", ("lockfile", "cargo")),
    ("pyproject.toml", ("manifest", "python")),
    ("setup.py", ("manifest", "python")),
    ("setup.cfg", ("manifest", "python")),
    ("requirements.txt", ("manifest", "pip")),
    ("pipfile", ("manifest", "pipenv")),
    ("pipfile.lock", ("lockfile", "pipenv")),
    ("poetry.lock", ("lockfile", "poetry")),
    ("uv.lock", ("lockfile", "uv")),
    ("pdm.lock", ("lockfile", "pdm")),
    ("go.mod", ("manifest", "go")),
    ("go.sum", ("lockfile", "go")),
    ("go.work", ("manifest", "go")),
    ("gemfile", ("manifest", "bundler")),
    ("gemfile.lock", ("lockfile", "bundler")),
    ("composer.json", ("manifest", "composer")),
    ("composer.lock", ("lockfile", "composer")),
    ("directory.packages.props", ("manifest", "nuget")),
    ("packages.lock.json", ("lockfile", "nuget")),
    ("mix.exs", ("manifest", "mix")),
    ("mix.lock", ("lockfile", "mix")),
    ("package.swift", ("manifest", "swiftpm")),
    ("package.resolved", ("lockfile", "swiftpm")),
    ("pubspec.yaml", ("manifest", "pub")),
    ("pubspec.lock", ("lockfile", "pub")),
    ("module.bazel", ("manifest", "bazel")),
    ("dockerfile", ("image", "docker")),
    ("containerfile", ("image", "docker")),
    (".terraform.lock.hcl", ("lockfile", "terraform")),
    ("jenkinsfile", ("ci", "jenkins")),
    (".gitlab-ci.yml", ("ci", "gitlab")),
    (".travis.yml", ("ci", "travis")),
    ("azure-pipelines.yml", ("ci", "azure")),
    ("cloudbuild.yaml", ("ci", "cloudbuild")),
    ("bitbucket-pipelines.yml", ("ci", "bitbucket")),
    ("codeowners", ("owners", "codeowners")),
    ("mkdocs.yml", ("docs", "mkdocs")),
    ("renovate.json", ("updates", "renovate")),
];

/// Folders that hold other people's files.
const FOREIGN: [&str; 6] = ["node_modules", "vendor", "third_party", ".terraform", "testdata", "fixtures"];

/// Whether a path lies in a folder of other people's files, or of samples for tests.
pub fn is_foreign(path: &str) -> bool {
    path.rsplit_once('/').is_some_and(|(folder, _)| folder.split('/').any(|name| FOREIGN.contains(&name)))
}

/// What a file is, if its path tells.
pub(crate) fn mark(path: &str) -> Option<Mark> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let name = name.to_ascii_lowercase();
    if let Some((_, mark)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some(*mark);
    }
    let (stem, ending) = name.rsplit_once('.').unwrap_or((&name, ""));
    match (folder, stem, ending) {
        (".github/workflows", _, "yml" | "yaml") => Some(("ci", "github-actions")),
        (".gitea/workflows" | ".forgejo/workflows", _, "yml" | "yaml") => Some(("ci", "gitea-actions")),
        (".circleci", "config", "yml") => Some(("ci", "circleci")),
        (".github", "dependabot", "yml" | "yaml") => Some(("updates", "dependabot")),
        (_, _, "csproj" | "fsproj" | "vbproj") => Some(("manifest", "nuget")),
        (_, _, "dockerfile") | (_, "dockerfile", _) => Some(("image", "docker")),
        (_, stem, "txt") if stem.starts_with("requirements") => Some(("manifest", "pip")),
        ("", "readme", _) => Some(("docs", "readme")),
        _ => None,
    }
}

/// The programming language of a file, by its ending. Markup and data count for none, as forges have it.
pub fn language(path: &str) -> Option<&'static str> {
    let (_, ending) = path.rsplit_once('.')?;
    Some(match ending {
        "java" => "java",
        "kt" | "kts" => "kotlin",
        "py" => "python",
        "js" | "mjs" | "cjs" | "jsx" => "javascript",
        "ts" | "tsx" | "mts" | "cts" => "typescript",
        "go" => "go",
        "rs" => "rust",
        "cs" => "c#",
        "rb" => "ruby",
        "php" => "php",
        "c" | "h" => "c",
        "cc" | "cpp" | "cxx" | "hpp" => "c++",
        "scala" => "scala",
        "swift" => "swift",
        "sh" | "bash" => "shell",
        "tf" => "hcl",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_tells_what_a_file_is() {
        for (path, wanted) in [
            ("pom.xml", Some(("manifest", "maven"))),
            ("services/a/Cargo.lock", Some(("lockfile", "cargo"))),
            ("requirements-dev.txt", Some(("manifest", "pip"))),
            ("src/App.csproj", Some(("manifest", "nuget"))),
            ("docker/api.Dockerfile", Some(("image", "docker"))),
            ("Dockerfile.dev", Some(("image", "docker"))),
            (".github/workflows/ci.yml", Some(("ci", "github-actions"))),
            ("docs/.github/workflows/ci.yml", None),
            ("README.md", Some(("docs", "readme"))),
            ("src/README.md", None),
            ("src/main.rs", None),
        ] {
            assert_eq!(mark(path), wanted, "{path}");
        }
    }

    #[test]
    fn other_peoples_files_are_known_by_their_folder() {
        assert!(is_foreign("a/node_modules/b/package.json") && is_foreign("vendor/x/go.mod"));
        assert!(!is_foreign("vendor") && !is_foreign("src/vendored/a"));
    }

    #[test]
    fn languages_are_told_by_endings() {
        assert_eq!(language("a/B.java"), Some("java"));
        assert_eq!((language("a.md"), language("Makefile"), language("java")), (None, None, None));
    }
}
