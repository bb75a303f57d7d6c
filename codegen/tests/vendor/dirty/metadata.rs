//! Metadata of made-up products, dirtier than any that was seen.

use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Map, Value, json};

/// Names that mean something to Rust, to generated code, or to the file system.
const WORDS: &[&str] = &[
    "Id",
    "RegionId",
    "InstanceId",
    "Instances",
    "Instance",
    "Tag",
    "Tags",
    "Key",
    "key",
    "KEY",
    "Value",
    "value",
    "Type",
    "type",
    "Self",
    "self",
    "super",
    "crate",
    "Crate",
    "_",
    "__",
    "Async",
    "Gen",
    "Match",
    "Fn",
    "Loop",
    "Option",
    "String",
    "Vec",
    "Result",
    "Some",
    "None",
    "Ok",
    "Err",
    "Default",
    "default",
    "Clone",
    "clone",
    "Debug",
    "New",
    "new",
    "Validate",
    "Other",
    "other",
    "Unknown",
    "Request",
    "Response",
    "Operation",
    "Record",
    "Field",
    "Shape",
    "Rule",
    "RuleKind",
    "Member",
    "Limits",
    "Pattern",
    "Format",
    "Style",
    "Location",
    "Access",
    "Method",
    "Pagination",
    "Paginated",
    "Permission",
    "ResourceType",
    "Waiter",
    "ErrorCode",
    "ErrorRow",
    "Bytes",
    "BTreeMap",
    "From",
    "Into",
    "ToOwned",
    "Iterator",
    "Client",
    "Endpoint",
    "Product",
    "ProductInfo",
    "SignatureKind",
    "Std",
    "Core",
    "Alicloud",
    "Mod",
    "Lib",
    "Main",
    "Test",
    "Box",
    "I32",
    "Str",
    "Bool",
    "Usize",
    "Drop",
    "Add",
    "Not",
    "Next",
    "Eq",
    "Hash",
    "Get",
    "Slot",
    "Get.Slot",
    "Shape.Name",
    "AB",
    "A.B",
    "Ab",
    "A_b",
    "a-b",
    "a b",
    "A.b",
    "AbC",
    "ABC",
    "A.B.C",
    "IPv6",
    "Ipv6",
    "IPV6",
    "vCPU",
    "VCpu",
    "2fa",
    "2Fa",
    "_2fa",
    "1",
    "12",
    "",
    " ",
    ".",
    "..",
    "Tag.N",
    "Tag.1.Key",
    "Tag.N.Key",
    "N",
    "#6#",
    "#1",
    "x-acs-id",
    "名称",
    "名",
    "имя",
    "é",
    "ﬁ",
    "🦀",
    "a\u{202e}b",
    "a\nb",
    "a\"b",
    "a\\b",
    "a'b",
    "a`b",
    "a/b",
    "a~b",
    "~1",
    "~0",
    "%s",
    "{region}",
    "$ref",
    "PageNumber",
    "PageSize",
    "NextToken",
    "MaxResults",
    "TotalCount",
    "ClientToken",
    "DryRun",
    "Password",
    "RequestId",
    "Code",
    "Message",
    "Success",
    "FooResponse",
    "FooErrorCode",
    "Foo",
    "FooRequest",
    "Patterns",
    "PatternDd0fa2562b95d588",
    "OPERATION",
    "PRODUCT",
    "ThisIsAVeryLongNameThatGoesOnAndOnAndOnUntilNobodyKnowsAnyMoreWhereItBeganOrWhatItWasAboutInTheFirstPlace",
];

fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        12 => select(WORDS).prop_map(str::to_owned),
        1 => any::<String>(),
        1 => "[A-Z][a-z]{1,6}([A-Z][a-z]{1,6}){0,2}",
    ]
}

