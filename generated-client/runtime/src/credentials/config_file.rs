//! Profiles of `~/.aliyun/config.json`, the file of the vendor's command line tool.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::{
    AssumeRole, BoxFuture, Context, Credentials, CredentialsError, CredentialsUri, Environment,
    ExternalCommand, InstanceRole, Oidc, ProvideCredentials,
    section::{Keys, Section, parse_object, read_file, read_file_now},
    sts::RoleOptions,
};

/// A profile of `~/.aliyun/config.json`.
///
/// The file is the one that `ALIBABA_CLOUD_CONFIG_FILE` names, or the one in the home directory; the
/// profile is the one asked for, else the one that `ALIBABA_CLOUD_PROFILE` names, else the one that
/// `current` in the file names, else `default`. The file is read at every call of
/// [`provide`](ProvideCredentials::provide).
///
/// Only the fields of the profile's mode are read; fields that belong to other modes are ignored.
/// `RamRoleArn` reads `sts_token` if `access_key_id` is that of a temporary access key (`STS.…`).
///
/// Modes: `AK`, `StsToken`, `RamRoleArn`, `EcsRamRole`, `RamRoleArnWithRoleName`, `OIDC`,
/// `CredentialsURI`, `External`, `ChainableRamRoleArn`; and `CloudSSO` and `OAuth`, as long as the
/// access key that the command line tool has stored in the file is valid.
///
/// ```no_run
/// use alicloud::credentials::{Cached, ConfigFile, Context};
///
/// let provider = Cached::new(ConfigFile::new(&Context::new()).profile("staging"));
/// ```
#[derive(Debug)]
pub struct ConfigFile {
    path: Option<PathBuf>,
    profile: Option<String>,
    context: Context,
}

impl ConfigFile {
    /// Uses the file and the profile that the environment names.
    pub fn new(context: &Context) -> Self {
        Self {
            path: None,
            profile: None,
            context: context.clone(),
        }
    }

    /// Sets another file.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the profile, by its name.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.profile = Some(name.into());
        self
    }

    /// Where the file is.
    fn location(&self) -> Result<PathBuf, CredentialsError> {
        let environment = self.context.environment();
        if environment.is_true("ALIBABA_CLOUD_CLI_PROFILE_DISABLED") {
            return Err(CredentialsError::missing(
                "switched off by ALIBABA_CLOUD_CLI_PROFILE_DISABLED",
            ));
        }
        let given = self.path.clone();
        let variable = || {
            let path = environment.var("ALIBABA_CLOUD_CONFIG_FILE");
            path.map(PathBuf::from)
        };
        given
            .or_else(variable)
            .map(|path| environment.expanded(path))
            .or_else(|| Some(environment.home()?.join(".aliyun").join("config.json")))
            .ok_or_else(|| CredentialsError::missing("there is no home directory"))
    }

    /// The profile's name, and what errors call it.
    fn chosen(&self, file: &File) -> (String, String) {
        let asked_for = self.profile.clone();
        let variable = || self.context.environment().var("ALIBABA_CLOUD_PROFILE");
        match (asked_for.or_else(variable), file.content.get("current")) {
            (Some(name), _) => {
                let place = format!("profile `{name}`");
                (name, place)
            }
            (None, Some(Value::String(current))) if !current.is_empty() => (
                current.clone(),
                "the profile that `current` names".to_owned(),
            ),
            (None, _) => ("default".to_owned(), "profile `default`".to_owned()),
        }
    }

    async fn resolve(&self) -> Result<Box<dyn ProvideCredentials>, CredentialsError> {
        let path = self.location()?;
        let file = File::parse(&path, &read_file(&path).await?)?;
        let (name, place) = self.chosen(&file);
        let profile = file.profile(&name, &place)?;
        let source = Source::File {
            file: &file,
            seen: &[&name],
        };
        provider(&profile, source, &self.context)
    }
}

/// The region of the profile that the environment tells, and what errors call its place.
pub(crate) fn region(environment: &Environment) -> Result<(String, String), CredentialsError> {
    let config = ConfigFile::new(&Context::new().with_environment(environment.clone()));
    let path = config.location()?;
    let file = File::parse(&path, &read_file_now(&path)?)?;
    let (name, place) = config.chosen(&file);
    let profile = file.profile(&name, &place)?;
    let [region] = profile.require(["region_id"])?;
    Ok((
        region.to_owned(),
        format!("`region_id` of {}", profile.place()),
    ))
}

impl ProvideCredentials for ConfigFile {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(async { self.resolve().await?.provide().await })
    }
}

/// The file, parsed. It has no `Debug`: it holds secrets.
pub(super) struct File {
    path: String,
    content: Map<String, Value>,
}

impl File {
    fn parse(path: &Path, text: &[u8]) -> Result<Self, CredentialsError> {
        let path = path.display().to_string();
        let content = parse_object(&path, text)?;
        Ok(Self { path, content })
    }

    /// The first profile with this name; `place` is what errors call it.
    fn profile(&self, name: &str, place: &str) -> Result<Section, CredentialsError> {
        let profiles = self.content.get("profiles").and_then(Value::as_array);
        let place = format!("{place} in {}", self.path);
        profiles
            .into_iter()
            .flatten()
            .filter_map(Value::as_object)
            .find(|profile| profile.get("name").and_then(Value::as_str) == Some(name))
            .map(|profile| Section::from_json(&place, profile))
            .ok_or_else(|| CredentialsError::missing(format!("{place} does not exist")))
    }
}

