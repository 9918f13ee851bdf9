//! The words of the YAML reader and of serde, as people say them.

/// What is wrong, and what to try.
pub(crate) type Said = (String, String);

/// What the YAML reader said of a file that is not one good document.
pub(crate) fn of_yaml(error: &str) -> Said {
    let text = error.lines().next().unwrap_or("this is not YAML");
    let text = text.split(" at line ").next().unwrap_or(text);
    let said = |message: &str, remedy: &str| (message.to_owned(), remedy.to_owned());
    if let Some(rest) = text.strip_prefix("duplicate mapping key: ") {
        let key = rest.split(',').next().unwrap_or(rest);
        return said(&format!("the key `{key}` is there twice"), "keep one of them");
    }
    if text.starts_with("multiple YAML documents") {
        return said("there is more than one YAML document", "keep one document per file");
    }
    if text.starts_with("budget breached") || text.starts_with("recursion limit") {
        let message = "the file is too large or too deep once its aliases are followed";
        return said(message, "split it, and write out what `*aliases` repeat");
    }
    said(text, "check the YAML syntax at this place")
}

/// What serde said of a value that does not fit.
pub(crate) fn of_serde(message: &str) -> Said {
    if let Some(name) = message.strip_prefix("missing field ") {
        return (format!("the key {name} is missing"), "add it".to_owned());
    }
    let wrong = ["invalid type: ", "invalid value: ", "invalid length "];
    let rest = wrong.iter().find_map(|start| message.strip_prefix(start));
    match rest.and_then(|rest| rest.rsplit_once(", expected ")) {
        Some((found, expected)) => {
            let (expected, example) = wanted(expected);
            (format!("{expected} belongs here, not {}", seen(found)), format!("write {example}"))
        }
        None => (message.to_owned(), "compare it with the file's documentation".to_owned()),
    }
}

fn seen(found: &str) -> String {
    match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("boolean" | "integer", value)) => value.trim_matches('`').to_owned(),
        Some(("floating", value)) => value.trim_start_matches("point ").trim_matches('`').to_owned(),
        _ => match found {
            "map" => "a mapping".to_owned(),
            "null" | "unit value" => "nothing".to_owned(),
            _ => "a list".to_owned(),
        },
    }
}

fn wanted(expected: &str) -> (&str, &str) {
    match expected {
        "a sequence" => ("a list", "it in brackets, such as [a, b]"),
        "a boolean" => ("true or false", "it without quotes"),
        "a string" => ("a text", "it in quotes"),
        "u16" | "u32" | "u64" | "usize" => ("a whole number from 0", "it without quotes, sign or point"),
        _ => ("a mapping", "it as `key: value` lines, or as { key: value }"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn serdes_words_become_a_persons() {
        let table = [
            (
                "invalid type: string \"a, b\", expected a sequence",
                "a list belongs here, not the text \"a, b\"",
            ),
            ("invalid type: sequence, expected a map", "a mapping belongs here, not a list"),
            ("invalid type: integer `5`, expected struct RunStep", "a mapping belongs here, not 5"),
            ("invalid value: integer `-1`, expected usize", "a whole number from 0 belongs here, not -1"),
            (
                "invalid type: floating point `1.5`, expected usize",
                "a whole number from 0 belongs here, not 1.5",
            ),
            ("invalid type: null, expected struct Shift", "a mapping belongs here, not nothing"),
            ("invalid length 0, expected struct Shift with 4 elements", "a mapping belongs here, not a list"),
            ("missing field `spec`", "the key `spec` is missing"),
            ("something new", "something new"),
        ];
        for (serde, person) in table {
            assert_eq!(of_serde(serde).0, person);
        }
    }

    #[test]
    fn the_readers_options_are_not_a_persons_business() {
        let twice = "duplicate mapping key: spec, set DuplicateKeyPolicy in Options if acceptable at line 6, column 1";
        assert_eq!(of_yaml(twice).0, "the key `spec` is there twice");
        assert_eq!(of_yaml("did not find expected key at line 6, column 2").0, "did not find expected key");
    }
}
