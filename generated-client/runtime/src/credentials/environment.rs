//! Environment variables and the home directory, as a value that tests can replace; and the access key
//! that stands in the variables themselves.

use std::{fmt, path::PathBuf, sync::Arc};

use super::{Credentials, CredentialsError};

const ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// Environment variables and the home directory: those of the process, or given ones.
///
/// ```
/// use alicloud::credentials::Environment;
///
/// let environment = Environment::from_vars([("ALIBABA_CLOUD_PROFILE", "test")]).with_home("/home/me");
/// assert_eq!(environment.var("ALIBABA_CLOUD_PROFILE").as_deref(), Some("test"));
/// assert_eq!(environment.var("ALIBABA_CLOUD_ROLE_ARN"), None);
/// ```
#[derive(Clone)]
pub struct Environment {
    /// `None` for the variables of the process. Of two values for one name, the last counts.
    vars: Option<Arc<[(String, String)]>>,
    home: Option<PathBuf>,
}

impl Environment {
    /// The environment of the process, read at each use.
    pub fn process() -> Self {
        Self {
            vars: None,
            home: std::env::home_dir().filter(|home| !home.as_os_str().is_empty()),
        }
    }

    /// These variables and no others, without a home directory.
    pub fn from_vars<N: Into<String>, V: Into<String>>(
        vars: impl IntoIterator<Item = (N, V)>,
    ) -> Self {
        let vars = vars
            .into_iter()
            .map(|(name, value)| (name.into(), value.into()))
            .collect();
        Self {
            vars: Some(vars),
            home: None,
        }
    }

    /// Sets the home directory.
    #[must_use]
    pub fn with_home(mut self, home: impl Into<PathBuf>) -> Self {
        self.home = Some(home.into());
        self
    }

    /// The value of a variable, without the white space around it. An empty one counts as not set, and
    /// so does one that is not UTF-8.
    pub fn var(&self, name: &str) -> Option<String> {
        let value = match &self.vars {
            Some(vars) => {
                let value = vars.iter().rev().find(|(known, _)| known == name);
                value.map(|(_, value)| value.clone())
            }
            None => std::env::var(name).ok(),
        };
        let value = value?.trim().to_owned();
        (!value.is_empty()).then_some(value)
    }

    /// The home directory.
    pub fn home(&self) -> Option<PathBuf> {
        self.home.clone()
    }

    /// The path of a file, `~` at its beginning replaced by the home directory, as a shell does.
    pub(super) fn expanded(&self, path: impl Into<PathBuf>) -> PathBuf {
        let path = path.into();
        match (path.strip_prefix("~"), self.home()) {
            (Ok(within), Some(home)) => home.join(within),
            _ => path,
        }
    }

    /// Is the variable set to `true`, in whatever case?
    pub(crate) fn is_true(&self, name: &str) -> bool {
        self.var(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The values of several variables, or an error that names all that are not set.
    pub(super) fn require<const N: usize>(
        &self,
        names: [&str; N],
    ) -> Result<[String; N], CredentialsError> {
        self.has_all(&names)?;
        Ok(names.map(|name| self.var(name).unwrap_or_default()))
    }

    fn has_all(&self, names: &[&str]) -> Result<(), CredentialsError> {
        let lacking = names.iter().filter(|name| self.var(name).is_none());
        let lacking: Vec<&str> = lacking.copied().collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let verb = if lacking.len() == 1 { "is" } else { "are" };
        Err(CredentialsError::missing(format!(
            "{} {verb} not set",
            enumerate(&lacking)
        )))
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn enumerate(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

// Values of variables can be secrets: only names are shown.
impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.vars {
            None => f.write_str("Environment(of the process)"),
            Some(vars) => {
                let names: Vec<&str> = vars.iter().map(|(name, _)| name.as_str()).collect();
                f.debug_tuple("Environment").field(&names).finish()
            }
        }
    }
}

impl Default for Environment {
    fn default() -> Self {
        Self::process()
    }
}

impl Credentials {
    /// The access key in `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, with the
    /// token in `ALIBABA_CLOUD_SECURITY_TOKEN` if there is one.
    ///
    /// # Errors
    ///
    /// Names the variables that are not set.
    ///
    /// ```
    /// use alicloud::credentials::{Credentials, Environment};
    ///
    /// let error = Credentials::from_environment(&Environment::from_vars([("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI")]));
    /// assert_eq!(error.unwrap_err().to_string(), "ALIBABA_CLOUD_ACCESS_KEY_SECRET is not set");
    /// ```
    pub fn from_environment(environment: &Environment) -> Result<Self, CredentialsError> {
        let [id, secret] = environment.require([ID, SECRET])?;
        let credentials = Self::new(id, secret);
        Ok(match environment.var(TOKEN) {
            Some(token) => credentials.with_security_token(token),
            None => credentials,
        })
    }
}
