//! Order, memory and errors of chains.

use std::{
    fs,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use alicloud_runtime::credentials::{
    BoxFuture, Chain, Credentials, CredentialsError, CredentialsErrorKind, Environment,
    ProvideCredentials,
};

use crate::{
    context, key,
    server::{Server, key_json, sts_json},
};

/// Gives what it was last told to give, and counts how often it is asked.
#[derive(Clone, Debug)]
pub(crate) struct Told {
    pub(crate) answer: Arc<Mutex<Result<Credentials, CredentialsError>>>,
    pub(crate) asked: Arc<AtomicUsize>,
}

impl Told {
    pub(crate) fn new(answer: Result<Credentials, CredentialsError>) -> Self {
        Self {
            answer: Arc::new(Mutex::new(answer)),
            asked: Arc::default(),
        }
    }

    pub(crate) fn tell(&self, answer: Result<Credentials, CredentialsError>) {
        *self.answer.lock().unwrap() = answer;
    }

    pub(crate) fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

impl ProvideCredentials for Told {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self.answer.lock().unwrap().clone();
        Box::pin(async { answer })
    }
}

fn named(id: &str) -> Result<Credentials, CredentialsError> {
    Ok(Credentials::new(id, "secret"))
}

/// The standard chain finds them in this order: each step takes away the one found.
#[tokio::test]
async fn the_standard_chain_has_the_official_order() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join(".aliyun/config.json");
    let ini = home.path().join(".alibabacloud/credentials");
    let token = home.path().join("token");
    fs::create_dir_all(config.parent().unwrap()).unwrap();
    fs::create_dir_all(ini.parent().unwrap()).unwrap();
    fs::write(&token, "token").unwrap();
    fs::write(
        &config,
        r#"{"profiles": [{"name": "default", "mode": "AK", "access_key_id": "config-id", "access_key_secret": "s"}]}"#,
    )
    .unwrap();
    fs::write(
        &ini,
        "[default]\ntype=access_key\naccess_key_id=ini-id\naccess_key_secret=s",
    )
    .unwrap();
    let sts = Server::always(200, sts_json("oidc")).await;
    let metadata = Server::start(|request| match request.target.as_str() {
        "/latest/api/token" => (200, "t".to_owned()),
        "/latest/meta-data/ram/security-credentials/app" => (200, key_json("ecs")),
        _ => (404, String::new()),
    })
    .await;
    let uri = Server::always(200, key_json("uri")).await;

    let mut vars = vec![
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "env-id"),
        ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s"),
        ("ALIBABA_CLOUD_ROLE_ARN", "r"),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p"),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token.to_str().unwrap()),
        ("ALIBABA_CLOUD_ECS_METADATA", "app"),
        ("ALIBABA_CLOUD_CREDENTIALS_URI", &uri.url),
    ];
    let found = async |vars: &[(&str, &str)]| {
        let environment = Environment::from_vars(vars.iter().copied()).with_home(home.path());
        let context = context(&[])
            .with_environment(environment)
            .with_sts_endpoint(&sts.url)
            .with_metadata_endpoint(&metadata.url);
        key(&Chain::standard(&context)).await.0
    };
    assert_eq!(found(&vars).await, "env-id");
    vars.remove(0);
    assert_eq!(found(&vars).await, "oidc-id");
    vars.retain(|(name, _)| *name != "ALIBABA_CLOUD_ROLE_ARN");
    assert_eq!(found(&vars).await, "config-id");
    fs::remove_file(&config).unwrap();
    assert_eq!(found(&vars).await, "ini-id");
    fs::remove_file(&ini).unwrap();
    assert_eq!(found(&vars).await, "ecs-id");
    vars.push(("ALIBABA_CLOUD_ECS_METADATA_DISABLED", "true"));
    assert_eq!(found(&vars).await, "uri-id");
}