/// Where a profile comes from: it decides what it may refer to.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    /// The file, and the names of the profiles that led here.
    File { file: &'a File, seen: &'a [&'a str] },
    /// The output of a command.
    Command,
}

/// The provider that a profile describes.
pub(super) fn provider(
    profile: &Section,
    source: Source<'_>,
    context: &Context,
) -> Result<Box<dyn ProvideCredentials>, CredentialsError> {
    let mode = match (profile.text("mode"), source) {
        (Some(mode), _) => mode.to_ascii_lowercase(),
        (None, Source::Command) if profile.text(Keys::PROFILE.token).is_some() => {
            "ststoken".to_owned()
        }
        (None, Source::Command) => "ak".to_owned(),
        (None, Source::File { .. }) => {
            return Err(CredentialsError::invalid(format!(
                "{} lacks `mode`",
                profile.place()
            )));
        }
    };
    Ok(match mode.as_str() {
        "ak" => Box::new(profile.lasting(&Keys::PROFILE)?),
        "ststoken" => Box::new(temporary_key(profile)?),
        "cloudsso" | "oauth" => Box::new(session_key(profile, context)?),
        "ecsramrole" => Box::new(instance_role(profile, context)),
        "ramrolearn" => {
            let key = profile.source_key(&Keys::PROFILE)?;
            Box::new(assume_role(profile, Box::new(key), context)?)
        }
        "ramrolearnwithrolename" => {
            let instance = instance_role(profile, context);
            Box::new(assume_role(profile, Box::new(instance), context)?)
        }
        "chainableramrolearn" => {
            let previous = source_profile(profile, source, context)?;
            Box::new(assume_role(profile, previous, context)?)
        }
        "oidc" => {
            let [role, provider, token_file] =
                profile.require(["ram_role_arn", "oidc_provider_arn", "oidc_token_file"])?;
            let oidc = Oidc::new(role, provider, token_file);
            Box::new(oidc.options(role_options(profile)?).context(context))
        }
        "credentialsuri" => {
            let [uri] = profile.require(["credentials_uri"])?;
            Box::new(CredentialsUri::new(uri)?.context(context))
        }
        "external" => {
            if matches!(source, Source::Command) {
                return Err(unusable(profile, "names another command"));
            }
            let [command] = profile.require(["process_command"])?;
            Box::new(ExternalCommand::new(command).context(context))
        }
        "rsakeypair" | "bearertoken" | "anonymous" => {
            return Err(unusable(
                profile,
                "has a `mode` that gives no access key for this signature",
            ));
        }
        _ => {
            return Err(unusable(
                profile,
                "has a `mode` that is not one of AK, StsToken, RamRoleArn, EcsRamRole, OIDC, \
                 CredentialsURI, External, ChainableRamRoleArn",
            ));
        }
    })
}

fn unusable(profile: &Section, why: &str) -> CredentialsError {
    CredentialsError::invalid(format!("{} {why}", profile.place()))
}

fn temporary_key(profile: &Section) -> Result<Credentials, CredentialsError> {
    profile.require([Keys::PROFILE.id, Keys::PROFILE.secret, Keys::PROFILE.token])?;
    profile.credentials(&Keys::PROFILE)
}

/// The temporary access key that the command line tool left after a login in the browser.
fn session_key(profile: &Section, context: &Context) -> Result<Credentials, CredentialsError> {
    let mut credentials = temporary_key(profile)?;
    // The end of a key that was typed in, mode `StsToken`, does not stand there.
    if let Some(end) = profile.time("sts_expiration") {
        credentials.expiration = Some(end);
    }
    let now = context.clock().now();
    if credentials.expiration.is_some_and(|end| end <= now) {
        return Err(unusable(
            profile,
            "holds an access key that has ended: log in again with the command line tool `aliyun`",
        ));
    }
    Ok(credentials)
}

fn instance_role(profile: &Section, context: &Context) -> InstanceRole {
    let role = InstanceRole::new().context(context);
    match profile.text("ram_role_name") {
        Some(name) => role.role_name(name),
        None => role,
    }
}

fn assume_role(
    profile: &Section,
    source: Box<dyn ProvideCredentials>,
    context: &Context,
) -> Result<AssumeRole, CredentialsError> {
    let [role_arn] = profile.require(["ram_role_arn"])?;
    let role = AssumeRole::from_parts(source, role_arn.to_owned(), role_options(profile)?, context);
    Ok(match profile.text("external_id") {
        Some(id) => role.external_id(id),
        None => role,
    })
}

fn role_options(profile: &Section) -> Result<RoleOptions, CredentialsError> {
    let text = |key| profile.text(key).map(str::to_owned);
    Ok(RoleOptions {
        session_name: text("ram_session_name"),
        duration: profile.seconds("expired_seconds")?,
        policy: text("policy"),
        region: text("sts_region"),
        endpoint: None,
        vpc: profile.is_true("enable_vpc"),
    })
}

/// The provider of the profile that `source_profile` names.
fn source_profile(
    profile: &Section,
    source: Source<'_>,
    context: &Context,
) -> Result<Box<dyn ProvideCredentials>, CredentialsError> {
    let Source::File { file, seen } = source else {
        return Err(unusable(
            profile,
            "names a source profile, but there is no file to find it in",
        ));
    };
    let [name] = profile.require(["source_profile"])?;
    if seen.contains(&name) {
        return Err(unusable(
            profile,
            "leads back to itself by `source_profile`",
        ));
    }
    // The name in the file is not shown; how deep it lies is.
    let steps = seen.len();
    let place = match steps {
        1 => "the source profile".to_owned(),
        _ => format!("the source profile, {steps} steps away,"),
    };
    let previous = file.profile(name, &place)?;
    let seen: Vec<&str> = seen.iter().copied().chain([name]).collect();
    provider(&previous, Source::File { file, seen: &seen }, context)
}
