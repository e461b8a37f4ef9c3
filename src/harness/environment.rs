//! What the environment says of the target: its address, credentials, region and certificates, and
//! a name for the run.
//!
//! The commands and the test harness read the same variables, so that both lead to the same target.

use std::path::Path;

use crate::plan::fixture::token;
use crate::report::curl::CurlTarget;
use crate::support::date::{self, Date};
use crate::support::files;
use crate::wire::target::{Credentials, Permission, Settings};

/// The variables that may hold the endpoint; the first one that is set wins.
pub(crate) const ENDPOINT_VARIABLES: [&str; 3] = [
    "PROOFMARK_ENDPOINT",
    "AWS_ENDPOINT_URL_LAMBDA",
    "AWS_ENDPOINT_URL",
];

/// The variable that names a target of the configuration file.
pub(crate) const TARGET_VARIABLE: &str = "PROOFMARK_TARGET";

/// The variable that names the hosts outside this machine that may be sent to, separated by commas.
pub(crate) const ALLOW_HOST_VARIABLE: &str = "PROOFMARK_ALLOW_HOST";

/// The variable that names the file of known findings.
pub(crate) const BASELINE_VARIABLE: &str = "PROOFMARK_BASELINE";

/// The variable that says which day it is instead of the system's clock, as `YYYY-MM-DD`.
pub(crate) const TODAY_VARIABLE: &str = "PROOFMARK_TODAY";
/// The value of a variable of the environment; one that is empty counts as not set.
pub(crate) fn variable(name: &str) -> Option<String> {
    set(name)
}

/// The name of the target that is meant, where one is set.
pub(crate) fn target_name() -> Option<String> {
    set(TARGET_VARIABLE)
}

/// Whether this is a CI: the variable `CI` is set, and says neither `false` nor `0`.
pub(crate) fn is_ci() -> bool {
    set("CI").is_some_and(|value| !value.eq_ignore_ascii_case("false") && value != "0")
}

/// The endpoint's URL, where one is set.
pub(crate) fn endpoint_url() -> Option<String> {
    ENDPOINT_VARIABLES.into_iter().find_map(set)
}

/// The endpoint's URL, where the variable of this tool's own is set: [`ENDPOINT_VARIABLES`] hold
/// others' as well.
pub(crate) fn own_endpoint_url() -> Option<String> {
    ENDPOINT_VARIABLES.first().copied().and_then(set)
}

/// The hosts outside this machine that may be sent to.
pub(crate) fn allowed_hosts() -> Vec<String> {
    let hosts = set(ALLOW_HOST_VARIABLE).unwrap_or_default();
    hosts
        .split(',')
        .map(str::trim)
        .filter(|h| !h.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The region, or that of the documentation's examples.
pub(crate) fn region() -> String {
    set("AWS_REGION").unwrap_or_else(|| "us-east-1".to_owned())
}

/// The file of known findings, where one is named.
pub(crate) fn baseline_file() -> Option<std::path::PathBuf> {
    set(BASELINE_VARIABLE).map(Into::into)
}

/// The day it is, in UTC.
///
/// # Errors
/// Where the variable that says so holds no day.
pub(crate) fn today() -> Result<Date, String> {
    match set(TODAY_VARIABLE) {
        Some(day) => date::day(&day).map_err(|e| format!("{TODAY_VARIABLE}: {e}")),
        None => Ok(date::utc(std::time::SystemTime::now()).date_naive()),
    }
}

/// How requests are sent: with the credentials and certificates of the environment, to the hosts it
/// allows.
///
/// # Errors
/// Half a pair of credentials, or a bundle of certificates that cannot be read.
pub(crate) fn settings(region: &str) -> Result<Settings, String> {
    let credentials =
        Credentials::from_env(|name| std::env::var(name).ok()).map_err(|e| e.to_string())?;
    settings_for(region, credentials)
}

/// As [`settings`], with credentials from elsewhere.
///
/// # Errors
/// A bundle of certificates that cannot be read.
pub(crate) fn settings_for(region: &str, credentials: Credentials) -> Result<Settings, String> {
    let ca_bundle = match set("AWS_CA_BUNDLE") {
        Some(path) => {
            let bundle = files::read(Path::new(&path), files::LARGEST_TEXT);
            Some(bundle.map_err(|e| format!("AWS_CA_BUNDLE: {e}"))?.into())
        }
        None => None,
    };

    Ok(Settings {
        permission: Permission::new(&allowed_hosts()),
        region: region.to_owned(),
        credentials,
        ca_bundle,
        ..Settings::default()
    })
}

/// How curl reaches that endpoint, with the credentials of the environment.
pub(crate) fn curl_target(url: &str, region: &str) -> CurlTarget {
    let signs = set("AWS_ACCESS_KEY_ID").is_some_and(|v| v != "test");
    CurlTarget {
        signs,
        session: set("AWS_SESSION_TOKEN").is_some(),
        bundle: url.starts_with("https:") && set("AWS_CA_BUNDLE").is_some(),
        ..CurlTarget::new(url.trim_end_matches('/'), region)
    }
}

/// A token for the names of a run's fixtures that no other run has, also not one started at the
/// same moment.
pub(crate) fn run_token() -> String {
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap_or_default();
    // Two started at the same moment differ in their process, which must count in the few digits
    // there are.
    let mixed = (now.as_nanos() ^ (u128::from(std::process::id()) << 40)) % 0xffff_ffff_ffff_ffc5;
    let mut number = mixed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 24;
    let mut free = String::new();

    for _ in 0..6 {
        free.extend(char::from_digit(
            u32::try_from(number % 36).unwrap_or(0),
            36,
        ));
        number /= 36;
    }

    token(&free)
}

fn set(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
