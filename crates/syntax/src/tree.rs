//! Parsing within limits, and finding syntax errors in a tree.

use ast_grep_core::AstGrep;
use ast_grep_core::tree_sitter::StrDoc;
use ast_grep_language::SupportLang;

use crate::error::SyntaxError;
use crate::scanners;

/// Deepest syntax tree that is rewritten, in levels. A bracket adds one or more levels, and so
/// does each term of a chain `a + b + c ...`; people do not write thousands of either.
pub const MAX_DEPTH: u32 = 5_000;

/// Deepest tree that is compared on the caller's own stack: ast-grep compares captured
/// nodes by recursion, and a worker thread has 2 MiB.
pub(crate) const SHALLOW: u32 = 250;

/// Enough for `MAX_DEPTH` levels of recursion in a debug build. Only what is used is paid for.
const BIG_STACK_BYTES: usize = 64 << 20;

/// A parsed text.
pub(crate) type Tree = AstGrep<StrDoc<SupportLang>>;

/// Parses `text`; refuses it when nested deeper than `limit`.
pub(crate) fn parse(
    text: &str,
    grammar: SupportLang,
    what: &'static str,
    limit: u32,
) -> Result<Tree, SyntaxError> {
    scanners::check(text, grammar, what)?;
    let tree = Tree::try_new(text, grammar).map_err(SyntaxError::NotParsed)?;
    if deeper_than(&tree, limit) {
        return Err(SyntaxError::TooDeep { what, limit });
    }
    Ok(tree)
}

/// Whether any node lies more than `limit` levels below the root. Linear, without recursion.
fn deeper_than(tree: &Tree, limit: u32) -> bool {
    let root = tree.root();
    let node = root.get_inner_node();
    let mut cursor = node.walk();
    loop {
        if cursor.goto_first_child() {
            if cursor.depth() > limit {
                return true;
            }
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return false;
            }
        }
    }
}

/// Whether any code was unreadable to the parser, or had to be made up by it.
pub(crate) fn has_error(tree: &Tree) -> bool {
    tree.root().get_inner_node().has_error()
}

/// Line (from 1) and code of the first syntax error, for the message.
pub(crate) fn first_error(tree: &Tree) -> (usize, String) {
    let root = tree.root();
    let line = root
        .dfs()
        .find(|node| node.is_error() || node.is_missing())
        .map_or(0, |node| node.start_pos().line());
    let code = tree.source().lines().nth(line).unwrap_or_default().trim();
    (line + 1, code.chars().take(120).collect())
}

/// Runs `work` on a thread with a stack that `MAX_DEPTH` levels of recursion fit in.
pub(crate) fn on_big_stack<T: Send>(
    work: impl FnOnce() -> Result<T, SyntaxError> + Send,
) -> Result<T, SyntaxError> {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new()
            .name("syntax".to_owned())
            .stack_size(BIG_STACK_BYTES)
            .spawn_scoped(scope, work)
            .map_err(|error| SyntaxError::NotParsed(error.to_string()))?;
        let panicked = |_| Err(SyntaxError::NotParsed("ast-grep panicked".to_owned()));
        thread.join().unwrap_or_else(panicked)
    })
}
