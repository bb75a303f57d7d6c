//! A command that prints an access key.

use std::{
    fmt, io,
    process::{Child, Command, ExitStatus, Stdio},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

use tokio::sync::oneshot;

use super::{
    BoxFuture, Context, Credentials, CredentialsError, ProvideCredentials,
    config_file::{self, Source},
    section::{Section, parse_object, read_up_to},
};
use crate::threads::{lock, spawn_thread};

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
        let failed = |error: io::Error| {
            CredentialsError::invalid("the credentials command cannot be run").with_source(error)
        };
        let child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let child = KilledOnDrop(Arc::new(Mutex::new(child)));
        let (sender, ended) = oneshot::channel();
        let watched = Arc::clone(&child.0);
        // Not by the runtime: it would have to hear of signals, which is 45 kB more in each program.
        let wait = move || {
            // Nobody may be waiting any more.
            let _ = sender.send(end(&watched));
        };
        spawn_thread("alicloud-command", Box::new(wait)).map_err(failed)?;
        let Ok(ended) = ended.await else {
            return Err(CredentialsError::unavailable(
                "the credentials command was broken off",
            ));
        };
        let (output, status) = ended.map_err(failed)?;
        if output.len() as u64 > LIMIT {
            return Err(CredentialsError::invalid(format!(
                "the credentials command prints more than {LIMIT} bytes"
            )));
        }
        if !status.success() {
            return Err(CredentialsError::refused(format!(
                "the credentials command failed: {status}"
            )));
        }
        Ok(output)
    }
}

struct KilledOnDrop(Arc<Mutex<Child>>);

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        // One that has ended is not there to be killed.
        let _ = lock(&self.0).kill();
    }
}

/// Waits for the end of a command, which is near once it prints no more.
fn end(child: &Mutex<Child>) -> io::Result<(Vec<u8>, ExitStatus)> {
    /// The lock must be free for who kills it.
    const PAUSE: Duration = Duration::from_millis(2);

    let stdout = lock(child).stdout.take();
    let mut output = Vec::new();
    let read = match stdout {
        Some(mut stdout) => read_up_to(LIMIT, &mut stdout, &mut output),
        None => Ok(0),
    };
    if read.is_err() || output.len() as u64 > LIMIT {
        lock(child).kill()?;
    }
    loop {
        if let Some(status) = lock(child).try_wait()? {
            return read.map(|_| (output, status));
        }
        thread::sleep(PAUSE);
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
