//! A command that prints an access key.

use std::{fmt, process::Stdio, time::Duration};

use tokio::io::AsyncReadExt as _;

use super::{
    BoxFuture, Context, Credentials, CredentialsError, ProvideCredentials,
    config_file::{self, Source},
    section::{Section, parse_object},
};

/// Bytes that a command may print.
const LIMIT: u64 = 64 * 1024;

/// A provider that runs a command which prints a profile as JSON, in the form of
/// `~/.aliyun/config.json`: `mode` (`AK` if it is missing), `access_key_id`, `access_key_secret`,
/// `sts_token`; and `expiration`, a time such as `2026-01-01T00:00:00Z`.
///
/// The command line is split into words as by a POSIX shell, but runs without a shell. Its standard
/// error is discarded, because it may hold secrets. The command is killed when the time limit is
/// reached or the caller is dropped.
///
/// ```no_run
/// use std::time::Duration;
/// use alicloud::credentials::{Cached, ExternalCommand};
///
/// let provider = Cached::new(
///     ExternalCommand::new("'/opt/tools/get key' --account dev").time_limit(Duration::from_secs(20)),
/// );
/// ```
pub struct ExternalCommand {
    command: String,
    time_limit: Duration,
    context: Context,
}

impl ExternalCommand {
    /// Runs this command line, for at most one minute.
    pub fn new(command: impl Into<String>) -> Self {
        Self {
            command: command.into(),
            time_limit: Duration::from_secs(60),
            context: Context::new(),
        }
    }

    /// Sets how long the command may take.
    #[must_use]
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.time_limit = limit;
        self
    }

    /// Sets the context of a role that the command's output says to assume. The command itself
    /// inherits the environment of the process.
    #[must_use]
    pub fn context(mut self, context: &Context) -> Self {
        self.context = context.clone();
        self
    }

    async fn run(&self) -> Result<Credentials, CredentialsError> {
        const PLACE: &str = "the output of the credentials command";

        let output = tokio::time::timeout(self.time_limit, self.output())
            .await
            .map_err(|_| {
                CredentialsError::unavailable(format!(
                    "the credentials command takes longer than {} s",
                    self.time_limit.as_secs_f64()
                ))
            })??;
        let profile = Section::from_json(PLACE, &parse_object(PLACE, &output)?);
        config_file::provider(&profile, Source::Command, &self.context)?
            .provide()
            .await
    }

    /// What the command prints.
    async fn output(&self) -> Result<Vec<u8>, CredentialsError> {
        // Backslashes separate folders on Windows.
        let command = if cfg!(windows) {
            self.command.replace('\\', "\\\\")
        } else {
            self.command.clone()
        };
        let words = shlex::split(&command).ok_or_else(|| {
            CredentialsError::invalid("the credentials command has an open quote")
        })?;
        let Some((program, arguments)) = words.split_first() else {
            return Err(CredentialsError::invalid(
                "the credentials command is empty",
            ));
        };
        let failed = |error: std::io::Error| {
            CredentialsError::invalid("the credentials command cannot be run").with_source(error)
        };
        let mut child = tokio::process::Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(failed)?;
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            stdout
                .take(LIMIT + 1)
                .read_to_end(&mut output)
                .await
                .map_err(failed)?;
        }
        if output.len() as u64 > LIMIT {
            return Err(CredentialsError::invalid(format!(
                "the credentials command prints more than {LIMIT} bytes"
            )));
        }
        let status = child.wait().await.map_err(failed)?;
        if !status.success() {
            return Err(CredentialsError::refused(format!(
                "the credentials command failed: {status}"
            )));
        }
        Ok(output)
    }
}

impl ProvideCredentials for ExternalCommand {
    fn provide(&self) -> BoxFuture<'_, Result<Credentials, CredentialsError>> {
        Box::pin(self.run())
    }
}

// Arguments can be secrets.
impl fmt::Debug for ExternalCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExternalCommand")
            .field("time_limit", &self.time_limit)
            .finish_non_exhaustive()
    }
}
