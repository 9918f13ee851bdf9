//! Batch specs' expressions as ours: a template of minijinja, or a selector in CEL.

use crate::go::{Expr, Part};
use crate::names::Names;
use crate::words;

/// A text with holes as a template of ours; `Err` names the first hole that has no equivalent.
pub(crate) fn template(parts: &[Part], names: &mut Names) -> Result<String, String> {
    let (text, mut lost) = as_far(parts, names);
    if lost.is_empty() { Ok(text) } else { Err(lost.swap_remove(0)) }
}

/// A text with holes as a template of ours, and the holes without an equivalent: they stay as they are.
pub(crate) fn as_far(parts: &[Part], names: &mut Names) -> (String, Vec<String>) {
    let mut out = String::new();
    let mut lost = Vec::new();
    for part in parts {
        let (hole, expr) = match part {
            Part::Text(text) | Part::Hole(_, Some(Expr::Text(text))) => {
                out.push_str(&literal(text));
                continue;
            }
            Part::Hole(hole, expr) => (hole, expr),
        };
        match expr.as_ref().and_then(|expr| jinja(expr, names)) {
            Some(expr) => out.push_str(&format!("{{{{ {expr} }}}}")),
            None => {
                out.push_str(&literal(hole));
                lost.push(hole.clone());
            }
        }
    }
    (out, lost)
}

/// Text that is no template, so that it stays none.
pub(crate) fn literal(text: &str) -> String {
    let mut out = text.to_owned();
    if ["{{", "{%", "{#"].iter().any(|mark| text.contains(mark)) {
        out = out.replace("{{", "\u{0}").replace("{%", "{{ \"{%\" }}").replace("{#", "{{ \"{#\" }}");
        out = out.replace('\u{0}', "{{ \"{{\" }}");
    }
    out
}

/// An expression of minijinja; `None` where there is no equivalent.
pub(crate) fn jinja(expr: &Expr, names: &mut Names) -> Option<String> {
    match expr {
        Expr::Text(text) => Some(words::cel(text)),
        Expr::Number(number) => Some(number.clone()),
        Expr::Flag(flag) => Some(flag.to_string()),
        Expr::Name(name) => names.jinja(name),
        Expr::Call(function, args) => {
            let args: Option<Vec<String>> = args.iter().map(|arg| jinja(arg, names)).collect();
            call(function, &args?)
        }
    }
}

fn call(function: &str, args: &[String]) -> Option<String> {
    let all = |word: &str| format!("({})", args.join(&format!(" {word} ")));
    Some(match (function, args) {
        ("replace", [text, from, to]) => format!("{text} | replace({from}, {to})"),
        ("split", [text, by]) => format!("({text} | split({by}) | list)"),
        ("join", [list, by]) => format!("{list} | join({by})"),
        ("join_if", [by, parts @ ..]) => format!("[{}] | select | join({by})", parts.join(", ")),
        ("index", [list, at]) => format!("({list})[{at}]"),
        ("print", [one]) => one.clone(),
        ("eq", [a, b]) => format!("({a} == {b})"),
        ("ne", [a, b]) => format!("({a} != {b})"),
        ("and", [_, _, ..]) => all("and"),
        ("or", [_, _, ..]) => all("or"),
        ("not", [one]) => format!("(not {one})"),
        ("len", [one]) => format!("{one} | length"),
        _ => return None,
    })
}

/// A condition in CEL; `None` where there is no equivalent before the steps ran.
pub(crate) fn cel(expr: &Expr) -> Option<String> {
    let all = |word: &str, args: &[Expr]| -> Option<String> {
        let args: Option<Vec<String>> = args.iter().map(cel).collect();
        Some(format!("({})", args?.join(&format!(" {word} "))))
    };
    match expr {
        Expr::Flag(flag) => Some(flag.to_string()),
        Expr::Call(function, args) => match (function.as_str(), args.as_slice()) {
            ("eq", [a, b]) => compared(a, "==", b),
            ("ne", [a, b]) => compared(a, "!=", b),
            ("and", [_, _, ..]) => all("&&", args),
            ("or", [_, _, ..]) => all("||", args),
            ("not", [one]) => Some(format!("!({})", cel(one)?)),
            ("matches", [Expr::Name(name), Expr::Text(glob)]) => {
                let glob = if name == "repository.name" { words::repository(glob).1 } else { glob };
                let regex = glob_regex(glob)?;
                Some(format!("{}.matches({})", fact(name)?, words::cel(&regex)))
            }
            _ => None,
        },
        _ => None,
    }
}

