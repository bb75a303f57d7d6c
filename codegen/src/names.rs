//! Names in Rust, made from names on the wire.
//!
//! Every function gives an identifier that the compiler takes, whatever it is given, and the same one
//! for the same name. Different names may give the same identifier; that is found in [`crate::check`],
//! and mended with the key `rust` in the spec.

use std::{cell::RefCell, collections::HashMap, fmt::Write as _, thread::LocalKey};

use alicloud_schema::operation::common_parameter;
use heck::{ToShoutySnakeCase as _, ToSnakeCase, ToUpperCamelCase};

use crate::spec::Location;

/// The words that Rust (edition 2024) keeps for itself or reserves, and takes when written `r#…`.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let",
    "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return",
    "static", "struct", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use",
    "virtual", "where", "while", "yield",
];

/// The words that it does not take even then.
const NEVER: &[&str] = &["self", "Self", "super", "crate", "_"];

/// Names that Windows keeps for devices, with whatever ending, and cannot give to files.
const DEVICES: &[&str] = &[
    "aux", "con", "nul", "prn", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7",
    "com8", "com9", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
];

/// The longest name of a module, in bytes: file systems hold 255, and `.rs` is one part of them.
const LONGEST_MODULE: usize = 240;

/// Functions that request types have beside their setters.
const METHODS: &[&str] = &["new", "default", "clone", "validate"];

/// The variant of every error enum for codes that the spec does not list.
pub const UNKNOWN_VARIANT: &str = "Unknown";

/// Whether a parameter would be sent under a name that the client uses itself in every request.
pub(crate) fn is_common_parameter(wire: &str, location: Location) -> bool {
    let common = common_parameter(wire);
    location.is_named() && common.is_some_and(|common| !common.operation_may_have)
}

/// The name of a field: `snake_case`, keywords as `r#type`.
#[must_use]
pub fn field_name(wire: &str) -> String {
    let name = remembered(&FIELDS, wire, |wire| {
        plain(wire, ToSnakeCase::to_snake_case)
    });
    if KEYWORDS.contains(&name.as_str()) {
        return format!("r#{name}");
    }
    avoid(name, NEVER)
}

/// The name of the setter of a field: that of the field, apart from the functions that every request has.
#[must_use]
pub fn setter_name(field: &str) -> String {
    avoid(field.to_owned(), METHODS)
}

/// The name of a module and of its file, which every system can hold: `snake_case`, keywords and names of
/// devices with `_` at the end, very long ones cut and told apart by a number.
#[must_use]
pub fn module_name(wire: &str) -> String {
    let name = plain(wire, ToSnakeCase::to_snake_case);
    if name.len() > LONGEST_MODULE {
        // FNV-1a, the same on every machine.
        let hash = name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
        });
        let kept = LONGEST_MODULE - 17;
        return format!("{}_{hash:016x}", &name[..kept]);
    }
    avoid(avoid(avoid(name, KEYWORDS), NEVER), DEVICES)
}

/// Whether every system can hold a file or folder of this name, whatever ending it is given.
#[must_use]
pub fn is_file_name(name: &str) -> bool {
    let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
    // Windows takes blanks behind a name away, and these digits for the plain ones.
    let stem = stem.trim_end().replace('\u{b9}', "1");
    let stem = stem.replace('\u{b2}', "2").replace('\u{b3}', "3");
    let is_device = DEVICES
        .iter()
        .any(|device| stem.eq_ignore_ascii_case(device));
    let is_forbidden = |c: char| c.is_control() || "<>:\"/\\|?*".contains(c);
    !is_device && !name.is_empty() && !name.ends_with(['.', ' ']) && !name.contains(is_forbidden)
}

/// The name of a type: `UpperCamelCase`.
#[must_use]
pub fn type_name(wire: &str) -> String {
    let name = remembered(&TYPES, wire, |wire| {
        plain(wire, ToUpperCamelCase::to_upper_camel_case)
    });
    avoid(name, NEVER)
}

/// The name of a constant or static after a type: `UPPER_SNAKE_CASE`.
#[must_use]
pub fn constant(ident: &str) -> String {
    ident.to_shouty_snake_case()
}

/// The name of a type that is put together from names of types.
#[must_use]
pub fn joined_type(names: &str) -> String {
    // An underscore within would be no name of a type's.
    avoid(names.replace('_', ""), NEVER)
}

/// The name of the variant for an error code: `UpperCamelCase`, `Any` for the placeholder `%s`.
#[must_use]
pub fn variant_name(code: &str) -> String {
    let name = type_name(&code.replace("%s", ".Any."));
    if name == UNKNOWN_VARIANT {
        return "UnknownCode".to_owned();
    }
    name
}