#[tokio::test]
async fn the_error_says_what_each_provider_lacked() {
    let home = tempfile::tempdir().unwrap();
    let ini = home.path().join(".alibabacloud/credentials");
    fs::create_dir_all(ini.parent().unwrap()).unwrap();
    fs::write(&ini, "[default]\ntype = sts\naccess_key_id = hidden").unwrap();
    let environment = Environment::from_vars([
        ("ALIBABA_CLOUD_ACCESS_KEY_ID", "hidden"),
        ("ALIBABA_CLOUD_ROLE_ARN", "hidden"),
    ])
    .with_home(home.path());
    let context = context(&[]).with_environment(environment);
    let error = Chain::standard(&context).provide().await.unwrap_err();
    let text = error
        .to_string()
        .replace(home.path().to_str().unwrap(), "HOME");
    // Behind the address, the HTTP client and the operating system have the word.
    let text: Vec<&str> = text
        .lines()
        .map(|line| line.split(" at http:").next().unwrap())
        .collect();
    let text = text.join("\n");
    insta::assert_snapshot!(text, @"
    no access key
      environment: ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set
      OIDC: ALIBABA_CLOUD_OIDC_PROVIDER_ARN and ALIBABA_CLOUD_OIDC_TOKEN_FILE are not set
      config file: HOME/.aliyun/config.json does not exist
      credentials file: section `default` in HOME/.alibabacloud/credentials lacks `access_key_secret` and `security_token`
      instance role: no metadata service here, so this is no ECS instance: no answer from the metadata service
      credentials URI: ALIBABA_CLOUD_CREDENTIALS_URI is not set
    ");
    assert_eq!(error.kind(), CredentialsErrorKind::Invalid);

    let nothing = Chain::standard(&crate::context(&[]))
        .provide()
        .await
        .unwrap_err();
    assert_eq!(nothing.kind(), CredentialsErrorKind::Missing);
}

#[tokio::test]
async fn a_provider_that_succeeded_is_asked_alone_until_it_has_nothing() {
    let first = Told::new(Err(CredentialsError::missing("nothing")));
    let second = Told::new(named("second"));
    let chain = Chain::new()
        .or("first", first.clone())
        .or("second", second.clone());
    assert_eq!(key(&chain).await.0, "second");
    assert_eq!(key(&chain).await.0, "second");
    assert_eq!((first.asked(), second.asked()), (1, 2));

    // A passing fault changes nothing, not even where another one could step in.
    first.tell(named("first"));
    second.tell(Err(CredentialsError::unavailable("down")));
    let error = chain.provide().await.unwrap_err();
    assert_eq!(error.to_string(), "no access key\n  second: down");
    assert!(error.is_retryable());
    assert_eq!((first.asked(), second.asked()), (1, 3));

    // Who has lost its access key makes way, and is not asked twice for it.
    second.tell(Err(CredentialsError::invalid("gone")));
    assert_eq!(key(&chain).await.0, "first");
    assert_eq!((first.asked(), second.asked()), (2, 4));
    assert_eq!(key(&chain).await.0, "first");

    first.tell(Err(CredentialsError::refused("no")));
    let error = chain.provide().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no access key\n  first: no\n  second: gone"
    );
    assert_eq!(error.kind(), CredentialsErrorKind::Refused);
}

#[tokio::test]
async fn a_provider_that_has_not_succeeded_is_not_remembered() {
    let first = Told::new(Err(CredentialsError::invalid("broken")));
    let chain = Chain::new().or("first", first.clone());
    chain.provide().await.unwrap_err();
    first.tell(named("first"));
    assert_eq!(key(&chain).await.0, "first");
    let empty = Chain::new().provide().await.unwrap_err();
    assert_eq!(empty.to_string(), "no access key");
}

/// An STS that is down must not make a program act as somebody else.
#[tokio::test]
async fn a_passing_fault_ends_the_chain() {
    let home = tempfile::tempdir().unwrap();
    let token = home.path().join("token");
    fs::write(&token, "token").unwrap();
    let uri = Server::always(200, key_json("uri")).await;
    let context = context(&[
        ("ALIBABA_CLOUD_ROLE_ARN", "r"),
        ("ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "p"),
        ("ALIBABA_CLOUD_OIDC_TOKEN_FILE", token.to_str().unwrap()),
        ("ALIBABA_CLOUD_CREDENTIALS_URI", uri.url.as_str()),
    ]);
    let error = Chain::standard(&context).provide().await.unwrap_err();
    let text = error.to_string();
    assert!(
        text.contains("\n  OIDC: no answer from STS at 127.0.0.1:1: "),
        "{text}"
    );
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(error.is_retryable());
    assert!(uri.requests().is_empty());
}
