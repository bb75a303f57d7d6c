//! Calls a product that this crate does not have, from specs alone: they are written, loaded, served by
//! an embedded endpoint and called, and no code is generated. With `cargo xtask codegen`, or a build
//! script, the same specs make a typed client.
//!
//! ```text
//! cargo run --example own_product
//! ```

use std::fs;

use alicloud::{client::DynClient, fake::Endpoint};
use serde_json::json;

const PRODUCT: &str = r#"{
    "product": "Bakery",
    "version": "2026-01-01",
    "title": "Bakery",
    "signatures": ["acs3-hmac-sha256"],
    "endpoints": [{ "region": "eu-central-1", "host": "bakery.eu-central-1.example.com" }]
}"#;

const OPERATION: &str = r#"{
    "operation": "BakeBread",
    "summary": "Bakes bread.",
    "parameters": [
        { "name": "Count", "type": "integer", "format": "int32", "minimum": 1, "maximum": 12,
          "description": "How many loaves." },
        { "name": "Name", "type": "array", "style": "repeatList", "items": { "type": "string" },
          "description": "The names of the loaves." }
    ],
    "constraints": [
        { "rule": "exactly-one-of", "parameters": ["Count", "Name"], "reason": "Loaves are counted or named." }
    ],
    "response": {
        "type": "object",
        "properties": {
            "RequestId": { "type": "string", "description": "The ID of the request." },
            "Loaves": { "type": "array", "items": { "type": "string" }, "description": "What was baked.",
                "echo": { "values": "Name", "count": "Count" } }
        }
    },
    "errors": [{ "status": 409, "code": "OvenBusy", "message": "The oven is in use.", "description": "Another bread is in it." }]
}"#;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    // A folder for each product, a file for each operation.
    let specs = tempfile::tempdir()?;
    let bakery = specs.path().join("bakery");
    fs::create_dir_all(bakery.join("operations"))?;
    fs::write(bakery.join("product.json"), PRODUCT)?;
    fs::write(bakery.join("operations/BakeBread.json"), OPERATION)?;

    let products = alicloud_codegen::tables::load(specs.path())?;
    let endpoint = Endpoint::start(&products).await?;
    let client = DynClient::builder(products[0])
        .region("eu-central-1")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()?;

    let baked = client.call("BakeBread", json!({ "Name": ["rye"] })).await?;
    println!("{}", baked["Loaves"]);
    assert_eq!(baked["Loaves"], json!(["rye"]));

    // The rules of the specs hold before anything is sent, and so do its error tables.
    for request in [json!({}), json!({ "Count": 13, "Name": ["rye"] })] {
        match client.call("BakeBread", request).await {
            Err(error) => println!("{error}"),
            Ok(baked) => return Err(format!("it was baked: {baked}").into()),
        }
    }
    Ok(())
}
