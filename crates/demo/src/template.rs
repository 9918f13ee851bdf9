//! The files of an ordinary repository, by ecosystem.
//!
//! Paths and contents name the repository as `@NAME@`, its team as `@OWNER@`, and so on. The contents are files with the
//! ending `.in`, so that no tool takes them for sources or manifests of this workspace.

/// Path and content.
pub(crate) type Template = (&'static str, &'static str);

/// Embeds a file below `templates/`.
macro_rules! template {
    ($file:literal) => {
        include_str!(concat!("../templates/", $file, ".in"))
    };
}
pub(crate) use template;

/// What repositories of one ecosystem hold.
pub(crate) struct Ecosystem {
    /// What its services are.
    pub(crate) service: &'static str,
    /// What its libraries are.
    pub(crate) library: &'static str,
    /// The manifest's path.
    pub(crate) manifest: &'static str,
    /// Manifest, sources and tests.
    pub(crate) sources: &'static [Template],
    /// How a service becomes an image.
    pub(crate) dockerfile: &'static str,
}

/// What every repository has.
pub(crate) const COMMON: &[Template] = &[
    ("README.md", template!("common/README.md")),
    (".github/CODEOWNERS", template!("common/CODEOWNERS")),
    ("test.sh", template!("common/test.sh")),
];

/// The Kubernetes manifest of a service.
pub(crate) const DEPLOYMENT: Template = ("deploy/deployment.yaml", template!("common/deployment.yaml"));

/// What a service has in the cluster besides its deployment.
pub(crate) const SERVICE: Template = ("deploy/service.yaml", template!("common/service.yaml"));

pub(crate) const MAVEN: Ecosystem = Ecosystem {
    service: "a Java service built by Maven",
    library: "a Java library built by Maven: no image, nothing deployed",
    manifest: "pom.xml",
    sources: &[
        ("pom.xml", template!("maven/pom.xml")),
        ("src/main/java/example/acme/@OWNER@/App.java", template!("maven/App.java")),
        ("src/main/resources/application.properties", template!("maven/application.properties")),
        ("src/test/java/example/acme/@OWNER@/AppTest.java", template!("maven/AppTest.java")),
        (".gitignore", template!("maven/gitignore")),
        (".github/workflows/ci.yml", template!("maven/ci.yml")),
    ],
    dockerfile: template!("maven/Dockerfile"),
};

pub(crate) const GRADLE: Ecosystem = Ecosystem {
    service: "a Java service built by Gradle",
    library: "a Java library built by Gradle: no image, nothing deployed",
    manifest: "settings.gradle.kts",
    sources: &[
        ("settings.gradle.kts", template!("gradle/settings.gradle.kts")),
        ("build.gradle.kts", template!("gradle/build.gradle.kts")),
        ("src/main/java/example/acme/@OWNER@/App.java", template!("maven/App.java")),
        ("src/main/resources/application.properties", template!("maven/application.properties")),
        ("src/test/java/example/acme/@OWNER@/AppTest.java", template!("maven/AppTest.java")),
        (".gitignore", template!("gradle/gitignore")),
        (".github/workflows/ci.yml", template!("gradle/ci.yml")),
    ],
    dockerfile: template!("gradle/Dockerfile"),
};

pub(crate) const NPM: Ecosystem = Ecosystem {
    service: "a JavaScript service with an npm manifest",
    library: "a JavaScript library with an npm manifest: no image, nothing deployed",
    manifest: "package.json",
    sources: &[
        ("package.json", template!("npm/package.json")),
        ("src/index.js", template!("npm/index.js")),
        ("src/route.js", template!("npm/route.js")),
        ("test/route.test.js", template!("npm/route.test.js")),
        (".gitignore", template!("npm/gitignore")),
        (".github/workflows/ci.yml", template!("npm/ci.yml")),
    ],
    dockerfile: template!("npm/Dockerfile"),
};

pub(crate) const PYTHON: Ecosystem = Ecosystem {
    service: "a Python service with a pyproject.toml",
    library: "a Python library with a pyproject.toml: no image, nothing deployed",
    manifest: "pyproject.toml",
    sources: &[
        ("pyproject.toml", template!("python/pyproject.toml")),
        ("src/@PACKAGE@/__init__.py", template!("python/init.py")),
        ("src/@PACKAGE@/app.py", template!("python/app.py")),
        ("tests/test_app.py", template!("python/test_app.py")),
        (".gitignore", template!("python/gitignore")),
        (".github/workflows/ci.yml", template!("python/ci.yml")),
    ],
    dockerfile: template!("python/Dockerfile"),
};

pub(crate) const GO: Ecosystem = Ecosystem {
    service: "a Go service",
    library: "a Go module: no image, nothing deployed",
    manifest: "go.mod",
    sources: &[
        ("go.mod", template!("go/go.mod")),
        ("go.sum", template!("go/go.sum")),
        ("main.go", template!("go/main.go")),
        ("main_test.go", template!("go/main_test.go")),
        (".gitignore", template!("go/gitignore")),
        (".github/workflows/ci.yml", template!("go/ci.yml")),
    ],
    dockerfile: template!("go/Dockerfile"),
};

pub(crate) const CARGO: Ecosystem = Ecosystem {
    service: "a Rust service built by cargo",
    library: "a Rust crate: no image, nothing deployed",
    manifest: "Cargo.toml",
    sources: &[
        ("Cargo.toml", template!("cargo/Cargo.toml")),
        ("src/main.rs", template!("cargo/main.rs")),
        ("src/answer.rs", template!("cargo/answer.rs")),
        ("rustfmt.toml", template!("cargo/rustfmt.toml")),
        (".gitignore", template!("cargo/gitignore")),
        (".github/workflows/ci.yml", template!("cargo/ci.yml")),
    ],
    dockerfile: template!("cargo/Dockerfile"),
};
