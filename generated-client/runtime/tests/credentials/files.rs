//! The two credentials files, and commands.

use std::{fs, path::PathBuf, time::Duration};

use alicloud_runtime::credentials::{
    BoxFuture, Clock, ConfigFile, Context, Credentials, CredentialsError, CredentialsFile,
    Environment, ExternalCommand, ProvideCredentials,
};
use tempfile::TempDir;

use crate::{
    context, key,
    server::{Server, key_json, sts_json},
    triple, why,
};

/// A folder with one file in it.
struct Fixture {
    folder: TempDir,
    path: PathBuf,
}

fn file(name: &str, content: &str) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(&path, content).unwrap();
    Fixture { folder, path }
}

impl Fixture {
    /// A reason with the path replaced.
    fn tidy(&self, text: &str) -> String {
        text.replace(self.path.to_str().unwrap(), "FILE")
    }
}

/// A provider over a config file with these profiles.
fn profiles(profiles: &str) -> (Fixture, ConfigFile) {
    profiles_in(profiles, &context(&[]))
}

fn profiles_in(profiles: &str, context: &Context) -> (Fixture, ConfigFile) {
    let fixture = file("config.json", &format!(r#"{{"profiles": [{profiles}]}}"#));
    let provider = ConfigFile::new(context).path(&fixture.path);
    (fixture, provider)
}

const CONFIG: &str = r#"{
    "current": "work",
    "meta_path": "",
    "profiles": [
        {"name": "default", "mode": "AK", "access_key_id": "default-id", "access_key_secret": "default-secret"},
        {"name": "work", "mode": "AK", "access_key_id": " work-id ", "access_key_secret": "work-secret", "region_id": "cn-hangzhou"},
        {"name": "sts", "mode": "StsToken", "access_key_id": "sts-id", "access_key_secret": "sts-secret", "sts_token": "sts-token"}
    ]
}"#;

#[tokio::test]
async fn the_profile_is_the_one_asked_for_or_told_by_variable_or_current() {
    let home = file(".aliyun/config.json", CONFIG);
    let environment = |vars: &[(&str, &str)]| {
        let environment =
            Environment::from_vars(vars.iter().copied()).with_home(home.folder.path());
        Context::new().with_environment(environment)
    };
    let plain = environment(&[]);
    assert_eq!(
        key(&ConfigFile::new(&plain)).await,
        ("work-id".to_owned(), "work-secret".to_owned(), None)
    );
    let by_variable = environment(&[("ALIBABA_CLOUD_PROFILE", "sts")]);
    assert_eq!(
        key(&ConfigFile::new(&by_variable)).await,
        triple("sts-id", "sts-secret", "sts-token")
    );
    assert_eq!(
        key(&ConfigFile::new(&by_variable).profile("default"))
            .await
            .0,
        "default-id"
    );
    assert_eq!(
        home.tidy(&why(&ConfigFile::new(&plain).profile("nobody")).await),
        "Missing: profile `nobody` in FILE does not exist"
    );

    let elsewhere = file("other.json", &CONFIG.replace("work-id", "other-id"));
    let by_path = environment(&[(
        "ALIBABA_CLOUD_CONFIG_FILE",
        elsewhere.path.to_str().unwrap(),
    )]);
    assert_eq!(key(&ConfigFile::new(&by_path)).await.0, "other-id");

    let off = environment(&[("ALIBABA_CLOUD_CLI_PROFILE_DISABLED", "true")]);
    assert_eq!(
        why(&ConfigFile::new(&off)).await,
        "Missing: switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED"
    );
    assert_eq!(
        why(&ConfigFile::new(&context(&[]))).await,
        "Missing: there is no home directory"
    );
}

#[tokio::test]
async fn the_file_is_read_again_each_time() {
    let fixture = file("config.json", CONFIG);
    let provider = ConfigFile::new(&context(&[])).path(&fixture.path);
    assert_eq!(key(&provider).await.0, "work-id");
    fs::write(&fixture.path, CONFIG.replace("work-id", "newer-id")).unwrap();
    assert_eq!(key(&provider).await.0, "newer-id");
}

#[tokio::test]
async fn what_a_profile_lacks_is_named() {
    for (profile, expected) in [
        (
            r#"{"name": "default", "mode": "AK"}"#,
            "Invalid: profile `default` in FILE lacks `access_key_id` and `access_key_secret`",
        ),
        (
            r#"{"name": "default", "mode": "StsToken", "access_key_id": "i", "access_key_secret": "", "sts_token": null}"#,
            "Invalid: profile `default` in FILE lacks `access_key_secret` and `sts_token`",
        ),
        (
            r#"{"name": "default", "mode": "RamRoleArn", "access_key_id": "i", "access_key_secret": "s"}"#,
            "Invalid: profile `default` in FILE lacks `ram_role_arn`",
        ),
        (
            r#"{"name": "default", "mode": "RamRoleArn", "access_key_id": "i", "access_key_secret": "s", "ram_role_arn": "r", "expired_seconds": "abc"}"#,
            "Invalid: profile `default` in FILE: `expired_seconds` is not a whole number of seconds",
        ),
        (
            r#"{"name": "default", "mode": "OIDC"}"#,
            "Invalid: profile `default` in FILE lacks `ram_role_arn`, `oidc_provider_arn` and `oidc_token_file`",
        ),
        (
            r#"{"name": "default", "mode": "CredentialsURI"}"#,
            "Invalid: profile `default` in FILE lacks `credentials_uri`",
        ),
        (
            r#"{"name": "default", "mode": "External"}"#,
            "Invalid: profile `default` in FILE lacks `process_command`",
        ),
        (
            r#"{"name": "default", "mode": "ChainableRamRoleArn", "ram_role_arn": "r"}"#,
            "Invalid: profile `default` in FILE lacks `source_profile`",
        ),
        (
            r#"{"name": "default", "mode": "ChainableRamRoleArn", "ram_role_arn": "r", "source_profile": "x"}"#,
            "Missing: the source profile in FILE does not exist",
        ),
        (
            r#"{"name": "default"}"#,
            "Invalid: profile `default` in FILE lacks `mode`",
        ),
        (
            r#"{"name": "default", "mode": "Magic"}"#,
            "Invalid: profile `default` in FILE has a `mode` that is not one of AK, StsToken, RamRoleArn, EcsRamRole, OIDC, CredentialsURI, External, ChainableRamRoleArn",
        ),
        (
            r#"{"name": "default", "mode": "BearerToken"}"#,
            "Invalid: profile `default` in FILE has a `mode` that gives no access key for this signature",
        ),
        (
            r#"{"name": "other"}, 7, null"#,
            "Missing: profile `default` in FILE does not exist",
        ),
    ] {
        let (fixture, provider) = profiles(profile);
        assert_eq!(fixture.tidy(&why(&provider).await), expected);
    }
}

#[tokio::test]
async fn a_broken_file_is_told_by_position_alone() {
    for (content, expected) in [
        (
            "",
            "Invalid: FILE is not JSON: it ends too early at line 1, column 0",
        ),
        ("[]", "Invalid: FILE is not a JSON object"),
        (
            "{\"profiles\": [\n  {\"access_key_secret\": hunter2}",
            "Invalid: FILE is not JSON: syntax error at line 2, column 25",
        ),
        (
            "\u{feff}{}",
            "Missing: profile `default` in FILE does not exist",
        ),
    ] {
        let fixture = file("config.json", content);
        let provider = ConfigFile::new(&context(&[])).path(&fixture.path);
        assert_eq!(fixture.tidy(&why(&provider).await), expected);
    }
    let folder = tempfile::tempdir().unwrap();
    let provider = ConfigFile::new(&context(&[])).path(folder.path());
    assert_eq!(
        why(&provider).await,
        format!("Invalid: {} is not a regular file", folder.path().display())
    );
}

#[tokio::test]
async fn profiles_can_assume_roles_over_one_another() {
    let sts = Server::start(|request| (200, sts_json(&request.form("RoleArn").unwrap()))).await;
    let context = context(&[]).with_sts_endpoint(&sts.url);
    let (_fixture, provider) = profiles_in(
        r#"{"name": "default", "mode": "ChainableRamRoleArn", "ram_role_arn": "c", "source_profile": "b",
            "ram_session_name": "chained", "expired_seconds": 1200, "external_id": "e", "policy": "p"},
           {"name": "b", "mode": "ramrolearn", "ram_role_arn": "b", "access_key_id": "STS.i",
            "access_key_secret": "s", "sts_token": "b-source-token", "expired_seconds": 0}"#,
        &context,
    );
    assert_eq!(key(&provider).await, triple("c-id", "c-secret", "c-token"));
    let requests = sts.requests();
    let signers = requests
        .iter()
        .map(|request| request.header("x-acs-security-token").unwrap());
    assert!(signers.eq(["b-source-token", "b-token"]));
    let sent = ["RoleSessionName", "DurationSeconds", "ExternalId", "Policy"]
        .map(|name| requests[1].form(name).unwrap());
    assert_eq!(sent, ["chained", "1200", "e", "p"]);
    assert_eq!(requests[0].form("DurationSeconds"), None);
}

