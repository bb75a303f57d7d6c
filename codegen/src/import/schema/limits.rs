//! The constraints of a value: limits, patterns, enumerations; and the default, which must meet
//! them.

use std::cmp::Ordering;

use serde_json::{Map, Number, Value};

use super::super::path;
use super::super::report::RepairKind;
use super::{Lower, article, noun, shown, truthy, word};
use crate::number;
use crate::spec::{Format, Schema, Type};

impl Lower<'_> {
    pub(super) fn limits(&mut self, map: &Map<String, Value>, schema: &mut Schema, at: &str) {
        let numeric = matches!(schema.kind, Type::Integer | Type::Number);
        if self.goes_with(
            map,
            at,
            numeric,
            schema.kind,
            &["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"],
        ) {
            schema.minimum = self.bound(map, schema, at, "minimum", "exclusiveMinimum", 1);
            schema.maximum = self.bound(map, schema, at, "maximum", "exclusiveMaximum", -1);
            let contradict = match (&schema.minimum, &schema.maximum) {
                (Some(min), Some(max)) => number::compare(min, max).is_gt(),
                _ => false,
            };
            if contradict {
                self.repair(
                    at,
                    RepairKind::LimitsContradict,
                    "minimum above maximum",
                    "both dropped",
                );
                self.unstated(at, &["minimum", "maximum"]);
                (schema.minimum, schema.maximum) = (None, None);
            }
        }
        if self.goes_with(
            map,
            at,
            schema.kind == Type::String,
            schema.kind,
            &["minLength", "maxLength"],
        ) {
            (schema.min_length, schema.max_length) = self.sizes(map, at, "minLength", "maxLength");
        }
        if self.goes_with(
            map,
            at,
            schema.kind == Type::Array,
            schema.kind,
            &["minItems", "maxItems"],
        ) {
            (schema.min_items, schema.max_items) = self.sizes(map, at, "minItems", "maxItems");
        }
        if self.goes_with(
            map,
            at,
            schema.kind == Type::String,
            schema.kind,
            &["pattern"],
        ) {
            schema.pattern = self.pattern(map, at);
        }
    }

    /// Whether the keywords go with the type; those that do not are reported.
    fn goes_with(
        &mut self,
        map: &Map<String, Value>,
        at: &str,
        fits: bool,
        kind: Type,
        keywords: &[&str],
    ) -> bool {
        if !fits {
            for keyword in keywords {
                if map
                    .get(*keyword)
                    .is_some_and(|value| !value.is_null() && *value != Value::Bool(false))
                {
                    self.repair(
                        &path::join(at, keyword),
                        RepairKind::LimitMisplaced,
                        format!("`{keyword}` on {}", article(kind)),
                        "dropped",
                    );
                }
            }
        }
        fits
    }

    /// A limit of a number. `step` is the way from an exclusive limit to the nearest whole number within.
    fn bound(
        &mut self,
        map: &Map<String, Value>,
        schema: &Schema,
        at: &str,
        keyword: &str,
        exclusive: &str,
        step: i128,
    ) -> Option<Number> {
        let at = path::join(at, keyword);
        let (value, excluded) = match (map.get(keyword), map.get(exclusive)) {
            (value, Some(limit @ (Value::Number(_) | Value::String(_))))
                if value.is_none_or(Value::is_null) && !truthy(limit) =>
            {
                (limit, true)
            }
            (Some(value), flag) if !value.is_null() => (value, flag.is_some_and(truthy)),
            _ => return None,
        };
        let number = match value {
            Value::Number(number) => Some(number.clone()),
            Value::String(text) => number(text),
            _ => None,
        };
        let number = number.and_then(|number| {
            if schema.kind == Type::Integer {
                whole(&number)
            } else {
                Some(number)
            }
        });
        let Some(mut number) = number else {
            self.unusable(&at, RepairKind::LimitInvalid, shown(value), "dropped");
            return None;
        };
        if value.is_string() {
            self.repair(
                &at,
                RepairKind::TextForValue,
                shown(value),
                "taken as a number",
            );
        }
        if excluded {
            match number::whole(&number)
                .filter(|_| schema.kind == Type::Integer)
                .and_then(|whole| number::from_whole(whole + step))
            {
                Some(next) => {
                    self.repair(
                        &at,
                        RepairKind::LimitExclusive,
                        format!("{number}, excluded"),
                        format!("{next}, included"),
                    );
                    number = next;
                }
                None => self.repair(
                    &at,
                    RepairKind::LimitExclusive,
                    format!("{number}, excluded"),
                    "taken as included",
                ),
            }
        }
        if schema.kind == Type::Integer
            && let (bits, false) = fits(&number, schema)
        {
            self.unusable(
                &at,
                RepairKind::LimitInvalid,
                format!("{number} on a number of {bits} bits"),
                "dropped",
            );
            return None;
        }
        Some(number)
    }

    fn sizes(
        &mut self,
        map: &Map<String, Value>,
        at: &str,
        min: &str,
        max: &str,
    ) -> (Option<u32>, Option<u32>) {
        // At least none is no limit.
        let least = self.size(map, at, min).filter(|least| *least > 0);
        let sizes = (least, self.size(map, at, max));
        if let (Some(least), Some(most)) = sizes
            && least > most
        {
            self.repair(
                at,
                RepairKind::LimitsContradict,
                format!("{min} {least} above {max} {most}"),
                "both dropped",
            );
            self.unstated(at, &[min, max]);
            return (None, None);
        }
        sizes
    }

    fn size(&mut self, map: &Map<String, Value>, at: &str, keyword: &str) -> Option<u32> {
        let value = map.get(keyword).filter(|value| !value.is_null())?;
        let at = path::join(at, keyword);
        let number = match value {
            Value::Number(number) => whole(number),
            Value::String(text) => number(text).and_then(|number| whole(&number)),
            _ => None,
        };
        let Some(size) = number
            .and_then(|n| n.as_i64())
            .and_then(|n| u32::try_from(n).ok())
        else {
            self.unusable(&at, RepairKind::LimitInvalid, shown(value), "dropped");
            return None;
        };
        if value.is_string() {
            self.repair(
                &at,
                RepairKind::TextForValue,
                shown(value),
                "taken as a number",
            );
        }
        Some(size)
    }

    fn pattern(&mut self, map: &Map<String, Value>, at: &str) -> Option<String> {
        let at = path::join(at, "pattern");
        let written = match map.get("pattern")? {
            Value::String(text) if !text.is_empty() => text.as_str(),
            Value::Null | Value::String(_) => return None,
            other => {
                self.unusable(&at, RepairKind::PatternInvalid, shown(other), "dropped");
                return None;
            }
        };
        let pattern = translate(written);
        if let Err(error) = regex_lite::Regex::new(&pattern) {
            self.unusable(
                &at,
                RepairKind::PatternInvalid,
                format!("`{written}`: {error}"),
                "dropped",
            );
            return None;
        }
        if pattern != written {
            self.repair(
                &at,
                RepairKind::PatternTranslated,
                format!("`{written}`"),
                format!("`{pattern}`"),
            );
        }
        Some(pattern)
    }

    pub(super) fn values(&mut self, map: &Map<String, Value>, schema: &mut Schema, at: &str) {
        let at = path::join(at, "enum");
        let values = match map.get("enum") {
            None | Some(Value::Null) => return,
            Some(Value::Array(values)) => values.as_slice(),
            Some(other) => {
                self.unusable(
                    &at,
                    RepairKind::EnumInvalid,
                    format!("`enum` is {}", noun(other)),
                    "dropped",
                );
                return;
            }
        };
        if values.is_empty() {
            return;
        }
        if !matches!(schema.kind, Type::String | Type::Integer | Type::Number) {
            self.unusable(
                &at,
                RepairKind::EnumInvalid,
                format!("`enum` on {}", article(schema.kind)),
                "dropped",
            );
            return;
        }
        let mut converted = false;
        for value in values {
            let Some(fitting) = scalar(value, schema) else {
                self.repair(
                    &at,
                    RepairKind::EnumInvalid,
                    format!("value {}", shown(value)),
                    "dropped",
                );
                continue;
            };
            converted |= fitting != *value;
            if schema.values.contains(&fitting) {
                self.repair(
                    &at,
                    RepairKind::EnumInvalid,
                    format!("value {} twice", shown(value)),
                    "merged",
                );
            } else {
                schema.values.push(fitting);
            }
        }
        if converted {
            self.repair(
                &at,
                RepairKind::TextForValue,
                "values of another type",
                format!("taken as {}s", word(schema.kind)),
            );
        }
        self.reconcile(schema, &at);
    }

    /// Values that break a limit beside them show which of the two is meant.
    fn reconcile(&mut self, schema: &mut Schema, at: &str) {
        let broken: Vec<&str> = [
            (
                schema
                    .minimum
                    .take_if(|min| beyond(&schema.values, min, Ordering::Less))
                    .is_some(),
                "minimum",
            ),
            (
                schema
                    .maximum
                    .take_if(|max| beyond(&schema.values, max, Ordering::Greater))
                    .is_some(),
                "maximum",
            ),
            (
                schema
                    .min_length
                    .take_if(|min| {
                        schema
                            .values
                            .iter()
                            .any(|v| length(v) < Some(*min as usize))
                    })
                    .is_some(),
                "minLength",
            ),
            (
                schema
                    .max_length
                    .take_if(|max| {
                        schema
                            .values
                            .iter()
                            .any(|v| length(v) > Some(*max as usize))
                    })
                    .is_some(),
                "maxLength",
            ),
        ]
        .into_iter()
        .filter_map(|(broken, keyword)| broken.then_some(keyword))
        .collect();
        for keyword in broken {
            self.repair(
                at,
                RepairKind::LimitsContradict,
                format!("values beyond `{keyword}`"),
                format!("`{keyword}` dropped"),
            );
        }
        if matches!(schema.format, Some(Format::Ipv4 | Format::Ipv6)) {
            schema.format = None;
            self.repair(
                at,
                RepairKind::LimitsContradict,
                "values and a format",
                "the format dropped",
            );
        }
        if let Some(pattern) = &schema.pattern
            && regex_lite::Regex::new(pattern).is_ok_and(|re| {
                schema
                    .values
                    .iter()
                    .any(|v| v.as_str().is_some_and(|v| !re.is_match(v)))
            })
        {
            schema.pattern = None;
            self.repair(
                at,
                RepairKind::LimitsContradict,
                "values that the pattern forbids",
                "`pattern` dropped",
            );
        }
    }

    pub(super) fn default(&mut self, map: &Map<String, Value>, schema: &mut Schema, at: &str) {
        let Some(value) = map
            .get("default")
            .filter(|value| !value.is_null() && **value != "")
        else {
            return;
        };
        let at = path::join(at, "default");
        if matches!(schema.kind, Type::Array | Type::Object | Type::Any) {
            self.unusable(
                &at,
                RepairKind::DefaultInvalid,
                shown(value),
                format!("dropped: not written down for {}", article(schema.kind)),
            );
            return;
        }
        let Some(fitting) = scalar(value, schema) else {
            self.unusable(
                &at,
                RepairKind::DefaultInvalid,
                shown(value),
                format!("dropped: no {}", word(schema.kind)),
            );
            return;
        };
        if fitting.as_str().is_some_and(|text| !text.is_ascii()) {
            self.unusable(
                &at,
                RepairKind::DefaultInvalid,
                shown(value),
                "dropped: prose",
            );
            return;
        }
        if !allows(schema, &fitting) {
            self.unusable(
                &at,
                RepairKind::DefaultInvalid,
                shown(value),
                "dropped: the schema forbids it",
            );
            return;
        }
        if fitting != *value {
            self.repair(
                &at,
                RepairKind::TextForValue,
                shown(value),
                format!("taken as {}", article(schema.kind)),
            );
        }
        schema.default = Some(fitting);
    }
}

