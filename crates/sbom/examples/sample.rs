//! Prints a sample with a package of every ecosystem: `cyclonedx` or `spdx`. For crates/sbom/conformance.
#![allow(clippy::print_stderr, reason = "an example prints")]

use std::process::ExitCode;

use fleetwright_package::Package;
use fleetwright_sbom::{Bom, Occurrence, Part, Sink, Usage, cyclonedx, spdx};

const PACKAGES: [(&str, &str, Usage); 14] = [
    ("maven:org.slf4j:slf4j-api", "2.0.13", Usage::Runtime),
    ("npm:@babel/core", "7.24.0+build", Usage::Development),
    ("cargo:serde", "1.0.200", Usage::Runtime),
    ("pypi:Zope.Interface", "1!6.0", Usage::Optional),
    ("go:github.com/BurntSushi/toml", "v1.4.0", Usage::Runtime),
    ("gem:rails", "7.1.0", Usage::Build),
    ("composer:symfony/console", "6.4.0", Usage::Runtime),
    ("nuget:Newtonsoft.Json", "13.0.3", Usage::Provided),
    ("image:debian", "12-slim", Usage::Runtime),
    ("actions:actions/checkout", "v4", Usage::Build),
    ("gitlab:templates/java", "1.0", Usage::Build),
    ("helm:postgresql", "15.2.0", Usage::Runtime),
    ("terraform:hashicorp/aws", "5.40.0", Usage::Runtime),
    ("npm:left-pad", "", Usage::Runtime),
];

fn main() -> ExitCode {
    let mut bom = Bom::new(Part::own("acme/shop", "1.0"));
    for (name, version, usage) in PACKAGES {
        let Ok(package) = name.parse::<Package>() else {
            eprintln!("error: {name} is no package");
            return ExitCode::FAILURE;
        };
        let mut part = Part { usage, ..Part::package(package, version) };
        if version.is_empty() {
            part.note = "declared as ^1.0 \u{1}\u{2028} & <\"hostile\">".to_owned();
        }
        part.found.insert(Occurrence { file: "some/manifest".into(), line: 7 });
        let at = bom.add(part);
        bom.needs(0, at, usage);
        bom.needs(at, at - 1, Usage::Runtime);
    }
    let time = "2026-11-26T03:12:00Z";
    let sink = Sink { out: &mut std::io::stdout().lock(), clean: &|_| () };
    let written = match std::env::args().nth(1).as_deref() {
        Some("cyclonedx") => cyclonedx(&bom, time, sink),
        Some("spdx") => spdx(&bom, time, sink),
        _ => {
            eprintln!("usage: sample cyclonedx|spdx");
            return ExitCode::FAILURE;
        }
    };
    if written.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
