//! Which host a client goes to.

use crate::support::{NET, NET_SERVICE};
use alicloud_runtime::{
    client::DynClient,
    operation::{Access, Operation, SchemaRef},
    record::{Field, Fields, Location, Schema},
};
use alicloud_runtime::{
    credentials::Environment,
    endpoint::{Network, Source, mistaken, resolve},
    operation::{ProductInfo, ServiceInfo},
};

fn environment(endpoint: &str) -> Environment {
    Environment::from_vars([("ALIBABA_CLOUD_NET_ENDPOINT", endpoint)])
}

fn find(
    product: &ServiceInfo,
    region: Option<&str>,
    network: Network,
    explicit: Option<&str>,
    variable: &str,
) -> Result<(String, Source), String> {
    resolve(product, region, network, explicit, &environment(variable))
        .map(|found| (found.origin, found.source))
        .map_err(|error| error.to_string())
}

#[test]
fn explicit_then_environment_then_table_then_rule() {
    use Network::{Public, Vpc};
    let cases = [
        (
            Some("cn-hangzhou"),
            Vpc,
            Some("a.example.com"),
            "b.example.com",
            "https://a.example.com",
            Source::Explicit,
        ),
        (
            None,
            Public,
            Some("http://127.0.0.1:8080/"),
            "",
            "http://127.0.0.1:8080",
            Source::Explicit,
        ),
        (
            None,
            Public,
            Some("[::1]:8080"),
            "",
            "https://[::1]:8080",
            Source::Explicit,
        ),
        (
            None,
            Public,
            Some("A.Example.com:443"),
            "",
            "https://a.example.com",
            Source::Explicit,
        ),
        (
            Some("cn-hangzhou"),
            Vpc,
            None,
            "http://b.example.com",
            "http://b.example.com",
            Source::Environment,
        ),
        (
            Some("cn-hangzhou"),
            Public,
            None,
            "",
            "https://net.cn-hangzhou.example.com",
            Source::Table,
        ),
        (
            Some("cn-hangzhou"),
            Vpc,
            None,
            "",
            "https://net-vpc.cn-hangzhou.example.com",
            Source::Table,
        ),
        (
            Some("cn-shanghai"),
            Public,
            None,
            "",
            "https://net.example.com",
            Source::Table,
        ),
        (
            Some("cn-shanghai"),
            Vpc,
            None,
            "",
            "https://net-vpc.cn-shanghai.invalid",
            Source::Table,
        ),
        (
            Some("mars-1"),
            Public,
            None,
            "",
            "https://net.mars-1.invalid",
            Source::Rule,
        ),
        (
            Some("mars-1"),
            Vpc,
            None,
            "",
            "https://net-vpc.mars-1.invalid",
            Source::Rule,
        ),
    ];
    for (region, network, explicit, variable, origin, source) in cases {
        let found = find(&NET, region, network, explicit, variable);
        assert_eq!(
            found,
            Ok((origin.to_owned(), source)),
            "{region:?} {network:?} {explicit:?} {variable}"
        );
    }
}

#[test]
fn the_host_header_has_an_unusual_port_only() {
    let host = |endpoint| {
        resolve(
            &NET,
            None,
            Network::Public,
            Some(endpoint),
            &environment(""),
        )
        .unwrap()
        .host
    };
    assert_eq!(host("http://a.example.com:80"), "a.example.com");
    assert_eq!(host("http://a.example.com:443"), "a.example.com:443");
    assert_eq!(host("https://a.example.com:443"), "a.example.com");
}

