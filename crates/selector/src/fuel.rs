//! What an evaluation over values of any size may cost: turns of loops, bytes built, time.
//!
//! CEL has no loops without end, but two inside each other over a large list are long enough, and a
//! `map` that joins texts fills any memory. So the tree gets two functions: one is called before
//! each turn of a loop, one looks at what a turn or a `+` has built.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::{Context, DeclarationError, ExecutionError, Value};

/// The most turns all loops of one evaluation may take together.
pub const MAX_TURNS: u64 = 200_000;

/// The most bytes of texts and lists that one evaluation may build (16 MiB).
pub const MAX_BUILT_BYTES: u64 = 16 * 1024 * 1024;

/// The longest time one evaluation may take, in seconds; looked at before each turn of a loop.
pub const MAX_SECONDS: u64 = 2;

/// Called before each turn of a loop; gives `true` or an error.
const TURN: &str = "@turn";
/// Gives back its argument, or an error when too much was built.
const BUILT: &str = "@built";

/// Puts the calls of the two functions into a checked expression.
pub(crate) fn meter(expr: &mut IdedExpr) {
    let id = expr.id;
    match &mut expr.expr {
        Expr::Call(call) => {
            call.target.as_deref_mut().into_iter().chain(&mut call.args).for_each(meter);
            if call.func_name == operators::ADD && !is_accumulator(call.args.first()) {
                wrap(BUILT, expr);
            }
        }
        Expr::Select(select) => meter(&mut select.operand),
        Expr::List(list) => list.elements.iter_mut().for_each(meter),
        Expr::Map(map) => map.entries.iter_mut().for_each(|entry| match &mut entry.expr {
            EntryExpr::StructField(field) => meter(&mut field.value),
            EntryExpr::MapEntry(entry) => {
                meter(&mut entry.key);
                meter(&mut entry.value);
            }
        }),
        Expr::Comprehension(each) => {
            for part in [&mut each.iter_range, &mut each.accu_init, &mut each.loop_step, &mut each.result] {
                meter(part);
            }
            turn(id, &mut each.loop_cond, &mut each.loop_step);
        }
        Expr::Struct(_) | Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => {}
    }
}

/// The turn is counted in the condition of the loop. Where that is a literal, evaluation appends to
/// one list as long as the loop looks as `map` and `filter` write it: there it is counted in the step.
fn turn(id: u64, condition: &mut IdedExpr, step: &mut IdedExpr) {
    if !matches!(condition.expr, Expr::Literal(_)) {
        return guard(condition, IdedExpr { id, expr: Expr::Literal(LiteralValue::Boolean(false.into())) });
    }
    if let Expr::Call(call) = &mut step.expr {
        match call.func_name.as_str() {
            operators::ADD => elements(call),
            operators::CONDITIONAL => {
                if let Some(Expr::Call(step)) = call.args.get_mut(1).map(|step| &mut step.expr) {
                    elements(step);
                }
                if let Some(filter) = call.args.first_mut() {
                    let no = Expr::Literal(LiteralValue::Boolean(false.into()));
                    guard(filter, IdedExpr { id, expr: no });
                }
                return;
            }
            _ => {}
        }
    }
    let accumulator = IdedExpr { id, expr: Expr::Ident("@result".to_owned()) };
    guard(step, accumulator);
}

/// `@result + [x]`: what is appended was built.
fn elements(call: &mut CallExpr) {
    if let Some(Expr::List(list)) = call.args.get_mut(1).map(|list| &mut list.expr) {
        list.elements.iter_mut().for_each(|element| wrap(BUILT, element));
    }
}

/// `x` becomes `@turn() ? x : otherwise`.
fn guard(expr: &mut IdedExpr, otherwise: IdedExpr) {
    let id = expr.id;
    let turn = Expr::Call(CallExpr { func_name: TURN.to_owned(), target: None, args: Vec::new() });
    let args = vec![IdedExpr { id, expr: turn }, std::mem::take(expr), otherwise];
    let func_name = operators::CONDITIONAL.to_owned();
    *expr = IdedExpr { id, expr: Expr::Call(CallExpr { func_name, target: None, args }) };
}

/// `x` becomes `function(x)`.
fn wrap(function: &str, expr: &mut IdedExpr) {
    let id = expr.id;
    let args = vec![std::mem::take(expr)];
    let call = CallExpr { func_name: function.to_owned(), target: None, args };
    *expr = IdedExpr { id, expr: Expr::Call(call) };
}

fn is_accumulator(expr: Option<&IdedExpr>) -> bool {
    matches!(expr.map(|expr| &expr.expr), Some(Expr::Ident(name)) if name.starts_with('@'))
}

/// Adds the two functions with a full tank.
pub(crate) fn add_functions(context: &mut Context<'_, '_>) -> Result<(), DeclarationError> {
    let turns = AtomicU64::new(0);
    let end = Instant::now() + Duration::from_secs(MAX_SECONDS);
    context.add_function(TURN, move || {
        if turns.fetch_add(1, Ordering::Relaxed) >= MAX_TURNS {
            let message = format!("its loops take more than {MAX_TURNS} turns");
            return Err(ExecutionError::function_error(TURN, message));
        }
        if Instant::now() >= end {
            let message = format!("it takes more than {MAX_SECONDS} seconds");
            return Err(ExecutionError::function_error(TURN, message));
        }
        Ok(true)
    })?;
    let bytes = Arc::new(AtomicU64::new(0));
    context.add_function(BUILT, move |value: Value| {
        let weight = weigh(&value);
        if bytes.fetch_add(weight, Ordering::Relaxed).saturating_add(weight) > MAX_BUILT_BYTES {
            let message = format!("it builds more than {MAX_BUILT_BYTES} bytes of texts and lists");
            return Err(ExecutionError::function_error(BUILT, message));
        }
        Ok(value)
    })
}

/// Whether an error of a function is one of a limit.
pub(crate) fn is_limit(function: &str) -> bool {
    function == TURN || function == BUILT
}

/// About the bytes a value takes.
fn weigh(value: &Value) -> u64 {
    const EACH: u64 = 32;
    let length = |count: usize| count as u64;
    EACH + match value {
        Value::String(text) => length(text.len()),
        Value::Bytes(bytes) => length(bytes.len()),
        Value::List(list) => list.iter().map(weigh).sum(),
        Value::Map(map) => map.map.values().map(|value| EACH + weigh(value)).sum(),
        _ => 0,
    }
}
