//! Whatever the endpoint makes up, the client takes it for what it is: the success of the operation.

use alicloud::{
    client::DynClient,
    dynamic::DynRecord,
    ecs,
    error::Error,
    fake::Endpoint,
    operation::{Operation, ProductInfo, SignatureKind},
    record::{Field, Kind, Schema},
    sts,
    validate::Violations,
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
        _ => json!(field.limits.values.first().copied().unwrap_or("example")),
    }
}

/// What a request must have.
fn request(schema: &'static Schema, depth: usize) -> Value {
    let required = schema
        .fields
        .iter()
        .filter(|field| field.required && depth < 6);
    let fields: Map<_, _> = required
        .map(|field| (field.name.to_owned(), value(field, depth)))
        .collect();
    Value::Object(fields)
}

async fn call(client: &DynClient, operation: &'static Operation) -> Result<Value, Error> {
    let json = request(operation.request, 0);
    let read: Result<DynRecord, Violations> = DynRecord::from_json(operation.request, &json);
    read.unwrap_or_else(|error| panic!("{}: {error}", operation.name));
    let call = client.request(operation.name, json)?;
    call.skip_validation().send().await
}

#[tokio::test]
async fn every_answer_that_is_made_up_is_a_success() {
    let products: [&'static ProductInfo; 2] = [&ecs::PRODUCT, &sts::PRODUCT];
    for product in products {
        let endpoint = Endpoint::start(&[product]).await.unwrap();
        let client = DynClient::builder(product)
            .region("cn-hangzhou")
            .endpoint(endpoint.url())
            .credentials(endpoint.credentials())
            .signature(SignatureKind::Acs3)
            .deadline(None)
            .build()
            .unwrap();
        let mut failures = Vec::new();
        let mut answered = 0;
        for operation in product.operations {
            match call(&client, operation).await {
                Ok(_) => answered += 1,
                Err(error) if error.status() == Some(200) => failures.push(error.to_string()),
                // The endpoint checks what was made up here for the request, too.
                Err(_) => {}
            }
        }
        assert_eq!(failures, [""; 0]);
        println!("{} of {} answered", answered, product.operations.len());
    }
}
