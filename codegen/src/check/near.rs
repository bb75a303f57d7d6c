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
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && candidate.len() <= 100)
        .map(|candidate| (osa_distance(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Names in backticks, with commas; the first dozen of many.
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
