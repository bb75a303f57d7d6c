//! Days: of today, and between.

use std::time::{Duration, SystemTime};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// Today's date, `YYYY-MM-DD`.
pub(crate) fn today() -> String {
    let now = humantime::format_rfc3339_seconds(SystemTime::now()).to_string();
    now.split('T').next().unwrap_or_default().to_owned()
}

/// A date as the command line takes it: a day or a month.
pub(crate) fn parse(text: &str) -> Result<String, String> {
    let month = text.len() == "2026-01".len() && day(&format!("{text}-01")).is_some();
    if month || (text.len() == "2026-01-01".len() && day(text).is_some()) {
        return Ok(text.to_owned());
    }
    Err("expected `YYYY-MM-DD` or `YYYY-MM`".to_owned())
}

/// How many days ago a date was; none where it is no date or to come.
pub(crate) fn age(date: &str, today: &str) -> Option<u64> {
    let age = day(today)?.duration_since(day(date)?).ok()?;
    Some(age.as_secs() / DAY.as_secs())
}

fn day(date: &str) -> Option<SystemTime> {
    humantime::parse_rfc3339(&format!("{date}T00:00:00Z")).ok()
}
