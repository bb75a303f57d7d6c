//! Sentences that smell of rules.
