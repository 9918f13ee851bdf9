//! Quantities of Kubernetes: `500m` is `0.5`, `1Gi` is `1024Mi`.

use serde_json::Value;

/// Whether two values are the same quantity. What is none is the same as nothing.
pub(crate) fn same_quantity(left: &Value, right: &Value) -> bool {
    match (of(left), of(right)) {
        (Some(left), Some(right)) => left == right,
        _ => false,
    }
}

fn of(value: &Value) -> Option<i128> {
    match value {
        Value::String(text) => nanos(text),
        Value::Number(number) => nanos(&number.to_string()),
        _ => None,
    }
}

/// The quantity in billionths: the API knows none smaller (k8s.io/apimachinery, resource.Quantity).
fn nanos(text: &str) -> Option<i128> {
    let digits = text.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(text.len());
    let (number, suffix) = text.split_at(digits);
    let factor = factor(suffix)?;
    let (sign, number) = match number.as_bytes().first()? {
        b'-' => (-1, &number[1..]),
        b'+' => (1, &number[1..]),
        _ => (1, number),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.len() > 18 {
        return None;
    }
    let parse = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<i128>().ok() };
    let scale = 10_i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
    let value = parse(whole)?.checked_mul(scale)?.checked_add(parse(fraction)?)?;
    // Smaller than a billionth is rounded up, as the API does.
    let scaled = value.checked_mul(factor)?;
    Some(sign * (scaled / scale + i128::from(scaled % scale != 0)))
}

/// What a suffix stands for, in billionths.
fn factor(suffix: &str) -> Option<i128> {
    const ONE: i128 = 1_000_000_000;
    let decimal = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
    if let Some(at) = decimal.iter().position(|known| *known == suffix) {
        return 1000_i128.checked_pow(u32::try_from(at).ok()?);
    }
    let binary = ["Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
    if let Some(at) = binary.iter().position(|known| *known == suffix) {
        return 1024_i128.checked_pow(u32::try_from(at + 1).ok()?)?.checked_mul(ONE);
    }
    let exponent: i32 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    let power = u32::try_from(exponent + 9).ok().filter(|power| *power <= 30)?;
    10_i128.checked_pow(power)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn quantities_are_compared_by_what_they_are() {
        for (left, right) in [
            (json!("1000m"), json!(1)),
            (json!("0.5"), json!("500m")),
            (json!(0.1), json!("100m")),
            (json!("1Gi"), json!("1024Mi")),
            (json!("1e3"), json!("1k")),
            (json!("1.5Gi"), json!("1536Mi")),
            (json!("-1"), json!("-1000m")),
            (json!("0.0000000001"), json!("1n")),
        ] {
            assert!(same_quantity(&left, &right), "{left} {right}");
        }
        for (left, right) in [
            (json!("1G"), json!("1Gi")),
            (json!("1"), json!("1m")),
            (json!("x"), json!("x")),
            (json!(""), json!("")),
            (json!("."), json!(".")),
            (json!("1e99"), json!("1e99")),
            (json!("9".repeat(60)), json!("9".repeat(60))),
            (json!("1é"), json!("1é")),
            (json!(true), json!("1")),
        ] {
            assert!(!same_quantity(&left, &right), "{left} {right}");
        }
    }
}
