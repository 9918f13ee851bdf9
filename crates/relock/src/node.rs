//! npm, pnpm, yarn, bun.

use crate::ask::Ask;
use crate::needs::{Needs, unknown};

pub(crate) fn needs(ask: &Ask<'_>) -> Result<Needs, String> {
    let name = ask.package.name().to_owned();
    let kind = ask.format.split(' ').next().unwrap_or_default();
    let needs = match kind {
        // What `update` moves is anything within range, also what comes through others.
        "package-lock" => {
            let rest = "--package-lock-only --ignore-scripts --no-audit --no-fund";
            let mut needs = if ask.alone {
                Needs::of(&format!("npm update {rest} --"), "npm --version").word(name)
            } else {
                Needs::of(&format!("npm install {rest}"), "npm --version")
            };
            needs.env = vec![("npm_config_update_notifier", "false")];
            needs.offline = vec![("npm_config_offline", "true")];
            needs
        }
        "pnpm" => {
            let rest = "--lockfile-only --ignore-scripts";
            let mut needs = if ask.alone {
                let command = format!("pnpm update {rest} --no-save --recursive --depth Infinity");
                Needs::of(&command, "pnpm --version").word(name)
            } else {
                Needs::of(&format!("pnpm install {rest} --no-frozen-lockfile"), "pnpm --version")
            };
            needs.env = vec![("npm_config_manage_package_manager_versions", "false")];
            needs.offline = vec![("npm_config_offline", "true")];
            needs
        }
        "yarn" if ask.format.starts_with("yarn berry") => {
            let mut needs = if ask.alone {
                let command = "yarn up --recursive --mode=update-lockfile";
                Needs::of(command, "yarn --version").word(name)
            } else {
                Needs::of("yarn install --mode=update-lockfile", "yarn --version")
            };
            needs.env = vec![
                ("YARN_ENABLE_SCRIPTS", "0"),
                ("YARN_ENABLE_TELEMETRY", "0"),
                ("YARN_ENABLE_IMMUTABLE_INSTALLS", "0"),
            ];
            needs.offline = vec![("YARN_ENABLE_NETWORK", "0")];
            needs
        }
        "yarn" if ask.alone => {
            return Err("yarn 1 cannot move a package that package.json allows already without writing \
                        package.json; declare the version there, or take its entry out of yarn.lock and run \
                        `yarn install`"
                .to_owned());
        }
        "yarn" => {
            let mut needs = Needs::of("yarn install --ignore-scripts --non-interactive", "yarn --version");
            needs.env = vec![("YARN_IGNORE_PATH", "1")];
            needs.offline = vec![("YARN_OFFLINE", "true")];
            needs
        }
        "bun" if ask.alone => {
            return Err("bun moves a package only with package.json; declare the version there".to_owned());
        }
        "bun" => Needs::of("bun install --lockfile-only --ignore-scripts", "bun --version"),
        _ => return Err(unknown(ask)),
    };
    Ok(needs)
}