fn compared(a: &Expr, sign: &str, b: &Expr) -> Option<String> {
    let (Expr::Name(name), Expr::Text(text)) = (a, b) else {
        return match (a, b) {
            (Expr::Text(_), Expr::Name(_)) => compared(b, sign, a),
            _ => None,
        };
    };
    let text = if name == "repository.name" { words::repository(text).1 } else { text };
    Some(format!("{} {sign} {}", fact(name)?, words::cel(text)))
}

fn fact(name: &str) -> Option<&'static str> {
    match name {
        "repository.name" => Some("repo.name"),
        "repository.branch" => Some("repo.defaultBranch"),
        "steps.path" => Some("repo.path"),
        _ => None,
    }
}

/// A glob as batch specs write it, where `*` takes anything, as a regular expression.
pub(crate) fn glob_regex(glob: &str) -> Option<String> {
    let mut regex = String::from("^");
    let mut depth = 0;
    let mut letters = glob.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '*' => {
                while letters.peek() == Some(&'*') {
                    letters.next();
                }
                regex.push_str(".*");
            }
            '?' => regex.push('.'),
            '{' => {
                depth += 1;
                regex.push_str("(?:");
            }
            '}' if depth > 0 => {
                depth -= 1;
                regex.push(')');
            }
            ',' if depth > 0 => regex.push('|'),
            '[' | ']' | '\\' => return None,
            other => regex.push_str(&words::escape(&other.to_string())),
        }
    }
    regex.push('$');
    (depth == 0).then_some(regex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::go::split;

    #[test]
    fn texts_become_templates() {
        let mut names = Names::default();
        names.step("step1", false, ["version"].map(str::to_owned).as_slice());
        for (text, expected) in [
            ("Update ${{ repository.name }}", Ok("Update {{ repo.name }}")),
            ("${{ replace steps.path \"/\" \"-\" }}", Ok("{{ path | replace(\"/\", \"-\") }}")),
            ("to ${{ outputs.version }}", Ok("to {{ steps.step1.outputs.version }}")),
            ("Helm's {{ .Values.a }} stays", Ok("Helm's {{ \"{{\" }} .Values.a }} stays")),
            ("${{ join_if \"-\" \"a\" steps.path }}", Ok("{{ [\"a\", path] | select | join(\"-\") }}")),
            ("${{ outputs.other }}", Err("${{ outputs.other }}")),
            ("${{ range x }}", Err("${{ range x }}")),
            (
                "${{ join repository.search_result_paths \" \" }}",
                Err("${{ join repository.search_result_paths \" \" }}"),
            ),
        ] {
            let expected = expected.map(str::to_owned).map_err(str::to_owned);
            assert_eq!(template(&split(text), &mut names), expected, "{text}");
        }
    }

    #[test]
    fn conditions_become_selectors() {
        for (text, expected) in [
            ("eq repository.name \"github.com/acme/app\"", Some("repo.name == \"acme/app\"")),
            ("matches repository.name \"*acme/*-api*\"", Some("repo.name.matches(\"^.*acme/.*-api.*$\")")),
            ("not (eq steps.path \"web\")", Some("!(repo.path == \"web\")")),
            (
                "or (eq repository.name \"a/b\") (eq steps.path \"\")",
                Some("(repo.name == \"a/b\" || repo.path == \"\")"),
            ),
            ("outputs.goModExists", None),
            ("matches repository.name \"[ab]\"", None),
        ] {
            let Part::Hole(_, Some(expr)) = &split(&format!("${{{{ {text} }}}}"))[0] else {
                panic!("{text}")
            };
            assert_eq!(cel(expr).as_deref(), expected, "{text}");
        }
    }
}
