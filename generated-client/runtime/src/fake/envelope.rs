//! The envelope of a request, around the parameters of its operation: which operation it is, who
//! signed it, and when.

use std::time::{Duration, SystemTime};

use super::{
    Fault,
    form::decode,
    state::{Received, State, Target, find},
};
use crate::{
    operation::{Method, SignatureKind, common_parameter},
    sign::{acs3, canonical_query, rpc},
};

/// How far the client's clock may be from ours.
const TOLERANCE: Duration = Duration::from_secs(15 * 60);

const FORM: &str = "application/x-www-form-urlencoded";

/// A request as it came over the wire.
#[derive(Clone)]
pub(crate) struct Raw {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Sorts out what a request says of itself; nothing is checked yet.
pub(crate) fn read(raw: Raw) -> (Received, Vec<(String, String)>) {
    let header = |name| find(&raw.headers, name);
    let is_form = is_form(&raw.headers);
    let mut all = decode(&raw.query);
    if is_form {
        all.extend(decode(&String::from_utf8_lossy(&raw.body)));
    }

    let signature = signature_kind(header("authorization"), header("x-acs-action"), &all);
    let (common, parameters) = match signature {
        SignatureKind::Acs3 => (Vec::new(), all.clone()),
        SignatureKind::Rpc => all
            .iter()
            .cloned()
            .partition(|(name, _)| common_parameter(name).is_some()),
    };
    // Some clients send the headers of ACS3 with an RPC signature too.
    let told = |parameter, in_header| match signature {
        SignatureKind::Acs3 => header(in_header),
        SignatureKind::Rpc => find(&all, parameter).or_else(|| header(in_header)),
    };
    let access_key_id = match signature {
        SignatureKind::Acs3 => header("authorization")
            .and_then(Authorization::parse)
            .map(|key| key.access_key_id),
        SignatureKind::Rpc => find(&all, "AccessKeyId"),
    };
    let owned = |value: Option<&str>| value.unwrap_or_default().to_owned();
    let received = Received {
        operation: owned(told("Action", "x-acs-action")),
        version: owned(told("Version", "x-acs-version")),
        signature,
        access_key_id: access_key_id.map(str::to_owned),
        nonce: owned(told("SignatureNonce", "x-acs-signature-nonce")),
        parameters,
        common,
        method: raw.method,
        headers: raw.headers.clone(),
        body: raw.body,
        status: None,
        code: None,
        carried_out: false,
    };
    (received, all)
}

/// Media types are the same in any case.
fn is_form(headers: &[(String, String)]) -> bool {
    let kind = find(headers, "content-type").and_then(|kind| kind.get(..FORM.len()));
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case(FORM))
}

/// What carries the signature tells its kind; of a request without one, what names the operation.
fn signature_kind(
    authorization: Option<&str>,
    action: Option<&str>,
    parameters: &[(String, String)],
) -> SignatureKind {
    let given = |name| find(parameters, name).is_some();
    if authorization.is_some_and(|value| value.starts_with(acs3::ALGORITHM)) {
        return SignatureKind::Acs3;
    }
    if given("Signature") && given("AccessKeyId") || given("Action") || action.is_none() {
        return SignatureKind::Rpc;
    }
    SignatureKind::Acs3
}

/// Finds the operation and checks who sent the request, and when.
pub(super) fn check(
    state: &State,
    path: &str,
    all: &[(String, String)],
    request: &Received,
) -> Result<Target, Fault> {
    if path != "/" || !matches!(request.method.as_str(), "GET" | "POST") {
        return Err(Fault::new(
            404,
            "InvalidAction.NotFound",
            "There is nothing but `GET /` and `POST /` here.",
        ));
    }
    let target = target(state, request)?;
    let signed = match request.signature {
        SignatureKind::Acs3 => find(&request.headers, "authorization").is_some(),
        SignatureKind::Rpc => {
            find(all, "Signature").is_some() || find(all, "AccessKeyId").is_some()
        }
    };
    if target.operation.anonymous && !signed {
        return Ok(target);
    }
    match request.signature {
        SignatureKind::Acs3 => check_acs3(state, path, request)?,
        SignatureKind::Rpc => check_rpc(state, all, request)?,
    }
    Ok(target)
}

