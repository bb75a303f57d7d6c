//! Names that are near to a mistaken one.

use strsim::osa_distance;

/// The candidate that was probably meant; none where nothing is near.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    nearest_of(name, &mut candidates.into_iter())
}

fn nearest_of<'c>(name: &str, candidates: &mut dyn Iterator<Item = &'c str>) -> Option<&'c str> {
    let allowed = name.chars().count().div_ceil(3).min(4);
    within(name, candidates, allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// The candidates that so few changes make of the name, in either case, with the number of changes. At
/// most four are counted.
pub fn within<'c>(
    name: &str,
    candidates: impl IntoIterator<Item = &'c str>,
    allowed: usize,
) -> impl Iterator<Item = (usize, &'c str)> {
    // Longer texts are no misspelled names, and the distance takes the square of the length.
    const LONGEST: usize = 100;
    // Of ASCII: the vendor's names have no other letters, and the table of all letters is large.
    let lower = name.to_ascii_lowercase();
    let letters = Letters::of(name);
    let own = name.to_owned();
    candidates
        .into_iter()
        .filter(move |candidate| {
            let short = own.len() <= LONGEST && candidate.len() <= LONGEST;
            short && *candidate != own && letters.apart(candidate) <= allowed
        })
        .map(move |candidate| {
            (
                osa_distance(&lower, &candidate.to_ascii_lowercase()),
                candidate,
            )
        })
        .filter(move |(distance, _)| *distance <= allowed)
}

/// How often each letter is in a text, in either case.
struct Letters {
    counts: [u8; 128],
    length: usize,
    ascii: bool,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut counts = [0_u8; 128];
        for byte in text.bytes().filter(u8::is_ascii) {
            let count = &mut counts[usize::from(byte.to_ascii_lowercase())];
            *count = count.saturating_add(1);
        }
        Self {
            counts,
            length: text.len(),
            ascii: text.is_ascii(),
        }
    }

    /// A distance that the real one is not below, at a fraction of its cost: there may be thousands of
    /// mistakes, with thousands of candidates each.
    fn apart(&self, other: &str) -> usize {
        if !self.ascii || !other.is_ascii() {
            return 0;
        }
        let longer = self.length.max(other.len());
        if longer - self.length.min(other.len()) > 4 {
            return longer;
        }
        let mut left = self.counts;
        let shared = other.bytes().filter(|byte| {
            let left = &mut left[usize::from(byte.to_ascii_lowercase())];
            let shared = *left > 0;
            *left = left.saturating_sub(1);
            shared
        });
        longer - shared.count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    proptest::proptest! {
        /// What is thrown away unseen is too far.
        #[test]
        fn the_cheap_distance_is_not_above_the_real_one(a in "[a-cA-C1é]{0,12}", b in "[a-cA-C1é]{0,12}") {
            let real = osa_distance(&a.to_ascii_lowercase(), &b.to_ascii_lowercase());
            let cheap = Letters::of(&a).apart(&b);
            proptest::prop_assert!(cheap <= real || real > 4, "{a} {b}: {cheap} {real}");
        }
    }
}
