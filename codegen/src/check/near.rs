//! Names that are near to a mistaken one, and lists of names for people.

use strsim::osa_distance;

/// The candidate that was probably meant; none where nothing is near.
#[must_use]
pub fn nearest<'c>(name: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    // Longer texts are no misspelled names, and the distance takes the square of the length.
    if name.len() > 100 {
        return None;
    }
    let lower = name.to_lowercase();
    let allowed = name.chars().count().div_ceil(3).min(4);
    let letters = Letters::of(name);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && candidate.len() <= 100)
        .filter(|candidate| letters.apart(candidate) <= allowed)
        .map(|candidate| (osa_distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// How often each letter is in a text, in either case.
struct Letters {
    counts: [u8; 128],
    length: usize,
    ascii: bool,
}

impl Letters {
    fn of(text: &str) -> Self {
        let mut counts = [0; 128];
        for byte in text.bytes().filter(u8::is_ascii) {
            counts[usize::from(byte.to_ascii_lowercase())] += 1;
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

/// Names in backticks, with commas; the first forty of many.
pub(super) fn list<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> String {
    const SHOWN: usize = 40;
    let names: Vec<String> = names
        .into_iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => names.join(", "),
        Some(more) => format!("{} and {more} more", names[..SHOWN].join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// What is thrown away unseen is too far.
        #[test]
        fn the_cheap_distance_is_not_above_the_real_one(a in "[a-cA-C1é]{0,12}", b in "[a-cA-C1é]{0,12}") {
            let real = osa_distance(&a.to_lowercase(), &b.to_lowercase());
            let cheap = Letters::of(&a).apart(&b);
            prop_assert!(cheap <= real || real > 4, "{a} {b}: {cheap} {real}");
        }
    }
}