#[test]
fn what_cannot_work_says_why_and_what_would() {
    let without_rule = ServiceInfo {
        endpoint_rule: None,
        vpc_endpoint_rule: None,
        ..NET_SERVICE
    };
    let texts = [
        find(&NET, Some("cn-hangzhou/evil"), Network::Public, None, ""),
        find(&NET, Some("CN-Hangzhou"), Network::Public, None, ""),
        find(&NET, Some(""), Network::Public, None, ""),
        find(
            &NET,
            Some("a\nb"),
            Network::Public,
            Some("a.example.com"),
            "",
        ),
        find(&NET, None, Network::Public, None, ""),
        find(
            &NET,
            None,
            Network::Public,
            Some("https://user:pw@a.example.com"),
            "",
        ),
        find(
            &NET,
            None,
            Network::Public,
            Some("a.example.com/path?x=1"),
            "",
        ),
        find(&NET, None, Network::Public, None, "not a host"),
        find(
            &without_rule,
            Some("cn-hangzhuo"),
            Network::Public,
            None,
            "",
        ),
        find(&without_rule, Some("mars-1"), Network::Public, None, ""),
        find(&without_rule, Some("cn-shanghai"), Network::Vpc, None, ""),
    ]
    .map(Result::unwrap_err);
    insta::assert_snapshot!(texts.join("\n"), @r#"
    `cn-hangzhou/evil` is not a region: lower-case letters, digits and `-`, as in `cn-hangzhou`
    `CN-Hangzhou` is not a region: lower-case letters, digits and `-`, as in `cn-hangzhou`; did you mean `cn-hangzhou`?
    `` is not a region: lower-case letters, digits and `-`, as in `cn-hangzhou`
    `a\nb` is not a region: lower-case letters, digits and `-`, as in `cn-hangzhou`
    neither a region nor an endpoint is given for Net
    endpoint `a.example.com`: a host, host and port, or `http(s)://` URL without path, user and query is wanted
    endpoint `a.example.com/path?x=1`: a host, host and port, or `http(s)://` URL without path, user and query is wanted
    `ALIBABA_CLOUD_NET_ENDPOINT` in the environment: invalid international domain name
    `cn-hangzhuo` is not among the 2 regions listed for Net; near ones are `cn-hangzhou`; give an endpoint if it is right
    `mars-1` is not among the 2 regions listed for Net; give an endpoint if it is right
    Net has no host inside VPC networks of `cn-shanghai`; use the public network or give an endpoint
    "#);
}

/// The region of a client that is not told one, or why there is no client.
fn default_region(environment: Environment) -> Result<String, String> {
    let builder = DynClient::builder(&NET).environment(environment);
    let client = builder.default_region().build();
    let client = client.map_err(|error| error.to_string())?;
    Ok(client.region().unwrap().to_owned())
}

#[test]
fn the_default_region_is_that_of_the_environment_then_that_of_the_profile() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join(".aliyun/config.json");
    std::fs::create_dir(file.parent().unwrap()).unwrap();
    let profiles = r#"{"current": "b", "profiles": [
        {"name": "a", "mode": "AK", "region_id": "region-of-a"},
        {"name": "b", "region_id": " region-of-b "},
        {"name": "c", "region_id": ""},
        {"name": "d", "region_id": "hunter2 hunter2"}
    ]}"#;
    std::fs::write(&file, profiles).unwrap();
    let find = |vars: &[(&str, &str)]| {
        let environment = Environment::from_vars(vars.iter().copied()).with_home(home.path());
        let found = default_region(environment);
        found.map_err(|error| error.replace(&file.display().to_string(), "FILE"))
    };

    // From the last to the first: each goes before those that were set already.
    let variables = [
        "ALICLOUD_REGION",
        "ALICLOUD_REGION_ID",
        "ALIBABACLOUD_REGION_ID",
        "ALIBABA_CLOUD_REGION",
        "ALIBABA_CLOUD_REGION_ID",
    ];
    let mut vars = Vec::new();
    for (variable, region) in std::iter::zip(variables, ["v-1", "v-2", "v-3", "v-4", "v-5"]) {
        vars.push((variable, region));
        assert_eq!(find(&vars).as_deref(), Ok(region));
    }
    assert_eq!(
        find(&[("ALIBABA_CLOUD_REGION_ID", "  ")]).unwrap(),
        "region-of-b"
    );
    let profile = |name| find(&[("ALIBABA_CLOUD_PROFILE", name)]);
    assert_eq!(profile("a").unwrap(), "region-of-a");

    let texts = [
        profile("c"),
        profile("d"),
        profile("e"),
        find(&[("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true")]),
        find(&[("ALICLOUD_REGION", "CN-Hangzhou")]),
        default_region(Environment::from_vars([("A", "b")])),
    ]
    .map(Result::unwrap_err);
    insta::assert_snapshot!(texts.join("\n"), @"
    no region is configured: set `ALIBABA_CLOUD_REGION_ID` in the environment, or `region_id` in the profile of the command line tool (profile `c` in FILE lacks `region_id`)
    `region_id` of profile `d` in FILE is not a region: lower-case letters, digits and `-`, as in `cn-hangzhou`
    no region is configured: set `ALIBABA_CLOUD_REGION_ID` in the environment, or `region_id` in the profile of the command line tool (profile `e` in FILE does not exist)
    no region is configured: set `ALIBABA_CLOUD_REGION_ID` in the environment, or `region_id` in the profile of the command line tool (switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED)
    `ALICLOUD_REGION` in the environment: `CN-Hangzhou` is not a region: lower-case letters, digits and `-`, as in `cn-hangzhou`; did you mean `cn-hangzhou`?
    no region is configured: set `ALIBABA_CLOUD_REGION_ID` in the environment, or `region_id` in the profile of the command line tool (there is no home directory)
    ");
}

