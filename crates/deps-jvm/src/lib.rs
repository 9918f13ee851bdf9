//! Dependencies of Java's world: Maven and Gradle.
//!
//! Maven's POMs are put together as Maven does it, and what they need in turn is resolved where every POM on the
//! way is to be had. Gradle's scripts are programs: what can be told without running them is told, the rest is
//! unknown and says why.

mod gradle;
mod maven;
mod text;
mod xml;

use fleetwright_package::{Files, Inventory, Published};

/// Whether a file of this path, from the repository's root, is to be given to [`read`].
pub fn wants(path: &str) -> bool {
    maven::wants(path) || gradle::wants(path)
}

pub use maven::Shelf;

/// Reads what the files declare and lock. POMs that are not among the files are asked of `published`, and what
/// was asked is written down in [`Inventory::asked`].
pub fn read(files: &Files, inventory: &mut Inventory, published: &dyn Published) {
    read_with(files, inventory, published, &Shelf::default());
}

/// Like [`read`], with POMs from elsewhere that were read for other repositories.
pub fn read_with(files: &Files, inventory: &mut Inventory, published: &dyn Published, shelf: &Shelf) {
    let mut poms = maven::Poms::new(files, published, shelf);
    maven::read(files, inventory, &mut poms);
    gradle::read(files, inventory, &mut poms);
    inventory.findings.extend(poms.findings);
    let asked: Vec<_> = poms.asked.into_iter().filter(|one| !inventory.asked.contains(one)).collect();
    inventory.asked.extend(asked);
}

#[cfg(test)]
mod tests {
    use super::wants;

    #[test]
    fn only_files_of_the_two_tools_are_wanted() {
        let wanted = [
            "pom.xml",
            "a/b/pom.xml",
            ".mvn/maven.config",
            "build.gradle",
            "a/settings.gradle.kts",
            "gradle/libs.versions.toml",
            "gradle.properties",
            "a/gradle.lockfile",
            "buildscript-gradle.lockfile",
            "gradle/dependency-locks/compileClasspath.lockfile",
            "buildSrc/src/main/kotlin/Versions.kt",
        ];
        let others =
            ["a/other.xml", "Cargo.toml", "src/Main.kt", "yarn.lockfile", "x/archetype-resources/pom.xml"];
        assert_eq!(wanted.iter().filter(|path| !wants(path)).count(), 0);
        assert_eq!(others.iter().filter(|path| wants(path)).count(), 0);
    }
}
