//! JSON that is damaged in a way that leaves its structure clear, made readable.
//!
//! Services cut texts in the middle of a character, forget to escape a line break or write `NaN`.
//! No strict reader takes such a body, and a call whose effect has taken place would fail for one
//! letter of a description. What cannot be known is not guessed: a damaged character becomes U+FFFD,
//! and a body whose structure is not clear is not repaired.

/// A repaired text.
pub struct Repaired {
    /// The text, which a strict reader takes unless more is wrong with it than damage.
    pub json: Vec<u8>,
    /// The first damage: where, in bytes, and what.
    pub first: (usize, &'static str),
    /// The input had an end: no string, list or object is open.
    pub complete: bool,
}

/// Repairs a text; `None` where nothing was found to repair, or where the text is no JSON.
///
/// - Half of a surrogate pair, an incomplete `\u` escape and bytes that are not UTF-8 become U+FFFD.
/// - Control characters within strings and escapes that JSON does not have are escaped.
/// - `NaN`, `Infinity`, `None` and `undefined` become `null`; `True` and `False` lose their capitals.
/// - Numbers lose a leading `+` or zero and gain the digit that a decimal point needs; one beyond
///   the range of floats becomes text.
/// - A byte order mark, control characters between values and a comma before a closing bracket are
///   left out.
/// - A text that is cut off is closed.
#[must_use]
pub fn repair(input: &[u8]) -> Option<Repaired> {
    let mut repair = Repair {
        input,
        at: 0,
        out: Vec::with_capacity(input.len() + 16),
        open: Vec::new(),
        key: false,
        first: None,
        complete: true,
    };
    repair.run()?;
    Some(Repaired {
        json: repair.out,
        first: repair.first?,
        complete: repair.complete,
    })
}

const REPLACEMENT: &str = "\u{fffd}";

struct Repair<'a> {
    input: &'a [u8],
    at: usize,
    out: Vec<u8>,
    /// The brackets that are open.
    open: Vec<u8>,
    /// The last token was the name of a field.
    key: bool,
    first: Option<(usize, &'static str)>,
    complete: bool,
}

impl Repair<'_> {
    fn note(&mut self, what: &'static str) {
        self.first.get_or_insert((self.at, what));
    }

    fn run(&mut self) -> Option<()> {
        if self.input.starts_with(b"\xef\xbb\xbf") {
            self.note("a byte order mark");
            self.at = 3;
        }
        while let Some(&byte) = self.input.get(self.at) {
            match byte {
                b' ' | b'\t' | b'\n' | b'\r' => self.copy(byte),
                b'"' => {
                    let before = self.last_token();
                    self.string();
                    self.key = self.open.last() == Some(&b'{') && before != Some(b':');
                }
                b'{' | b'[' => {
                    self.open.push(byte);
                    self.copy(byte);
                }
                b'}' | b']' => {
                    if self.last_token() == Some(b',') {
                        self.note("a comma before a closing bracket");
                        self.drop_comma();
                    }
                    self.open.pop();
                    self.copy(byte);
                }
                b',' | b':' => {
                    self.key = false;
                    self.copy(byte);
                }
                0..0x20 | 0x7f => {
                    self.note("a control character");
                    self.at += 1;
                }
                _ => self.word()?,
            }
        }
        if !self.open.is_empty() {
            self.note("its end");
            self.complete = false;
            self.close();
        }
        Some(())
    }

    fn copy(&mut self, byte: u8) {
        self.out.push(byte);
        self.at += 1;
    }

    fn last_token(&self) -> Option<u8> {
        let mut bytes = self.out.iter().rev();
        bytes.find(|byte| !byte.is_ascii_whitespace()).copied()
    }

    fn drop_comma(&mut self) {
        if let Some(comma) = self.out.iter().rposition(|byte| *byte == b',') {
            self.out.remove(comma);
        }
    }

    /// Closes what is open at the end of the input.
    fn close(&mut self) {
        match self.last_token() {
            Some(b',') => self.drop_comma(),
            Some(b':') => self.out.extend_from_slice(b"null"),
            _ if self.key => self.out.extend_from_slice(b":null"),
            _ => {}
        }
        while let Some(bracket) = self.open.pop() {
            self.out.push(if bracket == b'{' { b'}' } else { b']' });
        }
    }

