//! Cargo, Go, Gradle, Bundler, Composer, NuGet, Helm, Terraform.

use fleetwright_package::Ecosystem;

use crate::ask::Ask;
use crate::needs::{Needs, unknown};
use crate::step::run;

pub(crate) fn needs(ask: &Ask<'_>) -> Result<Needs, String> {
    Ok(match ask.ecosystem {
        Ecosystem::Cargo => cargo(ask)?,
        Ecosystem::Go => Needs {
            // `get` moves the module and what it must take along; `tidy` writes the sums that a build asks for.
            steps: vec![run("go get", Some(&ask.pinned("@"))), run("go mod tidy", None)],
            env: vec![("GOFLAGS", "-mod=mod"), ("GOTOOLCHAIN", "local")],
            offline: vec![("GOPROXY", "off"), ("GOSUMDB", "off")],
            version: "go version",
            beside: vec!["go.mod", "go.sum"],
        },
        Ecosystem::Maven if ask.format.starts_with("gradle lockfile") => {
            let command = "gradle --no-daemon --console=plain dependencies --update-locks";
            Needs::of(command, "gradle --version").word(ask.package.name().to_owned())
        }
        Ecosystem::Maven => return Err("Maven has no lockfile".to_owned()),
        Ecosystem::RubyGems => {
            let mut needs = Needs::of("bundle lock --conservative --update", "bundle --version")
                .word(ask.package.name().to_owned());
            needs.env = vec![("BUNDLE_FROZEN", "false"), ("BUNDLE_DEPLOYMENT", "false")];
            needs
        }
        Ecosystem::Composer => {
            let rest = "--with-dependencies --no-install --no-scripts --no-plugins";
            let command = format!("composer update {rest} --no-interaction --no-audit");
            let mut needs = Needs::of(&command, "composer --version").word(ask.pinned(":"));
            // Before 2.7 it is not known, and moves what the package needs as far as it may.
            needs.env = vec![("COMPOSER_MINIMAL_CHANGES", "1")];
            needs.offline = vec![("COMPOSER_DISABLE_NETWORK", "1")];
            needs
        }
        Ecosystem::NuGet if ask.format.starts_with("packages.lock.json") && !ask.alone => {
            let mut needs = Needs::of("dotnet restore --force-evaluate", "dotnet --version");
            needs.env = vec![("DOTNET_CLI_TELEMETRY_OPTOUT", "1"), ("DOTNET_NOLOGO", "1")];
            needs
        }
        Ecosystem::NuGet => {
            return Err("NuGet moves a package only with its project; declare the version there".to_owned());
        }
        Ecosystem::Helm => Needs::of("helm dependency update", "helm version --short"),
        Ecosystem::Terraform => {
            return Err(
                "terraform moves all providers at once: run `terraform init -upgrade` by hand and look at \
                        what else moves"
                    .to_owned(),
            );
        }
        _ => return Err(unknown(ask)),
    })
}

/// One command for each locked version that can become the wanted one without anything declared being changed; the
/// members of the workspace alone where the manifest asks for another line of versions.
fn cargo(ask: &Ask<'_>) -> Result<Needs, String> {
    let old: Vec<&String> = ask.locked.iter().filter(|old| old.as_str() != ask.to).collect();
    let near: Vec<&String> = old.iter().copied().filter(|old| line(old) == line(ask.to)).collect();
    let moved = match (near.is_empty(), ask.alone, old.as_slice()) {
        (false, ..) => near,
        (true, true, _) => {
            let locked = ask.locked.join(", ");
            return Err(format!("no locked version ({locked}) may become {} without a manifest", ask.to));
        }
        (true, false, [_]) => old,
        (true, false, _) => Vec::new(),
    };
    let name = ask.package.name();
    let update = |old: &&String| run(&format!("cargo update --package {name}@{old} --precise"), Some(ask.to));
    let mut steps: Vec<_> = moved.iter().map(update).collect();
    if steps.is_empty() {
        steps.push(run("cargo update --workspace", None));
    }
    Ok(Needs {
        env: vec![("CARGO_TERM_COLOR", "never")],
        offline: vec![("CARGO_NET_OFFLINE", "true")],
        ..Needs::steps(steps, "cargo --version")
    })
}

/// The part of a version that must not change for Cargo to take one for another: the first that is not 0.
fn line(version: &str) -> (&str, Option<&str>, Option<&str>) {
    let mut parts = version.split(['-', '+']).next().unwrap_or_default().split('.');
    let (major, minor, patch) = (parts.next().unwrap_or_default(), parts.next(), parts.next());
    match (major, minor) {
        ("0", Some("0")) => (major, minor, patch),
        ("0", _) => (major, minor, None),
        _ => (major, None, None),
    }
}
