//! The embedded endpoint serves a product of which there are specs and no generated code.

use std::path::Path;

use alicloud::{client::DynClient, error::Error, fake::Endpoint, operation::SignatureKind};
use serde_json::{Value, json};

async fn refusal(client: &DynClient, request: Value) -> (String, String) {
    let call = client.request("BuyGoods", request).unwrap();
    match call.skip_validation().send().await {
        Err(Error::Service(error)) => (error.code_text().to_owned(), error.message().to_owned()),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_product_without_generated_code_is_served() {
    let specs = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tables/specs");
    let products = alicloud_codegen::tables::load(&specs).unwrap();
    let endpoint = Endpoint::start(&products).await.unwrap();
    for kind in [SignatureKind::Acs3, SignatureKind::Rpc] {
        let client = DynClient::builder(products[0])
            .region("cn-hangzhou")
            .signature(kind)
            .endpoint(endpoint.url())
            .credentials(endpoint.credentials())
            .build()
            .unwrap();
        // Answered by its descriptor: the example, and what was asked for.
        let request = json!({ "GoodsId": ["g-7", "g-8"] });
        let mut bought = client.call("BuyGoods", request).await.unwrap();
        bought["RequestId"] = Value::Null;
        let expected = json!({
            "RequestId": null, "Goods": { "GoodsId": ["g-7", "g-8"] }, "Price": 9.5,
        });
        assert_eq!(bought, expected);

        // Checked against its limits and rules.
        let beyond = json!({ "Count": 11 });
        let said = "Count: 11 is too large; at most 10 is allowed";
        assert_eq!(
            refusal(&client, beyond).await,
            ("InvalidParameter".to_owned(), said.to_owned())
        );
        let both = json!({ "Count": 1, "GoodsId": ["g-1"] });
        let (code, said) = refusal(&client, both).await;
        assert_eq!(code, "InvalidParameter");
        assert!(
            said.contains("Name goods, or let the shop choose."),
            "{said}"
        );
        let unpaid = json!({ "Count": 1, "Gift": true });
        let (_, said) = refusal(&client, unpaid).await;
        assert!(said.contains("Gifts are paid by voucher."), "{said}");
        let pattern = json!({ "GoodsId": ["7"] });
        let (_, said) = refusal(&client, pattern).await;
        assert!(said.starts_with("GoodsId.1: "), "{said}");
    }
}

#[test]
fn what_is_wrong_with_specs_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let product = folder.path().join("shop");
    std::fs::create_dir_all(product.join("operations")).unwrap();
    std::fs::write(product.join("product.json"), "{").unwrap();
    let failure = alicloud_codegen::tables::load(folder.path()).unwrap_err();
    assert!(failure.to_string().contains("product.json"), "{failure}");
}
