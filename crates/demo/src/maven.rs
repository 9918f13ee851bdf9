//! A small repository of POMs in Maven's layout, so that what the sample fleet needs in turn is known offline.
//!
//! They say what the published ones say of what is needed when a program runs, and nothing else.

use std::fs;
use std::path::Path;

use crate::error::DemoError;

/// Group, artifact and version.
type Coordinates = [&'static str; 3];

/// What is published, and what it needs in turn.
const POMS: &[(Coordinates, &[Coordinates])] = &[
    (
        ["ch.qos.logback", "logback-classic", "1.5.12"],
        &[["ch.qos.logback", "logback-core", "1.5.12"], ["org.slf4j", "slf4j-api", "2.0.15"]],
    ),
    (["ch.qos.logback", "logback-core", "1.5.12"], &[]),
    // What was published of the fleet's own shaded library: the build takes Log4j out of the POM.
    (["example.acme.platform", "fat-logger", "2.3.1"], &[]),
    (["example.acme.platform", "fat-logger", "2.4.0"], &[]),
    (["log4j", "log4j", "1.2.17"], &[]),
    (["org.apiguardian", "apiguardian-api", "1.1.2"], &[]),
    (["org.junit.jupiter", "junit-jupiter", "5.11.3"], &[JUPITER_API, JUPITER_PARAMS, JUPITER_ENGINE]),
    (JUPITER_API, &[OPENTEST4J, COMMONS, APIGUARDIAN]),
    (JUPITER_PARAMS, &[JUPITER_API, APIGUARDIAN]),
    (JUPITER_ENGINE, &[PLATFORM_ENGINE, JUPITER_API, APIGUARDIAN]),
    (PLATFORM_ENGINE, &[OPENTEST4J, COMMONS, APIGUARDIAN]),
    (COMMONS, &[APIGUARDIAN]),
    (OPENTEST4J, &[]),
    (["org.slf4j", "slf4j-api", "2.0.16"], &[]),
];

const APIGUARDIAN: Coordinates = ["org.apiguardian", "apiguardian-api", "1.1.2"];
const JUPITER_API: Coordinates = ["org.junit.jupiter", "junit-jupiter-api", "5.11.3"];
const JUPITER_PARAMS: Coordinates = ["org.junit.jupiter", "junit-jupiter-params", "5.11.3"];
const JUPITER_ENGINE: Coordinates = ["org.junit.jupiter", "junit-jupiter-engine", "5.11.3"];
const COMMONS: Coordinates = ["org.junit.platform", "junit-platform-commons", "1.11.3"];
const PLATFORM_ENGINE: Coordinates = ["org.junit.platform", "junit-platform-engine", "1.11.3"];
const OPENTEST4J: Coordinates = ["org.opentest4j", "opentest4j", "1.3.0"];

/// The versions of Log4j that somebody is on, before or after.
const LOG4J: [&str; 8] = ["2.11.2", "2.12.1", "2.13.3", "2.14.0", "2.14.1", "2.15.0", "2.17.1", "2.24.1"];

/// Writes the POMs below a folder. What is there is replaced.
pub(crate) fn write(folder: &Path) -> Result<(), DemoError> {
    for (coordinates, needs) in POMS {
        pom(folder, *coordinates, needs)?;
    }
    for version in LOG4J {
        let api = ["org.apache.logging.log4j", "log4j-api", version];
        pom(folder, api, &[])?;
        pom(folder, ["org.apache.logging.log4j", "log4j-core", version], &[api])?;
    }
    Ok(())
}

fn pom(
    folder: &Path,
    [group, artifact, version]: Coordinates,
    needs: &[Coordinates],
) -> Result<(), DemoError> {
    let folder = folder.join(group.replace('.', "/")).join(artifact).join(version);
    fs::create_dir_all(&folder).map_err(DemoError::files(&folder))?;
    let file = folder.join(format!("{artifact}-{version}.pom"));
    let need = |[group, artifact, version]: &Coordinates| {
        format!(
            "    <dependency>\n      <groupId>{group}</groupId>\n      <artifactId>{artifact}</artifactId>\n      \
             <version>{version}</version>\n    </dependency>\n"
        )
    };
    let needs: String = needs.iter().map(need).collect();
    let text = format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n  <modelVersion>4.0.0</modelVersion>\n  \
         <groupId>{group}</groupId>\n  <artifactId>{artifact}</artifactId>\n  <version>{version}</version>\n  \
         <dependencies>\n{needs}  </dependencies>\n</project>\n"
    );
    fs::write(&file, text).map_err(DemoError::files(&file))
}
