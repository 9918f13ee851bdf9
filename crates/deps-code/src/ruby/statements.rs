//! The statements of Gemfiles and gemspecs: what they name, and inside of which blocks.

use std::collections::HashMap;

use super::tokens::{Kind, Token, tokens};
use crate::limits::MAX_BLOCKS;

/// What a file says.
#[derive(Debug, Default)]
pub(super) struct Script<'a> {
    pub(super) gems: Vec<Gem<'a>>,
    /// `name` and `version` of a gemspec, where they are texts.
    pub(super) name: Option<&'a str>,
    pub(super) version: Option<&'a str>,
    /// Files that are read as if they stood here.
    pub(super) included: Vec<Token<'a>>,
    /// Whether the gemspec beside it belongs to it.
    pub(super) gemspec: bool,
    /// Variables that are a text and are set once.
    pub(super) variables: HashMap<&'a str, Option<Token<'a>>>,
}

/// A gem that is named.
#[derive(Debug)]
pub(super) struct Gem<'a> {
    pub(super) name: Token<'a>,
    /// The requirements: texts, or a variable, or what is computed.
    pub(super) requirements: Vec<Token<'a>>,
    pub(super) groups: Vec<&'a str>,
    pub(super) path: Option<Token<'a>>,
    pub(super) git: bool,
    /// Whether it is named only under a condition.
    pub(super) conditional: bool,
    /// The method that named it: `gem`, `add_dependency`, and its like.
    pub(super) method: &'a str,
}

/// Words that open a block which `end` closes, where a statement begins with them.
const OPENERS: [&str; 10] =
    ["if", "unless", "case", "begin", "def", "while", "until", "for", "class", "module"];

/// The methods of a gemspec that name a gem.
const METHODS: [&str; 3] = ["add_dependency", "add_runtime_dependency", "add_development_dependency"];

/// Reads a file.
pub(super) fn script(text: &str) -> Script<'_> {
    let all = tokens(text);
    let mut reader = Reader { script: Script::default(), blocks: Vec::new() };
    let mut rest = &all[..];
    while !rest.is_empty() {
        let length = statement_length(rest);
        let (statement, after) = rest.split_at(length);
        let statement: Vec<&Token<'_>> = statement.iter().filter(|token| token.kind != Kind::End).collect();
        reader.statement(&statement);
        rest = after;
    }
    reader.script
}

/// How many tokens the first statement has, its end included. A line that ends with a comma or inside
/// brackets goes on.
fn statement_length(tokens: &[Token<'_>]) -> usize {
    let (mut depth, mut open) = (0_usize, false);
    for (at, token) in tokens.iter().enumerate() {
        match (token.kind, token.text) {
            (Kind::End, _) if depth == 0 && !open => return at + 1,
            (Kind::End, _) => continue,
            (Kind::Mark, "(" | "[") => depth += 1,
            (Kind::Mark, ")" | "]") => depth = depth.saturating_sub(1),
            _ => {}
        }
        open =
            token.kind == Kind::Label || token.kind == Kind::Mark && matches!(token.text, "," | "=>" | "=");
    }
    tokens.len()
}

/// A block that is open.
#[derive(Debug, Default)]
struct Block<'a> {
    groups: Vec<&'a str>,
    path: Option<Token<'a>>,
    git: bool,
    conditional: bool,
}

struct Reader<'a> {
    script: Script<'a>,
    blocks: Vec<Block<'a>>,
}

