//! Platforms with their versions, also those that Spring's plugins bring.

use fleetwright_package::Version;

use super::piece::Piece;
use super::requirement::version;
use super::script::{Asked, Kind};

/// The version of an entry, where it is exactly one.
pub(crate) fn text_of(one: &Asked) -> Result<String, String> {
    let piece =
        one.version.as_ref().ok_or_else(|| format!("{}:{} has no version", one.group, one.artifact))?;
    match version(piece.text.as_ref()?).0 {
        Version::Known(version) => Ok(version),
        Version::Unknown(why) => Err(why),
    }
}

const BOOT: &str = "org.springframework.boot";

/// The version of Spring Boot's plugin.
fn boot(entries: &[Asked]) -> Option<&Piece> {
    entries
        .iter()
        .find(|one| one.kind == Kind::Plugin && one.group == BOOT && one.version.is_some())?
        .version
        .as_ref()
}

/// A platform with the version that Spring Boot's plugin gives it, where none is written.
pub(crate) fn with_boot(one: &Asked, entries: &[Asked]) -> Asked {
    let mut one = one.clone();
    if one.version.is_none() && one.artifact == "spring-boot-dependencies" {
        one.version = boot(entries).cloned();
    }
    one
}

/// Whether Spring's plugin decides about versions.
pub(crate) fn spring_rules(entries: &[Asked]) -> bool {
    entries.iter().any(|one| one.kind == Kind::Plugin && one.group == "io.spring.dependency-management")
}

/// The BOM that Spring's two plugins import together.
pub(crate) fn springs(entries: &[Asked]) -> Option<Asked> {
    let plugin =
        entries.iter().find(|one| one.kind == Kind::Plugin && one.group == BOOT && spring_rules(entries))?;
    let mut bom = plugin.clone();
    bom.kind = Kind::Platform;
    bom.buildscript = false;
    bom.artifact = "spring-boot-dependencies".to_owned();
    bom.version = boot(entries).cloned();
    Some(bom)
}
