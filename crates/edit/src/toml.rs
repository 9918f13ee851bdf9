//! TOML, by `toml_edit`, which keeps comments and order; line endings are put back afterwards.

use serde_json::{Map, Number, Value};
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike};

use crate::change::{Action, Change, Segment};
use crate::error::{EditError, Position};
use crate::limits::MAX_DEPTH;
use crate::splice::newline;
use crate::tree::Refusal;

/// Reads a document. Dates read as `{"date": text}`, so that they differ from strings.
pub(crate) fn read(text: &str) -> Result<(DocumentMut, Value), EditError> {
    let document: DocumentMut = text.parse().map_err(|error| syntax(text, &error))?;
    let value = table_value(document.as_table(), MAX_DEPTH)?;
    Ok((document, value))
}

fn syntax(text: &str, error: &toml_edit::TomlError) -> EditError {
    let reason = error.message().to_owned();
    if reason.contains("recurs") {
        return EditError::TooDeep;
    }
    let at = error.span().map_or(0, |span| span.start);
    EditError::Syntax { format: "TOML", position: Position::of(text, at.min(text.len())), reason }
}

fn table_value(table: &dyn TableLike, depth: usize) -> Result<Value, EditError> {
    let depth = depth.checked_sub(1).ok_or(EditError::TooDeep)?;
    let mut map = Map::with_capacity(table.len());
    for (key, item) in table.iter() {
        map.insert(key.to_owned(), item_value(item, depth)?);
    }
    Ok(Value::Object(map))
}

fn item_value(item: &Item, depth: usize) -> Result<Value, EditError> {
    match item {
        Item::None => Ok(Value::Null),
        Item::Value(value) => value_value(value, depth),
        Item::Table(table) => table_value(table, depth),
        Item::ArrayOfTables(list) => {
            list.iter().map(|table| table_value(table, depth)).collect::<Result<_, _>>().map(Value::Array)
        }
    }
}

fn value_value(value: &toml_edit::Value, depth: usize) -> Result<Value, EditError> {
    let depth = depth.checked_sub(1).ok_or(EditError::TooDeep)?;
    Ok(match value {
        // The line endings inside a text are those of the file (TOML 1.0, "Multi-line basic strings").
        toml_edit::Value::String(text) => Value::from(text.value().replace("\r\n", "\n")),
        toml_edit::Value::Integer(number) => Value::from(*number.value()),
        toml_edit::Value::Float(number) => {
            let special =
                || Value::Object(Map::from_iter([("number".to_owned(), number.value().to_string().into())]));
            Number::from_f64(*number.value()).map_or_else(special, Value::Number)
        }
        toml_edit::Value::Boolean(boolean) => Value::from(*boolean.value()),
        toml_edit::Value::Datetime(date) => {
            Value::Object(Map::from_iter([("date".to_owned(), date.value().to_string().into())]))
        }
        toml_edit::Value::Array(list) => {
            Value::Array(list.iter().map(|value| value_value(value, depth)).collect::<Result<_, _>>()?)
        }
        toml_edit::Value::InlineTable(table) => table_value(table, depth)?,
    })
}

/// The text after the changes.
pub(crate) fn write(text: &str, document: &DocumentMut, changes: &[Change]) -> Result<String, Refusal> {
    let mut document = document.clone();
    for change in changes.iter().rev() {
        let Some((last, parents)) = change.at.split_last() else { continue };
        change_one(document.as_item_mut(), parents, last, &change.action)
            .ok_or_else(|| Refusal::new(0, "it is not written as a table or a list here"))?;
    }
    let mut new = document.to_string();
    if !text.is_empty() && !text.ends_with('\n') && new.ends_with('\n') {
        new.pop();
    }
    Ok(restore_line_endings(text, &new))
}

fn change_one(root: &mut Item, parents: &[Segment], last: &Segment, action: &Action) -> Option<()> {
    let mut at = Spot::Item(root);
    for segment in parents {
        at = at.child(segment)?;
    }
    match (action, last) {
        (Action::Put(value), Segment::Key(key)) => at.table()?.put(key, value),
        (Action::Put(value), Segment::Index(index)) => at.child(&Segment::Index(*index))?.replace(value),
        (Action::Remove, Segment::Key(key)) => at.table()?.table.remove(key).map(|_| ()),
        (Action::Remove, Segment::Index(index)) => at.remove_element(*index),
        (Action::Push(values), segment) => at.child(segment)?.push(values),
    }
}

