//! CIDR blocks and the choice of addresses in them, for both families in 128 bits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A block of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cidr {
    first: u128,
    length: u32,
    family: Family,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    V4,
    V6,
}

impl Family {
    fn bits(self) -> u32 {
        match self {
            Self::V4 => 32,
            Self::V6 => 128,
        }
    }
}

impl Cidr {
    /// Reads `192.168.0.0/24`, or an address, which is a block of one. Bits behind the length are
    /// cleared.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let (address, family) = match address.parse().ok()? {
            IpAddr::V4(address) => (u128::from(u32::from(address)), Family::V4),
            IpAddr::V6(address) => (u128::from(address), Family::V6),
        };
        let length = match length {
            Some(length) => length.parse().ok().filter(|it| *it <= family.bits())?,
            None => family.bits(),
        };
        let mut cidr = Self {
            first: address,
            length,
            family,
        };
        cidr.first -= address % cidr.size();
        Some(cidr)
    }

    pub(super) fn family(self) -> Family {
        self.family
    }

    pub(super) fn length(self) -> u32 {
        self.length
    }

    fn size(self) -> u128 {
        // The whole of IPv6 does not fit; it is as good as everything.
        1_u128
            .checked_shl(self.family.bits() - self.length)
            .unwrap_or(u128::MAX)
    }

    fn last(self) -> u128 {
        self.first.saturating_add(self.size() - 1)
    }

    pub(super) fn contains(self, other: Self) -> bool {
        self.family == other.family && self.first <= other.first && other.last() <= self.last()
    }

    pub(super) fn overlaps(self, other: Self) -> bool {
        self.family == other.family && self.first <= other.last() && other.first <= self.last()
    }

    /// A block of this length within the block that no other overlaps: the first free one from a
    /// random place on. The first address and the last three are the network's own.
    pub(super) fn choose(self, length: u32, taken: &[Self], random: u64) -> Option<Self> {
        let part = Self { length, ..self };
        let step = part.size();
        let count = self.size() / step;
        // No more than can be taken, one after the other, need to be tried.
        let tries = count.min(taken.len() as u128 * 2 + 8);
        let start = u128::from(random) % count.max(1);
        (0..tries)
            .map(|offset| (start + offset) % count)
            .find_map(|index| {
                let part = Self {
                    first: self.first + index * step,
                    ..part
                };
                let free = !self.is_reserved(part) && !taken.iter().any(|it| it.overlaps(part));
                free.then_some(part)
            })
    }

    /// The network's own addresses.
    pub(super) fn is_reserved(self, part: Self) -> bool {
        part.length == part.family.bits()
            && (part.first == self.first || part.first > self.last().saturating_sub(3))
    }

    /// Without the length where it is one address.
    pub(super) fn text(self) -> String {
        let address = match self.family {
            // The upper bits are none.
            #[allow(clippy::cast_possible_truncation)]
            Family::V4 => IpAddr::from(Ipv4Addr::from(self.first as u32)),
            Family::V6 => IpAddr::from(Ipv6Addr::from(self.first)),
        };
        if self.length == self.family.bits() {
            return address.to_string();
        }
        format!("{address}/{}", self.length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        Cidr::parse(text).expect("a block")
    }

    #[test]
    fn blocks_are_read_and_written() {
        for (text, normal) in [
            ("192.168.1.7/24", "192.168.1.0/24"),
            ("10.0.0.1", "10.0.0.1"),
            ("2001:db8::1/64", "2001:db8::/64"),
            ("2001:0db8::1", "2001:db8::1"),
            ("::/0", "::/0"),
        ] {
            assert_eq!(cidr(text).text(), normal);
        }
        for text in ["", "x", "10.0.0.0/33", "::/129", "1.2.3.4/x"] {
            assert_eq!(Cidr::parse(text), None, "{text}");
        }
    }

    #[test]
    fn a_choice_is_free_and_of_the_block_until_there_is_none_left() {
        let block = cidr("10.0.0.0/28");
        let mut taken = vec![cidr("10.0.0.4/30")];
        while let Some(chosen) = block.choose(32, &taken, taken.len() as u64 * 7) {
            assert!(block.contains(chosen));
            assert!(!taken.iter().any(|it| it.overlaps(chosen)));
            taken.push(chosen);
        }
        // Sixteen, without four that are taken and four that are the network's.
        assert_eq!(taken.len(), 1 + 8);
    }
}
