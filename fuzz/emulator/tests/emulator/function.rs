//! Names of functions, in all their forms.

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::Request;
use proofmark::reference::Reference;
use regex::Regex;

use super::refusal::Refusal;

const REGION: &str = "us-east-1";
const ACCOUNT: &str = "123456789012";

/// The pattern of the page, its parts named.
static FORM: LazyLock<Regex> = LazyLock::new(|| {
    let word = "[a-zA-Z0-9-_]+";
    let form = format!(
        r"\A(?<arn>arn:aws:lambda:)?(?:(?<region>[a-z]{{2}}-[a-z]+-[0-9]):)?(?:(?<account>[0-9]{{12}}):)?(?<word>function:)?(?<name>{word})(?::(?<qualifier>\$LATEST|{word}))?\z"
    );
    Regex::new(&form).expect("the pattern of the page")
});

/// What a FunctionName says.
pub struct FunctionName {
    /// Whether it names a function of this region and account.
    ours: bool,
    name: String,
    qualifier: Option<String>,
}

impl FunctionName {
    /// Takes a name apart.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let parts = FORM
            .captures(text)
            .filter(|_| (1..=140).contains(&text.chars().count()));
        let parts = parts.ok_or_else(|| Refusal::invalid("FunctionName has no documented form"))?;
        let part = |name: &str| parts.name(name).map(|part| part.as_str());
        let bare = ["arn", "region", "account", "word", "qualifier"]
            .iter()
            .all(|part| parts.name(part).is_none());
        if bare && text.len() > 64 {
            return Err(Refusal::invalid(
                "FunctionName alone is at most 64 characters long",
            ));
        }
        Ok(Self {
            ours: part("region").is_none_or(|r| r == REGION)
                && part("account").is_none_or(|a| a == ACCOUNT),
            name: part("name").unwrap_or_default().to_owned(),
            qualifier: part("qualifier").map(str::to_owned),
        })
    }

    /// Its ARN, without a qualifier.
    pub fn arn(&self) -> String {
        format!("arn:aws:lambda:{REGION}:{ACCOUNT}:function:{}", self.name)
    }

    /// Its whole ARN, if there is such a function.
    pub fn resolve(&self, functions: &Reference) -> Result<String, Refusal> {
        let mut path = format!("/2015-03-31/functions/{}/configuration", self.name);
        let mut arn = self.arn();
        if let Some(qualifier) = &self.qualifier {
            path.push_str(&format!("?Qualifier={}", qualifier.replace('$', "%24")));
            arn.push_str(&format!(":{qualifier}"));
        }
        let asked = Request::get(path)
            .body(Bytes::new())
            .ok()
            .map(|request| functions.answer(request).status);
        if self.ours && asked == Some(200) {
            return Ok(arn);
        }
        Err(Refusal::new(
            404,
            "ResourceNotFoundException",
            format!("Function not found: {arn}"),
        ))
    }
}
