//! Parsing: from the text of a metadata file to a JSON tree, whatever it contains.
//!
//! `serde_json` alone keeps the last of two equal keys without a word, and gives up at a depth that
//! real metadata reaches.

use std::cell::RefCell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::path;

/// Brackets within brackets; beyond, the file is refused rather than the stack risked.
const DEEPEST: usize = 1000;
/// Room for that depth, in bytes.
const STACK: usize = 64 << 20;

/// A key that an object holds twice.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeated {
    /// The place of the key, by names and positions from the top of the file.
    pub at: String,
    /// Both values are the same.
    pub identical: bool,
}

/// Reads the text. Of equal keys in one object the first counts, as in the rest of the import.
pub(super) fn parse(text: &str) -> Result<(Value, Vec<Repeated>), String> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if depth(text) > DEEPEST {
        return Err(format!(
            "the JSON is nested more than {DEEPEST} levels deep"
        ));
    }
    std::thread::scope(|scope| {
        std::thread::Builder::new()
            .stack_size(STACK)
            .spawn_scoped(scope, || parse_here(text))
            .map_err(|error| format!("cannot start a thread: {error}"))?
            .join()
            .unwrap_or_else(|_| Err("the JSON could not be read".to_owned()))
    })
}

fn parse_here(text: &str) -> Result<(Value, Vec<Repeated>), String> {
    let log = RefCell::new(Log::default());
    let mut deserializer = serde_json::Deserializer::from_str(text);
    deserializer.disable_recursion_limit();
    let value = Tree(&log)
        .deserialize(&mut deserializer)
        .and_then(|value| deserializer.end().map(|()| value))
        .map_err(|error| format!("not JSON: {error}"))?;
    Ok((value, log.into_inner().repeated))
}

/// How deep brackets are nested, by a look at the bytes.
fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        match byte {
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            b'"' => {
                while let Some(byte) = bytes.next() {
                    match byte {
                        b'"' => break,
                        b'\\' => {
                            bytes.next();
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    deepest
}

#[derive(Default)]
struct Log {
    here: Vec<String>,
    repeated: Vec<Repeated>,
}

#[derive(Clone, Copy)]
struct Tree<'a>(&'a RefCell<Log>);

impl Tree<'_> {
    fn within<T>(self, name: &str, read: impl FnOnce() -> T) -> T {
        self.0.borrow_mut().here.push(name.to_owned());
        let value = read();
        self.0.borrow_mut().here.pop();
        value
    }
}

impl<'de> DeserializeSeed<'de> for Tree<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Tree<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        loop {
            let name = values.len().to_string();
            match self.within(&name, || access.next_element_seed(self))? {
                Some(value) => values.push(value),
                None => return Ok(Value::Array(values)),
            }
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut map = Map::new();
        while let Some(key) = access.next_key::<String>()? {
            let value = self.within(&key, || access.next_value_seed(self))?;
            let Some(first) = map.get(&key) else {
                map.insert(key, value);
                continue;
            };
            let identical = *first == value;
            let mut log = self.0.borrow_mut();
            let at = log
                .here
                .iter()
                .chain([&key])
                .fold(String::new(), |at, name| path::join(&at, name));
            log.repeated.push(Repeated { at, identical });
        }
        Ok(Value::Object(map))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_keys_the_first_counts() {
        let (value, repeated) =
            parse(r#"{"a":{"b":1,"b":1,"c":2,"c":[3]},"d":[{"e":1,"e":0}]}"#).unwrap();
        assert_eq!(value, serde_json::json!({"a":{"b":1,"c":2},"d":[{"e":1}]}));
        let places: Vec<_> = repeated
            .iter()
            .map(|r| (r.at.as_str(), r.identical))
            .collect();
        assert_eq!(places, [("/a/b", true), ("/a/c", false), ("/d/0/e", false)]);
    }

    #[test]
    fn deep_is_read_deeper_is_refused() {
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        assert!(parse(&nested(DEEPEST)).is_ok());
        assert_eq!(
            parse(&nested(DEEPEST + 1)).unwrap_err(),
            "the JSON is nested more than 1000 levels deep"
        );
        assert!(parse(&"[".repeat(DEEPEST + 1)).is_err());
        // Brackets in texts do not count.
        assert!(parse(&format!("[\"\\\"{}\"]", "[".repeat(2000))).is_ok());
    }

    #[test]
    fn what_is_no_json_is_an_error() {
        assert_eq!(
            parse("{} x").unwrap_err(),
            "not JSON: trailing characters at line 1 column 4"
        );
        assert_eq!(
            parse("").unwrap_err(),
            "not JSON: EOF while parsing a value at line 1 column 0"
        );
    }
}