    fn string(&mut self) {
        self.copy(b'"');
        while let Some(&byte) = self.input.get(self.at) {
            match byte {
                b'"' => return self.copy(b'"'),
                b'\\' => self.escape(),
                0..0x20 => {
                    self.note("a control character in a text");
                    let escaped = format!("\\u{byte:04x}");
                    self.out.extend_from_slice(escaped.as_bytes());
                    self.at += 1;
                }
                0x80.. => self.beyond_ascii(),
                _ => self.copy(byte),
            }
        }
        self.note("its end");
        self.complete = false;
        self.out.push(b'"');
    }

    fn beyond_ascii(&mut self) {
        let rest = &self.input[self.at..];
        let length = rest.iter().position(u8::is_ascii).unwrap_or(rest.len());
        match std::str::from_utf8(&rest[..length]) {
            Ok(text) => self.out.extend_from_slice(text.as_bytes()),
            Err(_) => {
                self.note("bytes that are not UTF-8");
                let text = String::from_utf8_lossy(&rest[..length]);
                self.out.extend_from_slice(text.as_bytes());
            }
        }
        self.at += length;
    }

    fn escape(&mut self) {
        match self.input.get(self.at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => {
                self.out
                    .extend_from_slice(&self.input[self.at..self.at + 2]);
                self.at += 2;
            }
            Some(b'u') => self.unicode_escape(),
            Some(b'\'') => {
                self.note("an escape that JSON does not have");
                self.out.push(b'\'');
                self.at += 2;
            }
            Some(_) => {
                self.note("an escape that JSON does not have");
                self.out.extend_from_slice(b"\\\\");
                self.at += 1;
            }
            // The input ends here.
            None => self.at += 1,
        }
    }

    fn unicode_escape(&mut self) {
        let length = match self.code_unit(self.at) {
            Some(0xd800..=0xdbff) => match self.code_unit(self.at + 6) {
                Some(0xdc00..=0xdfff) => Some(12),
                _ => None,
            },
            Some(0xdc00..=0xdfff) => None,
            Some(_) => Some(6),
            None => {
                self.note("an incomplete escape");
                self.out.extend_from_slice(REPLACEMENT.as_bytes());
                self.at += 2;
                return;
            }
        };
        match length {
            Some(length) => {
                self.out
                    .extend_from_slice(&self.input[self.at..self.at + length]);
                self.at += length;
            }
            None => {
                self.note("half of a surrogate pair");
                self.out.extend_from_slice(REPLACEMENT.as_bytes());
                self.at += 6;
            }
        }
    }

    /// The UTF-16 code unit of the escape `\uXXXX` at a position.
    fn code_unit(&self, at: usize) -> Option<u16> {
        let digits = self.input.get(at..at + 6)?.strip_prefix(b"\\u")?;
        digits.iter().try_fold(0, |unit, digit| {
            let digit = char::from(*digit).to_digit(16)?;
            Some(unit << 4 | u16::try_from(digit).ok()?)
        })
    }

    /// A number, or a word such as `true`.
    fn word(&mut self) -> Option<()> {
        let rest = &self.input[self.at..];
        let ends = |byte: &u8| byte.is_ascii_whitespace() || b",:[]{}\"".contains(byte);
        let length = rest.iter().position(ends).unwrap_or(rest.len());
        let word = std::str::from_utf8(&rest[..length]).ok()?;
        let cut = length == rest.len() && !self.open.is_empty();
        let lower = word.to_ascii_lowercase();
        let value = match lower.as_str() {
            // What is cut off may have been another one.
            _ if cut => "null".to_owned(),
            "true" | "false" | "null" => lower,
            "none" | "undefined" | "nan" | "+nan" | "-nan" => "null".to_owned(),
            "infinity" | "+infinity" | "-infinity" | "inf" | "+inf" | "-inf" => "null".to_owned(),
            _ => number(word)?,
        };
        if value != word {
            self.note("a value that JSON does not have");
        }
        self.out.extend_from_slice(value.as_bytes());
        self.at += length;
        Some(())
    }
}

