//! Permissions: from the vendor's metadata into specs, and what becomes of the spec's word.

use alicloud_codegen::import::{Hints, Imported, Options, RepairKind, Source, Specs, import, read};
use alicloud_codegen::{drift, spec::Permission};
use serde_json::{Value, json};

fn metadata(actions: &Value) -> String {
    json!({
        "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
        "apis": { "BuyGoods": { "methods": ["post"], "security": [{ "AK": [] }], "ramActions": actions } },
    })
    .to_string()
}

fn source(actions: &Value) -> Source {
    read(&metadata(actions), &Hints::default(), false, false).unwrap()
}

fn imported(specs: &Specs, actions: &Value) -> Imported {
    import(specs, &source(actions), &Options::default()).unwrap()
}

fn permissions(imported: &Imported) -> Value {
    serde_json::to_value(&imported.specs.operations["BuyGoods"].permissions).unwrap()
}

/// Specs with these permissions, and departures at these places.
fn specs(permissions: &Value, departures: &[&str]) -> Specs {
    let mut specs = imported(&Specs::default(), &json!([])).specs;
    let spec = specs.operations.get_mut("BuyGoods").unwrap();
    spec.permissions = serde_json::from_value::<Vec<Permission>>(permissions.clone()).unwrap();
    for at in departures {
        let departure = json!({ "at": at, "source": ["shop:tag"], "reason": "The page is newer." });
        spec.departures
            .push(serde_json::from_value(departure).unwrap());
    }
    specs
}

fn order(kind: &str) -> String {
    format!("acs:shop:{{#regionId}}:{{#accountId}}:{kind}")
}

#[test]
fn all_that_metadata_says_is_taken() {
    let actions = json!([
        {
            "operationType": "create",
            "dependentActions": ["ram:PassRole", "ram:PassRole"],
            "ramAction": {
                "action": " shop:BuyGoods ",
                "authLevel": "resource",
                "actionConditions": [{ "conditionKey": "shop:tag" }, "shop:Gift"],
                "resources": [
                    { "validationType": "always", "resourceType": "Order", "arn": order("order/*") },
                    { "validationType": "conditional", "resourceType": "Guest", "arn": order("guest/{#id}") },
                    { "validationType": "conditional", "resourceType": "Order", "arn": order("draft/*") },
                    { "arn": order("voucher/{#id}"), "required": true },
                ],
            },
        },
        { "operationType": "list", "ramAction": { "action": "shop:ListGoods", "resources": [{ "resourceType": "All Resources", "arn": "*" }] } },
        { "operationType": "list", "ramAction": { "action": "shop:ListGoods", "resources": [] } },
    ]);
    let imported = imported(&Specs::default(), &actions);
    assert_eq!(
        permissions(&imported),
        json!([
            {
                "action": "shop:BuyGoods",
                "access": "create",
                "resources": [
                    { "type": "Order", "required": true, "arns": [order("order/*"), order("draft/*")] },
                    { "type": "Guest", "arns": [order("guest/{#id}")] },
                    { "type": "voucher", "required": true, "arns": [order("voucher/{#id}")] },
                ],
                "conditionKeys": ["shop:tag", "shop:Gift"],
                "dependentActions": ["ram:PassRole"],
            },
            { "action": "shop:ListGoods", "access": "list" },
        ])
    );
    assert_eq!(imported.report.repairs, []);
}