/// Markdown, HTML, quotes, whatever ends a comment or a text.
fn prose() -> impl Strategy<Value = String> {
    let piece = select(vec![
        "words",
        " ",
        "\n",
        "\r\n",
        "\r",
        "\t",
        "    code",
        "`",
        "```",
        "```rust\nlet a = 1;\n```",
        "~~~",
        "<b>",
        "</b>",
        "<br/>",
        "<props=\"china\">",
        "<!--",
        "[",
        "](",
        "[link](https://example.com/a?b=c)",
        "[Foo]",
        "[`Foo`](Foo)",
        "https://example.com/x",
        "(http://help.example.com/a.html)",
        "*/",
        "/*",
        "//",
        "\"",
        "'",
        "\\",
        "\\n",
        "{}",
        "{",
        "%s",
        "|",
        "- item",
        "1. item",
        "> quote",
        "# head",
        "&lt;",
        "&",
        "$",
        "@",
        "描述。",
        "，",
        "：",
        "é",
        "\u{0}",
        "\u{202e}",
        "\u{2028}",
        "\u{feff}",
        "r#\"",
        "#\"",
        "\u{7f}",
    ]);
    vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

/// Any JSON, but not much of it.
fn junk() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-1e308..1e308).prop_map(Value::from),
        (-9_i32..99).prop_map(Value::from),
        word().prop_map(Value::from),
        prose().prop_map(Value::from),
        (-99_i64..9_999).prop_map(|number| Value::from(number.to_string())),
    ];
    scalar.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((word(), inner), 0..4)
                .prop_map(|entries| Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn kind() -> impl Strategy<Value = Value> {
    let kind = select(vec![
        "string", "integer", "number", "boolean", "array", "object", "any", "string", "integer",
        "array", "object", "String", "int", "long", "float", "double", "bool", "list", "map",
        "file", "date", "null", "money", "", "JSON",
    ]);
    prop_oneof![
        20 => kind.prop_map(Value::from),
        1 => Just(json!(["string", "null"])),
        1 => junk(),
    ]
}

/// What a keyword is given: what it wants, or what it does not.
fn keyword() -> impl Strategy<Value = (&'static str, Value)> {
    let count = || {
        prop_oneof![
            (-3_i64..300).prop_map(Value::from),
            (0_i64..300).prop_map(|n| Value::from(n.to_string())),
            (-10.0..10.0).prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            junk(),
        ]
    };
    let flag = || {
        prop_oneof![
            Just(json!(true)),
            Just(json!("true")),
            Just(json!(["Key", "Id"])),
            junk()
        ]
    };
    let pattern = prop_oneof![
        select(vec![
            "^[a-z]+$",
            "(",
            "(?<=x)y",
            "^[\\u4e00-\\u9fa5]+$",
            "\\p{Han}",
            "[",
            "a{1000}",
            "/^a$/i",
            "^\\S{1,64}$",
            "\"",
            ""
        ])
        .prop_map(Value::from),
        junk(),
    ];
    let values = prop_oneof![
        vec(word().prop_map(Value::from), 0..5).prop_map(Value::from),
        vec((-2_i64..5).prop_map(Value::from), 0..5).prop_map(Value::from),
        Just(json!("a,b,c")),
        Just(json!(["1", 1, true, null, "1"])),
        junk(),
    ];
    let format = select(vec![
        "int32",
        "int64",
        "float",
        "double",
        "binary",
        "byte",
        "date",
        "date-time",
        "ipv4",
        "ipv6",
        "uri",
        "password",
        "INT32",
    ]);
    prop_oneof![
        select(vec![
            "minimum",
            "maximum",
            "exclusiveMinimum",
            "exclusiveMaximum",
            "minLength",
            "maxLength",
            "minItems",
            "maxItems",
            "multipleOf",
            "uniqueItems"
        ])
        .prop_flat_map(move |key| (Just(key), count())),
        select(vec![
            "required",
            "deprecated",
            "nullable",
            "readOnly",
            "isFileTransferUrl",
            "backendName"
        ])
        .prop_flat_map(move |key| (Just(key), flag())),
        (
            Just("format"),
            prop_oneof![format.prop_map(Value::from), junk()]
        ),
        (Just("pattern"), pattern),
        (Just("enum"), values),
        select(vec!["example", "default"]).prop_flat_map(|key| (Just(key), junk())),
        select(vec!["description", "title"])
            .prop_flat_map(|key| (Just(key), prose().prop_map(Value::from))),
        select(vec![
            "items",
            "properties",
            "additionalProperties",
            "allOf",
            "oneOf",
            "anyOf",
            "not",
            "x-extension",
            "docRequired"
        ])
        .prop_flat_map(|key| (Just(key), junk())),
    ]
}

fn with_keywords(kind: Value, keywords: Vec<(&'static str, Value)>) -> Map<String, Value> {
    let mut map = Map::new();
    map.insert("type".to_owned(), kind);
    for (key, value) in keywords {
        map.insert(key.to_owned(), value);
    }
    map
}

fn schema() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        12 => (kind(), vec(keyword(), 0..4)).prop_map(|(kind, keywords)| Value::Object(with_keywords(kind, keywords))),
        2 => select(vec!["A", "B", "Loop", "Nowhere", "a/b", ""])
            .prop_map(|name| json!({ "$ref": format!("#/components/schemas/{name}") })),
        1 => junk(),
    ];
    leaf.prop_recursive(5, 40, 6, |inner| {
        prop_oneof![
            (vec(keyword(), 0..2), inner.clone()).prop_map(|(keywords, items)| {
                let mut map = with_keywords(json!("array"), keywords);
                map.insert("items".to_owned(), items);
                Value::Object(map)
            }),
            (vec(keyword(), 0..2), inner.clone()).prop_map(|(keywords, values)| {
                let mut map = with_keywords(json!("object"), keywords);
                map.insert("additionalProperties".to_owned(), values);
                Value::Object(map)
            }),
            (vec(keyword(), 0..2), vec((word(), inner.clone()), 0..6)).prop_map(
                |(keywords, properties)| {
                    let mut map = with_keywords(json!("object"), keywords);
                    let properties: Map<String, Value> = properties.into_iter().collect();
                    map.insert("properties".to_owned(), Value::Object(properties));
                    Value::Object(map)
                }
            ),
            (vec((word(), inner.clone()), 0..3)).prop_map(|properties| {
                let list: Vec<Value> = properties
                    .into_iter()
                    .map(|(name, schema)| json!({ "name": name, "schema": schema }))
                    .collect();
                json!({ "type": "object", "properties": list })
            }),
            vec(inner, 0..3).prop_map(|all| json!({ "allOf": all })),
        ]
    })
}

