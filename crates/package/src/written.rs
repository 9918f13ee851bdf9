//! How packages are written: `word:name`, and as purls.
//!
//! The types of purls are those of package-url/purl-spec; `gitlab`, `helm` and `terraform` are no registered
//! types yet but candidates there. `github` is read as an action, `oci` and `docker` as an image. Qualifiers are
//! read where they belong to the name (an image's or chart's `repository_url`) and otherwise passed over.

use crate::ecosystem::Ecosystem;
use crate::name::{Package, PackageError};
use crate::purl::Purl;

/// The types of purls; an ecosystem is written by the first that names it.
const TYPES: [(&str, Ecosystem); 14] = [
    ("maven", Ecosystem::Maven),
    ("npm", Ecosystem::Npm),
    ("cargo", Ecosystem::Cargo),
    ("pypi", Ecosystem::PyPi),
    ("golang", Ecosystem::Go),
    ("gem", Ecosystem::RubyGems),
    ("composer", Ecosystem::Composer),
    ("nuget", Ecosystem::NuGet),
    ("docker", Ecosystem::Image),
    ("oci", Ecosystem::Image),
    ("github", Ecosystem::Actions),
    ("gitlab", Ecosystem::GitLab),
    ("helm", Ecosystem::Helm),
    ("terraform", Ecosystem::Terraform),
];

/// The qualifier that says where an image or chart lies.
const REPOSITORY: &str = "repository_url";

impl std::str::FromStr for Package {
    type Err = PackageError;

    /// Reads `maven:org.slf4j:slf4j-api`, or a purl, whose version is passed over.
    fn from_str(text: &str) -> Result<Package, PackageError> {
        if text.starts_with("pkg:") {
            return Package::from_purl(text).map(|(package, _)| package);
        }
        let Some((word, name)) = text.split_once(':') else {
            return Err(PackageError::NoEcosystem(cut(text)));
        };
        let Some(ecosystem) = Ecosystem::of_word(word) else {
            let known = Ecosystem::all().map(Ecosystem::word).collect::<Vec<_>>().join(", ");
            return Err(PackageError::Ecosystem { word: cut(word), known });
        };
        Package::new(ecosystem, name)
    }
}

impl Package {
    /// Its purl, with a version if one is given: `pkg:npm/%40babel/core@7.24.0`.
    ///
    /// What purls write in lower case is in lower case; names of Go's modules lose their capital letters so, and
    /// Python's dots were lost when the name was made.
    pub fn purl(&self, version: Option<&str>) -> String {
        let kind = TYPES.iter().find(|(_, ecosystem)| *ecosystem == self.ecosystem());
        let kind = kind.map_or("generic", |(kind, _)| *kind).to_owned();
        let purl = Purl { kind, version: version.map(str::to_owned), ..parts(self.ecosystem(), self.name()) };
        purl.to_string()
    }

    /// The package that a purl names, and the version in it.
    ///
    /// # Errors
    /// When it is no purl, its type is of no ecosystem known here, or its parts make no name there.
    pub fn from_purl(text: &str) -> Result<(Package, Option<String>), PackageError> {
        let refused = |why| PackageError::Purl { purl: cut(text), why };
        let purl = Purl::read(text).map_err(refused)?;
        let known = TYPES.iter().find(|(kind, _)| *kind == purl.kind);
        let (_, ecosystem) = known.ok_or_else(|| refused("packages of its type are not known here"))?;
        let name = name(*ecosystem, &purl).map_err(refused)?;
        Ok((Package::new(*ecosystem, &name)?, purl.version))
    }
}

fn cut(text: &str) -> String {
    text.chars().take(100).collect()
}

/// A path's last segment as the name, those before it as the namespace.
fn path(text: &str) -> Purl {
    let (namespace, name) = text.rsplit_once('/').map_or(("", text), |(head, name)| (head, name));
    let namespace = namespace.split('/').filter(|segment| !segment.is_empty()).map(str::to_owned).collect();
    Purl { namespace, name: name.to_owned(), ..Purl::default() }
}

