//! Opening a document, whatever it is: a page, a folder of pages, a model, or that of an installed
//! botocore.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use indexmap::IndexMap;

use super::installed::{self, Surroundings};
use super::model::{Model, Protocol, Refusal, Wanted};
use super::operation::Operation;
use super::page::{Pages, Verdict};
use super::shape::Patterns;
use super::{botocore, graph, service_file, smithy};
use crate::support::echo::shown;
use crate::support::files::{FileError, LARGEST_MODEL, Source, read};

/// A document that was read.
#[derive(Debug, Default)]
pub(crate) struct Document {
    /// The name of the service, as a folder of contracts has it.
    pub(crate) service: String,
    /// The service in the credential scope, where the document says it.
    pub(crate) signing_name: Option<String>,
    pub(crate) operations: Vec<Operation>,
    /// How many operations it has, with those that were not wanted or cannot be described.
    pub(crate) all: usize,
    /// How many pages of types it has.
    pub(crate) types: usize,
    /// The type that the only page is about: shapes without an operation.
    pub(crate) kind: Option<Box<Operation>>,
    /// Operations that are no contracts, and why.
    pub(crate) refused: Vec<Refusal>,
    /// Why none of its operations is a contract.
    pub(crate) refused_whole: Option<String>,
    /// Lines of pages that are not understood.
    pub(crate) faults: Vec<FileError>,
    /// What its operations were documented as, where nobody says otherwise.
    pub(crate) revision: &'static str,
}

/// What is said of a folder without any.
const NO_DOCUMENT: &str = "there is no document in it: expected pages in Markdown (API_*.md), or models \
                           such as SERVICE/VERSION/service-2.json";

/// Opens a document. A model may have several services.
///
/// # Errors
/// Where it cannot be read, or is no document of a kind that is known.
pub(crate) fn open(
    word: &Path,
    wanted: &Wanted,
    around: &Surroundings,
) -> Result<Vec<Document>, FileError> {
    let mut patterns = Patterns::default();
    if let Some(service) = word.to_str().and_then(installed::service_of) {
        let path = installed::find(service, around)?;
        return model(&path, wanted, &mut patterns).map_err(Unreadable::error);
    }
    if word.is_dir() {
        return folder(word, wanted, &mut patterns);
    }

    let name = word.to_string_lossy();
    if name.ends_with(".md") || name.ends_with(".markdown") {
        return pages(word, wanted, &mut patterns).map(|document| vec![document]);
    }
    model(word, wanted, &mut patterns).map_err(Unreadable::error)
}

/// A folder: of pages, or of models.
fn folder(
    folder: &Path,
    wanted: &Wanted,
    patterns: &mut Patterns,
) -> Result<Vec<Document>, FileError> {
    let found = page_files(folder)?;
    if !found.is_empty() {
        return read_pages(found, None, wanted, patterns).map(|document| vec![document]);
    }

    let mut documents = Vec::new();
    for path in models_of(folder)? {
        match model(&path, wanted, patterns) {
            Ok(some) => documents.extend(some),
            // A folder of models has other files beside them.
            Err(Unreadable::Other(_)) => {}
            Err(Unreadable::Broken(error)) => documents.push(broken(&path, &error)),
        }
    }
    match documents.is_empty() {
        true => Err(whole(folder, NO_DOCUMENT)),
        false => Ok(documents),
    }
}

/// The models in a folder: of each service the newest.
///
/// # Errors
/// Where the folder cannot be read.
pub(crate) fn models_of(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    // The folder of one service has those of its versions.
    let mut services: Vec<_> = installed::newest(folder).into_iter().collect();
    for entry in std::fs::read_dir(folder).map_err(|e| whole(folder, &e.to_string()))? {
        let path = entry.map_err(|e| whole(folder, &e.to_string()))?.path();
        let direct = path.is_file() && is_model_name(&path);
        services.extend(if direct {
            Some(path)
        } else {
            installed::newest(&path)
        });
    }
    services.sort();
    Ok(services)
}

/// A model in a folder that cannot be read: the others can.
fn broken(path: &Path, error: &FileError) -> Document {
    let name = folder_of_service(path);
    Document {
        service: name.unwrap_or_else(|| path.display().to_string()),
        refused_whole: Some(error.to_string()),
        revision: "current",
        ..Document::default()
    }
}

