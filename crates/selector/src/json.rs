//! JSON values as the values of CEL; texts are borrowed.

use std::any::Any;
use std::collections::HashMap;
use std::sync::Arc;

use cel::common::types::{
    CelBool, CelDouble, CelInt, CelList, CelMap, CelMapKey, CelNull, CelString, CelUInt, Type,
};
use cel::common::value::{StaticVal, Val};
use serde_json::Value;

/// The longest text a rule works on, in bytes (64 KiB). A longer one can be compared for equality;
/// any other question about it has no answer.
pub const MAX_TEXT_BYTES: usize = 64 * 1024;

/// The most values one variable may hold, at any depth.
pub const MAX_VALUES: usize = 500_000;

/// The deepest a variable may be.
const MAX_LEVELS: usize = 128;

/// The value for CEL, or why not.
pub(crate) fn to_cel(value: &Value) -> Result<Box<dyn Val + '_>, String> {
    let mut left = MAX_VALUES;
    convert(value, MAX_LEVELS, &mut left)
}

fn convert<'v>(value: &'v Value, levels: usize, left: &mut usize) -> Result<Box<dyn Val + 'v>, String> {
    let below = levels.checked_sub(1).ok_or_else(|| format!("it is more than {MAX_LEVELS} levels deep"))?;
    *left = left.checked_sub(1).ok_or_else(|| format!("it holds more than {MAX_VALUES} values"))?;
    Ok(match value {
        Value::Null => Box::new(CelNull),
        Value::Bool(flag) => Box::new(CelBool::from(*flag)),
        Value::Number(number) => match (number.as_i64(), number.as_u64()) {
            (Some(number), _) => Box::new(CelInt::from(number)),
            (None, Some(number)) => Box::new(CelUInt::from(number)),
            (None, None) => Box::new(CelDouble::from(number.as_f64().unwrap_or(f64::NAN))),
        },
        Value::String(text) if text.len() > MAX_TEXT_BYTES => Box::new(LongText(text.as_str().into())),
        Value::String(text) => Box::new(CelString::from(text.as_str())),
        Value::Array(list) => {
            let list: Result<Vec<_>, _> = list.iter().map(|value| convert(value, below, left)).collect();
            Box::new(CelList::from(list?))
        }
        Value::Object(map) => {
            let rows = map.iter().map(|(key, value)| {
                convert(value, below, left).map(|value| (CelMapKey::from(key.as_str()), value))
            });
            Box::new(CelMap::from(rows.collect::<Result<HashMap<_, _>, _>>()?))
        }
    })
}

static LONG_TEXT: Type = Type::new_unspecified_type("text over 64 KiB");

/// A text that is too long to work on.
#[derive(Debug)]
struct LongText(Arc<str>);

impl Val for LongText {
    fn get_type(&self) -> &Type {
        <Self as Val>::cel_type()
    }

    fn cel_type() -> &'static Type {
        &LONG_TEXT
    }

    fn equals(&self, other: &dyn Val) -> bool {
        other.downcast_ref::<LongText>().is_some_and(|other| other.0 == self.0)
    }

    fn clone_as_boxed<'v>(&self) -> Box<dyn Val + 'v> {
        Box::new(LongText(Arc::clone(&self.0)))
    }

    fn as_any(&self) -> Option<&dyn Any> {
        Some(self)
    }
}

impl StaticVal for LongText {}