/// The parts of a purl that the name makes.
fn parts(ecosystem: Ecosystem, name: &str) -> Purl {
    let whole = || Purl { name: name.to_owned(), ..Purl::default() };
    match ecosystem {
        Ecosystem::Maven => {
            let (group, artifact) = name.split_once(':').unwrap_or(("", name));
            Purl { namespace: vec![group.to_owned()], name: artifact.to_owned(), ..Purl::default() }
        }
        Ecosystem::Cargo | Ecosystem::PyPi | Ecosystem::RubyGems | Ecosystem::NuGet => whole(),
        Ecosystem::Npm | Ecosystem::Composer | Ecosystem::GitLab => path(name),
        Ecosystem::Go => path(&name.to_lowercase()),
        Ecosystem::Image => image(name),
        Ecosystem::Actions => action(name),
        Ecosystem::Helm => match name.rsplit_once('/') {
            Some((repository, name)) => located(path(name), repository),
            None => whole(),
        },
        Ecosystem::Terraform if name.contains("//") || name.contains("::") => whole(),
        Ecosystem::Terraform => path(name),
    }
}

fn located(purl: Purl, repository: &str) -> Purl {
    Purl { qualifiers: [(REPOSITORY.to_owned(), repository.to_owned())].into(), ..purl }
}

/// The registry is the segment before the first slash when it looks like a host, as Docker itself has it.
fn image(name: &str) -> Purl {
    match name.split_once('/') {
        Some((host, rest)) if host.contains(['.', ':']) || host == "localhost" => located(path(rest), host),
        _ => path(name),
    }
}

/// `owner/repo/path`: the path is a subpath.
fn action(name: &str) -> Purl {
    let mut segments = name.split('/').map(str::to_owned);
    match (segments.next(), segments.next()) {
        (Some(owner), Some(repository)) => {
            Purl { namespace: vec![owner], name: repository, subpath: segments.collect(), ..Purl::default() }
        }
        _ => Purl { name: name.to_owned(), ..Purl::default() },
    }
}

