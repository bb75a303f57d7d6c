//! Endpoints: the host that a call goes to.
//!
//! The first of these that is set decides: the endpoint that the builder was given; the environment
//! variable `ALIBABA_CLOUD_<PRODUCT>_ENDPOINT`; the product's table (its VPC column for clients
//! inside a VPC network, which is the default if the environment sets
//! `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED=true`); the product's rule. For a region that the table does
//! not list the rule applies, since regions are added more often than crates are updated. If such a
//! host is not found, the error suggests regions with similar names.
//!
//! ```
//! use alicloud::{client::DynClient, endpoint::Network, error::Error, operation::ProductInfo};
//!
//! fn clients(product: &'static ProductInfo) -> Result<[DynClient; 3], Error> {
//!     let builder = || DynClient::builder(product).region("cn-hangzhou");
//!     let public = builder().build()?;
//!     let inside = builder().network(Network::Vpc).build()?;
//!     let test = builder().endpoint("http://127.0.0.1:8080").build()?;
//!     Ok([public, inside, test])
//! }
//! ```

use alicloud_schema::near::within;
use reqwest::Url;

use crate::{
    credentials::{Environment, config_file},
    error::ConfigurationError,
    operation::ServiceInfo,
};

/// The network that a client is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Network {
    /// The Internet.
    #[default]
    Public,
    /// A VPC network of the region.
    Vpc,
}

impl Network {
    /// The network that the environment names: [`Vpc`](Self::Vpc) if
    /// `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED` is `true`, else [`Public`](Self::Public). The variable
    /// is the vendor's and also decides which STS endpoint is called.
    pub fn of_environment(environment: &Environment) -> Self {
        if environment.is_true("ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED") {
            Self::Vpc
        } else {
            Self::Public
        }
    }
}

/// A host to send requests to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Resolved {
    /// Scheme and host, such as `https://ecs.cn-hangzhou.aliyuncs.com` or `http://127.0.0.1:8080`.
    pub origin: String,
    /// The host header, with the port unless it is the default port of the scheme.
    pub host: String,
    /// The source of the host.
    pub source: Source,
    /// The origin as the HTTP client takes it: reading it for each call would cost as much as encoding
    /// the request.
    pub(crate) url: Url,
}

/// The source of a [`Resolved`] host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// The endpoint that the program gave.
    Explicit,
    /// The environment variable.
    Environment,
    /// The product's table of regions.
    Table,
    /// The product's rule, because the table does not list the region.
    Rule,
}

/// Resolves the host for a region.
///
/// # Errors
///
/// An endpoint that is not a host or URL, a region that is not one, or one for which the product has
/// neither a row nor a rule; the text names regions near to it.
pub fn resolve(
    product: &ServiceInfo,
    region: Option<&str>,
    network: Network,
    explicit: Option<&str>,
    environment: &Environment,
) -> Result<Resolved, ConfigurationError> {
    if let Some(region) = region {
        check_region(product, region)?;
    }
    if let Some(endpoint) = explicit {
        return parse(endpoint, Source::Explicit).map_err(|wrong| {
            // What stands before an `@` may be a password.
            let shown = endpoint.rsplit('@').next().unwrap_or_default();
            ConfigurationError::new(format!("endpoint `{}`: {wrong}", shown.escape_debug()))
        });
    }
    let variable = variable(product);
    if let Some(endpoint) = environment.var(&variable) {
        return parse(&endpoint, Source::Environment).map_err(|wrong| {
            ConfigurationError::new(format!("`{variable}` in the environment: {wrong}"))
        });
    }
    let Some(region) = region else {
        return Err(ConfigurationError::new(format!(
            "neither a region nor an endpoint is given for {}",
            product.code
        )));
    };
    let row = product.endpoints.iter().find(|row| row.region == region);
    let (listed, rule) = match network {
        Network::Public => (row.map(|row| row.host), product.endpoint_rule),
        Network::Vpc => (row.and_then(|row| row.vpc_host), product.vpc_endpoint_rule),
    };
    if let Some(host) = listed {
        return parse(host, Source::Table).map_err(ConfigurationError::new);
    }
    if let Some(rule) = rule {
        // A listed region without a VPC host of its own is no mistake of the caller.
        let source = if row.is_some() {
            Source::Table
        } else {
            Source::Rule
        };
        return parse(&rule.replace("{region}", region), source).map_err(ConfigurationError::new);
    }
    Err(ConfigurationError::new(match (row, network) {
        (Some(_), Network::Vpc) => format!(
            "{} has no host inside VPC networks of `{region}`; use the public network or give an endpoint",
            product.code
        ),
        _ => match mistaken(product, region) {
            Some(hint) => format!("{hint}; give an endpoint if it is right"),
            None => format!(
                "no host of {} is known in region `{region}`; give an endpoint",
                product.code
            ),
        },
    }))
}