/// A number from its text.
fn number(text: &str) -> Option<Number> {
    number::from_text(text.trim())
}

/// The same number, whole, if it is.
fn whole(number: &Number) -> Option<Number> {
    number::whole(number).and_then(number::from_whole)
}

/// How many bits the whole numbers of the schema have, and whether this one fits.
fn fits(number: &Number, schema: &Schema) -> (u8, bool) {
    let whole = number::whole(number).unwrap_or(i128::MAX);
    if schema.format == Some(Format::Int32) {
        (32, i32::try_from(whole).is_ok())
    } else {
        (64, i64::try_from(whole).is_ok())
    }
}

/// The value in the type of the schema, if it can be said in it.
fn scalar(value: &Value, schema: &Schema) -> Option<Value> {
    let fits = |n: &Number| fits(n, schema).1;
    match (schema.kind, value) {
        (Type::String, Value::String(_))
        | (Type::Boolean, Value::Bool(_))
        | (Type::Number, Value::Number(_)) => Some(value.clone()),
        (Type::String, Value::Number(_) | Value::Bool(_)) => Some(value.to_string().into()),
        (Type::Boolean, Value::String(text)) => text
            .trim()
            .to_ascii_lowercase()
            .parse::<bool>()
            .ok()
            .map(Value::from),
        (Type::Integer, Value::Number(n)) => whole(n).filter(fits).map(Value::Number),
        (Type::Integer, Value::String(text)) => number(text)
            .and_then(|n| whole(&n))
            .filter(fits)
            .map(Value::Number),
        (Type::Number, Value::String(text)) => number(text).map(Value::Number),
        _ => None,
    }
}