/// The name that the parts of a purl make.
fn name(ecosystem: Ecosystem, purl: &Purl) -> Result<String, &'static str> {
    let joined = |separator: &str| {
        let segments = purl.namespace.iter().chain([&purl.name]);
        segments.map(String::as_str).collect::<Vec<_>>().join(separator)
    };
    let repository = purl.qualifiers.get(REPOSITORY).map(|repository| repository.trim_end_matches('/'));
    match (ecosystem, purl.namespace.len()) {
        (Ecosystem::Maven, 1) => Ok(joined(":")),
        (Ecosystem::Maven, _) => Err("a purl of Maven has one group as its namespace"),
        (Ecosystem::Cargo | Ecosystem::PyPi | Ecosystem::RubyGems | Ecosystem::NuGet, 0) => {
            Ok(purl.name.clone())
        }
        (Ecosystem::Cargo | Ecosystem::PyPi | Ecosystem::RubyGems | Ecosystem::NuGet, _) => {
            Err("packages of its type have no namespace")
        }
        (Ecosystem::Npm, 0) | (Ecosystem::Npm | Ecosystem::Composer, 1) => Ok(joined("/")),
        (Ecosystem::Npm | Ecosystem::Composer, _) => Err("its namespace is one scope or vendor"),
        (Ecosystem::Actions, 1) => {
            Ok([joined("/")].iter().chain(&purl.subpath).map(String::as_str).collect::<Vec<_>>().join("/"))
        }
        (Ecosystem::Actions, _) => Err("its namespace is the owner of the repository"),
        // An OCI purl's repository already ends in the name.
        (Ecosystem::Image, _) if purl.kind == "oci" => {
            Ok(repository.map_or_else(|| purl.name.clone(), str::to_owned))
        }
        (Ecosystem::Image | Ecosystem::Helm, _) => {
            Ok(repository.map_or_else(|| joined("/"), |repository| format!("{repository}/{}", joined("/"))))
        }
        _ => Ok(joined("/")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn purls_and_names_are_the_way_to_each_other() {
        let pairs = [
            ("maven:org.slf4j:slf4j-api", "pkg:maven/org.slf4j/slf4j-api@1.0"),
            ("npm:@babel/core", "pkg:npm/%40babel/core@1.0"),
            ("npm:react", "pkg:npm/react@1.0"),
            ("cargo:serde_json", "pkg:cargo/serde_json@1.0"),
            ("pypi:zope-interface", "pkg:pypi/zope-interface@1.0"),
            ("go:golang.org/x/mod", "pkg:golang/golang.org/x/mod@1.0"),
            ("go:stdlib", "pkg:golang/stdlib@1.0"),
            ("gem:jruby-launcher", "pkg:gem/jruby-launcher@1.0"),
            ("composer:laravel/laravel", "pkg:composer/laravel/laravel@1.0"),
            ("nuget:newtonsoft.json", "pkg:nuget/newtonsoft.json@1.0"),
            ("image:cassandra", "pkg:docker/cassandra@1.0"),
            ("image:gcr.io/customer/image", "pkg:docker/customer/image@1.0?repository_url=gcr.io"),
            ("image:localhost:5000/image", "pkg:docker/image@1.0?repository_url=localhost:5000"),
            ("actions:actions/checkout", "pkg:github/actions/checkout@1.0"),
            ("actions:github/codeql-action/init", "pkg:github/github/codeql-action@1.0#init"),
            ("gitlab:components/sast/scan", "pkg:gitlab/components/sast/scan@1.0"),
            ("helm:redis", "pkg:helm/redis@1.0"),
            (
                "helm:https://charts.example.org/stable/redis",
                "pkg:helm/redis@1.0?repository_url=https:%2F%2Fcharts.example.org%2Fstable",
            ),
            ("terraform:hashicorp/aws", "pkg:terraform/hashicorp/aws@1.0"),
            (
                "terraform:git::https://example.org/a.git",
                "pkg:terraform/git::https:%2F%2Fexample.org%2Fa.git@1.0",
            ),
        ];
        for (written, purl) in pairs {
            let package: Package = written.parse().unwrap();
            assert_eq!(package.purl(Some("1.0")), purl);
            assert_eq!(Package::from_purl(purl).unwrap(), (package.clone(), Some("1.0".to_owned())));
            assert_eq!(purl.parse::<Package>().unwrap(), package);
        }
    }

    #[test]
    fn purls_are_read_as_others_write_them() {
        let read = |text: &str| {
            let (package, version) = Package::from_purl(text).unwrap();
            (package.to_string(), version)
        };
        let is = |package: &str, version: &str| (package.to_owned(), Some(version.to_owned()));
        assert_eq!(read("pkg:PYPI/Django_package@1.11.1.dev1"), is("pypi:django-package", "1.11.1.dev1"));
        assert_eq!(read("pkg:npm/@babel/core@7.0.0"), is("npm:@babel/core", "7.0.0"));
        assert_eq!(read("pkg:npm/@babel/core"), ("npm:@babel/core".to_owned(), None));
        assert_eq!(
            read("pkg://maven/org.apache.commons/io@1.3.4?type=pom"),
            is("maven:org.apache.commons:io", "1.3.4")
        );
        assert_eq!(
            read("pkg:golang/google.golang.org/genproto@abc#/googleapis/api/"),
            is("go:google.golang.org/genproto", "abc")
        );
        assert_eq!(read("pkg:github/Package-url/purl-Spec@v1"), is("actions:package-url/purl-spec", "v1"));
        assert_eq!(
            read("pkg:oci/debian@sha256%3Aab?repository_url=ghcr.io/debian&tag=1"),
            is("image:ghcr.io/debian", "sha256:ab")
        );
        assert_eq!(read("pkg:composer/Laravel/Laravel@5.5.0"), is("composer:laravel/laravel", "5.5.0"));
    }

    #[test]
    fn what_is_no_purl_says_why() {
        let why = |text: &str| Package::from_purl(text).unwrap_err().to_string();
        assert!(why("EnterpriseLibrary.Common@6.0.1304").contains("begin with `pkg:`"));
        assert!(why("pkg:maven/@1.3.4").contains("name is not empty"), "{}", why("pkg:maven/@1.3.4"));
        assert!(why("pkg:n&g?inx/nginx@0.8.9").contains("type"));
        assert!(why("pkg:deb/debian/curl@1").contains("not known here"));
        assert!(why("pkg:cargo/a/b@1").contains("no namespace"));
        assert!(why("pkg:maven/a@1").contains("one group"));
        assert!(why("pkg:npm/my%zzname@1").contains("percent sign"));
        assert!(why("pkg:npm/a@1?in%20production=true").contains("qualifier's key"));
        assert!(why("pkg:golang/a%2Fb/c").contains("hidden"));
        assert!(why(&format!("pkg:npm/{}", "a".repeat(5000))).contains("over 4096 bytes"));
    }

    #[test]
    fn versions_are_encoded() {
        let package: Package = "pypi:torch".parse().unwrap();
        assert_eq!(package.purl(Some("1!2.0+cu118")), "pkg:pypi/torch@1%212.0%2Bcu118");
        let image: Package = "image:debian".parse().unwrap();
        assert_eq!(image.purl(Some("sha256:ab")), "pkg:docker/debian@sha256:ab");
    }
}
