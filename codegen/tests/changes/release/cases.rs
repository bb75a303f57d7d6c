//! The classes of changes: a change of a small product, a program that compiled before, and what is told.

use alicloud_codegen::drift::Effect::{
    self, Additive, Behaviour, Breaking, Documentation, Loosened, Tightened,
};
use serde_json::{Value, json};

use super::Files;

pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) change: fn(&mut Files),
    pub(crate) program: &'static str,
    pub(crate) told: &'static [(Effect, &'static str)],
    /// The program compiles, and does something else.
    pub(crate) compiles_to_something_else: bool,
}

const BUY: &str = "operations/BuyGoods.json";
const LIST: &str = "operations/ListGoods.json";
const SELL: &str = "operations/SellGoods.json";

pub(crate) fn shop() -> Files {
    let product = json!({
        "product": "Shop", "version": "2020-01-01", "signatures": ["hmac-sha1"], "regionParameter": "RegionId",
    });
    let buy = json!({
        "operation": "BuyGoods",
        "parameters": [
            { "name": "RegionId", "type": "string" },
            { "name": "Customer", "type": "string", "required": true },
            { "name": "Street", "type": "string", "required": true },
            { "name": "Amount", "type": "integer", "format": "int32", "maximum": 10 },
            { "name": "Note", "type": "string" },
            { "name": "Colour", "type": "string", "enum": ["red", "blue"] },
            { "name": "Size", "type": "string", "knownValues": [{ "value": "small" }, { "value": "large" }] },
            { "name": "Tea", "type": "string" },
            { "name": "Coffee", "type": "string" },
            { "name": "ClientToken", "type": "string" },
            { "name": "Line", "type": "array", "items": { "type": "object", "properties": {
                "Goods": { "type": "string" }, "Price": { "type": "number" } } } },
        ],
        "constraints": [
            { "rule": "at-most-one-of", "name": "drink", "parameters": ["Tea", "Coffee"], "reason": "One is enough." },
        ],
        "response": { "type": "object", "properties": {
            "RequestId": { "type": "string" },
            "OrderId": { "type": "string" },
            "Price": { "type": "integer", "format": "int32" },
            "Items": { "type": "object", "properties": { "Item": { "type": "array", "items": { "type": "string" } } } },
            "Box": { "type": "object" },
        } },
        "errors": [
            { "status": 404, "code": "Gone" },
            { "status": 400, "code": "Both" },
            { "status": 403, "code": "Both" },
        ],
    });
    let list = json!({
        "operation": "ListGoods",
        "access": "read",
        "parameters": [
            { "name": "PageNumber", "type": "integer" },
            { "name": "PageSize", "type": "integer" },
        ],
        "pagination": { "pageNumber": "PageNumber", "pageSize": "PageSize", "total": "TotalCount", "items": "Goods" },
        "waiters": [
            { "name": "InStock", "path": "Goods.N.State", "success": ["InStock"], "delay": 2, "deadline": 60 },
        ],
        "response": { "type": "object", "properties": {
            "TotalCount": { "type": "integer" },
            "Goods": { "type": "array", "items": { "type": "object", "properties": {
                "Name": { "type": "string" }, "State": { "type": "string" } } } },
        } },
    });
    let sell = json!({
        "operation": "SellGoods",
        "response": { "type": "object", "properties": { "RequestId": { "type": "string" } } },
    });
    Files::from(
        [
            ("product.json", product),
            (BUY, buy),
            (LIST, list),
            (SELL, sell),
        ]
        .map(|(path, value)| (path.to_owned(), value)),
    )
}

fn file<'f>(files: &'f mut Files, path: &str) -> &'f mut Value {
    files.get_mut(path).unwrap()
}

fn parameters(files: &mut Files) -> &mut Vec<Value> {
    file(files, BUY)["parameters"].as_array_mut().unwrap()
}

fn parameter<'f>(files: &'f mut Files, name: &str) -> &'f mut Value {
    let mut parameters = parameters(files).iter_mut();
    parameters.find(|it| it["name"] == name).unwrap()
}

fn without(files: &mut Files, name: &str) {
    parameters(files).retain(|it| it["name"] != name);
}

fn fields(files: &mut Files) -> &mut Value {
    &mut file(files, BUY)["response"]["properties"]
}

fn remove(value: &mut Value, key: &str) {
    value.as_object_mut().unwrap().remove(key).unwrap();
}

const fn case(
    name: &'static str,
    change: fn(&mut Files),
    program: &'static str,
    told: &'static [(Effect, &'static str)],
) -> Case {
    Case {
        name,
        change,
        program,
        told,
        compiles_to_something_else: false,
    }
}

