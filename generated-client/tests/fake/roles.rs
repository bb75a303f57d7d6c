//! Roles of the endpoint: who assumes one can act as it, until its time is over.

use alicloud::{
    client::DynClient,
    credentials::Credentials,
    ecs,
    error::Error,
    fake::{Endpoint, Scenario},
    sts,
};
use serde_json::{Value, json};

fn client(
    endpoint: &Endpoint,
    product: &'static alicloud::operation::ProductInfo,
    key: Credentials,
) -> DynClient {
    DynClient::builder(product)
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(key)
        .build()
        .unwrap()
}

async fn who(endpoint: &Endpoint, key: Credentials) -> Value {
    let client = client(endpoint, &sts::PRODUCT, key);
    let body = client.call("GetCallerIdentity", json!({})).await.unwrap();
    json!([body["IdentityType"], body["Arn"], body["AccountId"]])
}

#[tokio::test]
async fn an_assumed_role_can_be_acted_as_until_it_ends() {
    let endpoint = Endpoint::builder(&[&ecs::PRODUCT, &sts::PRODUCT]);
    let endpoint = endpoint.scenario(Scenario::default()).start().unwrap();
    let root = endpoint.credentials();
    assert_eq!(
        who(&endpoint, root.clone()).await,
        json!([
            "Account",
            "acs:ram::1234567890123456:root",
            "1234567890123456"
        ])
    );
    let request = json!({
        "RoleArn": "acs:ram::9876543210987654:role/reader",
        "RoleSessionName": "nightly",
        "DurationSeconds": 900,
    });
    let sts_client = client(&endpoint, &sts::PRODUCT, root);
    let body = sts_client.call("AssumeRole", request).await.unwrap();
    let arn = "acs:ram::9876543210987654:assumed-role/reader/nightly";
    assert_eq!(body["AssumedRoleUser"]["Arn"], arn);
    let text = |name: &str| body["Credentials"][name].as_str().unwrap().to_owned();
    let key = Credentials::new(text("AccessKeyId"), text("AccessKeySecret"));
    let without = client(&endpoint, &ecs::PRODUCT, key.clone());
    let Err(Error::Service(error)) = without.call("DescribeRegions", json!({})).await else {
        panic!("a temporary key without its token is refused");
    };
    assert_eq!(error.code_text(), "MissingSecurityToken");
    let key = key.with_security_token(text("SecurityToken"));
    let acting = client(&endpoint, &ecs::PRODUCT, key.clone());
    acting.call("DescribeRegions", json!({})).await.unwrap();
    assert_eq!(
        who(&endpoint, key).await,
        json!(["AssumedRoleUser", arn, "9876543210987654"])
    );
    endpoint.set_clock(901);
    acting.call("DescribeRegions", json!({})).await.unwrap_err();
    let mut codes = endpoint.requests().into_iter().filter_map(|it| it.code);
    assert!(
        codes.next_back().unwrap().ends_with("Expired"),
        "{:?}",
        endpoint.requests()
    );
}

/// The body of a form tells who is meant, not a signature.
#[tokio::test]
async fn a_role_is_assumed_with_a_token_of_another_service() {
    let endpoint = Endpoint::builder(&[&sts::PRODUCT]);
    let endpoint = endpoint.scenario(Scenario::default()).start().unwrap();
    let request = json!({
        "RoleArn": "acs:ram::1:role/r",
        "OIDCProviderArn": "acs:ram::1:oidc-provider/p",
        "OIDCToken": "e.y.J",
        "RoleSessionName": "pod",
    });
    let sts_client = client(&endpoint, &sts::PRODUCT, endpoint.credentials());
    let body = sts_client.call("AssumeRoleWithOIDC", request).await;
    let body = body.unwrap();
    let text = |name: &str| body["Credentials"][name].as_str().unwrap().to_owned();
    let key = Credentials::new(text("AccessKeyId"), text("AccessKeySecret"));
    let key = key.with_security_token(text("SecurityToken"));
    assert_eq!(
        who(&endpoint, key).await,
        json!(["AssumedRoleUser", "acs:ram::1:assumed-role/r/pod", "1"])
    );
}