/// A mutable place in a document.
enum Spot<'a> {
    Item(&'a mut Item),
    Value(&'a mut toml_edit::Value),
    Table(&'a mut Table),
}

/// A table and whether it is written in braces.
struct Place<'a> {
    table: &'a mut dyn TableLike,
    inline: bool,
}

impl Place<'_> {
    fn put(self, key: &str, value: &Value) -> Option<()> {
        let new = new_item(value, self.inline)?;
        match self.table.get_mut(key) {
            Some(old) => replace_item(old, new),
            None => {
                self.table.insert(key, new);
            }
        }
        Some(())
    }
}

impl<'a> Spot<'a> {
    fn child(self, segment: &Segment) -> Option<Spot<'a>> {
        match (self, segment) {
            (Spot::Item(item), Segment::Key(key)) => item.as_table_like_mut()?.get_mut(key).map(Spot::Item),
            (Spot::Table(table), Segment::Key(key)) => table.get_mut(key).map(Spot::Item),
            (Spot::Value(value), Segment::Key(key)) => {
                value.as_inline_table_mut()?.get_mut(key).map(Spot::Value)
            }
            (Spot::Item(Item::ArrayOfTables(list)), Segment::Index(index)) => {
                list.get_mut(*index).map(Spot::Table)
            }
            (Spot::Item(Item::Value(value)) | Spot::Value(value), Segment::Index(index)) => {
                value.as_array_mut()?.get_mut(*index).map(Spot::Value)
            }
            _ => None,
        }
    }

    fn table(self) -> Option<Place<'a>> {
        match self {
            Spot::Item(Item::Table(table)) | Spot::Table(table) => Some(Place { table, inline: false }),
            Spot::Item(Item::Value(value)) | Spot::Value(value) => {
                Some(Place { table: value.as_inline_table_mut()?, inline: true })
            }
            Spot::Item(_) => None,
        }
    }

    fn replace(self, value: &Value) -> Option<()> {
        match self {
            Spot::Item(item) => replace_item(item, new_item(value, false)?),
            Spot::Value(old) => {
                let mut new = new_value(value)?;
                *new.decor_mut() = old.decor().clone();
                *old = new;
            }
            Spot::Table(table) => {
                let mut new = new_table(value)?;
                *new.decor_mut() = table.decor().clone();
                *table = new;
            }
        }
        Some(())
    }

    fn remove_element(self, index: usize) -> Option<()> {
        match self {
            Spot::Item(item @ Item::ArrayOfTables(_)) => {
                let list = item.as_array_of_tables_mut()?;
                list.remove(index);
                if list.is_empty() {
                    // Without a table the list would be gone.
                    *item = toml_edit::value(Array::new());
                }
            }
            Spot::Item(Item::Value(value)) | Spot::Value(value) => {
                let list = value.as_array_mut()?;
                let removed = list.remove(index);
                // The first element stands without a blank before it.
                if index == 0
                    && let Some(first) = list.get_mut(0)
                {
                    *first.decor_mut() = removed.decor().clone();
                }
            }
            _ => return None,
        }
        Some(())
    }

    fn push(self, values: &[Value]) -> Option<()> {
        match self {
            Spot::Item(Item::ArrayOfTables(list)) => values.iter().try_for_each(|value| {
                list.push(new_table(value)?);
                Some(())
            }),
            Spot::Item(Item::Value(value)) | Spot::Value(value) => {
                let list = value.as_array_mut()?;
                values.iter().try_for_each(|value| {
                    push_like_last(list, new_value(value)?);
                    Some(())
                })
            }
            _ => None,
        }
    }
}

/// Adds an element with the blanks of the last one, so that lists of lines stay lists of lines.
fn push_like_last(list: &mut Array, mut new: toml_edit::Value) {
    let count = list.len();
    let last = count.checked_sub(1).and_then(|last| list.get_mut(last));
    let Some(last) = last else {
        list.push(new);
        return;
    };
    let raw = |text: Option<&toml_edit::RawString>| {
        text.and_then(|text| text.as_str()).unwrap_or_default().to_owned()
    };
    let prefix = raw(last.decor().prefix());
    let suffix = raw(last.decor().suffix());
    let prefix = prefix.rfind('\n').map_or_else(
        || if count > 1 || !prefix.is_empty() { prefix.clone() } else { " ".to_owned() },
        |at| prefix[at..].to_owned(),
    );
    let prefix = if prefix.contains('\n') { prefix } else { " ".to_owned() };
    if !list.trailing_comma() {
        // What stood before the closing bracket stays there.
        if let Some(last) = list.get_mut(count - 1) {
            last.decor_mut().set_suffix("");
        }
        new.decor_mut().set_suffix(suffix);
    }
    new.decor_mut().set_prefix(prefix);
    list.push_formatted(new);
}

