//! uv, Poetry, PDM, Pipenv, pip-tools.

use crate::ask::Ask;
use crate::hold;
use crate::needs::{Needs, unknown};
use crate::step::{Step, run, words};

pub(crate) fn needs(ask: &Ask<'_>) -> Result<Needs, String> {
    let kind = ask.format.split(' ').next().unwrap_or_default();
    let needs = match kind {
        "uv.lock" => uv(Needs::of("uv lock --upgrade-package", "uv --version").word(ask.pinned("=="))),
        "poetry.lock" => poetry(ask),
        "pdm.lock" => pdm(ask),
        "Pipfile.lock" => pipenv(ask)?,
        "requirements" => compiled(ask)?,
        _ => return Err(unknown(ask)),
    };
    Ok(needs)
}

fn uv(mut needs: Needs) -> Needs {
    needs.env = vec![("UV_PYTHON_DOWNLOADS", "never"), ("UV_NO_PROGRESS", "1"), ("UV_NO_BUILD", "1")];
    needs.offline = vec![("UV_OFFLINE", "1")];
    needs
}

/// Poetry before 2 moves everything unless it is told not to; its lockfiles say 2.0 or less.
fn poetry(ask: &Ask<'_>) -> Needs {
    let old = ask.format.strip_prefix("poetry.lock ").is_some_and(|version| version <= "2.0");
    let rest = if old { " --no-update" } else { "" };
    let lock = || run(&format!("poetry lock{rest} --no-interaction"), None);
    let steps = match hold::poetry(ask) {
        Some(held) => held.around(lock(), lock()),
        None if ask.alone => {
            vec![run("poetry update --lock --no-interaction --", Some(ask.package.name()))]
        }
        None => vec![lock()],
    };
    Needs { env: vec![("POETRY_VIRTUALENVS_CREATE", "false")], ..Needs::steps(steps, "poetry --version") }
}

fn pdm(ask: &Ask<'_>) -> Needs {
    let lock = run("pdm lock --update-reuse", None);
    let name = Some(ask.package.name());
    let steps = match hold::pdm(ask) {
        Some(held) => {
            let update = "pdm update --no-sync --update-reuse --override fleetwright-hold.txt --";
            held.around(run(update, name), lock)
        }
        None if ask.alone => vec![run("pdm update --no-sync --update-reuse --", name)],
        None => vec![lock],
    };
    Needs { env: vec![("PDM_CHECK_UPDATE", "false")], ..Needs::steps(steps, "pdm --version") }
}

/// pipenv moves what Pipfile names, to the newest that it allows there.
fn pipenv(ask: &Ask<'_>) -> Result<Needs, String> {
    let pipfile = ask.beside("Pipfile").unwrap_or_default();
    let name = ask.package.name();
    let (mut table, mut found) = ("", None);
    for line in pipfile.lines().map(str::trim) {
        if line.starts_with('[') {
            table = line;
        }
        let key = line.split('=').next().unwrap_or_default().trim().trim_matches('"');
        let same = key.to_ascii_lowercase().replace(['_', '.'], "-") == name;
        found = found.or(Some(table).filter(|_| same && line.contains('=')));
    }
    let flag = match found {
        Some("[packages]") => "",
        Some("[dev-packages]") => " --dev",
        _ => {
            return Err(format!(
                "pipenv has no command that moves a package alone that is not in [packages] or [dev-packages] of \
                 Pipfile; add {name} {} there, or run `pipenv lock` by hand and look at what else moves",
                ask.to
            ));
        }
    };
    Ok(Needs {
        env: vec![("PIPENV_NOSPIN", "1"), ("PIPENV_YES", "1"), ("PIP_ONLY_BINARY", ":all:")],
        offline: vec![("PIP_NO_INDEX", "1")],
        ..Needs::of(&format!("pipenv upgrade --lock-only{flag}"), "pipenv --version").word(name.to_owned())
    })
}

/// The command that the head of a file of pip-compile names, for one package more.
fn compiled(ask: &Ask<'_>) -> Result<Needs, String> {
    let text = ask.files.text(ask.path).unwrap_or_default();
    let lines = text.lines().take(20).map_while(|line| line.strip_prefix('#')).map(str::trim);
    let mut commands =
        lines.filter(|line| line.starts_with("pip-compile ") || line.starts_with("uv pip compile "));
    let Some(command) = commands.next() else {
        return Err(format!("{} does not say in its head how it was made", ask.path));
    };
    let mut command = words(command);
    let is_uv = command[0] == "uv";
    if !command.iter().any(|word| word == "-o" || word.starts_with("--output-file")) {
        command.push(format!("--output-file={}", ask.file()));
    }
    command.push(format!("--upgrade-package={}", ask.pinned("==")));
    let version = if is_uv { "uv --version" } else { "pip-compile --version" };
    let needs = Needs::steps(vec![Step::Run(command)], version);
    match is_uv {
        true => Ok(uv(needs)),
        false => Ok(Needs {
            env: vec![("PIP_ONLY_BINARY", ":all:")],
            offline: vec![("PIP_NO_INDEX", "1")],
            ..needs
        }),
    }
}
