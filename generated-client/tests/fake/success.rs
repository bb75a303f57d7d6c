//! Whatever the endpoint makes up, the client takes it for what it is: the success of the operation.

use alicloud::{
    client::DynClient,
    dynamic::DynRecord,
    error::Error,
    fake::Endpoint,
    operation::Operation,
    record::{Field, Format, Kind, Schema},
    validate::check,
};
use serde_json::{Map, Value, json};

/// A value that a field takes.
fn value(field: &Field, depth: usize) -> Value {
    match field.kind {
        Kind::Object(schema) => request(schema, depth + 1),
        Kind::List(element) => json!([value(element, depth + 1)]),
        Kind::Map(element) => json!({ "key": value(element, depth + 1) }),
        Kind::Int32 | Kind::Int64 => json!(1),
        Kind::Float => json!(1.0),
        Kind::Boolean => json!(true),
        Kind::Bytes => json!("ZXhhbXBsZQ=="),
        _ => json!(match (field.limits.values.first(), field.limits.format) {
            (Some(first), _) => first,
            (_, Some(Format::Ipv6)) => "2001:db8::1",
            (_, Some(Format::Ipv4)) => "192.0.2.1",
            _ => text(field),
        }),
    }
}

/// A text that the pattern of a field matches, where one of these does.
fn text(field: &Field) -> &'static str {
    let plain = ["example", "1"];
    let pattern = field.limits.pattern;
    let fits = |text: &&&str| pattern.is_none_or(|pattern| pattern.is_match(text));
    plain.iter().find(fits).unwrap_or(&plain[0])
}

/// What an object must have, and one field at least: one with nothing in it is not sent.
fn request(schema: &'static Schema, depth: usize) -> Value {
    let fill = |field: &Field| (field.name.to_owned(), value(field, depth));
    let required = schema
        .fields
        .iter()
        .filter(|field| field.required && depth < 6);
    let mut fields: Map<_, _> = required.map(fill).collect();
    if fields.is_empty() && depth > 0 {
        fields.extend(schema.fields.first().map(fill));
    }
    Value::Object(fields)
}

/// A request that breaks no rule: what a rule asks for is added until none asks for more.
fn valid(operation: &'static Operation) -> Value {
    let schema = operation.request.get();
    let mut json = request(schema, 0);
    for _ in 0..20 {
        let record = DynRecord::from_json(schema, &json);
        let record = record.unwrap_or_else(|error| panic!("{}: {error}", operation.name));
        let Err(violations) = check(&record) else {
            break;
        };
        let mut named = violations.iter().flat_map(|it| it.parameter.split(", "));
        if !named.any(|name| add(schema, &mut json, name)) {
            break;
        }
    }
    json
}

/// Gives a parameter, such as `Size` or `Disk.1.Size`, that is not there.
fn add(schema: &'static Schema, json: &mut Value, name: &str) -> bool {
    let Some(field) = schema.fields.iter().find(|field| {
        let rest = name.strip_prefix(field.name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }) else {
        return false;
    };
    let Some(known) = json.get_mut(field.name) else {
        json[field.name] = value(field, 0);
        return true;
    };
    let within = name[field.name.len()..].trim_start_matches('.');
    match (field.kind, within.split_once('.')) {
        (Kind::Object(schema), _) => add(schema, known, within),
        (Kind::List(element), Some((index, within))) => match (element.kind, index.parse()) {
            (Kind::Object(schema), Ok(index @ 1_usize..)) => {
                add(schema, &mut known[index - 1], within)
            }
            _ => false,
        },
        _ => false,
    }
}

async fn call(client: &DynClient, operation: &'static Operation) -> Result<Value, Error> {
    let call = client.request(operation.name, valid(operation))?;
    call.skip_validation().send().await
}

#[tokio::test]
async fn every_answer_that_is_made_up_is_a_success() {
    let mut failures = Vec::new();
    for product in alicloud::PRODUCTS {
        let endpoint = Endpoint::start(&[product]).await.unwrap();
        for signature in product.signatures {
            let client = DynClient::builder(product)
                .region("cn-hangzhou")
                .endpoint(endpoint.url())
                .credentials(endpoint.credentials())
                .signature(*signature)
                .deadline(None)
                .build()
                .unwrap();
            for operation in product.operations {
                if let Err(error) = call(&client, operation).await {
                    failures.push(format!("{}: {error}", product.code));
                }
            }
        }
    }
    assert_eq!(failures, [""; 0]);
}
