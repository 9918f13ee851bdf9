//! npm, pnpm, yarn, bun.

use crate::ask::Ask;
use crate::needs::{Needs, unknown};
use crate::step::run;
use crate::{descriptor, hold};

pub(crate) fn needs(ask: &Ask<'_>) -> Result<Needs, String> {
    let kind = ask.format.split(' ').next().unwrap_or_default();
    let needs = match kind {
        "package-lock" => npm(ask),
        "pnpm" => pnpm(ask),
        "yarn" if ask.format.starts_with("yarn berry") => berry(ask)?,
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
        "bun" => bun(ask)?,
        _ => return Err(unknown(ask)),
    };
    Ok(needs)
}

/// `update` moves anything within range, also what comes through others; what is held is moved by it, too.
fn npm(ask: &Ask<'_>) -> Needs {
    let rest = "--package-lock-only --ignore-scripts --no-audit --no-fund";
    let install = run(&format!("npm install {rest}"), None);
    let update = run(&format!("npm update {rest} --"), Some(ask.package.name()));
    let steps = match hold::npm(ask) {
        Some(held) => held.around(update, install),
        None => vec![if ask.alone { update } else { install }],
    };
    Needs {
        env: vec![("npm_config_update_notifier", "false")],
        offline: vec![("npm_config_offline", "true")],
        ..Needs::steps(steps, "npm --version")
    }
}

fn pnpm(ask: &Ask<'_>) -> Needs {
    let rest = "--lockfile-only --ignore-scripts";
    let install = || run(&format!("pnpm install {rest} --no-frozen-lockfile"), None);
    let steps = match hold::pnpm(ask) {
        Some(held) => held.around(install(), install()),
        None if ask.alone => {
            let command = format!("pnpm update {rest} --no-save --recursive --depth 100");
            vec![run(&command, Some(ask.package.name()))]
        }
        None => vec![install()],
    };
    Needs {
        env: vec![
            ("npm_config_manage_package_manager_versions", "false"),
            ("npm_config_update_notifier", "false"),
        ],
        offline: vec![("npm_config_offline", "true")],
        ..Needs::steps(steps, "pnpm --version")
    }
}

/// Yarn is told of every requirement that allows the version what it resolves to, once the lockfile fits the manifests.
fn berry(ask: &Ask<'_>) -> Result<Needs, String> {
    let install = run("yarn install --mode=update-lockfile", None);
    let mut steps = if ask.alone { Vec::new() } else { vec![install] };
    let set = |descriptor: String| {
        let words = ["yarn", "set", "resolution", &descriptor, &format!("npm:{}", ask.to)];
        crate::step::Step::Run(words.map(str::to_owned).to_vec())
    };
    steps.extend(descriptor::berry(ask).into_iter().map(set));
    if steps.is_empty() {
        return Err(format!("no requirement in {} allows {} {}", ask.path, ask.package.name(), ask.to));
    }
    Ok(Needs {
        env: vec![
            ("YARN_ENABLE_SCRIPTS", "0"),
            ("YARN_ENABLE_TELEMETRY", "0"),
            ("YARN_ENABLE_IMMUTABLE_INSTALLS", "0"),
            // Each of its workers would reserve 10 GB of addresses, which the sandbox does not give.
            ("YARN_TASK_POOL_MODE", "async"),
        ],
        offline: vec![("YARN_ENABLE_NETWORK", "0")],
        ..Needs::steps(steps, "yarn --version")
    })
}

fn bun(ask: &Ask<'_>) -> Result<Needs, String> {
    let install = || run("bun install --lockfile-only --ignore-scripts", None);
    let steps = match hold::bun(ask) {
        Some(held) => held.around(install(), install()),
        None if ask.alone => {
            return Err(
                "bun moves a package only with package.json where that has an entry for it, or several \
                        versions are locked; declare the version there"
                    .to_owned(),
            );
        }
        None => vec![install()],
    };
    Ok(Needs::steps(steps, "bun --version"))
}
