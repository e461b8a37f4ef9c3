//! Where the models of an installed botocore are: `botocore:lambda` means one of them.

use std::path::{Path, PathBuf};

use crate::support::echo::{did_you_mean, shown};
use crate::support::files::FileError;

/// The words before the name of a service.
const SCHEME: &str = "botocore:";

/// What the places depend on.
#[derive(Clone, Debug)]
pub(crate) struct Surroundings {
    /// A folder that is named for it: that of botocore, or its `data`.
    pub(crate) named: Option<PathBuf>,
    /// Variables of the environment, by name.
    pub(crate) variable: fn(&str) -> Option<std::ffi::OsString>,
}

/// The service that a word such as `botocore:lambda` names.
pub(crate) fn service_of(word: &str) -> Option<&str> {
    word.strip_prefix(SCHEME)
}

/// The file of a service's model: that of its newest version.
///
/// # Errors
/// Where no botocore is found, or it has no such service. The message says where it was looked for.
pub(crate) fn find(service: &str, around: &Surroundings) -> Result<PathBuf, FileError> {
    let fail = |message: String| FileError {
        file: format!("{SCHEME}{service}"),
        line: None,
        message,
    };
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_' || c == '.';
    if service.is_empty() || service.starts_with('.') || !service.chars().all(is_name) {
        return Err(fail(
            "expected the name of a service, such as botocore:lambda".to_owned(),
        ));
    }

    let folders = folders(around);
    let mut known: Vec<String> = Vec::new();
    for folder in &folders {
        if let Some(model) = newest(&folder.join(service)) {
            return Ok(model);
        }
        known.extend(entries(folder).iter().filter_map(|path| {
            path.file_name()
                .map(|name| name.to_string_lossy().into_owned())
        }));
    }

    if known.is_empty() {
        return Err(fail(
            "no installed botocore was found: looked in AWS_DATA_PATH, VIRTUAL_ENV, PYTHONPATH, and \
             beside `python3` and `aws` of PATH; name its folder by --botocore DIR, or install it by \
             `pip install botocore`"
                .to_owned(),
        ));
    }
    let hint = did_you_mean(service, known.iter().map(String::as_str));
    Err(fail(format!(
        "the installed botocore has no service `{}`{hint}",
        shown(service)
    )))
}

/// The model in the newest folder of versions.
pub(super) fn newest(service: &Path) -> Option<PathBuf> {
    let mut versions = entries(service);
    versions.sort();
    versions.into_iter().rev().find_map(|version| {
        let names = ["service-2.json", "service-2.json.gz"];
        let mut files = names.iter().map(|name| version.join(name));
        files.find(|file| file.is_file())
    })
}

/// What is in a folder; nothing, where it cannot be read.
fn entries(folder: &Path) -> Vec<PathBuf> {
    let read = std::fs::read_dir(folder);
    let entries = read.into_iter().flatten().flatten();
    entries
        .map(|entry| entry.path())
        .filter(|path| path.is_dir())
        .collect()
}

/// Folders of models, the first to be asked first.
fn folders(around: &Surroundings) -> Vec<PathBuf> {
    if let Some(named) = &around.named {
        return vec![
            named.join("data"),
            named.join("botocore/data"),
            named.clone(),
        ];
    }

    let paths = |name: &str| -> Vec<PathBuf> {
        let value = (around.variable)(name).unwrap_or_default();
        let all = std::env::split_paths(&value);
        all.filter(|path| !path.as_os_str().is_empty()).collect()
    };
    let mut found = paths("AWS_DATA_PATH");
    found.extend(
        paths("HOME")
            .into_iter()
            .map(|home| home.join(".aws/models")),
    );

    let mut prefixes = paths("VIRTUAL_ENV");
    found.extend(
        paths("PYTHONPATH")
            .into_iter()
            .map(|path| path.join("botocore/data")),
    );
    for program in paths("PATH")
        .into_iter()
        .flat_map(|path| [path.join("python3"), path.join("aws")])
    {
        let Some(folder) = program.is_file().then(|| program.parent()).flatten() else {
            continue;
        };
        prefixes.extend(folder.parent().map(Path::to_owned));
        // A link leads to where the program is installed.
        let real = program.canonicalize().ok();
        let real = real.as_deref().and_then(Path::parent);
        found.extend(real.map(|folder| folder.join("awscli/botocore/data")));
        prefixes.extend(real.and_then(Path::parent).map(Path::to_owned));
        // pyenv puts scripts into `shims`, and what is installed beside them.
        if folder.file_name().is_some_and(|name| name == "shims") {
            let versions = folder.parent().map(|root| root.join("versions"));
            prefixes.extend(versions.iter().flat_map(|versions| entries(versions)));
        }
    }
    prefixes.extend(paths("HOME").into_iter().map(|home| home.join(".local")));
    for prefix in prefixes {
        for lib in entries(&prefix.join("lib")) {
            let is_python = lib
                .file_name()
                .is_some_and(|n| n.to_string_lossy().starts_with("python3"));
            if is_python {
                found.push(lib.join("site-packages/botocore/data"));
                found.push(lib.join("dist-packages/botocore/data"));
            }
        }
    }
    found.into_iter().filter(|folder| folder.is_dir()).collect()
}
