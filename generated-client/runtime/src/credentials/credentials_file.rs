//! Sections of `~/.alibabacloud/credentials`, an INI file.

use std::path::PathBuf;

use zeroize::Zeroizing;

use super::{
    AssumeRole, BoxFuture, Context, Credentials, CredentialsError, CredentialsErrorKind,
    Environment, InstanceRole, Oidc, ProvideCredentials,
    section::{Keys, Section, read_file},
    sts::RoleOptions,
};

/// A section of the INI file `~/.alibabacloud/credentials`.
///
/// The file is the one that `ALIBABA_CLOUD_CREDENTIALS_FILE` names, or the one in the home
/// directory (or `credentials.ini` beside it, where there is no `credentials`); the section is the
/// one asked for, else the one that `ALIBABA_CLOUD_PROFILE` names, else `default`. The file is read
/// at every call of [`provide`](ProvideCredentials::provide). A section with `enable = false`
/// counts as missing.
///
/// | `type` | other keys (optional ones in brackets) |
/// |---|---|
/// | `access_key` | `access_key_id`, `access_key_secret` |
/// | `sts` | `access_key_id`, `access_key_secret`, `security_token` \[`expiration`\] |
/// | `ecs_ram_role` | \[`role_name`\] |
/// | `ram_role_arn` | `access_key_id`, `access_key_secret`, `role_arn` \[`security_token`, `external_id`, and as below\] |
/// | `oidc_role_arn` | `role_arn`, `oidc_provider_arn`, `oidc_token_file_path` \[`role_session_name`, `policy`, `duration_seconds`, `sts_region`, `enable_vpc`\] |
///
/// A section with another type's keys in it is read as if they were not there; `ram_role_arn` reads
/// `security_token` where `access_key_id` is that of a temporary access key (`STS.…`).
///
/// ```no_run
/// use alicloud::credentials::{Cached, Context, CredentialsFile};
///
/// let provider = Cached::new(CredentialsFile::new(&Context::new()).section("staging"));
/// ```
#[derive(Debug)]
pub struct CredentialsFile {
    path: Option<PathBuf>,
    section: Option<String>,
    context: Context,
}

impl CredentialsFile {
    /// Uses the file and the section that the environment names.
    pub fn new(context: &Context) -> Self {
        Self {
            path: None,
            section: None,
            context: context.clone(),
        }
    }

    /// Sets another file.
    #[must_use]
    pub fn path(mut self, path: impl Into<PathBuf>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Sets the section, by its name.
    #[must_use]
    pub fn section(mut self, name: impl Into<String>) -> Self {
        self.section = Some(name.into());
        self
    }

    async fn resolve(&self) -> Result<Box<dyn ProvideCredentials>, CredentialsError> {
        let environment = self.context.environment();
        let given = self.path.clone();
        let given = given.or_else(|| {
            let path = environment.var("ALIBABA_CLOUD_CREDENTIALS_FILE");
            path.map(PathBuf::from)
        });
        let (path, content) = match given {
            Some(path) => {
                let path = environment.expanded(path);
                let content = read_file(&path).await?;
                (path, content)
            }
            None => read_from_home(environment).await?,
        };
        let place = path.display().to_string();
        let sections = parse(&place, &content)?;

        let name = self.section.clone();
        let name = name
            .or_else(|| environment.var("ALIBABA_CLOUD_PROFILE"))
            .unwrap_or_else(|| "default".to_owned());
        let place = format!("section `{name}` in {place}");
        match sections.into_iter().find(|(known, _)| *known == name) {
            Some((_, values)) => provider(&Section::new(place, values), &self.context),
            None => Err(CredentialsError::missing(format!("{place} does not exist"))),
        }
    }
}

impl ProvideCredentials for CredentialsFile {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(async { self.resolve().await?.provide().await })
    }
}

/// The file in the home directory: `credentials`, or `credentials.ini` where that is not there.
async fn read_from_home(
    environment: &Environment,
) -> Result<(PathBuf, Zeroizing<Vec<u8>>), CredentialsError> {
    let home = environment
        .home()
        .ok_or_else(|| CredentialsError::missing("there is no home directory"))?;
    let path = home.join(".alibabacloud").join("credentials");
    let missing = match read_file(&path).await {
        Err(error) if error.kind() == CredentialsErrorKind::Missing => error,
        read => return Ok((path, read?)),
    };
    let other = path.with_extension("ini");
    match read_file(&other).await {
        Err(error) if error.kind() == CredentialsErrorKind::Missing => Err(missing),
        read => Ok((other, read?)),
    }
}