/// Whether the compiler takes a name as it is, and without a warning about its style, for a field.
#[must_use]
pub fn is_field_name(name: &str) -> bool {
    let name = name.strip_prefix("r#").unwrap_or(name);
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !NEVER.contains(&name)
}

/// Whether the compiler takes a name as it is, and without a warning about its style, for a type or variant.
#[must_use]
pub fn is_type_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric())
        && !NEVER.contains(&name)
}

/// Names that have been made, by what they were made from.
type Names = RefCell<HashMap<String, String>>;

thread_local! {
    static FIELDS: Names = RefCell::default();
    static TYPES: Names = RefCell::default();
}

/// What has been made from a name before: operations have most of their parameters and error codes in
/// common, and each is named by the checks and by the model.
fn remembered(
    names: &'static LocalKey<Names>,
    wire: &str,
    make: impl FnOnce(&str) -> String,
) -> String {
    names.with_borrow_mut(|names| {
        if let Some(name) = names.get(wire) {
            return name.clone();
        }
        let name = make(wire);
        names.insert(wire.to_owned(), name.clone());
        name
    })
}

/// A name in the given case, of the letters, digits and underscores of ASCII, not beginning with a digit.
fn plain(wire: &str, case: impl Fn(&str) -> String) -> String {
    // The vendor writes both `IPv6` and `Ipv6`; a word boundary within would help nobody.
    let wire = wire.replace("IPv", "Ipv");
    let numbered = |text: &mut String, c: char| {
        // Writing into a string cannot fail.
        let _ = write!(text, " u{:x} ", u32::from(c));
    };
    let mut text = String::with_capacity(wire.len());
    for c in wire.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => text.push(c),
            c if c.is_ascii() => text.push(' '),
            c => numbered(&mut text, c),
        }
    }
    if text.trim().is_empty() {
        for c in wire.chars() {
            numbered(&mut text, c);
        }
    }
    let name = case(&text);
    if name.is_empty() {
        return case("empty");
    }
    if name.starts_with(|first: char| first.is_ascii_digit()) {
        // `n` for a number; a leading underscore would say that nobody uses it.
        return case("n") + &name;
    }
    name
}

fn avoid(name: String, taken: &[&str]) -> String {
    if taken.contains(&name.as_str()) {
        return format!("{name}_");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields() {
        for (wire, name) in [
            ("NetworkInterfaceId", "network_interface_id"),
            ("Ipv6Address", "ipv6_address"),
            ("IPv6CidrBlock", "ipv6_cidr_block"),
            ("SystemDisk.Size", "system_disk_size"),
            ("Type", "r#type"),
            ("Gen", "r#gen"),
            ("Self", "self_"),
            ("crate", "crate_"),
            ("_", "u5f"),
            ("", "empty"),
            ("2fa", "n2fa"),
            ("#1", "n1"),
            ("名称", "u540d_u79f0"),
            ("x-acs-id", "x_acs_id"),
        ] {
            assert_eq!(field_name(wire), name, "{wire}");
        }
    }

    #[test]
    fn variants() {
        for (code, name) in [
            ("InvalidEniId.NotFound", "InvalidEniIdNotFound"),
            ("InValidParameter", "InValidParameter"),
            ("InvalidParameter", "InvalidParameter"),
            ("InvalidParameter.%s", "InvalidParameterAny"),
            ("Invalid%s", "InvalidAny"),
            ("%s", "Any"),
            ("Unknown", "UnknownCode"),
            ("404", "N404"),
            ("***", "U2aU2aU2a"),
            ("Self", "Self_"),
        ] {
            assert_eq!(variant_name(code), name, "{code}");
        }
    }

    #[test]
    fn modules_and_setters() {
        assert_eq!(module_name("AssignIpv6Addresses"), "assign_ipv6_addresses");
        assert_eq!(module_name("Move"), "move_");
        assert_eq!(setter_name("default"), "default_");
        assert_eq!(setter_name("size"), "size");
    }

    #[test]
    fn overrides() {
        assert!(is_field_name("key_2"));
        assert!(is_field_name("r#type"));
        for name in ["", "Key", "2a", "a-b", "self", "r#self", "é", "_"] {
            assert!(!is_field_name(name), "{name}");
        }
        assert!(is_type_name("KeyLower"));
        for name in ["", "key", "Self", "A_b", "É"] {
            assert!(!is_type_name(name), "{name}");
        }
    }

    proptest! {
        #[test]
        fn always_an_identifier(wire in any::<String>()) {
            for name in [field_name(&wire), setter_name(&field_name(&wire)), module_name(&wire),
                type_name(&wire), variant_name(&wire)]
            {
                let parsed = syn::parse_str::<proc_macro2::Ident>(&name);
                prop_assert!(parsed.is_ok(), "{:?} gave {:?}", wire, name);
                prop_assert!(name.is_ascii());
            }
        }
    }
}