fn replace_item(old: &mut Item, new: Item) {
    match (&mut *old, new) {
        (Item::Value(old), Item::Value(mut new)) => {
            *new.decor_mut() = old.decor().clone();
            keep_quotes(old, &mut new);
            *old = new;
        }
        (Item::Value(old), Item::Table(table)) => {
            let mut inline = toml_edit::Value::InlineTable(table.into_inline_table());
            *inline.decor_mut() = old.decor().clone();
            *old = inline;
        }
        (Item::Table(old), Item::Table(mut new)) => {
            *new.decor_mut() = old.decor().clone();
            new.set_position(old.position());
            new.set_dotted(old.is_dotted());
            *old = new;
        }
        (old, new) => *old = new,
    }
}

/// A string in single quotes stays in single quotes where it can.
fn keep_quotes(old: &toml_edit::Value, new: &mut toml_edit::Value) {
    let (toml_edit::Value::String(old), toml_edit::Value::String(text)) = (old, &*new) else { return };
    let literal = old
        .as_repr()
        .and_then(|repr| repr.as_raw().as_str())
        .is_some_and(|raw| raw.starts_with('\'') && !raw.starts_with("'''"));
    let fits = !text.value().contains('\'') && !text.value().chars().any(char::is_control);
    if literal
        && fits
        && let Ok(mut quoted) = format!("'{}'", text.value()).parse::<toml_edit::Value>()
    {
        *quoted.decor_mut() = new.decor().clone();
        *new = quoted;
    }
}

/// A new table where tables may stand, else a value. `None` for null.
fn new_item(value: &Value, inline: bool) -> Option<Item> {
    match value {
        Value::Object(_) if !inline => new_table(value).map(Item::Table),
        Value::Array(list) if !inline && !list.is_empty() && list.iter().all(Value::is_object) => {
            let tables = list.iter().map(new_table).collect::<Option<Vec<_>>>()?;
            Some(Item::ArrayOfTables(tables.into_iter().collect::<ArrayOfTables>()))
        }
        _ => new_value(value).map(Item::Value),
    }
}

fn new_table(value: &Value) -> Option<Table> {
    let mut table = Table::new();
    let map = value.as_object()?;
    for (key, value) in map {
        table.insert(key, new_item(value, false)?);
    }
    // A table of tables needs no header of its own.
    table.set_implicit(!map.is_empty() && map.values().all(Value::is_object));
    Some(table)
}

fn new_value(value: &Value) -> Option<toml_edit::Value> {
    Some(match value {
        Value::Null => return None,
        Value::Bool(boolean) => (*boolean).into(),
        Value::Number(number) => match number.as_i64() {
            Some(whole) => whole.into(),
            None if number.is_f64() => number.as_f64()?.into(),
            None => return None,
        },
        Value::String(text) => text.as_str().into(),
        Value::Array(list) => toml_edit::Value::Array(list.iter().map(new_value).collect::<Option<Array>>()?),
        Value::Object(map) => {
            let mut table = InlineTable::new();
            for (key, value) in map {
                table.insert(key, new_value(value)?);
            }
            toml_edit::Value::InlineTable(table)
        }
    })
}

/// Why a value cannot be written as TOML, if it cannot.
pub(crate) fn unwritable(value: &Value) -> Option<&'static str> {
    match value {
        Value::Null => Some("TOML has no null: use `delete`"),
        Value::Number(number) if number.as_i64().is_none() && !number.is_f64() => {
            Some("TOML numbers end at 9223372036854775807: use a string")
        }
        Value::Array(list) => list.iter().find_map(unwritable),
        Value::Object(map) => map.values().find_map(unwritable),
        _ => None,
    }
}

/// `toml_edit` writes `\n` everywhere. Lines before the first and behind the last changed line
/// get their own line endings back, the lines between them those of the file.
fn restore_line_endings(old: &str, new: &str) -> String {
    if !old.contains('\r') {
        return new.to_owned();
    }
    let old_lines: Vec<&str> = old.split_inclusive('\n').collect();
    let new_lines: Vec<&str> = new.split_inclusive('\n').collect();
    let same = |(old, new): &(&&str, &&str)| bare(old) == bare(new);
    let head = old_lines.iter().zip(&new_lines).take_while(same).count();
    let most = old_lines.len().min(new_lines.len()) - head;
    let tail = old_lines.iter().rev().zip(new_lines.iter().rev()).take_while(same).count().min(most);
    let ending = newline(old);
    let between = new_lines[head..new_lines.len() - tail].iter().map(|line| match line.strip_suffix('\n') {
        Some(_) => format!("{}{ending}", bare(line)),
        None => (*line).to_owned(),
    });
    old_lines[..head].concat() + &between.collect::<String>() + &old_lines[old_lines.len() - tail..].concat()
}

fn bare(line: &str) -> &str {
    line.trim_end_matches(['\n', '\r'])
}
