//! What was met in the field: files with left-overs, times in other forms, variables of white space,
//! an STS that has enough.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, UNIX_EPOCH},
};

use alicloud_runtime::credentials::{
    AssumeRole, Cached, Chain, Clock, ConfigFile, Context, Credentials, CredentialsError,
    CredentialsFile, CredentialsUri, Environment, InstanceRole, Oidc, ProvideCredentials,
};

use crate::{
    chain::Told,
    context, key,
    server::{Server, key_json, sts_json},
    triple, why,
};

/// A home directory with files in it.
fn home(files: &[(&str, &str)]) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    for (path, content) in files {
        let path = home.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    home
}

fn at_home(home: &tempfile::TempDir, vars: &[(&str, &str)]) -> Context {
    let environment = Environment::from_vars(vars.iter().copied()).with_home(home.path());
    context(&[]).with_environment(environment)
}

#[tokio::test]
async fn a_mode_reads_its_own_fields() {
    let left = r#""sts_token": "left", "expiration": "2000-01-01T00:00:00Z", "sts_expiration": 1"#;
    let json = |fields: &str| {
        format!(
            r#"{{"profiles": [{{"name": "default", "access_key_id": "i", "access_key_secret": "s", {fields}, {left}}}]}}"#
        )
    };
    let ini = "[default]\ntype = access_key\naccess_key_id = i\naccess_key_secret = s\n\
               security_token = left\nexpiration = 2000-01-01T00:00:00Z\n";
    let files = home(&[
        (".aliyun/config.json", &json(r#""mode": "AK""#)),
        (".alibabacloud/credentials", ini),
    ]);
    let context = at_home(&files, &[]);
    let providers: [&dyn ProvideCredentials; 2] =
        [&ConfigFile::new(&context), &CredentialsFile::new(&context)];
    for provider in providers {
        let credentials = provider.provide().await.unwrap();
        assert_eq!(credentials, Credentials::new("i", "s"));
    }
    // The end is that of a session which the key was not taken from.
    let files = home(&[(
        ".aliyun/config.json",
        &json(r#""mode": "StsToken""#).replace(r#""expiration": "2000-01-01T00:00:00Z", "#, ""),
    )]);
    let key = ConfigFile::new(&at_home(&files, &[])).provide().await;
    let expected = Credentials::new("i", "s").with_security_token("left");
    assert_eq!(key.unwrap(), expected);
}

#[tokio::test]
async fn a_token_beside_a_lasting_key_assumes_no_role() {
    let sts = Server::always(200, sts_json("assumed")).await;
    for (id, sent) in [
        ("LTAIi", None),
        ("0123456789abcdef", None),
        ("STS.i", Some("left")),
    ] {
        // The end is that of another access key, and long past.
        let left = "2000-01-01T00:00:00Z";
        let json = format!(
            r#"{{"profiles": [{{"name": "default", "mode": "RamRoleArn", "access_key_id": "{id}", "access_key_secret": "s",
                 "ram_role_arn": "r", "sts_token": "left", "expiration": "{left}", "sts_expiration": 1}}]}}"#
        );
        let ini = format!(
            "[default]\ntype = ram_role_arn\naccess_key_id = {id}\naccess_key_secret = s\nrole_arn = r\n\
             security_token = left\nexpiration = {left}\n"
        );
        let files = home(&[
            (".aliyun/config.json", &json),
            (".alibabacloud/credentials", &ini),
        ]);
        let context = at_home(&files, &[]).with_sts_endpoint(&sts.url);
        let providers: [&dyn ProvideCredentials; 2] =
            [&ConfigFile::new(&context), &CredentialsFile::new(&context)];
        for provider in providers {
            provider.provide().await.unwrap();
            let request = sts.requests().pop().unwrap();
            let token = request.header("x-acs-security-token");
            let token = token
                .map(str::to_owned)
                .or_else(|| request.form("SecurityToken"));
            assert_eq!(token.as_deref(), sent, "{id}: {request:?}");
        }
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_command_prints_counts_as_its_mode_says() {
    use alicloud_runtime::credentials::ExternalCommand;

    let fields = r#""access_key_id": "i", "access_key_secret": "s", "sts_token": "t""#;
    for (mode, token) in [
        (r#""mode": "AK", "#, None),
        (r#""mode": "StsToken", "#, Some("t")),
        ("", Some("t")),
    ] {
        let command = ExternalCommand::new(format!("printf %s '{{{mode}{fields}}}'"));
        let (_, _, found) = key(&command).await;
        assert_eq!(found.as_deref(), token, "{mode}");
    }
}

#[tokio::test]
async fn an_end_in_any_form_is_understood_and_an_unreadable_one_not_known() {
    let new_year = UNIX_EPOCH + Duration::from_secs(4_070_908_800);
    for (end, known) in [
        (r#""2099-01-01T00:00:00Z""#, Some(new_year)),
        (r#""2099-01-01T08:00:00+08:00""#, Some(new_year)),
        (r#""2099-01-01 08:00:00+0800""#, Some(new_year)),
        ("4070908800", Some(new_year)),
        (r#""4070908800000""#, Some(new_year)),
        (r#""soon""#, None),
        (r#""""#, None),
        ("null", None),
        ("0", None),
        ("[]", None),
    ] {
        let body = format!(
            r#"{{"AccessKeyId": "i", "AccessKeySecret": "s", "SecurityToken": "t", "Expiration": {end}}}"#
        );
        let uri = Server::always(200, &body).await;
        let sts = Server::always(200, format!(r#"{{"Credentials": {body}}}"#)).await;
        let profile = body
            .replace("AccessKeyId", "access_key_id")
            .replace("AccessKeySecret", "access_key_secret")
            .replace("SecurityToken", "sts_token");
        let profile = format!(
            r#"{{"name": "default", "mode": "StsToken", {}"#,
            &profile[1..]
        );
        let short = profile.replace("Expiration", "expiration");
        let long = profile
            .replace("StsToken", "CloudSSO")
            .replace("Expiration", "sts_expiration");
        let files = home(&[
            ("a", &format!(r#"{{"profiles": [{short}]}}"#)),
            ("b", &format!(r#"{{"profiles": [{long}]}}"#)),
        ]);
        let context = at_home(&files, &[]);
        let providers: [&dyn ProvideCredentials; 4] = [
            &CredentialsUri::new(&uri.url).unwrap().context(&context),
            &AssumeRole::new(Credentials::new("i", "s"), "r")
                .sts_endpoint(&sts.url)
                .context(&context),
            &ConfigFile::new(&context).path("~/a"),
            &ConfigFile::new(&context).path("~/b"),
        ];
        for provider in providers {
            let credentials = provider.provide().await.unwrap();
            assert_eq!(credentials.expiration, known, "{end} {provider:?}");
        }
    }
}

#[tokio::test]
async fn a_variable_of_white_space_is_not_set() {
    let id = ("ALIBABA_CLOUD_ACCESS_KEY_ID", " id\n");
    let secret = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "secret\r\n");
    let token = |token| ("ALIBABA_CLOUD_SECURITY_TOKEN", token);
    let from =
        |vars: &[_]| Credentials::from_environment(&Environment::from_vars(vars.iter().copied()));
    for blank in ["", " ", " \n", "\t"] {
        let credentials = from(&[id, secret, token(blank)]).unwrap();
        assert_eq!(credentials, Credentials::new("id", "secret"), "{blank:?}");
        let blank = ("ALIBABA_CLOUD_ACCESS_KEY_SECRET", blank);
        assert_eq!(
            from(&[id, blank]).unwrap_err().to_string(),
            "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set"
        );
    }
    let credentials = from(&[id, secret, token(" t\n")]).unwrap();
    assert_eq!(key(&credentials).await, triple("id", "secret", "t"));
}

#[tokio::test]
async fn what_cannot_be_an_access_key_is_refused() {
    let trimmed = Credentials::new(" id\n", "secret\n").with_security_token("\ttoken\r\n");
    assert_eq!(key(&trimmed).await, triple("id", "secret", "token"));
    let blank = Credentials::new("id", "secret").with_security_token(" \n");
    assert_eq!(blank.security_token, None);
    for (id, secret, token, message) in [
        ("", "s", None, "the AccessKey ID is empty"),
        (" ", "s", None, "the AccessKey ID is empty"),
        ("i", "\n", None, "the AccessKey secret is empty"),
        ("i\nj", "s", None, "the AccessKey ID has a character"),
        ("i", "s t", None, "the AccessKey secret has a character"),
        ("i", "sé", None, "the AccessKey secret has a character"),
        ("i", "s", Some("a\0b"), "the security token has a character"),
    ] {
        let mut credentials = Credentials::new(id, secret);
        if let Some(token) = token {
            credentials = credentials.with_security_token(token);
        }
        let error = credentials.provide().await.unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
        assert!(!error.is_retryable());
    }
}

#[tokio::test]
async fn where_metadata_is_switched_off_no_mode_asks_for_it() {
    let metadata = Server::always(200, key_json("ecs")).await;
    let profile = |fields: &str| {
        format!(r#"{{"profiles": [{{"name": "default", "ram_role_name": "app", {fields}}}]}}"#)
    };
    let files = home(&[
        ("role", &profile(r#""mode": "EcsRamRole""#)),
        (
            "over",
            &profile(r#""mode": "RamRoleArnWithRoleName", "ram_role_arn": "r""#),
        ),
        (
            ".alibabacloud/credentials",
            "[default]\ntype = ecs_ram_role\nrole_name = app\n",
        ),
    ]);
    let context = at_home(&files, &[("ALIBABA_CLOUD_ECS_METADATA_DISABLED", " TRUE ")])
        .with_metadata_endpoint(&metadata.url);
    let providers: [&dyn ProvideCredentials; 4] = [
        &ConfigFile::new(&context).path("~/role"),
        &ConfigFile::new(&context).path("~/over"),
        &CredentialsFile::new(&context),
        &InstanceRole::new().context(&context),
    ];
    for provider in providers {
        let error = provider.provide().await.unwrap_err();
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(
            cause.unwrap_or_else(|| error.to_string()),
            "the role of the instance is asked for, but ALIBABA_CLOUD_ECS_METADATA_DISABLED \
             switches the metadata service off"
        );
    }
    assert!(metadata.requests().is_empty());
}

#[tokio::test]
async fn an_ini_file_can_switch_sections_off_and_have_an_ending() {
    let section = |more: &str| {
        format!("[default]\n{more}\ntype = access_key\naccess_key_id = i\naccess_key_secret = s\n")
    };
    for (line, key) in [
        ("enabled = false", "enabled"),
        ("enable = False", "enable"),
        ("enable: 0", "enable"),
    ] {
        let files = home(&[(".alibabacloud/credentials", &section(line))]);
        let provider = CredentialsFile::new(&at_home(&files, &[]));
        let path = files.path().join(".alibabacloud/credentials");
        assert_eq!(
            why(&provider).await,
            format!(
                "Missing: section `default` in {} is switched off by `{key} = false`",
                path.display()
            )
        );
    }
    let files = home(&[(".alibabacloud/credentials.ini", &section("enabled = true"))]);
    assert_eq!(
        key(&CredentialsFile::new(&at_home(&files, &[]))).await.0,
        "i"
    );
    let both = home(&[
        (".alibabacloud/credentials.ini", "broken"),
        (".alibabacloud/credentials", &section("")),
    ]);
    assert_eq!(
        key(&CredentialsFile::new(&at_home(&both, &[]))).await.0,
        "i"
    );
    let neither = home(&[]);
    let path = neither.path().join(".alibabacloud/credentials");
    assert_eq!(
        why(&CredentialsFile::new(&at_home(&neither, &[]))).await,
        format!("Missing: {} does not exist", path.display())
    );
}

#[tokio::test]
async fn a_tilde_in_a_path_is_the_home_directory() {
    let ini = "[default]\ntype = access_key\naccess_key_id = ini\naccess_key_secret = s\n";
    let json = r#"{"profiles": [{"name": "default", "mode": "AK", "access_key_id": "json", "access_key_secret": "s"}]}"#;
    let files = home(&[("x/ini", ini), ("x/json", json), ("x/token", "oidc-token")]);
    let context = at_home(
        &files,
        &[
            ("ALIBABA_CLOUD_CREDENTIALS_FILE", "~/x/ini"),
            ("ALIBABA_CLOUD_CONFIG_FILE", "~/x/json"),
        ],
    );
    assert_eq!(key(&CredentialsFile::new(&context)).await.0, "ini");
    assert_eq!(key(&ConfigFile::new(&context)).await.0, "json");
    let sts = Server::start(|request| (200, sts_json(&request.form("OIDCToken").unwrap()))).await;
    let oidc = Oidc::new("r", "p", "~/x/token")
        .context(&context)
        .sts_endpoint(&sts.url);
    assert_eq!(key(&oidc).await.0, "oidc-token-id");
}

/// A clock that is set by hand, in milliseconds since 1970.
fn hand() -> (Arc<AtomicU64>, Clock) {
    let millis = Arc::new(AtomicU64::new(1_000_000));
    let told = Arc::clone(&millis);
    let clock =
        Clock::from_fn(move || UNIX_EPOCH + Duration::from_millis(told.load(Ordering::SeqCst)));
    (millis, clock)
}

#[tokio::test]
async fn an_sts_that_throttles_is_left_alone_for_a_while() {
    let refused = Arc::new(AtomicUsize::new(2));
    let left = Arc::clone(&refused);
    let sts = Server::start(move |_| {
        match left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| {
            left.checked_sub(1)
        }) {
            Ok(_) => (
                400,
                r#"{"Code":"Throttling.User","Message":"slow"}"#.to_owned(),
            ),
            Err(_) => (200, sts_json("role")),
        }
    })
    .await;
    let role = AssumeRole::new(Credentials::new("i", "s"), "r").sts_endpoint(&sts.url);
    let (millis, clock) = hand();
    // The refusal is seen through a chain, too.
    let cached = Cached::new(Chain::new().or("role", role.context(&context(&[])))).clock(clock);
    let ask = async || match cached.provide().await {
        Ok(credentials) => credentials.access_key_id,
        Err(error) => {
            assert!(error.is_retryable());
            format!("{:?}", error.retry_after())
        }
    };
    for _ in 0..5 {
        assert_eq!(ask().await, "Some(1s)");
    }
    assert_eq!(sts.requests().len(), 1);
    millis.fetch_add(1_000, Ordering::SeqCst);
    for _ in 0..5 {
        assert_eq!(ask().await, "Some(1s)");
    }
    assert_eq!(sts.requests().len(), 2);
    // The second pause is twice the first.
    millis.fetch_add(1_999, Ordering::SeqCst);
    assert_eq!(ask().await, "Some(1s)");
    millis.fetch_add(1, Ordering::SeqCst);
    assert_eq!(ask().await, "role-id");
    assert_eq!(sts.requests().len(), 3);
}

#[tokio::test]
async fn an_ended_key_is_not_handed_out() {
    let (millis, clock) = hand();
    let end = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
    let temporary = |seconds| {
        let key = Credentials::new("id", "secret").with_security_token("t");
        key.with_expiration(end(seconds))
    };
    let told = Told::new(Ok(temporary(999)));
    let cached = Cached::new(told.clone()).clock(clock);
    assert_eq!(
        why(&cached).await,
        "Invalid: the access key ended at 1970-01-01T00:16:39Z; obtain a new one, or set the \
         clock of this machine right if it has not ended"
    );
    told.tell(Ok(temporary(2_000)));
    assert_eq!(key(&cached).await.0, "id");
    // While its owner is left alone, a key is given for as long as it lasts, and no longer.
    let enough = CredentialsError::unavailable("enough").with_retry_after(Duration::from_secs(60));
    told.tell(Err(enough));
    millis.store(1_999_000, Ordering::SeqCst);
    assert_eq!(key(&cached).await.0, "id");
    tokio::task::yield_now().await;
    tokio::task::yield_now().await;
    millis.store(2_000_000, Ordering::SeqCst);
    for _ in 0..3 {
        assert_eq!(why(&cached).await, "Unavailable: enough");
    }
    assert_eq!(told.asked(), 3);
}