/// A call as people write it.
const CALL: &str =
    r#"fn f() -> shop::BuyGoods { shop::BuyGoods::new("ada", "Strand").amount(1).note("n") }"#;

pub(crate) const CASES: &[Case] = &[
    case(
        "new_optional_parameter",
        |files| parameters(files).push(json!({ "name": "Gift", "type": "boolean" })),
        CALL,
        &[(Additive, "new optional parameter `Gift` (boolean)")],
    ),
    case(
        "new_required_parameter",
        |files| {
            parameters(files).push(json!({ "name": "Gift", "type": "boolean", "required": true }))
        },
        CALL,
        &[(
            Breaking,
            "new required parameter `Gift` (boolean); call `BuyGoods::new(customer, street, gift)`",
        )],
    ),
    case(
        "removed_parameter",
        |files| without(files, "Note"),
        CALL,
        &[(Breaking, "parameter `Note` is gone; drop `.note(…)`")],
    ),
    case(
        "removed_required_parameter",
        |files| without(files, "Street"),
        CALL,
        &[(
            Breaking,
            "parameter `Street` is gone; call `BuyGoods::new(customer)`",
        )],
    ),
    case(
        "renamed_on_the_wire",
        |files| parameter(files, "Note")["name"] = json!("Remark"),
        CALL,
        &[
            (Breaking, "parameter `Note` is gone; drop `.note(…)`"),
            (Additive, "new optional parameter `Remark` (string)"),
        ],
    ),
    case(
        "renamed_in_rust",
        |files| parameter(files, "Note")["rust"] = json!("remark"),
        CALL,
        &[(
            Breaking,
            "parameter `Note` is called `remark` (was `note`); write `.remark` for `.note`",
        )],
    ),
    case(
        "type_of_a_parameter",
        |files| parameter(files, "Note")["type"] = json!("integer"),
        CALL,
        &[(
            Breaking,
            "parameter `Note` is integer (was string); give `.note(…)` such a value",
        )],
    ),
    case(
        "width_of_a_number",
        |files| parameter(files, "Amount")["format"] = json!("int64"),
        "fn f(it: shop::BuyGoods) -> Option<i32> { it.amount }",
        &[(
            Breaking,
            "parameter `Amount` has the format `int64` (was `int32`); give `.amount(…)` such a value",
        )],
    ),
    case(
        "optional_parameter_required",
        |files| parameter(files, "Note")["required"] = json!(true),
        CALL,
        &[(
            Breaking,
            "parameter `Note` is required (was optional); write `BuyGoods::new(customer, street, note)` in place of a setter",
        )],
    ),
    case(
        "required_parameter_optional",
        |files| remove(parameter(files, "Street"), "required"),
        CALL,
        &[(
            Breaking,
            "parameter `Street` is optional (was required); call `BuyGoods::new(customer)`, then `.street(…)`; the field is an `Option`",
        )],
    ),
    case(
        "region_required",
        |files| parameter(files, "RegionId")["required"] = json!(true),
        r#"fn f() -> shop::BuyGoods { shop::BuyGoods::new("ada", "Strand").region_id("cn-a") }"#,
        &[(Behaviour, "parameter `RegionId` is required (was optional)")],
    ),
    Case {
        compiles_to_something_else: true,
        ..case(
            "order_of_required_parameters",
            |files| parameters(files).swap(1, 2),
            CALL,
            &[(
                Breaking,
                "`BuyGoods::new` takes its arguments in another order; call `BuyGoods::new(street, customer)`",
            )],
        )
    },
    case(
        "nested_field_removed",
        |files| {
            remove(
                &mut parameter(files, "Line")["items"]["properties"],
                "Price",
            )
        },
        "fn f() -> shop::buy_goods::Line { shop::buy_goods::Line::new().price(1.0) }",
        &[(Breaking, "field `Line.N.Price` is gone; drop `.price(…)`")],
    ),
    case(
        "tightened_limit",
        |files| parameter(files, "Amount")["maximum"] = json!(5),
        CALL,
        &[(Tightened, "parameter `Amount` has the maximum 5 (was 10)")],
    ),
    case(
        "loosened_limit",
        |files| parameter(files, "Amount")["maximum"] = json!(50),
        CALL,
        &[(Loosened, "parameter `Amount` has the maximum 50 (was 10)")],
    ),
    case(
        "new_value",
        |files| parameter(files, "Colour")["enum"] = json!(["red", "blue", "green"]),
        "fn f() -> &'static str { shop::buy_goods::values::colour::BLUE }",
        &[(Loosened, "parameter `Colour` also takes `green`")],
    ),
    case(
        "struck_value",
        |files| parameter(files, "Colour")["enum"] = json!(["red"]),
        "fn f() -> &'static str { shop::buy_goods::values::colour::BLUE }",
        &[
            (
                Breaking,
                "the constant `values::colour::BLUE` is gone; write \"blue\"",
            ),
            (Tightened, "parameter `Colour` takes no more `blue`"),
        ],
    ),
    case(
        "new_documented_value",
        |files| {
            parameter(files, "Size")["knownValues"] =
                json!([{ "value": "small" }, { "value": "large" }, { "value": "huge" }])
        },
        "fn f() -> &'static str { shop::buy_goods::values::size::LARGE }",
        &[(Additive, "documented values of parameter `Size`: `huge`")],
    ),
    case(
        "struck_documented_value",
        |files| parameter(files, "Size")["knownValues"] = json!([{ "value": "small" }]),
        "fn f() -> &'static str { shop::buy_goods::values::size::LARGE }",
        &[
            (
                Breaking,
                "the constant `values::size::LARGE` is gone; write \"large\"",
            ),
            (
                Documentation,
                "no longer documented values of parameter `Size`: `large`",
            ),
        ],
    ),
    case(
        "secret",
        |files| parameter(files, "Note")["sensitive"] = json!(true),
        CALL,
        &[(
            Behaviour,
            "parameter `Note` is secret, and no longer printed",
        )],
    ),
    case(
        "deprecated_parameter",
        |files| parameter(files, "Note")["deprecated"] = json!({ "use": "Customer" }),
        CALL,
        &[(
            Documentation,
            "parameter `Note` is deprecated; use `customer` instead",
        )],
    ),
    case(
        "new_rule",
        |files| {
            let rule = json!({ "rule": "at-least-one-of", "parameters": ["Note", "Amount"], "reason": "So it is." });
            file(files, BUY)["constraints"]
                .as_array_mut()
                .unwrap()
                .push(rule);
        },
        CALL,
        &[(Tightened, "new rule: at least one of `Note`, `Amount`")],
    ),
    case(
        "rule_with_a_choice_removed",
        |files| remove(file(files, BUY), "constraints"),
        r#"fn f(it: shop::BuyGoods) -> shop::BuyGoods { it.drink(shop::buy_goods::Drink::Tea("green".into())) }"#,
        &[
            (
                Breaking,
                "the choice `Drink` is gone; set the parameter by its own setter in place of `.drink(…)`",
            ),
            (Loosened, "no longer a rule: at most one of `Tea`, `Coffee`"),
        ],
    ),
    case(
        "idempotency",
        |files| file(files, BUY)["idempotency"] = json!({ "token": "ClientToken" }),
        CALL,
        &[(
            Behaviour,
            "the client fills `ClientToken` in, so it may be repeated after an unclear failure",
        )],
    ),
    case(
        "default",
        |files| parameter(files, "Note")["default"] = json!("none"),
        CALL,
        &[(Documentation, "parameter `Note` has the default `none`")],
    ),
    case(
        "new_response_field",
        |files| fields(files)["Total"] = json!({ "type": "number" }),
        "fn f(it: shop::BuyGoodsResponse) -> Option<String> { it.order_id }",
        &[(Additive, "new response field `Total` (number)")],
    ),
    case(
        "removed_response_field",
        |files| remove(fields(files), "OrderId"),
        "fn f(it: shop::BuyGoodsResponse) -> Option<String> { it.order_id }",
        &[(
            Breaking,
            "response field `OrderId` is gone; drop `.order_id`",
        )],
    ),
    case(
        "type_of_a_response_field",
        |files| fields(files)["OrderId"] = json!({ "type": "integer" }),
        "fn f(it: shop::BuyGoodsResponse) -> Option<String> { it.order_id }",
        &[(
            Breaking,
            "response field `OrderId` is integer (was string); take `.order_id` as `Option<i64>`",
        )],
    ),
    case(
        "response_field_required",
        |files| fields(files)["OrderId"]["required"] = json!(true),
        "fn f(it: shop::BuyGoodsResponse) -> Option<String> { it.order_id }",
        &[],
    ),
    case(
        "second_field_beside_a_wrapped_list",
        |files| fields(files)["Items"]["properties"]["Total"] = json!({ "type": "integer" }),
        "fn f(it: shop::BuyGoodsResponse) -> Vec<String> { it.items }",
        &[
            (
                Breaking,
                "response field `Items` is `Option<ResponseItems>` (was `Vec<String>`); take `.items` as `Option<ResponseItems>`",
            ),
            (Additive, "new response field `Items.Total` (integer)"),
        ],
    ),
    case(
        "first_field_of_an_object",
        |files| fields(files)["Box"]["properties"] = json!({ "Width": { "type": "integer" } }),
        "fn f(it: shop::BuyGoodsResponse) -> Option<alicloud_runtime::rt::Value> { it.r#box }",
        &[
            (
                Breaking,
                "response field `Box` is `Option<ResponseBox>` (was `Option<Value>`); take `.r#box` as `Option<ResponseBox>`",
            ),
            (Additive, "new response field `Box.Width` (integer)"),
        ],
    ),
    case(
        "response_of_more_than_the_request_id",
        |files| file(files, SELL)["response"]["properties"]["Price"] = json!({ "type": "number" }),
        "fn f(it: shop::SellGoodsResponse) -> RequestIdResponse { it }",
        &[
            (
                Breaking,
                "`SellGoodsResponse` is a struct of its own (was `RequestIdResponse`); name it `SellGoodsResponse`",
            ),
            (Additive, "new response field `Price` (number)"),
        ],
    ),
    case(
        "new_error_code",
        |files| {
            file(files, BUY)["errors"]
                .as_array_mut()
                .unwrap()
                .push(json!({ "status": 400, "code": "New" }))
        },
        "fn f(it: shop::BuyGoodsErrorCode) -> bool { match it { shop::BuyGoodsErrorCode::Gone => true, _ => false } }",
        &[(Additive, "new error `New` with status 400")],
    ),
    case(
        "removed_error_code",
        |files| {
            file(files, BUY)["errors"].as_array_mut().unwrap().remove(0);
        },
        "fn f(it: shop::BuyGoodsErrorCode) -> bool { it == shop::BuyGoodsErrorCode::Gone }",
        &[(
            Breaking,
            "error `Gone` is gone; match `error.code_text()` with \"Gone\" for `BuyGoodsErrorCode::Gone`",
        )],
    ),
    case(
        "error_code_with_one_status_less",
        |files| {
            file(files, BUY)["errors"].as_array_mut().unwrap().remove(2);
        },
        "fn f(it: shop::BuyGoodsErrorCode) -> bool { it == shop::BuyGoodsErrorCode::Both }",
        &[(
            Documentation,
            "error `Both` no longer comes with status 403",
        )],
    ),
    case(
        "new_operation",
        |files| {
            files.insert(
                "operations/GiveGoods.json".to_owned(),
                json!({ "operation": "GiveGoods" }),
            );
        },
        CALL,
        &[(Additive, "new")],
    ),
    case(
        "removed_operation",
        |files| {
            files.remove(SELL);
        },
        "fn f() -> shop::SellGoods { shop::SellGoods::new() }",
        &[(Breaking, "is gone")],
    ),
    case(
        "deprecated_operation",
        |files| file(files, SELL)["deprecated"] = json!({ "use": "BuyGoods" }),
        "fn f() -> shop::SellGoods { shop::SellGoods::new() }",
        &[(Documentation, "it is deprecated; use `BuyGoods` instead")],
    ),
    case(
        "operation_that_only_reads",
        |files| file(files, SELL)["access"] = json!("read"),
        "fn f() -> shop::SellGoods { shop::SellGoods::new() }",
        &[(
            Behaviour,
            "it only reads (was: may write), so it may be repeated at will",
        )],
    ),
    case(
        "no_more_pages",
        |files| remove(file(files, LIST), "pagination"),
        "fn f() -> Vec<shop::list_goods::ResponseGoods> { <shop::ListGoods as Paginated>::items(Default::default()) }",
        &[(
            Breaking,
            "it is not answered in pages any more; send it in place of `Client::items` and `Client::pages`",
        )],
    ),
    case(
        "waiter_removed",
        |files| remove(file(files, LIST), "waiters"),
        "fn f() { let _ = shop::waiters::IN_STOCK; }",
        &[(
            Breaking,
            "it cannot be waited for with `waiters::IN_STOCK` any more",
        )],
    ),
    case(
        "shared_type",
        |files| {
            let line = parameter(files, "Line");
            let schema =
                std::mem::replace(&mut line["items"], json!({ "$ref": "../types/Row.json" }));
            files.insert("types/Row.json".to_owned(), schema);
        },
        "fn f() -> shop::buy_goods::Line { shop::buy_goods::Line::new() }",
        &[(
            Breaking,
            "`shop::buy_goods::Line` is called `shop::Row`; write `shop::Row`",
        )],
    ),
    case(
        "other_words",
        |files| {
            file(files, BUY)["summary"] = json!("Buys goods.");
            parameter(files, "Note")["description"] = json!("What to say.");
        },
        CALL,
        &[(
            Documentation,
            "2 descriptions and examples have other words",
        )],
    ),
];
