//! Which files Gradle reads.

/// Whether a file is a script, a catalog, properties or a lockfile of Gradle, or a source of the build itself.
pub(crate) fn wants(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.ends_with(".gradle")
        || name.ends_with(".gradle.kts")
        || name.ends_with(".versions.toml")
        || name == "gradle.properties"
        || is_lockfile(path)
        || name.ends_with(".kt") && (path.starts_with("buildSrc/") || path.contains("/buildSrc/"))
}

/// Whether a file is a lockfile.
pub(crate) fn is_lockfile(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    matches!(name, "gradle.lockfile" | "buildscript-gradle.lockfile" | "settings-gradle.lockfile")
        || name.ends_with(".lockfile") && path.contains("gradle/dependency-locks/")
}
