//! Installs the vendor's clients under `target/interop`, once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

/// Python packages, with the versions that were tried.
const PYTHON: &str = "\
alibabacloud_credentials==1.0.12
alibabacloud_ecs20140526==7.11.8
alibabacloud_sts20150401==1.2.0
aliyun-python-sdk-core==2.16.1
";

/// Node packages, with the versions that were tried.
const NODE: &str = r#"{
  "private": true,
  "dependencies": {
    "@alicloud/ecs20140526": "7.11.6",
    "@alicloud/pop-core": "1.8.0"
  }
}
"#;

const SCRIPTS: [(&str, &str); 5] = [
    ("common.py", include_str!("../scripts/common.py")),
    ("calls.py", include_str!("../scripts/calls.py")),
    ("samples.py", include_str!("../scripts/samples.py")),
    ("workflow.py", include_str!("../scripts/workflow.py")),
    ("calls.js", include_str!("../scripts/calls.js")),
];

/// Interpreters that have the vendor's clients.
pub(crate) struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// A Python script.
    pub(crate) fn python(&self, script: &str) -> Command {
        let mut command = Command::new(python_of(&self.folder));
        command.arg(self.folder.join(script));
        command
    }

    /// A Node script.
    pub(crate) fn node(&self, script: &str) -> Command {
        let mut command = Command::new("node");
        command.arg(self.folder.join(script));
        command
    }
}

/// Installs what is not there yet; an error says what is out of reach.
pub(crate) fn tools() -> Result<Tools, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let folder = target
        .unwrap_or_else(|| root.join("../../target"))
        .join("interop");
    let unwritable = |error| format!("{} cannot be written: {error}", folder.display());
    fs::create_dir_all(&folder).map_err(unwritable)?;
    for (name, text) in SCRIPTS {
        fs::write(folder.join(name), text).map_err(unwritable)?;
    }
    once(&folder, "requirements.txt", PYTHON, || {
        run(Command::new("python3")
            .args(["-m", "venv"])
            .arg(folder.join("venv")))?;
        let pip = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-r",
        ];
        let requirements = folder.join("requirements.txt");
        run(Command::new(python_of(&folder)).args(pip).arg(requirements))
    })?;
    once(&folder, "package.json", NODE, || {
        let npm = [
            "install",
            "--loglevel=error",
            "--no-audit",
            "--no-fund",
            "--ignore-scripts",
        ];
        run(Command::new("npm").args(npm).current_dir(&folder))
    })?;
    Ok(Tools { folder })
}

fn python_of(folder: &Path) -> PathBuf {
    let within = if cfg!(windows) {
        "Scripts/python"
    } else {
        "bin/python"
    };
    folder.join("venv").join(within)
}

/// Installs unless that was done for the same list before.
fn once(
    folder: &Path,
    list: &str,
    wanted: &str,
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let done = folder.join(format!("{list}.installed"));
    if fs::read_to_string(&done).is_ok_and(|text| text == wanted) {
        return Ok(());
    }
    let write = |path: &Path| fs::write(path, wanted).map_err(|error| error.to_string());
    write(&folder.join(list))?;
    install()?;
    write(&done)
}

/// Runs a command; the error has the last line that it said.
fn run(command: &mut Command) -> Result<(), String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{name}` cannot be run: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let last = said.trim().lines().next_back().unwrap_or("it said nothing");
    Err(format!("`{name}` could not install the clients: {last}"))
}
