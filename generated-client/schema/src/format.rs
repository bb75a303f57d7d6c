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
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
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
}