/// Is the host this machine?
pub(crate) fn is_loopback(resolved: &Resolved) -> bool {
    let host = resolved.url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || address
            .parse()
            .is_ok_and(|address: std::net::IpAddr| address.is_loopback())
}

/// The environment variable that sets the endpoint of a product, such as `ALIBABA_CLOUD_ECS_ENDPOINT`.
pub fn variable(product: &ServiceInfo) -> String {
    let code: String = product
        .code
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        })
        .collect();
    format!("ALIBABA_CLOUD_{code}_ENDPOINT")
}

/// A hint about a region that the product does not list; `None` if it lists the region, or none at
/// all.
pub fn mistaken(product: &ServiceInfo, region: &str) -> Option<String> {
    let rows = product.endpoints;
    if rows.is_empty() || rows.iter().any(|row| row.region == region) {
        return None;
    }
    let near = near(product, region);
    let which = match near.as_slice() {
        [] => String::new(),
        _ => format!("; near ones are `{}`", near.join("`, `")),
    };
    Some(format!(
        "`{region}` is not among the {} regions listed for {}{which}",
        rows.len(),
        product.code
    ))
}

/// At most three listed regions within two changes, the nearest first.
fn near(product: &ServiceInfo, region: &str) -> Vec<&'static str> {
    let regions = product.endpoints.iter().map(|row| row.region);
    let mut near: Vec<_> = within(region, regions, 2).collect();
    near.sort_unstable();
    near.truncate(3);
    near.into_iter().map(|(_, region)| region).collect()
}

/// Variables that name a region, the vendor's own first: its command line tool reads the ones that end
/// with `_ID`, its Terraform provider the others.
const REGION_VARIABLES: [&str; 5] = [
    "ALIBABA_CLOUD_REGION_ID",
    "ALIBABA_CLOUD_REGION",
    "ALIBABACLOUD_REGION_ID",
    "ALICLOUD_REGION_ID",
    "ALICLOUD_REGION",
];

/// The region that the environment names, else the profile in use of `~/.aliyun/config.json`.
pub(crate) fn default_region(
    product: &ServiceInfo,
    environment: &Environment,
) -> Result<String, ConfigurationError> {
    for name in REGION_VARIABLES {
        if let Some(region) = environment.var(name) {
            check_region(product, &region).map_err(|error| {
                ConfigurationError::new(format!("`{name}` in the environment: {error}"))
            })?;
            return Ok(region);
        }
    }
    let (region, place) = config_file::region(environment).map_err(|error| {
        ConfigurationError::new(format!(
            "no region is configured: set `{}` in the environment, or `region_id` in the profile \
             of the command line tool ({error})",
            REGION_VARIABLES[0]
        ))
    })?;
    if !is_region(&region) {
        // What stands in a file with secrets is not shown.
        return Err(ConfigurationError::new(format!(
            "{place} is not a region: {REGION_FORM}"
        )));
    }
    Ok(region)
}

const REGION_FORM: &str = "lower-case letters, digits and `-`, as in `cn-hangzhou`";

fn is_region(region: &str) -> bool {
    let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    (1..=63).contains(&region.len())
        && region.chars().all(allowed)
        && !region.starts_with('-')
        && !region.ends_with('-')
}

/// A region becomes a part of a host name: it must be one.
fn check_region(product: &ServiceInfo, region: &str) -> Result<(), ConfigurationError> {
    if is_region(region) {
        return Ok(());
    }
    let near = near(product, region.trim());
    let suggestion = match near.as_slice() {
        [] => String::new(),
        _ => format!("; did you mean `{}`?", near.join("`, `")),
    };
    Err(ConfigurationError::new(format!(
        "`{}` is not a region: {REGION_FORM}{suggestion}",
        region.escape_debug()
    )))
}

/// Reads a host, `host:port`, or URL without a path.
fn parse(endpoint: &str, source: Source) -> Result<Resolved, String> {
    let with_scheme = if endpoint.contains("://") {
        endpoint.to_owned()
    } else {
        format!("https://{endpoint}")
    };
    let url = Url::parse(&with_scheme).map_err(|error| error.to_string())?;
    let plain = url.username().is_empty()
        && url.password().is_none()
        && matches!(url.path(), "" | "/")
        && url.query().is_none()
        && url.fragment().is_none();
    let (true, true, Some(host)) = (
        plain,
        matches!(url.scheme(), "http" | "https"),
        url.host_str(),
    ) else {
        return Err(
            "a host, host and port, or `http(s)://` URL without path, user and query is wanted"
                .to_owned(),
        );
    };
    let host = match url.port() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    };
    Ok(Resolved {
        origin: format!("{}://{host}", url.scheme()),
        host,
        source,
        url,
    })
}
