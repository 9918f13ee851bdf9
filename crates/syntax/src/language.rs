//! The languages whose grammars are built in.

use ast_grep_language::SupportLang;

use crate::error::SyntaxError;

/// A language whose code can be rewritten.
#[derive(Debug, PartialEq, Eq)]
pub struct Language {
    /// The name used in shift files, for example `csharp`.
    pub name: &'static str,
    /// Other accepted names. Case does not matter.
    pub aliases: &'static [&'static str],
    /// File name extensions, without the dot.
    pub extensions: &'static [&'static str],
    pub(crate) grammar: SupportLang,
}

const fn language(
    name: &'static str,
    aliases: &'static [&'static str],
    extensions: &'static [&'static str],
    grammar: SupportLang,
) -> Language {
    Language { name, aliases, extensions, grammar }
}

/// Every language, in alphabetical order. Extensions follow ast-grep 0.51, less those
/// that are not a language of their own (`.env`, `.command`).
static LANGUAGES: [Language; 15] = [
    language("bash", &["sh", "shell"], &["sh", "bash", "bats", "ksh", "zsh"], SupportLang::Bash),
    language("csharp", &["c#", "cs"], &["cs"], SupportLang::CSharp),
    language("css", &[], &["css"], SupportLang::Css),
    language("go", &["golang"], &["go"], SupportLang::Go),
    language("html", &[], &["html", "htm", "xhtml"], SupportLang::Html),
    language("java", &[], &["java"], SupportLang::Java),
    language("javascript", &["js", "jsx"], &["js", "cjs", "mjs", "jsx"], SupportLang::JavaScript),
    language("json", &[], &["json"], SupportLang::Json),
    language("kotlin", &["kt"], &["kt", "kts", "ktm"], SupportLang::Kotlin),
    language("python", &["py"], &["py", "pyi", "py3"], SupportLang::Python),
    language("ruby", &["rb"], &["rb", "rbw", "gemspec"], SupportLang::Ruby),
    language("rust", &["rs"], &["rs"], SupportLang::Rust),
    language("tsx", &[], &["tsx"], SupportLang::Tsx),
    language("typescript", &["ts"], &["ts", "cts", "mts"], SupportLang::TypeScript),
    language("yaml", &["yml"], &["yaml", "yml"], SupportLang::Yaml),
];

/// Every language that can be rewritten, in alphabetical order.
pub fn languages() -> &'static [Language] {
    &LANGUAGES
}

impl Language {
    /// The language with this name or alias.
    pub(crate) fn named(name: &str) -> Result<&'static Language, SyntaxError> {
        let is = |known: &&str| known.eq_ignore_ascii_case(name);
        LANGUAGES
            .iter()
            .find(|language| language.names().any(|known| is(&known)))
            .ok_or_else(|| unknown(name))
    }

    fn names(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }
}

fn unknown(name: &str) -> SyntaxError {
    // A long name is noise; comparing it would also cost its length times the table.
    let name: String = name.chars().take(40).collect();
    let likeness = |known: &str| strsim::jaro_winkler(known, &name.to_lowercase());
    let nearest = LANGUAGES
        .iter()
        .flat_map(Language::names)
        .max_by(|a, b| likeness(a).total_cmp(&likeness(b)))
        .unwrap_or_default();
    let known: Vec<_> = LANGUAGES.iter().map(|language| language.name).collect();
    SyntaxError::UnknownLanguage { name, nearest, known: known.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_and_alias_finds_its_language() {
        for language in languages() {
            for name in language.names() {
                assert_eq!(Language::named(name).unwrap(), language);
                assert_eq!(Language::named(&name.to_uppercase()).unwrap(), language);
            }
        }
    }

    #[test]
    fn an_unknown_language_offers_the_nearest() {
        let nearest = |name: &str| match Language::named(name) {
            Err(SyntaxError::UnknownLanguage { nearest, .. }) => nearest,
            other => panic!("{other:?}"),
        };
        assert_eq!(nearest("jav"), "java");
        assert_eq!(nearest("pyhton"), "python");
        assert_eq!(nearest("Typscript"), "typescript");
        // Known to ast-grep, but its grammar is not built in.
        assert!(Language::named("php").is_err());
        nearest(&"x".repeat(1_000_000));
        nearest("");
    }
}