#[test]
fn what_ram_could_not_know_is_dropped() {
    let actions = json!([
        "shop:Text",
        { "ramAction": { "action": "NoProduct" } },
        { "ramAction": {
            "action": "shop:BuyGoods",
            "conditions": ["tag", "shop:tag", 7, { "key": "a b:c" }],
            "dependentActions": ["Pass", { "action": "ram:PassRole" }],
            "resources": ["acs:shop:order", "", 7, "acs:shop:*:{#accountId:order/*", "*", "acs:shop:*:*:order/*"],
        } },
    ]);
    let imported = imported(&Specs::default(), &actions);
    assert_eq!(
        permissions(&imported),
        json!([{
            "action": "shop:BuyGoods",
            "access": "none",
            "resources": [{ "type": "*", "arns": ["*"] }, { "type": "order", "arns": ["acs:shop:*:*:order/*"] }],
            "conditionKeys": ["shop:tag"],
            "dependentActions": ["ram:PassRole"],
        }])
    );
    let repairs = imported.report.repairs.iter();
    let dropped: Vec<&str> = repairs
        .filter(|repair| repair.kind == RepairKind::PermissionInvalid)
        .map(|repair| repair.found.as_str())
        .collect();
    assert_eq!(
        dropped,
        [
            "\"NoProduct\"",
            "\"acs:shop:order\"",
            "\"acs:shop:*:{#accountId:order/*\"",
            "\"tag\"",
            "\"a b:c\"",
            "\"Pass\"",
        ]
    );
}

#[test]
fn a_part_on_which_metadata_is_silent_stays() {
    let mine = json!([{
        "action": "shop:BuyGoods",
        "access": "create",
        "resources": [{ "type": "Order", "required": true, "arns": [order("order/*")] }],
        "conditionKeys": ["shop:tag"],
        "dependentActions": ["ram:PassRole"],
    }]);
    let specs = specs(&mine, &[]);
    let action = |more: Value| {
        let mut action = json!({ "action": "shop:BuyGoods" });
        action
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        json!([{ "ramAction": action }])
    };
    let silent = imported(&specs, &action(json!({})));
    assert_eq!(permissions(&silent), mine);
    assert_eq!(silent.specs.operations, specs.operations);
    let says_none =
        json!({ "resources": [{ "arn": "*" }], "actionConditions": [], "operationType": "update" });
    let expected = json!([{ "action": "shop:BuyGoods", "access": "update", "dependentActions": ["ram:PassRole"] }]);
    assert_eq!(permissions(&imported(&specs, &action(says_none))), expected);
}

#[test]
fn a_departure_holds_a_part_of_a_permission() {
    let mine = json!([{ "action": "shop:BuyGoods", "access": "create", "conditionKeys": ["shop:tag", "shop:Gift"] }]);
    let specs = specs(&mine, &["/permissions/shop:BuyGoods/conditionKeys"]);
    let says = |keys: Value| json!([{ "operationType": "create", "ramAction": { "action": "shop:BuyGoods", "resources": [], "conditions": keys } }]);
    let notes = |actions: &Value| {
        let imported = imported(&specs, actions);
        assert_eq!(permissions(&imported), mine);
        let notes = imported.report.departures.iter();
        notes
            .map(|note| format!("{:?}", note.state))
            .collect::<Vec<_>>()
    };
    assert_eq!(notes(&says(json!(["shop:tag"]))), Vec::<String>::new());
    assert_eq!(
        notes(&says(json!(["shop:tag", "shop:Gift"]))),
        ["NoLongerNeeded"]
    );
    assert_eq!(notes(&says(json!(["shop:Other"]))), ["SourceMoved"]);
}

#[test]
fn drift_says_which_part_of_a_permission_changed() {
    let mine =
        json!([{ "action": "shop:BuyGoods", "access": "create", "conditionKeys": ["shop:tag"] }]);
    let theirs = json!([{ "operationType": "update", "ramAction": {
        "action": "shop:BuyGoods",
        "resources": [{ "resourceType": "Order", "arn": order("order/*") }],
        "conditions": ["shop:Gift"],
    } }]);
    let drift = drift::compare(&specs(&mine, &[]), &source(&theirs)).unwrap();
    let texts: Vec<&str> = drift
        .entries
        .iter()
        .map(|entry| entry.text.as_str())
        .collect();
    assert_eq!(
        texts,
        [
            "permissions: `shop:BuyGoods` has the access level update (was create), the resources Order (was all), the condition keys `shop:Gift` (was `shop:tag`)"
        ]
    );
}