/// The operation that a request names.
pub(super) fn target(state: &State, request: &Received) -> Result<Target, Fault> {
    let (name, version) = (&request.operation, &request.version);
    if name.is_empty() {
        return Err(missing("Action"));
    }
    if version.is_empty() {
        return Err(missing("Version"));
    }
    let mut products = state
        .settings
        .products
        .iter()
        .filter(|product| product.version == version)
        .peekable();
    if products.peek().is_none() {
        return Err(Fault::new(
            400,
            "NoSuchVersion",
            format!("There is no version {version}."),
        ));
    }
    products
        .find_map(|&product| {
            let known = product
                .operations
                .iter()
                .find(|known| known.name == name.as_str());
            known.map(|&operation| Target {
                product: product.service,
                operation,
            })
        })
        .ok_or_else(|| {
            Fault::new(
                404,
                "InvalidAction.NotFound",
                format!("Version {version} has no operation {name}."),
            )
        })
}

fn check_rpc(state: &State, all: &[(String, String)], request: &Received) -> Result<(), Fault> {
    let need = |name: &'static str| find(all, name).ok_or_else(|| missing(name));
    let signature = find(all, "Signature").ok_or_else(|| incomplete("there is no Signature"))?;
    let access_key_id = need("AccessKeyId")?;
    let nonce = need("SignatureNonce")?;
    let timestamp = need("Timestamp")?;
    for (name, value) in [
        ("SignatureMethod", "HMAC-SHA1"),
        ("SignatureVersion", "1.0"),
    ] {
        if need(name)? != value {
            return Err(incomplete(&format!("{name} is not {value}")));
        }
    }
    let secret = secret(state, access_key_id, find(all, "SecurityToken"))?;
    let method = match request.method.as_str() {
        "GET" => Method::Get,
        _ => Method::Post,
    };
    let string_to_sign = rpc::string_to_sign(method, &borrowed(all));
    if signature != rpc::signature(&secret, &string_to_sign) {
        return Err(mismatch(&string_to_sign));
    }
    check_time(state, timestamp)?;
    check_nonce(state, access_key_id, nonce)
}

fn check_acs3(state: &State, path: &str, request: &Received) -> Result<(), Fault> {
    let header = |name| find(&request.headers, name);
    let need = |name: &'static str| header(name).ok_or_else(|| missing(name));
    let authorization = header("authorization")
        .and_then(Authorization::parse)
        .ok_or_else(|| incomplete("the header authorization is missing or not readable"))?;
    let nonce = need("x-acs-signature-nonce")?;
    let date = need("x-acs-date")?;
    let stated_hash = need("x-acs-content-sha256")?;

    let names: Vec<_> = authorization.signed_headers.split(';').collect();
    let must_be_signed =
        |name: &str| name.starts_with("x-acs-") || name == "host" || name == "content-type";
    let unsigned = request
        .headers
        .iter()
        .find(|(name, _)| must_be_signed(name) && !names.contains(&name.as_str()));
    if let Some((name, _)) = unsigned {
        return Err(incomplete(&format!("the header {name} is not signed")));
    }
    let mut signed = Vec::with_capacity(names.len());
    for name in names {
        let value = header(name)
            .ok_or_else(|| incomplete(&format!("the signed header {name} is missing")))?;
        signed.push((name, value));
    }

    let token = header("x-acs-security-token");
    let secret = secret(state, authorization.access_key_id, token)?;
    let content_sha256 = acs3::sha256_hex(&request.body);
    let in_query = if is_form(&request.headers) {
        let in_form = decode(&String::from_utf8_lossy(&request.body)).len();
        &request.parameters[..request.parameters.len().saturating_sub(in_form)]
    } else {
        &request.parameters[..]
    };
    let parts = acs3::Parts {
        method: &request.method,
        path,
        query: &canonical_query(&borrowed(in_query)),
        headers: &signed,
        content_sha256: &content_sha256,
    };
    let canonical_request = parts.canonical_request();
    let string_to_sign = acs3::string_to_sign(&canonical_request);
    if stated_hash != content_sha256
        || authorization.signature != acs3::signature(&secret, &string_to_sign)
    {
        // A hash alone would not tell where the two sides differ.
        let told = format!("{string_to_sign}\nserver canonical request is:{canonical_request}");
        return Err(mismatch(&told));
    }
    check_time(state, date)?;
    check_nonce(state, authorization.access_key_id, nonce)
}

