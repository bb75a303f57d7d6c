//! Pages of what is described, in both forms, and the filters before them.

use serde_json::{Value, json};

use super::{
    Fail, Handled,
    request::{elements, number, text, texts},
    store::SERIAL,
};

/// How many items a page has when nothing is said.
const SIZE: usize = 10;

/// The page that a request asks for: by number, or by token. A request that says nothing of pages
/// gets the first one, and a token for the next.
pub(super) fn page(request: &Value, items: Vec<Value>, path: [&str; 2]) -> Handled {
    let size = |name| number(request, name).and_then(|size| usize::try_from(size).ok());
    let total = items.len();
    let mut body = json!({ "TotalCount": total, "RegionId": request["RegionId"] });
    let by_number = number(request, "PageNumber").is_some() || size("PageSize").is_some();
    let by_token = text(request, "NextToken").is_some() || size("MaxResults").is_some();
    let page: Vec<_> = if by_number && !by_token {
        let size = size("PageSize").unwrap_or(SIZE).max(1);
        let number = number(request, "PageNumber").unwrap_or(1).max(1);
        body["PageNumber"] = json!(number);
        body["PageSize"] = json!(size);
        let before = usize::try_from(number - 1).unwrap_or(usize::MAX);
        let before = before.saturating_mul(size);
        items.into_iter().skip(before).take(size).collect()
    } else {
        let size = size("MaxResults").unwrap_or(SIZE).max(1);
        let after = match text(request, "NextToken") {
            Some(token) => parse(token)?,
            None => 0,
        };
        let serial = |item: &Value| item[SERIAL].as_u64().unwrap_or_default();
        let mut rest: Vec<_> = items
            .into_iter()
            .filter(|item| serial(item) > after)
            .collect();
        let more = rest.len() > size;
        rest.truncate(size);
        let last = rest.last().filter(|_| more);
        body["NextToken"] = json!(last.map_or(String::new(), |last| token(serial(last))));
        body["PageNumber"] = json!(1);
        body["PageSize"] = json!(size);
        rest
    };
    body[path[0]] = json!({ path[1]: page });
    Ok(body)
}

/// The place in the order of making, so that what is made or deleted meanwhile moves nothing.
fn token(serial: u64) -> String {
    format!("AAAA{serial:016x}")
}

fn parse(token: &str) -> Result<u64, Fail> {
    let serial = token.strip_prefix("AAAA");
    let serial = serial.and_then(|serial| u64::from_str_radix(serial, 16).ok());
    serial.ok_or_else(|| {
        Fail::new(
            &["Invalid.NextToken", "InvalidParameter"],
            "NextToken: not a token of an earlier response",
        )
    })
}

/// The objects of the request's region that have what the request asks for: each pair names a
/// parameter and the field that is equal to it.
pub(super) fn filter(request: &Value, objects: &[Value], pairs: &[(&str, &str)]) -> Vec<Value> {
    let wanted = |object: &&Value| {
        let region = text(request, "RegionId");
        let here = region.is_none_or(|region| object["RegionId"] == region);
        let equal = pairs
            .iter()
            .all(|(parameter, field)| match &request[*parameter] {
                Value::Null => true,
                Value::String(text) if text.is_empty() => true,
                Value::Array(any) => any.is_empty() || any.contains(&object[*field]),
                wanted => object[*field] == *wanted,
            });
        here && equal && has_tags(request, object) && passes_tag_filters(request, object)
    };
    objects.iter().filter(wanted).cloned().collect()
}

/// The name fits a pattern with `*` at its ends, as some operations take it.
pub(super) fn fits(pattern: &str, name: &str) -> bool {
    let middle = pattern.trim_matches('*');
    match (pattern.starts_with('*'), pattern.ends_with('*')) {
        (true, true) => name.contains(middle),
        (true, false) => name.ends_with(middle),
        (false, true) => name.starts_with(middle),
        (false, false) => name == pattern,
    }
}

/// The object was made, and ends, in the time that `Filter.1.Key` and its kin ask for.
pub(super) fn is_in_time(request: &Value, object: &Value) -> bool {
    (1..=4).all(|number| {
        let said = |part| text(request, &format!("Filter.{number}.{part}"));
        let (Some(key), Some(limit)) = (said("Key"), said("Value")) else {
            return true;
        };
        let (field, after) = match key {
            "CreationStartTime" => ("CreationTime", true),
            "CreationEndTime" => ("CreationTime", false),
            "ExpiredStartTime" => ("ExpiredTime", true),
            "ExpiredEndTime" => ("ExpiredTime", false),
            _ => return true,
        };
        // Times compare as texts; those of requests end with the minute.
        let minute = |time: &str| time.get(..16).unwrap_or(time).to_owned();
        let limit = minute(limit);
        text(object, field).is_some_and(|time| match after {
            true => minute(time) >= limit,
            false => minute(time) <= limit,
        })
    })
}

/// The object has all tags that the request lists; a tag without a value stands for any.
fn has_tags(request: &Value, object: &Value) -> bool {
    let wanted = request["Tag"].as_array().into_iter().flatten();
    wanted.into_iter().all(|wanted| {
        let (key, value) = pair(wanted);
        let tags = elements(object, ["Tags", "Tag"]);
        tags.iter()
            .any(|tag| tag["TagKey"] == key && value.is_none_or(|value| tag["TagValue"] == value))
    })
}

/// The object has a tag for each fuzzy search of the request: of a key, or of a key with one of several
/// values.
fn passes_tag_filters(request: &Value, object: &Value) -> bool {
    let filters = request["TagFilter"].as_array().into_iter().flatten();
    filters.into_iter().all(|filter| {
        let key = text(filter, "TagKey").unwrap_or_default();
        let values = texts(filter, "TagValues");
        let tags = elements(object, ["Tags", "Tag"]);
        tags.iter().any(|tag| {
            let of_tag = |name| text(tag, name).unwrap_or_default();
            match values.as_slice() {
                [] => fits(key, of_tag("TagKey")),
                values => {
                    let fits = |pattern: &&str| fits(pattern, of_tag("TagValue"));
                    key == of_tag("TagKey") && values.iter().any(fits)
                }
            }
        })
    })
}

/// Key and value of a tag in a request; some operations have both spellings.
pub(super) fn pair(tag: &Value) -> (&str, Option<&str>) {
    let key = text(tag, "Key").or_else(|| text(tag, "key"));
    let value = tag["Value"].as_str().or_else(|| tag["value"].as_str());
    (key.unwrap_or_default(), value)
}
