//! Tags on all kinds of objects.

use serde_json::{Value, json};

use super::{
    Call, Fail, Handled,
    page::pair,
    request::{elements, elements_mut, flag, text, texts},
    store::Kind,
};

const TAGS: [&str; 2] = ["Tags", "Tag"];

/// How many tags an object can have.
const MOST: usize = 20;

/// How many tags are listed at once.
const PAGE: usize = 50;

/// The tags of a request, as objects have them.
pub(super) fn given(request: &Value) -> Result<Value, Fail> {
    let mut tags: Vec<Value> = Vec::new();
    for tag in request["Tag"].as_array().into_iter().flatten() {
        let (key, value) = pair(tag);
        if key.is_empty() {
            return Err(Fail::new(
                &["InvalidTagKey.Malformed", "InvalidParameter"],
                "Tag: a key is empty",
            ));
        }
        if tags.iter().any(|tag| tag["TagKey"] == key) {
            return Err(Fail::new(
                &["Duplicate.TagKey", "InvalidParameter"],
                format!("Tag: the key {} is there twice", key.escape_debug()),
            ));
        }
        tags.push(json!({ "TagKey": key, "TagValue": value.unwrap_or_default() }));
    }
    Ok(json!({ "Tag": tags }))
}

fn kind(request: &Value) -> Result<Kind, Fail> {
    let name = text(request, "ResourceType").unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "instance" => Ok(Kind::Instance),
        "disk" => Ok(Kind::Disk),
        "eni" => Ok(Kind::Eni),
        "securitygroup" => Ok(Kind::Group),
        "keypair" => Ok(Kind::KeyPair),
        "vpc" => Ok(Kind::Vpc),
        "vswitch" => Ok(Kind::VSwitch),
        _ => Err(Fail::new(
            &["InvalidResourceType.NotFound"],
            format!("There is nothing of type {} here.", name.escape_debug()),
        )),
    }
}

fn check_ids(call: &Call<'_>, kind: Kind) -> Result<Vec<String>, Fail> {
    let ids = texts(call.request, "ResourceId");
    for id in &ids {
        call.cloud
            .find(kind, id, call.request)
            .map_err(|fail| Fail::new(&["InvalidResourceId.NotFound"], fail.message))?;
    }
    Ok(ids.into_iter().map(str::to_owned).collect())
}

pub(super) fn tag(call: &mut Call<'_>) -> Handled {
    let kind = kind(call.request)?;
    let new = given(call.request)?;
    for id in check_ids(call, kind)? {
        let object = call.cloud.find_mut(kind, &id, call.request)?;
        let tags = elements_mut(object, TAGS);
        for tag in elements(&json!({ "Tags": new }), TAGS) {
            tags.retain(|old| old["TagKey"] != tag["TagKey"]);
            tags.push(tag.clone());
        }
        if tags.len() > MOST {
            let message = format!("{id} would have more than {MOST} tags.");
            return Err(Fail::new(&["QuotaExceed.Tags"], message));
        }
    }
    Ok(json!({}))
}

pub(super) fn untag(call: &mut Call<'_>) -> Handled {
    let kind = kind(call.request)?;
    let keys = texts(call.request, "TagKey");
    let all = flag(call.request, "All") && keys.is_empty();
    for id in check_ids(call, kind)? {
        let object = call.cloud.find_mut(kind, &id, call.request)?;
        elements_mut(object, TAGS).retain(|tag| {
            let key = tag["TagKey"].as_str().unwrap_or_default();
            !all && !keys.contains(&key)
        });
    }
    Ok(json!({}))
}

/// Lists tags, not objects: the token is the number of tags that were listed.
pub(super) fn list(call: &mut Call<'_>) -> Handled {
    let kind = kind(call.request)?;
    let ids = check_ids(call, kind)?;
    let mut listed = Vec::new();
    for object in super::page::filter(call.request, call.cloud.all(kind), &[]) {
        let id = object[kind.id()].as_str().unwrap_or_default();
        if !ids.is_empty() && !ids.iter().any(|wanted| wanted == id) {
            continue;
        }
        for tag in elements(&object, TAGS) {
            listed.push(json!({
                "ResourceType": call.request["ResourceType"],
                "ResourceId": id,
                "TagKey": tag["TagKey"],
                "TagValue": tag["TagValue"],
            }));
        }
    }
    let after = match text(call.request, "NextToken") {
        None => 0,
        Some(token) => token.parse().map_err(|_| {
            Fail::new(
                &["Invalid.NextToken"],
                "NextToken: not a token of an earlier response",
            )
        })?,
    };
    let next: usize = PAGE.saturating_add(after);
    let token = if next < listed.len() {
        next.to_string()
    } else {
        String::new()
    };
    let page: Vec<_> = listed.into_iter().skip(after).take(PAGE).collect();
    Ok(json!({ "TagResources": { "TagResource": page }, "NextToken": token }))
}
