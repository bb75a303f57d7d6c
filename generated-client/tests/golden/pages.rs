//! Pages in the shapes that real operations have.

use alicloud::fake;
use serde_json::json;

use crate::golden::cloud::{self, DescribeClassicLinkInstances};

/// Some services write page numbers as text.
#[tokio::test]
async fn page_numbers_may_be_text() {
    let endpoint = fake::Endpoint::start(&[&cloud::PRODUCT]).await.unwrap();
    for ids in [vec!["i-1", "i-2"], vec!["i-3"]] {
        let links: Vec<_> = ids.iter().map(|id| json!({ "InstanceId": id })).collect();
        endpoint.respond_next(
            "DescribeClassicLinkInstances",
            json!({ "TotalCount": 3, "Links": { "Link": links } }),
        );
    }
    let client = cloud::Client::builder()
        .region("cn-hangzhou")
        .endpoint(endpoint.url())
        .credentials(endpoint.credentials())
        .build()
        .unwrap();
    let request = DescribeClassicLinkInstances::new()
        .vpc_id("vpc-1")
        .page_size("2");
    let links = client.items(request).collect().await.unwrap();
    let ids: Vec<_> = links
        .iter()
        .filter_map(|link| link.instance_id.as_deref())
        .collect();
    assert_eq!(ids, ["i-1", "i-2", "i-3"]);
    let asked = endpoint.requests();
    let numbers: Vec<_> = asked
        .iter()
        .map(|request| request.parameter("PageNumber").unwrap_or(""))
        .collect();
    assert_eq!(numbers, ["", "2"]);
}
