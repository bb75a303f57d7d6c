//! Whole numbers from their texts, exactly: `f64` cannot hold every whole number of 64 bits.

/// Every whole number below this one is an `f64`, and no other number is rounded to it.
pub const EXACT: f64 = 9_007_199_254_740_992.0;

/// The whole number that a decimal text is worth, however it is written: `12`, `12.0`, `1.2e1`; none where
/// it has a fraction or more than 38 digits.
#[must_use]
pub fn whole(text: &str) -> Option<i128> {
    if let Ok(number) = text.parse() {
        return Some(number);
    }
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if !after.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let after = after.trim_end_matches('0');
    let digits = format!("{before}{after}");
    let number: i128 = digits.parse().ok()?;
    if number == 0 {
        return Some(0);
    }
    let shift = i64::from(exponent) - i64::try_from(after.len()).ok()?;
    let factor = 10_i128.checked_pow(u32::try_from(shift.unsigned_abs()).ok()?)?;
    if shift >= 0 {
        return number.checked_mul(factor);
    }
    (number % factor == 0).then_some(number / factor)
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn texts_are_exact_or_none() {
        for (text, expected) in [
            ("9007199254740993", Some(9_007_199_254_740_993)),
            ("9007199254740993.0", Some(9_007_199_254_740_993)),
            ("9.007199254740993E15", Some(9_007_199_254_740_993)),
            ("9223372036854775806.000", Some(9_223_372_036_854_775_806)),
            (
                "-9.223372036854775808e+18",
                Some(-9_223_372_036_854_775_808),
            ),
            ("+5", Some(5)),
            ("05", Some(5)),
            ("-0", Some(0)),
            ("0.0e-400", Some(0)),
            ("1200e-2", Some(12)),
            ("5.", Some(5)),
            (".50e1", Some(5)),
            ("1205e-2", None),
            ("5.5", None),
            ("1e39", None),
            ("1e-2147483648", None),
            ("1e99999999999", None),
            ("", None),
            (".", None),
            ("-", None),
            ("e5", None),
            ("1.-5", None),
            ("--1", None),
            ("1e", None),
            ("0x10", None),
            ("inf", None),
        ] {
            assert_eq!(whole(text), expected, "{text}");
        }
    }
}