fn is_model_name(path: &Path) -> bool {
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let is_other = ["paginators", "waiters", "examples", "endpoint"];
    (name.ends_with(".json") || name.ends_with(".json.gz"))
        && !is_other.iter().any(|start| name.starts_with(start))
}

/// A page, with those beside it.
fn pages(path: &Path, wanted: &Wanted, patterns: &mut Patterns) -> Result<Document, FileError> {
    let file = Source::open(path)?;
    let name = path
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    let beside = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let mut found = page_files(beside.unwrap_or(Path::new("."))).unwrap_or_default();
    found.retain(|(other, _)| *other != name);
    found.push((name.clone(), file));
    read_pages(found, Some(&name), wanted, patterns)
}

/// The pages of a folder, by the names of their files.
fn page_files(folder: &Path) -> Result<Vec<(String, Source)>, FileError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| whole(folder, &e.to_string()))? {
        let path = entry.map_err(|e| whole(folder, &e.to_string()))?.path();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned());
        let name = name.unwrap_or_default();
        if name.starts_with("API_") && name.ends_with(".md") && path.is_file() {
            let mut file = Source::open(&path)?;
            file.name = path.display().to_string();
            found.push((name, file));
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found)
}

fn read_pages(
    files: Vec<(String, Source)>,
    only: Option<&str>,
    wanted: &Wanted,
    patterns: &mut Patterns,
) -> Result<Document, FileError> {
    let service = files
        .iter()
        .find_map(|(_, file)| service_of_links(&file.text));
    let service = service.unwrap_or_else(|| "service".to_owned());
    let mut document = Document {
        signing_name: Some(service.clone()),
        service: service_file::folder_of_service(&service),
        revision: "page",
        ..Document::default()
    };

    let pages = Pages::new(files);
    for name in pages
        .names()
        .filter(|name| only.is_none_or(|only| only == *name))
    {
        match pages.read(name, patterns) {
            Ok(Verdict::Operation(operation)) => {
                document.all += 1;
                if wanted.has(&operation.name) {
                    document.operations.push(*operation);
                }
            }
            Ok(Verdict::Type(read)) => {
                document.types += 1;
                if only.is_some() {
                    document.kind = Some(read);
                }
            }
            Ok(Verdict::Other) if only.is_some() => {
                let file = pages.names().next().unwrap_or_default();
                return Err(FileError {
                    file: only.unwrap_or(file).to_owned(),
                    line: None,
                    message:
                        "this is no reference page of an operation or a type: expected a heading \
                              `# NAME` and a section `## Request Syntax` or `## Contents`"
                            .to_owned(),
                });
            }
            Ok(Verdict::Other) => {}
            Ok(Verdict::Refused(refused)) => {
                document.all += 1;
                document.refused.push(Refusal {
                    operation: refused.operation,
                    line: Some(refused.line),
                    why: refused.why.to_owned(),
                });
            }
            Err(fault) => {
                document.all += 1;
                if !document.faults.contains(&fault) {
                    document.faults.push(fault);
                }
            }
        }
    }
    Ok(document)
}

/// The name of the service in the links to its SDKs: `…/goto/aws-cli/lambda-2015-03-31/…`.
fn service_of_links(text: &str) -> Option<String> {
    let (_, behind) = text.split_once("/goto/")?;
    let version = behind.split('/').nth(1)?;
    let mut parts = version.rsplitn(4, '-').skip(3);
    let name = parts.next()?.to_ascii_lowercase();
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
    (!name.is_empty() && name.chars().all(is_name)).then_some(name)
}

/// Why a file is no model.
enum Unreadable {
    /// It is something else.
    Other(FileError),
    Broken(FileError),
}

impl From<FileError> for Unreadable {
    fn from(error: FileError) -> Self {
        Self::Broken(error)
    }
}

impl Unreadable {
    fn error(self) -> FileError {
        match self {
            Self::Other(error) | Self::Broken(error) => error,
        }
    }
}

/// A model, with the paginators beside it.
fn model(
    path: &Path,
    wanted: &Wanted,
    patterns: &mut Patterns,
) -> Result<Vec<Document>, Unreadable> {
    let file = unpacked(path)?;
    let mut pages = IndexMap::new();
    for name in ["paginators-1.json", "paginators-1.json.gz"] {
        let beside = path.with_file_name(name);
        if beside.is_file() {
            pages = botocore::paginators(&unpacked(&beside)?)?;
        }
    }
    let mut documents = of_model(&file, &pages, wanted, patterns)?;
    if let (Some(name), [document]) = (folder_of_service(path), documents.as_mut_slice()) {
        document.service = service_file::folder_of_service(&name);
    }
    Ok(documents)
}

