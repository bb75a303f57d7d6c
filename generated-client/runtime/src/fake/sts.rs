//! The state of STS: a role that was assumed can be acted as.

use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::{ecs::Cloud, state::Target};
use crate::credentials::Credentials;

/// The account of the access key that is accepted from the start.
const ACCOUNT: &str = "1234567890123456";

/// How long credentials last when nothing is said.
const HOUR: u64 = 3600;

/// Who a temporary access key acts as.
#[derive(Clone, Debug)]
pub(super) struct Role {
    account: String,
    /// The identity's ARN.
    arn: String,
    role_id: String,
    session: String,
}

/// What a temporary access key is, and who acts with it.
pub(super) struct Granted {
    pub(super) credentials: Credentials,
    pub(super) role: Role,
}

/// Puts credentials that are accepted into the response to an operation that assumes a role; `None`
/// for any other.
pub(super) fn grant(
    cloud: &mut Cloud,
    target: Target,
    request: &Value,
    now: SystemTime,
    body: &mut Value,
) -> Option<Granted> {
    let assumes = target.product.code == "Sts" && target.operation.name.starts_with("AssumeRole");
    if !assumes {
        return None;
    }
    let text = |name: &str| request[name].as_str().unwrap_or_default();
    let seconds = request["DurationSeconds"].as_u64().unwrap_or(HOUR);
    let expiration = now.checked_add(Duration::from_secs(seconds))?;
    let session = match text("RoleSessionName") {
        "" => "session",
        session => session,
    };
    let (account, name) = role_of(text("RoleArn"));
    let role = Role {
        arn: format!("acs:ram::{account}:assumed-role/{name}/{session}"),
        account: account.to_owned(),
        role_id: cloud.make_text(18),
        session: session.to_owned(),
    };
    let id = format!("STS.{}", cloud.make_text(24));
    let (secret, token) = (cloud.make_text(44), cloud.make_text(64));
    body["AssumedRoleUser"] = json!({
        "Arn": role.arn,
        "AssumedRoleId": format!("{}:{session}", role.role_id),
    });
    body["Credentials"] = json!({
        "AccessKeyId": id,
        "AccessKeySecret": secret,
        "SecurityToken": token,
        "Expiration": humantime::format_rfc3339_seconds(expiration).to_string(),
    });
    let credentials = Credentials::new(id, secret)
        .with_security_token(token)
        .with_expiration(expiration);
    Some(Granted { credentials, role })
}

/// Account and name of a role.
fn role_of(arn: &str) -> (&str, &str) {
    let mut parts = arn
        .strip_prefix("acs:ram::")
        .unwrap_or(arn)
        .splitn(2, ":role/");
    match (parts.next(), parts.next()) {
        (Some(account), Some(name)) => (account, name),
        _ => (ACCOUNT, arn),
    }
}

/// Says in the response to `GetCallerIdentity` who the caller is.
pub(super) fn identify(target: Target, caller: Option<&Role>, body: &mut Value) {
    if (target.product.code, target.operation.name) != ("Sts", "GetCallerIdentity") {
        return;
    }
    let request_id = body["RequestId"].take();
    *body = match caller {
        Some(role) => json!({
            "IdentityType": "AssumedRoleUser",
            "AccountId": role.account,
            "Arn": role.arn,
            "PrincipalId": format!("{}:{}", role.role_id, role.session),
            "RoleId": role.role_id,
        }),
        None => json!({
            "IdentityType": "Account",
            "AccountId": ACCOUNT,
            "Arn": format!("acs:ram::{ACCOUNT}:root"),
            "PrincipalId": ACCOUNT,
            "UserId": ACCOUNT,
        }),
    };
    body["RequestId"] = request_id;
}