fn parameter() -> impl Strategy<Value = Value> {
    let place = select(vec![
        "query", "query", "formData", "body", "header", "path", "host", "Query", "cookie", "",
    ]);
    let style = select(vec![
        "repeatList",
        "flat",
        "json",
        "simple",
        "spaceDelimited",
        "pipeDelimited",
        "form",
        "deepObject",
        "",
    ]);
    let whole = (word(), place, prop::option::of(style), schema()).prop_map(
        |(name, place, style, schema)| {
            let mut map = json!({ "name": name, "in": place, "schema": schema });
            if let (Some(style), Some(map)) = (style, map.as_object_mut()) {
                map.insert("style".to_owned(), style.into());
            }
            map
        },
    );
    prop_oneof![15 => whole, 1 => junk()]
}

fn responses() -> impl Strategy<Value = Value> {
    let schema = prop_oneof![
        6 => vec((word(), schema()), 0..8).prop_map(|properties| {
            json!({ "type": "object", "properties": properties.into_iter().collect::<Map<_, _>>() })
        }),
        1 => schema(),
    ];
    prop_oneof![
        8 => schema.prop_map(|schema| json!({ "200": { "schema": schema } })),
        1 => Just(json!({})),
        1 => Just(json!({ "200": {}, "default": { "schema": { "type": "string" } } })),
        1 => junk(),
    ]
}

fn error_codes() -> impl Strategy<Value = Value> {
    let status = select(vec![
        "400",
        "403",
        "404",
        "500",
        "200",
        "999999",
        "-1",
        "4xx",
        "",
        "400 ",
        "undefined",
    ]);
    let code = prop_oneof![
        word(),
        prose(),
        select(vec![
            "InvalidParameter",
            "InValidParameter",
            "InvalidParameter.%s",
            "Invalid%s%s",
            "%s",
            "Invalid.Parameter",
            "404",
            "Unknown",
            "Any",
            "Forbidden.RAM ",
            "a\"b\\c\nd",
            "Invalid参数",
            "***",
            "KNOWN",
            "UNKNOWN",
            "%",
            "%d",
            "{0}",
            "$code",
            "Format",
            "Value",
            "Bytes",
            "Pattern",
            "Style",
        ])
        .prop_map(str::to_owned),
    ];
    let row = (code, prose())
        .prop_map(|(code, message)| json!({ "errorCode": code, "errorMessage": message, "description": message }));
    let row = prop_oneof![15 => row, 1 => junk()];
    let table = vec((status, vec(row, 0..6)), 0..4).prop_map(|groups| {
        let groups = groups
            .into_iter()
            .map(|(status, rows)| (status.to_owned(), rows.into()));
        Value::Object(groups.collect())
    });
    prop_oneof![12 => table, 1 => junk()]
}

