//! Numbers of JSON, compared and computed without loss: `f64` cannot hold every whole number of 64 bits.

use std::cmp::Ordering;

use alicloud_schema::number::{EXACT, whole as whole_of_text};
use serde_json::{Number, Value};

/// The number, where it is whole, exactly; none where it is written with a fraction or too large to be exact.
pub(crate) fn whole(number: &Number) -> Option<i128> {
    let exact = number.as_i64().map(i128::from);
    exact
        .or_else(|| number.as_u64().map(i128::from))
        .or_else(|| {
            let float = number.as_f64()?;
            #[expect(
                clippy::cast_possible_truncation,
                reason = "only numbers that are whole and small enough"
            )]
            let whole = float as i128;
            (float.fract() == 0.0 && float.abs() < EXACT).then_some(whole)
        })
}

/// A whole number, where JSON as it is read here can hold it exactly.
pub(crate) fn from_whole(whole: i128) -> Option<Number> {
    let signed = i64::try_from(whole).ok().map(Number::from);
    signed.or_else(|| u64::try_from(whole).ok().map(Number::from))
}

/// A number from its text: exact where it is whole, whatever its form.
pub(crate) fn from_text(text: &str) -> Option<Number> {
    if let Some(whole) = whole_of_text(text).and_then(from_whole) {
        return Some(whole);
    }
    text.parse().ok().and_then(Number::from_f64)
}

/// Whether two values are numbers that are worth the same.
pub(crate) fn same(a: &Value, b: &Value) -> bool {
    matches!((a, b), (Value::Number(a), Value::Number(b)) if compare(a, b).is_eq())
}

/// The order of two numbers by what they are worth: 1 and 1.0 are equal, 2⁶³ − 1 and 2⁶³ are not.
pub(crate) fn compare(a: &Number, b: &Number) -> Ordering {
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a.cmp(&b),
        _ => {
            let float = |number: &Number| number.as_f64().unwrap_or(f64::NAN);
            float(a).total_cmp(&float(b))
        }
    }
}

/// The order of two numbers as they are written. Whole numbers are compared exactly.
pub(crate) fn compare_written(a: &str, b: &str) -> Ordering {
    if let (Ok(a), Ok(b)) = (a.parse::<i128>(), b.parse::<i128>()) {
        return a.cmp(&b);
    }
    let float = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
    float(a).partial_cmp(&float(b)).unwrap_or(Ordering::Equal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Number {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn the_order_is_exact() {
        for (a, b, order) in [
            ("1", "1.0", Ordering::Equal),
            ("9223372036854775806", "9223372036854775807", Ordering::Less),
            ("9223372036854775807", "9223372036854775808", Ordering::Less),
            (
                "18446744073709551615",
                "18446744073709551614",
                Ordering::Greater,
            ),
            (
                "-9223372036854775808",
                "-9223372036854775807",
                Ordering::Less,
            ),
            ("0.5", "1", Ordering::Less),
            ("1e300", "18446744073709551615", Ordering::Greater),
            ("-1e300", "-9223372036854775808", Ordering::Less),
        ] {
            assert_eq!(compare(&number(a), &number(b)), order, "{a} {b}");
            assert_eq!(compare(&number(b), &number(a)), order.reverse(), "{b} {a}");
        }
    }

    #[test]
    fn whole_numbers_are_exact_or_none() {
        for (text, expected) in [
            ("9223372036854775806", Some(9_223_372_036_854_775_806)),
            ("18446744073709551615", Some(18_446_744_073_709_551_615)),
            ("3.0", Some(3)),
            ("3.5", None),
            ("1e20", None),
        ] {
            assert_eq!(whole(&number(text)), expected, "{text}");
        }
        assert_eq!(
            from_whole(1 << 63).unwrap().to_string(),
            "9223372036854775808"
        );
        assert_eq!(from_whole(1 << 64), None);
    }
}