impl<'a> Reader<'a> {
    fn statement(&mut self, tokens: &[&Token<'a>]) {
        let Some(first) = tokens.first() else { return };
        if first.kind == Kind::Word && first.text == "end" {
            self.blocks.pop();
            return;
        }
        if let Some((at, method)) = self.method(tokens) {
            self.gem(method, &tokens[at..]);
        }
        match (first.text, tokens) {
            ("gemspec", _) => self.script.gemspec = true,
            ("eval_gemfile" | "instance_eval", _) => {
                self.script
                    .included
                    .extend(tokens.iter().find(|token| token.kind == Kind::Text).copied().cloned());
            }
            (name, [_, equals, value, ..]) if equals.text == "=" && first.kind == Kind::Word => {
                let text = (value.kind == Kind::Text && tokens.len() <= 5).then(|| (*value).clone());
                let known = self.script.variables.contains_key(name);
                self.script.variables.insert(name, text.filter(|_| !known));
            }
            (_, [_, dot, field, equals, value, ..]) if dot.text == "." && equals.text == "=" => {
                self.field(field.text, value);
            }
            _ => {}
        }
        self.open(tokens);
    }

    /// `s.name = "x"` and `s.version = "1"`.
    fn field(&mut self, field: &str, value: &Token<'a>) {
        let text = match value.kind {
            Kind::Text => Some(value.text),
            Kind::Word => {
                self.script.variables.get(value.text).and_then(Option::as_ref).map(|token| token.text)
            }
            _ => None,
        };
        match field {
            "name" => self.script.name = text,
            "version" => self.script.version = text,
            _ => {}
        }
    }

    /// The method that names a gem in this statement, and where its arguments begin.
    fn method(&self, tokens: &[&Token<'a>]) -> Option<(usize, &'a str)> {
        let first = tokens.first()?;
        if first.kind == Kind::Word && first.text == "gem" {
            return Some((1, first.text));
        }
        let [_, dot, method] = tokens.get(..3)? else { return None };
        (dot.text == "." && METHODS.contains(&method.text)).then_some((3, method.text))
    }

    fn gem(&mut self, method: &'a str, arguments: &[&Token<'a>]) {
        let bracket = |token: &&&Token<'a>| token.kind == Kind::Mark && matches!(token.text, "(" | "[" | "]");
        let mut rest = arguments.iter().filter(|token| !bracket(token)).copied().peekable();
        let Some(name) = rest.next().filter(|name| name.kind == Kind::Text) else { return };
        let around = || self.blocks.iter().rev().take(MAX_BLOCKS);
        let mut gem = Gem {
            name: name.clone(),
            requirements: Vec::new(),
            groups: around().flat_map(|block| block.groups.iter().copied()).collect(),
            path: around().find_map(|block| block.path.clone()),
            git: around().any(|block| block.git),
            conditional: around().any(|block| block.conditional),
            method,
        };
        let mut option = "";
        while let Some(token) = rest.next() {
            let arrow = rest.peek().is_some_and(|next| next.text == "=>");
            match token.kind {
                Kind::Label => option = token.text,
                Kind::Symbol | Kind::Text if arrow => option = token.text,
                Kind::Mark if token.text == "." => {
                    // `.freeze` says nothing; any other method makes another text of it.
                    if rest.next().is_some_and(|method| method.text != "freeze") && option.is_empty() {
                        gem.requirements.last_mut().into_iter().for_each(|last| last.kind = Kind::Computed);
                    }
                }
                Kind::Word if matches!(token.text, "if" | "unless") => {
                    gem.conditional = true;
                    break;
                }
                Kind::Text | Kind::Computed | Kind::Word if option.is_empty() => {
                    gem.requirements.push(token.clone())
                }
                _ => set_option(&mut gem, option, token),
            }
        }
        self.script.gems.push(gem);
    }

    /// Opens the blocks that a statement begins.
    fn open(&mut self, tokens: &[&Token<'a>]) {
        let word = |token: &&Token<'a>| token.kind == Kind::Word;
        let Some(first) = tokens.first() else { return };
        let opener = word(first) && OPENERS.contains(&first.text);
        let assigned = tokens
            .windows(2)
            .any(|pair| pair[0].text == "=" && word(&pair[1]) && OPENERS.contains(&pair[1].text));
        let does = tokens.iter().any(|token| word(token) && token.text == "do");
        let ends = tokens.iter().any(|token| word(token) && token.text == "end");
        if ends || !(opener || assigned || does) {
            return;
        }
        let mut block =
            Block { conditional: opener || matches!(first.text, "install_if"), ..Block::default() };
        let text = || tokens.iter().find(|token| token.kind == Kind::Text).copied().cloned();
        match first.text {
            "group" => {
                let named = |token: &&&Token<'a>| matches!(token.kind, Kind::Symbol | Kind::Text);
                block.groups = tokens.iter().filter(named).map(|token| token.text).take(MAX_BLOCKS).collect();
            }
            "path" => block.path = text(),
            "git" | "github" => block.git = true,
            _ => {}
        }
        self.blocks.push(block);
    }
}

fn set_option<'a>(gem: &mut Gem<'a>, option: &str, token: &Token<'a>) {
    match (option, token.kind) {
        ("group" | "groups", Kind::Symbol | Kind::Text) => gem.groups.push(token.text),
        ("path", Kind::Text) => gem.path = Some(token.clone()),
        ("git" | "github" | "gist" | "bitbucket", _) => gem.git = true,
        ("install_if", _) => gem.conditional = true,
        _ => {}
    }
}
