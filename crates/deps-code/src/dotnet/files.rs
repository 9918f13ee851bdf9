//! Which files are of .NET.

/// Whether the file is one of NuGet's or MSBuild's.
pub(crate) fn wants(name: &str) -> bool {
    is_project(name) || name == "packages.config" || is_lock(name) || is_msbuild(name)
}

pub(super) fn is_project(name: &str) -> bool {
    [".csproj", ".fsproj", ".vbproj"].iter().any(|end| name.ends_with(end))
}

pub(super) fn is_lock(name: &str) -> bool {
    name == "packages.lock.json" || (name.starts_with("packages.") && name.ends_with(".lock.json"))
}

/// Whether it is a project, or what projects import.
pub(super) fn is_msbuild(path: &str) -> bool {
    is_project(path) || [".props", ".targets", ".projitems"].iter().any(|end| path.ends_with(end))
}
