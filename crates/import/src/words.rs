//! Words that become other words: names, branches, repositories.

/// A DNS label of at most 63 characters out of any name.
pub(crate) fn label(name: &str) -> String {
    let mut label = String::new();
    for letter in name.to_lowercase().chars() {
        match letter {
            'a'..='z' | '0'..='9' => label.push(letter),
            _ if label.ends_with('-') || label.is_empty() => {}
            _ => label.push('-'),
        }
        if label.len() == 63 {
            break;
        }
    }
    let label = label.trim_end_matches('-');
    if label.is_empty() { "imported".to_owned() } else { label.to_owned() }
}

/// A name for an environment variable.
pub(crate) fn variable(text: &str) -> String {
    let mut name = String::new();
    for letter in text.chars() {
        match letter {
            'a'..='z' | 'A'..='Z' | '0'..='9' => {
                if letter.is_ascii_uppercase() && name.ends_with(|c: char| c.is_ascii_lowercase()) {
                    name.push('_');
                }
                name.push(letter);
            }
            _ if name.ends_with('_') || name.is_empty() => {}
            _ => name.push('_'),
        }
    }
    let name = name.trim_end_matches('_').to_uppercase();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        format!("VALUE_{name}")
    } else {
        name
    }
}

/// A repository's name as other tools write it, as host and name at that host.
pub(crate) fn repository(text: &str) -> (Option<&str>, &str) {
    match text.split_once('/') {
        Some((host, name)) if host.contains(['.', ':']) && !name.is_empty() => (Some(host), name),
        _ => (None, text),
    }
}

/// A text within CEL.
pub(crate) fn cel(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The text of a regular expression that matches exactly this text.
pub(crate) fn escape(text: &str) -> String {
    let mut regex = String::new();
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$#&~".contains(letter) {
            regex.push('\\');
        }
        regex.push(letter);
    }
    regex
}

/// A word for the shell, quoted where it must be.
pub(crate) fn shell(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+,:@%".contains(c);
    match !text.is_empty() && text.chars().all(plain) {
        true => text.to_owned(),
        false => format!("'{}'", text.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_labels() {
        for (name, expected) in [
            ("update-node.js", "update-node-js"),
            ("2018.07.16-eslintrc-json", "2018-07-16-eslintrc-json"),
            ("_Hello  World_", "hello-world"),
            ("日本", "imported"),
        ] {
            assert_eq!(label(name), expected);
        }
        assert_eq!(label(&"a-".repeat(60)).len(), 63);
    }

    #[test]
    fn names_become_variables() {
        for (name, expected) in
            [("friendlyMessage", "FRIENDLY_MESSAGE"), ("go-mod", "GO_MOD"), ("1", "VALUE_1")]
        {
            assert_eq!(variable(name), expected);
        }
    }

    #[test]
    fn hosts_are_told_from_owners() {
        assert_eq!(repository("github.com/acme/app"), (Some("github.com"), "acme/app"));
        assert_eq!(repository("git.example.com:8443/a/b/c"), (Some("git.example.com:8443"), "a/b/c"));
        assert_eq!(repository("acme/app"), (None, "acme/app"));
    }
}
