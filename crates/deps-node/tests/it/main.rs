//! Readers of npm's world on files as the tools write them.

mod bun;
mod hostile;
mod npm;
mod pnpm;
mod seen;
mod yarn;

/// One file of each format.
pub(crate) fn samples() -> Vec<(&'static str, &'static str)> {
    vec![
        ("package.json", npm::MANIFEST),
        ("package-lock.json", npm::LOCK),
        ("yarn.lock", yarn::FIRST),
        ("yarn.lock", yarn::BERRY),
        ("pnpm-lock.yaml", pnpm::NINTH),
        ("pnpm-lock.yaml", pnpm::FIFTH),
        ("pnpm-workspace.yaml", pnpm::WORKSPACE),
        ("bun.lock", bun::LOCK),
    ]
}