fn operation() -> impl Strategy<Value = Value> {
    let facts = (
        vec(parameter(), 0..8),
        prop::option::of(responses()),
        prop::option::of(error_codes()),
        prop::option::of(prose()),
        prop::option::of(select(vec!["get", "post", "put", "", "GET"])),
        vec(
            (
                select(vec![
                    "deprecated",
                    "summary",
                    "security",
                    "methods",
                    "schemes",
                    "systemTags",
                    "ramActions",
                    "path",
                    "responseDemo",
                    "operationType",
                    "consumes",
                    "title",
                    "staticInfo",
                ]),
                junk(),
            ),
            0..2,
        ),
    );
    let whole = facts.prop_map(|(parameters, responses, errors, words, method, more)| {
        let mut map = Map::new();
        map.insert("parameters".to_owned(), parameters.into());
        let mut put =
            |key: &str, value: Option<Value>| value.map(|value| map.insert(key.to_owned(), value));
        put("responses", responses);
        put("errorCodes", errors);
        put("summary", words.clone().map(Value::from));
        put("description", words.map(Value::from));
        put("methods", method.map(|method| json!([method])));
        for (key, value) in more {
            put(key, Some(value));
        }
        Value::Object(map)
    });
    prop_oneof![25 => whole, 1 => junk()]
}

fn operation_name() -> impl Strategy<Value = String> {
    prop_oneof![
        word(),
        "(Describe|Create|Delete|List)[A-Z][a-z]{1,6}",
        select(vec![
            "Foo",
            "FooResponse",
            "FooErrorCode",
            "FooRequest",
            "Operation",
            "Request",
            "Shop",
            "Client",
            "Endpoint"
        ])
        .prop_map(str::to_owned),
    ]
}

/// A whole document. Its style is right, for the rest of it to be read.
pub(crate) fn document(operations: std::ops::Range<usize>) -> impl Strategy<Value = Value> {
    let product = select(vec![
        "Shop",
        "Ocr-Api",
        "String",
        "Client",
        "Std",
        "Operation",
        "2fa",
        "R-kvstore",
        "Foo",
    ]);
    let endpoint = (
        select(vec!["cn-a", "cn-b", "public", ""]),
        select(vec![
            "shop.cn-a.example.com",
            "shop.example.com",
            "https://shop.example.com/",
            "",
            "a b",
        ]),
    )
        .prop_map(|(region, host)| json!({ "regionId": region, "endpoint": host }));
    (
        product,
        vec((operation_name(), operation()), operations),
        vec(schema(), 3),
        vec(prop_oneof![8 => endpoint, 1 => junk()], 0..4),
        prop_oneof![4 => Just(json!([{ "title": "Goods", "children": ["Foo", { "title": "<b>[x]", "children": ["Operation"] }] }])), 1 => junk()],
    )
        .prop_map(|(product, operations, schemas, endpoints, directories)| {
            let [a, b, c] = schemas.try_into().unwrap_or_default();
            json!({
                "version": "1.0",
                "info": { "style": "RPC", "product": product, "version": "2020-01-01" },
                "directories": directories,
                "components": { "schemas": {
                    "A": a, "B": b, "a/b": c,
                    "Loop": { "type": "object", "properties": { "Next": { "$ref": "#/components/schemas/Loop" } } },
                } },
                "apis": operations.into_iter().collect::<Map<_, _>>(),
                "endpoints": endpoints,
            })
        })
}

/// A document in which one value, or two, became something else altogether.
pub(crate) fn broken() -> impl Strategy<Value = Value> {
    (
        document(1..4),
        vec((any::<prop::sample::Index>(), junk()), 1..3),
    )
        .prop_map(|(mut document, changes)| {
            for (at, with) in changes {
                let mut at = at.index(count(&document));
                replace(&mut document, &mut at, &with);
            }
            document
        })
}

fn count(value: &Value) -> usize {
    1 + match value {
        Value::Array(items) => items.iter().map(count).sum(),
        Value::Object(fields) => fields.values().map(count).sum(),
        _ => 0,
    }
}

fn replace(value: &mut Value, at: &mut usize, with: &Value) -> bool {
    if *at == 0 {
        *value = with.clone();
        return true;
    }
    *at -= 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, at, with)),
        Value::Object(fields) => fields.values_mut().any(|field| replace(field, at, with)),
        _ => false,
    }
}
