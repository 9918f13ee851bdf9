//! What a selector asks of dependencies. It is looked up once for all repositories, so it must be known
//! beforehand: texts in quotes, not what is computed.

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue};

use crate::facts::Asked;

/// The function that `repo.dependsOn(package, range)` becomes.
pub(crate) const DEPENDS_ON: &str = "@dependsOn";
/// The function that `repo.affectedBy(advisory)` becomes.
pub(crate) const AFFECTED_BY: &str = "@affectedBy";

/// `repo.dependsOn(package)` means any version: an empty range.
pub(crate) fn any_version(id: u64, call: &mut CallExpr) {
    if call.args.len() == 1 {
        let any = Expr::Literal(LiteralValue::String(String::new().into()));
        call.args.push(IdedExpr { id, expr: any });
    }
}

/// What a call with one text (an advisory) or two (a package and a range) asks; it becomes a call that evaluation
/// knows. `None` where an argument is no literal text.
pub(crate) fn asked(call: &mut CallExpr) -> Option<Asked> {
    let texts: Vec<String> =
        call.args.iter().map(|arg| literal(arg).map(str::to_owned)).collect::<Option<_>>()?;
    let (asked, function) = match texts.as_slice() {
        [package, range] => (Asked::DependsOn { package: package.clone(), range: range.clone() }, DEPENDS_ON),
        [name] => (Asked::AffectedBy(name.clone()), AFFECTED_BY),
        _ => return None,
    };
    call.func_name = function.to_owned();
    Some(asked)
}

/// A text in quotes.
pub(crate) fn literal(expr: &IdedExpr) -> Option<&str> {
    match &expr.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(text.inner()),
        _ => None,
    }
}
