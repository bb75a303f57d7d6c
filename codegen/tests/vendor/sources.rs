//! Where the facts of a product come from, and as of when, as imports note it.

use alicloud_codegen::import::{Hints, Options, Specs, import, read};
use serde_json::{Value, json};

const WHOLE: Hints<'_> = Hints {
    product: Some("Shop"),
    version: Some("2020-01-01"),
    operation: None,
    as_of: None,
    source: None,
};

fn requests() -> Value {
    json!({
        "info": { "style": "RPC", "product": "Shop", "version": "2020-01-01" },
        "apis": { "BuyGoods": { "methods": ["post"], "parameters": [
            { "name": "Lines", "in": "query", "schema": { "type": "array", "items": { "type": "integer", "maximum": 9 } } },
        ] } },
    })
}

fn all() -> Value {
    let mut all = requests();
    let buy = &mut all["apis"]["BuyGoods"];
    buy["responses"] = json!({ "200": { "schema": { "type": "object", "properties": { "Id": { "type": "string" } } } } });
    buy["errorCodes"] = json!({ "400": [{ "errorCode": "Sold" }] });
    all["endpoints"] = json!([{ "regionId": "cn-a", "endpoint": "shop.cn-a.aliyuncs.com" }]);
    all
}

/// The specs after metadata has been imported into them, and the sources that they name then.
fn imported(specs: &Specs, metadata: &Value, hints: &Hints<'_>) -> (Specs, Value) {
    let source = read(&metadata.to_string(), hints, false, false).unwrap();
    let imported = import(specs, &source, &Options::default()).unwrap();
    let product = imported.specs.product.as_ref().unwrap();
    let sources = serde_json::to_value(&product.sources).unwrap();
    (imported.specs, sources)
}

#[test]
fn each_kind_of_facts_has_the_source_it_was_last_taken_from() {
    let as_of = |date| Hints {
        as_of: Some(date),
        ..WHOLE
    };
    let (specs, sources) = imported(&Specs::default(), &all(), &as_of("2024-06"));
    let everything = [
        "operations",
        "parameters",
        "limits",
        "responses",
        "errors",
        "endpoints",
    ];
    assert_eq!(
        sources,
        json!([{ "name": "API metadata", "asOf": "2024-06", "facts": everything }])
    );
    let packages = Hints {
        source: Some("SDK packages"),
        ..as_of("2026-10-26")
    };
    let (specs, sources) = imported(&specs, &requests(), &packages);
    assert_eq!(
        sources,
        json!([
            { "name": "SDK packages", "asOf": "2026-10-26", "facts": ["operations", "parameters", "limits"] },
            { "name": "API metadata", "asOf": "2024-06", "facts": ["responses", "errors", "endpoints"] },
        ])
    );
    // The same again changes nothing, nor does a file of one operation or of no date.
    let api = all()["apis"]["BuyGoods"].clone();
    let one = Hints {
        operation: Some("BuyGoods"),
        ..as_of("2026-11-01")
    };
    for (metadata, hints) in [(&requests(), packages), (&all(), WHOLE), (&api, one)] {
        assert_eq!(imported(&specs, metadata, &hints).1, sources);
    }
}

#[test]
fn metadata_without_a_date_is_named_where_nothing_else_is() {
    let (specs, sources) = imported(&Specs::default(), &requests(), &WHOLE);
    let undated =
        json!([{ "name": "API metadata", "facts": ["operations", "parameters", "limits"] }]);
    assert_eq!(sources, undated);
    let (_, sources) = imported(&specs, &all(), &WHOLE);
    assert_eq!(
        sources,
        json!([{ "name": "API metadata", "facts": ["operations", "parameters", "limits", "responses", "errors", "endpoints"] }])
    );
}