/// The provider that a section describes.
fn provider(
    section: &Section,
    context: &Context,
) -> Result<Box<dyn ProvideCredentials>, CredentialsError> {
    for key in ["enable", "enabled"] {
        if section.is_false(key) {
            return Err(CredentialsError::missing(format!(
                "{} is switched off by `{key} = false`",
                section.place()
            )));
        }
    }
    let [kind] = section.require(["type"])?;
    Ok(match kind {
        "access_key" => Box::new(section.lasting(&Keys::INI)?),
        "sts" => {
            section.require([Keys::INI.id, Keys::INI.secret, Keys::INI.token])?;
            Box::new(section.credentials(&Keys::INI)?)
        }
        "ecs_ram_role" => {
            let role = InstanceRole::new().context(context);
            Box::new(match section.text("role_name") {
                Some(name) => role.role_name(name),
                None => role,
            })
        }
        "ram_role_arn" => {
            let [_, _, role_arn] = section.require([Keys::INI.id, Keys::INI.secret, "role_arn"])?;
            let key = Box::new(section.source_key(&Keys::INI)?);
            let role =
                AssumeRole::from_parts(key, role_arn.to_owned(), role_options(section)?, context);
            Box::new(match section.text("external_id") {
                Some(id) => role.external_id(id),
                None => role,
            })
        }
        "oidc_role_arn" => {
            let [role, provider, token_file] =
                section.require(["role_arn", "oidc_provider_arn", "oidc_token_file_path"])?;
            let oidc = Oidc::new(role, provider, token_file);
            Box::new(oidc.options(role_options(section)?).context(context))
        }
        _ => {
            return Err(CredentialsError::invalid(format!(
                "{} has a `type` that is not one of access_key, sts, ecs_ram_role, ram_role_arn, oidc_role_arn",
                section.place()
            )));
        }
    })
}

fn role_options(section: &Section) -> Result<RoleOptions, CredentialsError> {
    let text = |key| section.text(key).map(str::to_owned);
    Ok(RoleOptions {
        session_name: text("role_session_name"),
        duration: section.seconds("duration_seconds")?,
        policy: text("policy"),
        region: text("sts_region"),
        endpoint: None,
        vpc: section.is_true("enable_vpc"),
    })
}

/// The name of a section of an INI file, and its keys and values.
type Part = (String, Vec<(String, String)>);

/// Parses an INI file into its sections. Written here because errors must not quote a line.
///
/// Comments begin with `#` or `;`, also after a value and white space. A value may stand in quotes,
/// single or double. Of two values for one key, the last counts.
fn parse(place: &str, content: &[u8]) -> Result<Vec<Part>, CredentialsError> {
    let Ok(text) = std::str::from_utf8(content) else {
        return Err(CredentialsError::invalid(format!("{place} is not UTF-8")));
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut sections: Vec<Part> = Vec::new();
    let mut current = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        let malformed =
            |what: &str| CredentialsError::invalid(format!("{place}, line {}: {what}", index + 1));
        if line.is_empty() || line.starts_with(['#', ';']) {
            continue;
        }
        if let Some(rest) = line.strip_prefix('[') {
            let Some((name, _)) = rest.split_once(']') else {
                return Err(malformed("`]` is lacking"));
            };
            let name = name.trim();
            let known = sections.iter().position(|(known, _)| known == name);
            current = Some(known.unwrap_or_else(|| {
                sections.push((name.to_owned(), Vec::new()));
                sections.len() - 1
            }));
            continue;
        }
        let Some((key, value)) = line.split_once(['=', ':']) else {
            return Err(malformed(
                "neither `[section]` nor `key = value` nor a comment",
            ));
        };
        let Some(section) = current else {
            return Err(malformed("a value before the first `[section]`"));
        };
        let value = value_of(value).to_owned();
        let (_, values) = &mut sections[section];
        values.push((key.trim().to_ascii_lowercase(), value));
    }
    Ok(sections)
}

/// A value without quotes and without the comment behind it.
fn value_of(text: &str) -> &str {
    let text = text.trim();
    for quote in ['"', '\''] {
        let quoted = text
            .strip_prefix(quote)
            .and_then(|rest| rest.split_once(quote));
        if let Some((value, _)) = quoted {
            return value;
        }
    }
    let comment = text
        .char_indices()
        .zip(text.chars().skip(1))
        .find(|((_, before), mark)| before.is_whitespace() && matches!(mark, '#' | ';'));
    match comment {
        Some(((start, _), _)) => text[..start].trim_end(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_lose_quotes_and_comments() {
        for (text, value) in [
            (" plain ", "plain"),
            ("plain # comment", "plain"),
            ("plain ; comment", "plain"),
            ("a#b;c", "a#b;c"),
            ("\"a # b\" # comment", "a # b"),
            ("'a ; b'", "a ; b"),
            ("\"open", "\"open"),
            ("# all", "# all"),
            ("ünï # ü", "ünï"),
            ("", ""),
        ] {
            assert_eq!(value_of(text), value, "{text}");
        }
    }
}
