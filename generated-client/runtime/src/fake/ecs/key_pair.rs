//! Key pairs.

use serde_json::{Value, json};

use super::{
    Call, Fail, Handled,
    page::{filter, fits, page},
    request::{text, texts},
    store::{Kind, time},
    tag,
};

fn make(call: &mut Call<'_>) -> Result<Value, Fail> {
    let request = call.request;
    let name = text(request, "KeyPairName").unwrap_or_default();
    if call.cloud.find(Kind::KeyPair, name, request).is_ok() {
        let codes = &["KeyPair.AlreadyExist", "InvalidKeyPair.AlreadyExist"];
        let message = format!("There is a key pair {} already.", name.escape_debug());
        return Err(Fail::new(codes, message));
    }
    let (one, two) = (call.cloud.random(), call.cloud.random());
    let id = call.cloud.make_id("ssh");
    let pair = json!({
        "RegionId": request["RegionId"],
        "KeyPairName": name,
        "KeyPairId": id,
        "KeyPairFingerPrint": format!("{one:016x}{two:016x}"),
        "PublicKey": request["PublicKeyBody"],
        "ResourceGroupId": request["ResourceGroupId"],
        "Tags": tag::given(request)?,
        "CreationTime": time(call.now),
    });
    call.cloud.insert(Kind::KeyPair, pair.clone());
    Ok(pair)
}

pub(super) fn create(call: &mut Call<'_>) -> Handled {
    let mut pair = make(call)?;
    // Nobody can log in anywhere with it.
    pair["PrivateKeyBody"] = json!("no private key: made by the embedded endpoint");
    Ok(pair)
}

pub(super) fn import(call: &mut Call<'_>) -> Handled {
    make(call)
}

pub(super) fn delete(call: &mut Call<'_>) -> Handled {
    for name in texts(call.request, "KeyPairNames") {
        let mut instances = call.cloud.all(Kind::Instance).iter();
        if instances.any(|instance| instance["KeyPairName"] == name) {
            let codes = &["InvalidParameter.KeypairAlreadyAttachedInstance"];
            let message = format!("{} is attached to an instance.", name.escape_debug());
            return Err(Fail::new(codes, message));
        }
        // One that is not there is deleted as well.
        call.cloud.remove(Kind::KeyPair, name);
    }
    Ok(json!({}))
}

pub(super) fn describe(call: &mut Call<'_>) -> Handled {
    let request = call.request;
    let pairs = [
        ("KeyPairFingerPrint", "KeyPairFingerPrint"),
        ("ResourceGroupId", "ResourceGroupId"),
    ];
    let mut found = filter(request, call.cloud.all(Kind::KeyPair), &pairs);
    if let Some(wanted) = text(request, "KeyPairName") {
        found.retain(|pair| {
            let name = text(pair, "KeyPairName").unwrap_or_default();
            fits(wanted, name)
        });
    }
    page(request, found, ["KeyPairs", "KeyPair"])
}

pub(super) fn attach(call: &mut Call<'_>) -> Handled {
    let name = text(call.request, "KeyPairName").map(Value::from);
    change(call, &name.unwrap_or_default())
}

pub(super) fn detach(call: &mut Call<'_>) -> Handled {
    change(call, &Value::Null)
}

/// Sets the key pair of instances.
fn change(call: &mut Call<'_>, new: &Value) -> Handled {
    let request = call.request;
    let name = text(request, "KeyPairName").unwrap_or_default();
    call.cloud.find(Kind::KeyPair, name, request)?;
    let ids = texts(request, "InstanceIds");
    let mut failed = 0;
    let results: Vec<_> = ids
        .iter()
        .map(|id| match call.cloud.find_mut(Kind::Instance, id, request) {
            Ok(instance) => {
                instance["KeyPairName"] = new.clone();
                json!({ "InstanceId": id, "Success": "true", "Code": "200", "Message": "successful" })
            }
            Err(fail) => {
                failed += 1;
                let code = fail.codes.first();
                json!({ "InstanceId": id, "Success": "false", "Code": code, "Message": fail.message })
            }
        })
        .collect();
    Ok(json!({
        "KeyPairName": name,
        "TotalCount": ids.len().to_string(),
        "FailCount": failed.to_string(),
        "Results": { "Result": results },
    }))
}
