//! The formats of text: what is of a format, how it is said, and examples.

use std::net::{Ipv4Addr, Ipv6Addr};

/// Formats of text that are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Only characters of ASCII.
    Ascii,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// An IPv4 prefix in CIDR notation.
    Ipv4Cidr,
    /// An IPv6 prefix in CIDR notation.
    Ipv6Cidr,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::Ascii,
        Self::Ipv4,
        Self::Ipv6,
        Self::Ipv4Cidr,
        Self::Ipv6Cidr,
    ];

    /// The text is of this format.
    pub fn accepts(self, text: &str) -> bool {
        match self {
            Self::Ascii => text.is_ascii(),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => is_ipv6(text),
            Self::Ipv4Cidr => is_cidr::<Ipv4Addr>(text, 32),
            Self::Ipv6Cidr => is_cidr::<Ipv6Addr>(text, 128),
        }
    }

    /// The demand of the format, in words.
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ascii => "ASCII text",
            Self::Ipv4 => "an IPv4 address such as 192.0.2.1",
            Self::Ipv6 => "an IPv6 address such as 2001:db8::1",
            Self::Ipv4Cidr => "an IPv4 prefix such as 192.0.2.0/24",
            Self::Ipv6Cidr => "an IPv6 prefix such as 2001:db8::/80",
        }
    }

    /// A text of the format, another one for every number. Addresses are of the ranges that are kept
    /// for documentation and tests.
    pub fn example(self, number: u32) -> String {
        let [high, low] = [(number >> 16) as u16, number as u16];
        let address = |bits: u32| Ipv4Addr::from(0xc612_0000 | bits & 0x1_ffff);
        match self {
            Self::Ascii => format!("example-{number}"),
            Self::Ipv4 => address(number).to_string(),
            Self::Ipv6 => Ipv6Addr::new(0x2001, 0xdb8, 0, 1, 0, 0, high, low).to_string(),
            Self::Ipv4Cidr => format!("{}/28", address(number << 4)),
            Self::Ipv6Cidr => {
                format!("{}/80", Ipv6Addr::new(0x2001, 0xdb8, 1, high, low, 0, 0, 0))
            }
        }
    }
}

/// Whether the standard library reads the text as an address. Its parser looks for an IPv4 address in the place of
/// each group, which takes four times as long: half of the time to validate a list of addresses.
fn is_ipv6(text: &str) -> bool {
    let (mut groups, mut gap, mut rest) = (0, false, text);
    let is_whole = |groups, gap| if gap { groups < 8 } else { groups == 8 };
    if let Some(after) = rest.strip_prefix("::") {
        (gap, rest) = (true, after);
        if rest.is_empty() {
            return true;
        }
    }
    loop {
        let digits = rest.bytes().take_while(u8::is_ascii_hexdigit).count();
        let is_group = (1..=4).contains(&digits);
        match rest.as_bytes().get(digits) {
            None => return is_group && is_whole(groups + 1, gap),
            Some(b'.') => return rest.parse::<Ipv4Addr>().is_ok() && is_whole(groups + 2, gap),
            Some(b':') if is_group => {}
            Some(_) => return false,
        }
        groups += 1;
        rest = &rest[digits + 1..];
        if !gap && let Some(after) = rest.strip_prefix(':') {
            (gap, rest) = (true, after);
            if rest.is_empty() {
                return is_whole(groups, gap);
            }
        }
    }
}

fn is_cidr<A: std::str::FromStr>(text: &str, most: u8) -> bool {
    let Some((address, length)) = text.split_once('/') else {
        return false;
    };
    // `parse` would take a sign.
    let digits = length.bytes().all(|byte| byte.is_ascii_digit());
    address.parse::<A>().is_ok()
        && digits
        && length.parse::<u8>().is_ok_and(|length| length <= most)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn examples_are_of_their_format_and_differ() {
        for format in Format::ALL {
            let examples = [0, 1, 2, 4095].map(|number| format.example(number));
            for example in &examples {
                assert!(format.accepts(example), "{format:?}: {example}");
            }
            assert_eq!(BTreeSet::from(examples).len(), 4);
        }
    }

    /// Texts that look like addresses of IPv6: whole, with a group or a separator more or less, and made of
    /// their parts without a plan.
    fn addresses() -> impl Strategy<Value = String> {
        let group = prop_oneof![4 => "[0-9a-fA-F]{1,4}", 1 => "[0-9a-g]{0,5}"];
        let separator =
            prop_oneof![12 => Just(":"), 1 => Just("::"), 1 => Just(""), 1 => Just(":::")];
        let end = prop_oneof![
            6 => Just(""),
            1 => Just(":"),
            1 => Just("::"),
            1 => Just("192.0.2.1"),
            1 => Just(":192.0.2.1"),
            1 => Just(":192.0.2.01"),
            1 => Just("192.0.2.1::"),
            1 => Just(" "),
        ];
        let start = prop_oneof![6 => Just(""), 1 => Just(":"), 1 => Just("::")];
        let groups = proptest::collection::vec((group, separator), 0..10);
        let made = (start, groups, end).prop_map(|(start, groups, end)| {
            let mut text = start.to_owned();
            for (index, (group, separator)) in groups.iter().enumerate() {
                text.push_str(if index > 0 { separator } else { "" });
                text.push_str(group);
            }
            text + end
        });
        let whole = any::<Ipv6Addr>().prop_map(|address| address.to_string());
        prop_oneof![4 => made, 1 => whole, 1 => "[0-9a-f:.]{0,12}", 1 => ".{0,12}"]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4096))]

        #[test]
        fn an_address_is_what_the_standard_library_reads(text in addresses()) {
            let read = text.parse::<Ipv6Addr>().is_ok();
            prop_assert_eq!(Format::Ipv6.accepts(&text), read, "{:?}", text);
        }
    }
}