/// The services of a model.
fn of_model(
    file: &Source,
    pages: &IndexMap<String, graph::Pages>,
    wanted: &Wanted,
    patterns: &mut Patterns,
) -> Result<Vec<Document>, Unreadable> {
    let keys = top_keys(file)?;
    if smithy::is_one(&keys) {
        let models = smithy::read(file, wanted)?;
        return Ok(models
            .iter()
            .map(|model| document(model, patterns))
            .collect());
    }
    if !botocore::is_one(&keys) {
        return Err(Unreadable::Other(FileError {
            file: file.name.clone(),
            line: None,
            message:
                "this is no service model that is known: expected `metadata` and `operations`, \
                      as in botocore's service-2.json, or `smithy`, as in a model of Smithy"
                    .to_owned(),
        }));
    }
    let model = botocore::read(file, pages, wanted)?;
    Ok(vec![document(&model, patterns)])
}

/// The services of a model that is no file.
///
/// # Errors
/// Where the text is no model.
pub(crate) fn model_of(file: &Source) -> Result<Vec<Document>, FileError> {
    let wanted = Wanted {
        prose: true,
        ..Wanted::default()
    };
    of_model(file, &IndexMap::new(), &wanted, &mut Patterns::default()).map_err(Unreadable::error)
}

/// What a page says that is no file.
///
/// # Errors
/// Where the text is no page of an operation or a type.
pub(crate) fn page_of(file: Source) -> Result<Document, FileError> {
    let name = file.name.clone();
    let files = vec![(name.clone(), file)];
    read_pages(
        files,
        Some(&name),
        &Wanted::default(),
        &mut Patterns::default(),
    )
}

/// The folder of a service: that above the folder of a version.
fn folder_of_service(path: &Path) -> Option<String> {
    let version = path.parent()?;
    let is_version = version.file_name()?.to_str()?.starts_with("20");
    let folder = version.parent()?.file_name()?.to_str()?;
    is_version.then(|| folder.to_owned())
}

fn document(model: &Model, patterns: &mut Patterns) -> Document {
    let (operations, refused) = model.operations(patterns);
    Document {
        service: service_file::folder_of_service(&model.service),
        signing_name: model.signing_name.clone(),
        operations,
        all: model.operations,
        refused,
        refused_whole: match &model.protocol {
            Protocol::RestJson => None,
            Protocol::Other(name) => Some(format!(
                "the protocol is {}: contracts describe requests of restJson",
                shown(name)
            )),
        },
        revision: "current",
        ..Document::default()
    }
}

/// The keys at the first level of a JSON document.
fn top_keys(file: &Source) -> Result<Vec<String>, FileError> {
    let keys: IndexMap<String, serde::de::IgnoredAny> = serde_json::from_str(&file.text)
        .map_err(|e| crate::support::files::json_fault(&file.name, 1, "a service model", &e))?;
    Ok(keys.into_keys().collect())
}

/// A file of text, which may be packed.
///
/// # Errors
/// Where it cannot be read, unpacked, or is no text.
pub(crate) fn unpacked(path: &Path) -> Result<Source, FileError> {
    let bytes = read(path, LARGEST_MODEL)?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Source::of(path, bytes);
    }
    let mut unpacked = Vec::new();
    let mut packed = flate2::read::MultiGzDecoder::new(bytes.as_slice()).take(LARGEST_MODEL + 1);
    packed
        .read_to_end(&mut unpacked)
        .map_err(|e| whole(path, &format!("it cannot be unpacked by gzip: {e}")))?;
    if unpacked.len() as u64 > LARGEST_MODEL {
        let most = LARGEST_MODEL >> 20;
        return Err(whole(
            path,
            &format!("expected at most {most} MiB when it is unpacked"),
        ));
    }
    Source::of(path, unpacked)
}

fn whole(path: &Path, message: &str) -> FileError {
    FileError {
        file: path.display().to_string(),
        line: None,
        message: message.to_owned(),
    }
}