#[tokio::test]
async fn a_circle_of_source_profiles_ends() {
    let (fixture, provider) = profiles(
        r#"{"name": "default", "mode": "ChainableRamRoleArn", "ram_role_arn": "a", "source_profile": "b"},
           {"name": "b", "mode": "ChainableRamRoleArn", "ram_role_arn": "b", "source_profile": "default"}"#,
    );
    assert_eq!(
        fixture.tidy(&why(&provider).await),
        "Invalid: the source profile in FILE leads back to itself by `source_profile`"
    );
}

#[tokio::test]
async fn profiles_can_name_instance_roles_uris_and_oidc_tokens() {
    let metadata = Server::start(|request| match request.line().as_str() {
        "PUT /latest/api/token" => (200, "t".to_owned()),
        "GET /latest/meta-data/ram/security-credentials/app" => (200, key_json("ecs")),
        _ => (404, String::new()),
    })
    .await;
    let sts = Server::start(|request| (200, sts_json(&request.form("RoleArn").unwrap()))).await;
    let uri = Server::always(200, key_json("uri")).await;
    let token = file("token", "oidc-token");
    let context = context(&[])
        .with_metadata_endpoint(&metadata.url)
        .with_sts_endpoint(&sts.url);
    for (profile, id) in [
        (
            r#""mode": "EcsRamRole", "ram_role_name": "app""#.to_owned(),
            "ecs-id",
        ),
        (
            r#""mode": "RamRoleArnWithRoleName", "ram_role_name": "app", "ram_role_arn": "over""#
                .to_owned(),
            "over-id",
        ),
        (
            format!(
                r#""mode": "CredentialsURI", "credentials_uri": "{}""#,
                uri.url
            ),
            "uri-id",
        ),
        (
            format!(
                r#""mode": "OIDC", "ram_role_arn": "oidc", "oidc_provider_arn": "p", "oidc_token_file": {:?}"#,
                token.path
            ),
            "oidc-id",
        ),
    ] {
        let profile = format!(r#"{{"name": "default", {profile}}}"#);
        let (_fixture, provider) = profiles_in(&profile, &context);
        assert_eq!(key(&provider).await.0, id, "{profile}");
    }
    assert_eq!(sts.requests()[1].form("OIDCToken").unwrap(), "oidc-token");
}

#[tokio::test]
async fn a_login_in_the_browser_counts_until_it_ends() {
    let profile = r#"{"name": "default", "mode": "CloudSSO", "access_key_id": "sso-id",
        "access_key_secret": "s", "sts_token": "t", "sts_expiration": 1000}"#;
    let at = |seconds: u64| {
        let now = std::time::UNIX_EPOCH + Duration::from_secs(seconds);
        context(&[]).with_clock(Clock::from_fn(move || now))
    };
    let (_fixture, provider) = profiles_in(profile, &at(999));
    assert_eq!(key(&provider).await.0, "sso-id");
    let (fixture, provider) = profiles_in(profile, &at(1000));
    assert_eq!(
        fixture.tidy(&why(&provider).await),
        "Invalid: profile `default` in FILE holds an access key that has ended: log in again with the command line tool `aliyun`"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_prints_the_access_key() {
    let sts = Server::start(|request| (200, sts_json(&request.form("RoleArn").unwrap()))).await;
    let context = context(&[]).with_sts_endpoint(&sts.url);
    let json = r#"{"mode": "StsToken", "access_key_id": "cmd-id", "access_key_secret": "s", "sts_token": "t", "expiration": "2099-01-01T00:00:00Z"}"#;
    let role = r#"{"mode": "RamRoleArn", "access_key_id": "i", "access_key_secret": "s", "ram_role_arn": "assumed"}"#;
    let output = file("a file", json);
    for (command, id) in [
        (format!("printf %s '{json}'"), "cmd-id"),
        (format!("cat '{}'", output.path.display()), "cmd-id"),
        (format!("printf %s '{role}'"), "assumed-id"),
    ] {
        let provider = ExternalCommand::new(&command).context(&context);
        assert_eq!(key(&provider).await.0, id, "{command}");

        let command = serde_json::Value::from(command);
        let profile =
            format!(r#"{{"name": "default", "mode": "External", "process_command": {command}}}"#);
        let (_fixture, provider) = profiles_in(&profile, &context);
        assert_eq!(key(&provider).await.0, id, "{command}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_can_fail_in_many_ways() {
    for (command, expected) in [
        ("", "Invalid: the credentials command is empty"),
        (
            "cat 'open",
            "Invalid: the credentials command has an open quote",
        ),
        (
            "/no/such/program",
            "Invalid: the credentials command cannot be run",
        ),
        (
            "sh -c 'echo hunter2 >&2; echo hunter2; exit 3'",
            "Refused: the credentials command failed: exit status: 3",
        ),
        (
            "echo hunter2",
            "Invalid: the output of the credentials command is not JSON: syntax error at line 1, column 1",
        ),
        (
            "echo '{}'",
            "Invalid: the output of the credentials command lacks `access_key_id` and `access_key_secret`",
        ),
        (
            r#"echo '{"mode": "External", "process_command": "x"}'"#,
            "Invalid: the output of the credentials command names another command",
        ),
        (
            r#"echo '{"mode": "ChainableRamRoleArn", "source_profile": "x"}'"#,
            "Invalid: the output of the credentials command names a source profile, but there is no file to find it in",
        ),
        (
            "sh -c 'yes | head -c 100000'",
            "Invalid: the credentials command prints more than 65536 bytes",
        ),
    ] {
        assert_eq!(why(&ExternalCommand::new(command)).await, expected);
    }
    let endless = ExternalCommand::new("sleep 600").time_limit(Duration::from_millis(1));
    assert_eq!(
        why(&endless).await,
        "Unavailable: the credentials command takes longer than 0.001 s"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_command_is_ended_with_its_caller() {
    let started = file("process", "");
    let path = started.path.display().to_string();
    let command = ExternalCommand::new(format!("sh -c 'echo $$ > {path}; exec sleep 600'"));
    let provider = tokio::spawn(async move { command.provide().await.is_ok() });
    let ended = async {
        let process = loop {
            let written = std::fs::read_to_string(&path).unwrap();
            if let Some(process) = written.strip_suffix('\n') {
                break format!("/proc/{process}");
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        };
        assert!(std::path::Path::new(&process).exists());
        provider.abort();
        while std::path::Path::new(&process).exists() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    // Far more than it takes; the command itself would go on for ten minutes.
    let ended = tokio::time::timeout(Duration::from_secs(60), ended).await;
    assert!(ended.is_ok(), "the command goes on without its caller");
}

#[cfg(unix)]
#[tokio::test]
async fn a_command_that_goes_on_in_silence_is_waited_for() {
    let command = r#"sh -c 'printf "{\"access_key_id\": \"late\", \"access_key_secret\": \"s\"}"; exec >&-; sleep 0.05'"#;
    assert_eq!(key(&ExternalCommand::new(command)).await.0, "late");
}

const INI: &str = "
# comment
[default]            ; trailing text
enable = true
type = access_key
access_key_id = ini-id   # with a comment
ACCESS_KEY_SECRET = \"ini-secret\"

[sts]
type: sts
access_key_id: sts-id
access_key_secret: sts-secret
security_token: sts-token
expiration: 2099-01-01T00:00:00Z

[ecs]
type = ecs_ram_role
role_name = app

[role]
type = ram_role_arn
access_key_id = i
access_key_secret = s
role_arn = assumed
role_session_name = session
duration_seconds = 1000

[oidc]
type = oidc_role_arn
role_arn = federated
oidc_provider_arn = p
oidc_token_file_path = TOKEN
";

#[tokio::test]
async fn every_type_of_section_gives_an_access_key() {
    let metadata = Server::start(|request| match request.line().as_str() {
        "PUT /latest/api/token" => (200, "t".to_owned()),
        "GET /latest/meta-data/ram/security-credentials/app" => (200, key_json("ecs")),
        _ => (404, String::new()),
    })
    .await;
    let sts = Server::start(|request| (200, sts_json(&request.form("RoleArn").unwrap()))).await;
    let token = file("token", "oidc-token");
    let home = file(
        ".alibabacloud/credentials",
        &INI.replace("TOKEN", token.path.to_str().unwrap()),
    );
    let context = |vars: &[(&str, &str)]| {
        context(&[])
            .with_environment(
                Environment::from_vars(vars.iter().copied()).with_home(home.folder.path()),
            )
            .with_metadata_endpoint(&metadata.url)
            .with_sts_endpoint(&sts.url)
    };
    let provider = CredentialsFile::new(&context(&[]));
    assert_eq!(
        key(&provider).await,
        ("ini-id".to_owned(), "ini-secret".to_owned(), None)
    );
    let by_variable = CredentialsFile::new(&context(&[("ALIBABA_CLOUD_PROFILE", "sts")]));
    assert_eq!(
        key(&by_variable).await,
        triple("sts-id", "sts-secret", "sts-token")
    );
    for (section, id) in [
        ("ecs", "ecs-id"),
        ("role", "assumed-id"),
        ("oidc", "federated-id"),
    ] {
        let provider = CredentialsFile::new(&context(&[])).section(section);
        assert_eq!(key(&provider).await.0, id);
    }
    let requests = sts.requests();
    assert_eq!(requests[0].form("RoleSessionName").unwrap(), "session");
    assert_eq!(requests[0].form("DurationSeconds").unwrap(), "1000");
    assert_eq!(requests[1].form("OIDCToken").unwrap(), "oidc-token");

    let elsewhere = file("creds", &INI.replace("ini-id", "other-id"));
    let path = elsewhere.path.to_str().unwrap();
    let by_path = CredentialsFile::new(&context(&[("ALIBABA_CLOUD_CREDENTIALS_FILE", path)]));
    assert_eq!(key(&by_path).await.0, "other-id");
}

#[tokio::test]
async fn what_an_ini_file_lacks_is_named() {
    for (content, expected) in [
        ("", "Missing: section `default` in FILE does not exist"),
        (
            "[default]\n",
            "Invalid: section `default` in FILE lacks `type`",
        ),
        (
            "[default]\ntype = sts\naccess_key_id = i",
            "Invalid: section `default` in FILE lacks `access_key_secret` and `security_token`",
        ),
        (
            "[default]\ntype = ram_role_arn",
            "Invalid: section `default` in FILE lacks `access_key_id`, `access_key_secret` and `role_arn`",
        ),
        (
            "[default]\ntype = oidc_role_arn",
            "Invalid: section `default` in FILE lacks `role_arn`, `oidc_provider_arn` and `oidc_token_file_path`",
        ),
        (
            "[default]\ntype = rsa_key_pair",
            "Invalid: section `default` in FILE has a `type` that is not one of access_key, sts, ecs_ram_role, ram_role_arn, oidc_role_arn",
        ),
        ("\n\n[default", "Invalid: FILE, line 3: `]` is lacking"),
        (
            "[default]\nhunter2",
            "Invalid: FILE, line 2: neither `[section]` nor `key = value` nor a comment",
        ),
        (
            "access_key_secret = hunter2",
            "Invalid: FILE, line 1: a value before the first `[section]`",
        ),
    ] {
        let fixture = file("credentials", content);
        let provider = CredentialsFile::new(&context(&[])).path(&fixture.path);
        assert_eq!(fixture.tidy(&why(&provider).await), expected);
    }
    let fixture = file("credentials", "");
    fs::write(&fixture.path, b"[default]\n\xff\xfe").unwrap();
    let provider = CredentialsFile::new(&context(&[])).path(&fixture.path);
    assert_eq!(
        fixture.tidy(&why(&provider).await),
        "Invalid: FILE is not UTF-8"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn only_regular_files_are_read() {
    // A device or a pipe could keep the reader for ever.
    let config = ConfigFile::new(&context(&[])).path("/dev/null");
    assert_eq!(
        why(&config).await,
        "Invalid: /dev/null is not a regular file"
    );
    let ini = CredentialsFile::new(&context(&[])).path("/dev/null");
    assert_eq!(why(&ini).await, "Invalid: /dev/null is not a regular file");
}

#[test]
fn files_are_read_beside_the_threads_of_the_runtime_and_without_one() {
    let (_config, provider) = profiles(
        r#"{"name": "default", "mode": "AK", "access_key_id": "id", "access_key_secret": "s"}"#,
    );
    let poll = |future: &mut Provided<'_>| {
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        future.as_mut().poll(&mut context)
    };
    let mut future = provider.provide();
    assert!(poll(&mut future).is_ready(), "nothing to wait for");

    let runtime = tokio::runtime::Builder::new_current_thread()
        .max_blocking_threads(1)
        .build()
        .unwrap();
    runtime.block_on(async {
        // As long as the only thread for blocking work is taken, nothing is read.
        let (release, released) = std::sync::mpsc::channel();
        let busy = tokio::task::spawn_blocking(move || released.recv());
        let mut future = provider.provide();
        assert!(poll(&mut future).is_pending());
        release.send(()).unwrap();
        busy.await.unwrap().unwrap();
        assert_eq!(future.await.unwrap().access_key_id, "id");
    });
}

type Provided<'a> = BoxFuture<'a, Result<Credentials, CredentialsError>>;
