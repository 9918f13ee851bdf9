//! Parsing CEL within limits: the crate's parser recurses, and has panicked on odd input.

use std::sync::{Arc, LazyLock};

use cel::Env;
use cel::common::ast::{EntryExpr, Expr, IdedExpr, SourceInfo};

use crate::code;
use crate::error::{SelectorError, SelectorFault};

/// Longest selector, in characters.
pub const MAX_CHARS: usize = 4_096;

/// Deepest nesting of brackets in a selector.
pub const MAX_BRACKETS: usize = 64;

/// Deepest tree of a compiled selector. Evaluation recurses as deep, on the caller's stack.
/// A chain of `&&` or `||` is balanced, so it takes the logarithm of its length.
pub const MAX_DEPTH: usize = 80;

/// Most loops (`all`, `exists`, `map`, ...) inside each other: each multiplies the time.
pub const MAX_LOOPS: usize = 2;

/// Far more than the hostile texts of the tests need in a debug build. Only what is used is paid for.
const STACK_BYTES: usize = 128 << 20;

/// CEL's standard functions and macros, without the optional values.
pub(crate) static ENVIRONMENT: LazyLock<Arc<Env>> =
    LazyLock::new(|| Arc::new(Env::stdlib().with_optional_support(false)));

/// A parsed selector, and where each part of it was written.
pub(crate) struct Parsed {
    pub(crate) root: IdedExpr,
    pub(crate) source: SourceInfo,
}

/// Parses `text`, whatever it is.
pub(crate) fn parse(text: &str) -> Result<Parsed, SelectorError> {
    let limit = |message: String, at| Err(SelectorError::new(SelectorFault::Limit, message, text, at));
    if let Some((at, _)) = text.char_indices().nth(MAX_CHARS) {
        return limit(format!("longer than {MAX_CHARS} characters"), at);
    }
    if let Some(at) = code::too_deep(text, MAX_BRACKETS) {
        return limit(format!("brackets nested more than {MAX_BRACKETS} deep"), at);
    }
    let thread = std::thread::Builder::new().name("selector".to_owned()).stack_size(STACK_BYTES);
    std::thread::scope(|scope| {
        let thread = thread.spawn_scoped(scope, || parse_here(text));
        let thread = thread.map_err(|error| syntax(format!("no thread to parse it: {error}"), text, 0))?;
        // A panic ends up here as an error of the thread.
        thread.join().unwrap_or_else(|_| Err(syntax("the parser gave up on it", text, 0)))
    })
}

fn syntax(message: impl Into<String>, text: &str, at: usize) -> SelectorError {
    SelectorError::new(SelectorFault::Syntax, message, text, at)
}

fn too_deep(text: &str) -> SelectorError {
    let message = format!("operators nested more than {MAX_DEPTH} deep");
    SelectorError::new(SelectorFault::Limit, message, text, 0)
}

fn parse_here(text: &str) -> Result<Parsed, SelectorError> {
    if text.trim().is_empty() {
        return Err(syntax("empty: write `true` to select everything", text, 0));
    }
    let (root, source) = ENVIRONMENT.parser().parse_with_source_info(text).map_err(|errors| {
        let Some(first) = errors.errors.first() else {
            return syntax("not CEL", text, 0);
        };
        // The parser has its own limit on recursion, and says so in its own way.
        if first.msg.contains("Recursion limit") {
            return too_deep(text);
        }
        syntax(first.msg.trim(), text, offset(text, first.pos))
    })?;
    // Here, and not on the caller's stack, because the tree may be as deep as the text is long.
    let (depth, loops) = measure(&root);
    if depth > MAX_DEPTH {
        return Err(too_deep(text));
    }
    if loops > MAX_LOOPS {
        let message = format!("more than {MAX_LOOPS} loops (all, exists, map, filter) inside each other");
        return Err(SelectorError::new(SelectorFault::Limit, message, text, 0));
    }
    Ok(Parsed { root, source })
}

/// The byte at a line (from 1) and column (from 0 or 1, depending on where the parser failed).
fn offset(text: &str, (line, column): (isize, isize)) -> usize {
    let line = usize::try_from(line - 1).unwrap_or(0);
    let column = usize::try_from(column - 1).unwrap_or(0);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = &text[start..];
    start + rest.char_indices().nth(column).map_or(rest.len(), |(at, _)| at)
}

/// Depth of the tree, and how many loops are inside each other.
fn measure(expr: &IdedExpr) -> (usize, usize) {
    let deepest = |parts: &mut dyn Iterator<Item = &IdedExpr>| {
        parts.map(measure).fold((0, 0), |(a, b), (c, d)| (a.max(c), b.max(d)))
    };
    let (depth, loops) = match &expr.expr {
        Expr::Comprehension(each) => {
            let body = deepest(&mut [&each.loop_cond, &each.loop_step, &each.result].into_iter());
            let range = deepest(&mut [&each.iter_range, &each.accu_init].into_iter());
            (body.0.max(range.0), (body.1 + 1).max(range.1))
        }
        other => deepest(&mut parts(other).into_iter()),
    };
    (depth + 1, loops)
}

/// The direct parts of an expression that is no loop.
fn parts(expr: &Expr) -> Vec<&IdedExpr> {
    match expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Map(map) => map.entries.iter().flat_map(|entry| entry_parts(&entry.expr)).collect(),
        Expr::Struct(message) => message.entries.iter().flat_map(|entry| entry_parts(&entry.expr)).collect(),
        _ => Vec::new(),
    }
}

fn entry_parts(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}
