//! uv, Poetry, PDM, Pipenv, pip-tools.

use crate::ask::Ask;
use crate::needs::{Needs, unknown, words};

pub(crate) fn needs(ask: &Ask<'_>) -> Result<Needs, String> {
    let name = ask.package.name().to_owned();
    let kind = ask.format.split(' ').next().unwrap_or_default();
    let needs = match kind {
        "uv.lock" => uv(Needs::of("uv lock --upgrade-package", "uv --version").word(ask.pinned("=="))),
        // Poetry before 2 moves everything unless it is told not to; its lockfiles say 2.0 or less.
        "poetry.lock" => {
            let old = ask.format.strip_prefix("poetry.lock ").is_some_and(|version| version <= "2.0");
            let mut needs = match (ask.alone, old) {
                (true, _) => {
                    Needs::of("poetry update --lock --no-interaction --", "poetry --version").word(name)
                }
                (false, true) => Needs::of("poetry lock --no-update --no-interaction", "poetry --version"),
                (false, false) => Needs::of("poetry lock --no-interaction", "poetry --version"),
            };
            needs.env = vec![("POETRY_VIRTUALENVS_CREATE", "false")];
            needs
        }
        "pdm.lock" if ask.alone => {
            Needs::of("pdm update --no-sync --update-reuse --", "pdm --version").word(name)
        }
        "pdm.lock" => Needs::of("pdm lock --update-reuse", "pdm --version"),
        "Pipfile.lock" => {
            return Err(
                "pipenv has no command that moves one package and leaves Pipfile as it is; run `pipenv \
                        lock` by hand and look at what else moves"
                    .to_owned(),
            );
        }
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

/// The command that the head of a file of pip-compile names, for one package more.
fn compiled(ask: &Ask<'_>) -> Result<Needs, String> {
    let lines = ask.text.lines().take(20).map_while(|line| line.strip_prefix('#')).map(str::trim);
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
    let needs = Needs { commands: vec![command], ..Needs::of("", version) };
    Ok(if is_uv { uv(needs) } else { needs })
}
