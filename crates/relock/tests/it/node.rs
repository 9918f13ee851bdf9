//! npm, pnpm, yarn, bun.

use crate::lines;

#[test]
fn each_with_its_words_and_no_scripts() {
    let table = [
        (
            "package-lock.json=package-lock 3",
            "npm install --package-lock-only --ignore-scripts --no-audit --no-fund",
            "npm update --package-lock-only --ignore-scripts --no-audit --no-fund -- @a/b",
        ),
        (
            "pnpm-lock.yaml=pnpm 9.0",
            "pnpm install --lockfile-only --ignore-scripts --no-frozen-lockfile",
            "pnpm update --lockfile-only --ignore-scripts --no-save --recursive --depth Infinity @a/b",
        ),
        (
            "yarn.lock=yarn berry 8",
            "yarn install --mode=update-lockfile",
            "yarn up --recursive --mode=update-lockfile @a/b",
        ),
        ("yarn.lock=yarn 1", "yarn install --ignore-scripts --non-interactive", "yarn 1 cannot"),
        ("bun.lock=bun 1", "bun install --lockfile-only --ignore-scripts", "bun moves"),
        ("x=deno 4", "no tool is known for `deno 4` (x)", "no tool is known for `deno 4` (x)"),
    ];
    for (file, changed, alone) in table {
        assert_eq!(lines(file, "npm:@a/b", &["1.0.0"], ("1.2.0", false)), [changed], "{file}");
        let said = lines(file, "npm:@a/b", &["1.0.0"], ("1.2.0", true));
        assert!(said.len() == 1 && said[0].starts_with(alone), "{said:?}");
    }
}