/// The parts of an `Authorization` header.
struct Authorization<'a> {
    access_key_id: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(header: &'a str) -> Option<Self> {
        let fields = header.strip_prefix(acs3::ALGORITHM)?.trim();
        let field = |name| {
            fields
                .split(',')
                .find_map(|field| field.trim().strip_prefix(name)?.strip_prefix('='))
        };
        Some(Self {
            access_key_id: field("Credential")?,
            signed_headers: field("SignedHeaders")?,
            signature: field("Signature")?,
        })
    }
}

/// The secret of an access key, if the security token is the right one.
fn secret(state: &State, access_key_id: &str, token: Option<&str>) -> Result<String, Fault> {
    let key = state.key(access_key_id).ok_or_else(|| {
        Fault::new(
            404,
            "InvalidAccessKeyId.NotFound",
            "Specified access key is not found.",
        )
    })?;
    let expected = key.security_token.as_ref().map(|token| token.expose());
    match (expected, token) {
        (Some(_), None) => {
            return Err(Fault::new(
                400,
                "MissingSecurityToken",
                "SecurityToken is mandatory for this access key.",
            ));
        }
        (expected, Some(given)) if expected != Some(given) => {
            return Err(Fault::new(
                400,
                "InvalidSecurityToken.MismatchWithAccessKey",
                "Specified SecurityToken does not belong to the access key.",
            ));
        }
        _ => {}
    }
    if key.expiration.is_some_and(|end| end <= state.now()) {
        return Err(Fault::new(
            403,
            "InvalidSecurityToken.Expired",
            "Specified SecurityToken is expired.",
        ));
    }
    Ok(key.access_key_secret.expose().to_owned())
}

fn check_time(state: &State, text: &str) -> Result<(), Fault> {
    let time = humantime::parse_rfc3339(text)
        .ok()
        .filter(|_| text.len() == "2006-01-02T03:04:05Z".len())
        .ok_or_else(|| {
            Fault::new(
                400,
                "InvalidTimeStamp.Format",
                "Specified time stamp is not of the form YYYY-MM-DDThh:mm:ssZ.",
            )
        })?;
    if distance(time, state.now()) > TOLERANCE {
        return Err(Fault::new(
            400,
            "InvalidTimeStamp.Expired",
            "Specified time stamp or date value is expired.",
        ));
    }
    Ok(())
}

fn distance(one: SystemTime, other: SystemTime) -> Duration {
    one.duration_since(other)
        .unwrap_or_else(|error| error.duration())
}

fn check_nonce(state: &State, access_key_id: &str, nonce: &str) -> Result<(), Fault> {
    if nonce.is_empty() {
        return Err(missing("SignatureNonce"));
    }
    if state.use_nonce(access_key_id, nonce) {
        return Ok(());
    }
    Err(Fault::new(
        400,
        "SignatureNonceUsed",
        "Specified signature nonce was used already.",
    ))
}

fn missing(name: &str) -> Fault {
    Fault::new(
        400,
        "MissingParameter",
        format!("{name} is mandatory and was not given."),
    )
}

fn incomplete(what: &str) -> Fault {
    Fault::new(
        400,
        "IncompleteSignature",
        format!("The request signature does not conform to the standard: {what}."),
    )
}

/// Clients tell a wrong secret from a wrong signature by the string to sign, which they look for
/// behind the first colon.
fn mismatch(string_to_sign: &str) -> Fault {
    Fault::new(
        400,
        "SignatureDoesNotMatch",
        format!(
            "Specified signature is not matched with our calculation. \
             server string to sign is:{string_to_sign}"
        ),
    )
}

fn borrowed(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect()
}