/// A number as JSON has it; text where it is beyond the range of floats.
fn number(word: &str) -> Option<String> {
    let (sign, digits) = match word.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", word.strip_prefix('+').unwrap_or(word)),
    };
    let (mantissa, exponent) = match digits.find(['e', 'E']) {
        Some(at) => digits.split_at(at),
        None => (digits, ""),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let all_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let some_digits = !whole.is_empty() || fraction.is_some_and(|fraction| !fraction.is_empty());
    let exponent_digits = exponent.get(1..).unwrap_or_default();
    let exponent_digits = exponent_digits
        .strip_prefix(['+', '-'])
        .unwrap_or(exponent_digits);
    let right_exponent =
        exponent.is_empty() || !exponent_digits.is_empty() && all_digits(exponent_digits);
    if !some_digits || !all_digits(whole) || !all_digits(fraction.unwrap_or("")) || !right_exponent
    {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let fraction = match fraction {
        None => String::new(),
        Some("") => ".0".to_owned(),
        Some(fraction) => format!(".{fraction}"),
    };
    let number = format!("{sign}{whole}{fraction}{exponent}");
    let finite = crate::json::parse(number.as_bytes()).is_ok();
    Some(if finite {
        number
    } else {
        format!("\"{number}\"")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repaired(text: &[u8]) -> Option<String> {
        let repaired = repair(text)?;
        Some(String::from_utf8(repaired.json).unwrap())
    }

    #[test]
    fn damage_is_repaired_and_nothing_else() {
        for whole in [
            r#"{"a": [1, -2.5e3, "\u00e9 \ud83d\ude00 é\n", true, null]}"#,
            "{}",
            "12",
        ] {
            assert_eq!(repaired(whole.as_bytes()), None, "{whole}");
        }
        let cases: [(&[u8], &str); 16] = [
            (br#"{"a":"x\ud83db"}"#, "{\"a\":\"x\u{fffd}b\"}"),
            (br#"["\ude00\ud83d"]"#, "[\"\u{fffd}\u{fffd}\"]"),
            (br#"["\ud83d\ud83d\ude00"]"#, "[\"\u{fffd}\\ud83d\\ude00\"]"),
            (br#"["\u12","\uzz"]"#, "[\"\u{fffd}12\",\"\u{fffd}zz\"]"),
            (
                b"[\"a\xff\xfeb\xe4\xb8\"]",
                "[\"a\u{fffd}\u{fffd}b\u{fffd}\"]",
            ),
            (b"[\"a\nb\0\"]", r#"["a\u000ab\u0000"]"#),
            (br#"["C:\dir\'s"]"#, r#"["C:\\dir's"]"#),
            (b"\xef\xbb\xbf{}\0\0", "{}"),
            (b"[NaN, -Infinity, None, True]", "[null, null, null, true]"),
            (b"[007, +5, .5, 5., -.5e1]", "[7, 5, 0.5, 5.0, -0.5e1]"),
            (b"[1e999]", r#"["1e999"]"#),
            (b"{\"a\":[1, ],}", "{\"a\":[1 ]}"),
            (br#"{"a":"b","c":"d"#, r#"{"a":"b","c":"d"}"#),
            (br#"{"a":[{"b":"#, r#"{"a":[{"b":null}]}"#),
            (br#"{"a":1,"b"#, r#"{"a":1,"b":null}"#),
            (br#"{"a":tru"#, r#"{"a":null}"#),
        ];
        for (damaged, right) in cases {
            let shown = String::from_utf8_lossy(damaged);
            assert_eq!(repaired(damaged).as_deref(), Some(right), "{shown}");
            assert!(serde_json::from_str::<serde_json::Value>(right).is_ok());
        }
        for none in [&b"<html>"[..], b"{a: 1}", b"0x10", b"", b"[1.2.3]", b"[1e]"] {
            assert_eq!(repaired(none), None, "{}", String::from_utf8_lossy(none));
        }
    }
}