/// Some value is on this side of the limit.
fn beyond(values: &[Value], limit: &Number, side: Ordering) -> bool {
    values.iter().any(|value| match value {
        Value::Number(number) => number::compare(number, limit) == side,
        _ => false,
    })
}

fn length(value: &Value) -> Option<usize> {
    value.as_str().map(|text| text.chars().count())
}

/// The schema's limits allow the value (of its type).
pub(in crate::import) fn allows(schema: &Schema, value: &Value) -> bool {
    if !schema.values.is_empty() && !schema.values.contains(value) {
        return false;
    }
    if let Value::Number(number) = value {
        let is = |limit: &Option<Number>, order: Ordering| {
            limit
                .as_ref()
                .is_some_and(|limit| number::compare(number, limit) == order)
        };
        return !is(&schema.minimum, Ordering::Less) && !is(&schema.maximum, Ordering::Greater);
    }
    let Some(text) = value.as_str() else {
        return true;
    };
    let length = text.chars().count();
    let address = match schema.format {
        Some(Format::Ipv4) => text.parse::<std::net::Ipv4Addr>().is_ok(),
        Some(Format::Ipv6) => text.parse::<std::net::Ipv6Addr>().is_ok(),
        _ => true,
    };
    address
        && schema.min_length.is_none_or(|min| length >= min as usize)
        && schema.max_length.is_none_or(|max| length <= max as usize)
        && schema
            .pattern
            .as_deref()
            .is_none_or(|p| regex_lite::Regex::new(p).is_ok_and(|re| re.is_match(text)))
}

/// A pattern in the spelling of the `regex` crates: no slashes around it, `\x{…}` for `\u…`.
fn translate(pattern: &str) -> String {
    let inner = pattern.strip_prefix('/').and_then(|p| p.strip_suffix('/'));
    let pattern = inner
        .filter(|p| p.starts_with('^') && p.ends_with('$'))
        .unwrap_or(pattern);
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        let (before, escape) = rest.split_at(at);
        out.push_str(before);
        let hex = escape
            .strip_prefix("\\u")
            .and_then(|tail| tail.get(..4))
            .filter(|hex| hex.bytes().all(|b| b.is_ascii_hexdigit()));
        if let Some(hex) = hex {
            out.push_str("\\x{");
            out.push_str(hex);
            out.push('}');
            rest = &escape[6..];
            continue;
        }
        let taken = 1 + escape[1..].chars().next().map_or(0, char::len_utf8);
        // A slash needs no escape here.
        out.push_str(if &escape[..taken] == "\\/" {
            "/"
        } else {
            &escape[..taken]
        });
        rest = &escape[taken..];
    }
    out.push_str(rest);
    out
}
