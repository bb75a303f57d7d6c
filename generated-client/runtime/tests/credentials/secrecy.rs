//! No secret and no line of a credentials file in any text, however the file is broken.

use std::fs;

use alicloud_runtime::credentials::{
    AssumeRole, Cached, Chain, ConfigFile, Context, Credentials, CredentialsFile, CredentialsUri,
    Environment, ExternalCommand, Oidc, ProvideCredentials,
};
use proptest::{prelude::*, test_runner::Config};

use crate::all_texts;

const JSON: &str = r#"{"current": "markA", "profiles": [
  {"name": "markA", "mode": "StsToken", "access_key_id": "markB", "access_key_secret": "markC", "sts_token": "markD", "sts_expiration": 7, "markE": "markF"},
  {"name": "default", "mode": "markG", "access_key_id": "markH", "ram_role_arn": "markI", "expired_seconds": "markJ"}
]}"#;

const INI: &str = "[default]
type = sts
access_key_id = markB
access_key_secret = markC
security_token = markD
expiration = markE
[markF]
markG = markH
";

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}

/// No variables, no home.
fn nothing() -> Context {
    Context::new().with_environment(Environment::from_vars::<String, String>([]))
}

/// Cuts bytes out at a place and puts others in.
fn broken(text: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let junk = prop::collection::vec(
        prop::sample::select(b"\"{}[]=:,\n\\#;0tn\xff ".to_vec()),
        0..4,
    );
    (0..text.len(), 0..12_usize, junk).prop_map(|(start, length, junk)| {
        let end = (start + length).min(text.len());
        let mut bytes = text.as_bytes().to_vec();
        bytes.splice(start..end, junk);
        bytes
    })
}

fn check(provider: &dyn ProvideCredentials) {
    assert!(!format!("{provider:?}").contains("mark"), "{provider:?}");
    match run(provider.provide()) {
        Ok(credentials) => assert!(!format!("{credentials:#?}").contains("markC")),
        Err(error) => assert!(!all_texts(&error).contains("mark"), "{}", all_texts(&error)),
    }
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    #[test]
    fn broken_config_files_stay_secret(content in broken(JSON), by_name in any::<bool>()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config.json");
        fs::write(&path, content).unwrap();
        let provider = ConfigFile::new(&nothing()).path(&path);
        let provider = if by_name { provider.profile("default") } else { provider };
        check(&Cached::new(Chain::new().or("file", provider)));
    }

    #[test]
    fn broken_ini_files_stay_secret(content in broken(INI)) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("credentials");
        fs::write(&path, content).unwrap();
        check(&Chain::new().or("file", CredentialsFile::new(&nothing()).path(&path)));
    }
}

#[test]
fn no_provider_shows_a_secret() {
    let key = Credentials::new("id", "mark-secret").with_security_token("mark-token");
    let role = AssumeRole::new(key.clone(), "arn")
        .policy("mark-policy")
        .external_id("mark-external");
    let environment = Environment::from_vars([("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "mark")]);
    let context = Context::new()
        .with_environment(environment)
        .with_sts_endpoint("sts.example.com");
    let shown = format!(
        "{key:?} {:?} {role:?} {:?} {:?} {context:?} {:?} {:?}",
        Cached::new(key.clone()),
        CredentialsUri::new("http://user:mark@host/mark?mark").unwrap(),
        ExternalCommand::new("get mark"),
        Oidc::new("arn", "provider", "file").policy("mark-policy"),
        Chain::standard(&context).or("built in", key.clone()),
    );
    assert!(!shown.contains("mark"), "{shown}");
    assert!(shown.contains("ALIBABA_CLOUD_ACCESS_KEY_SECRET"), "{shown}");
}