#[test]
fn the_region_that_was_set_last_counts() {
    let builder = || {
        let vars = [("ALIBABA_CLOUD_REGION_ID", "eu-central-1")];
        DynClient::builder(&NET).environment(Environment::from_vars(vars))
    };
    let first = builder().default_region().region("cn-hangzhou").build();
    assert_eq!(first.unwrap().region(), Some("cn-hangzhou"));
    let last = builder().region("cn-hangzhou").default_region().build();
    assert_eq!(last.unwrap().region(), Some("eu-central-1"));
}

#[test]
fn a_product_lists_its_regions() {
    let regions: Vec<_> = NET.regions().collect();
    assert_eq!(regions, ["cn-hangzhou", "cn-shanghai"]);
}

#[test]
fn only_unlisted_regions_are_mistaken() {
    assert_eq!(mistaken(&NET, "cn-hangzhou"), None);
    assert_eq!(
        mistaken(&NET, "mars-1").as_deref(),
        Some("`mars-1` is not among the 2 regions listed for Net")
    );
    let unlisted = ServiceInfo {
        endpoints: &[],
        ..NET_SERVICE
    };
    assert_eq!(mistaken(&unlisted, "mars-1"), None);
}

static IN_HOST: Schema = Schema {
    name: "InHost",
    fields: Fields::of(&[
        Field::string("RegionId").region().location(Location::Host),
        Field::string("Name"),
    ]),
    rules: &[],
};
static LOOK: Operation = Operation::new(
    "Look",
    Access::Read,
    SchemaRef::of(&IN_HOST),
    SchemaRef::of(&IN_HOST),
);
static HOSTED: ProductInfo = ProductInfo {
    operations: &[&LOOK],
    ..NET
};

#[test]
fn a_region_that_travels_in_the_host_name_decides_the_host() {
    let client = DynClient::builder(&HOSTED)
        .region("cn-hangzhou")
        .environment(environment(""))
        .build()
        .unwrap();
    let origin = |request: serde_json::Value| {
        let preview = client.request("Look", request)?.preview()?;
        assert!(
            preview
                .parameters
                .iter()
                .all(|(name, _)| name != "RegionId")
        );
        Ok::<_, alicloud_runtime::error::Error>(preview.origin)
    };
    let cases = [
        (serde_json::json!({}), "https://net.cn-hangzhou.example.com"),
        (
            serde_json::json!({ "RegionId": "cn-shanghai" }),
            "https://net.example.com",
        ),
        (
            serde_json::json!({ "RegionId": "mars-1" }),
            "https://net.mars-1.invalid",
        ),
    ];
    for (request, host) in cases {
        assert_eq!(origin(request).unwrap(), host);
    }
    let evil = origin(serde_json::json!({ "RegionId": "x.evil.com/" })).unwrap_err();
    assert_eq!(
        evil.to_string(),
        "`x.evil.com/` is not a region: lower-case letters, digits and `-`, as in `cn-hangzhou`"
    );
}

#[test]
fn the_network_is_that_of_the_environment_unless_set() {
    let origin = |value: &str, network: Option<Network>| {
        let variables = [("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED", value)];
        let builder = DynClient::builder(&NET)
            .region("cn-hangzhou")
            .environment(Environment::from_vars(variables));
        let builder = match network {
            Some(network) => builder.network(network),
            None => builder,
        };
        let call = builder.build().unwrap();
        let call = call.request("Describe", serde_json::json!({})).unwrap();
        call.preview().unwrap().origin
    };
    let (public, inside) = (
        "https://net.cn-hangzhou.example.com",
        "https://net-vpc.cn-hangzhou.example.com",
    );
    assert_eq!(origin("true", None), inside);
    assert_eq!(origin("false", None), public);
    assert_eq!(origin("true", Some(Network::Public)), public);
}
