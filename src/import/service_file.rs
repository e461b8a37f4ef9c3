//! The file of a service that a document says too little of: what is true of every service of its
//! protocol. And the names of folders.

use super::toml;

/// The text of `service.toml`.
pub(crate) fn service_file(service: &str, signing_name: Option<&str>) -> String {
    let service = toml::text(service);
    let signing = signing_name.map(|name| format!("signing-name = {}\n", toml::text(name)));
    format!(
        r#"# What every service with REST and JSON has in common. No document says which refusals count for which
# fault: narrow the families down to what yours are.
service = {service}
{}
{BODY}"#,
        signing.unwrap_or_default()
    )
}

const BODY: &str = r#"[protocol]
content-type = "application/json"
answer-content-types = ["application/json", "application/x-amz-json-1.0", "application/x-amz-json-1.1"]
error-type-headers = ["x-amzn-errortype"]
error-type-members = ["__type", "code"]
pattern-anchoring = "either"

[protocol.promise.answers]
says = "Every request is answered: the connection is not dropped, and the whole answer arrives in time"
section = "HTTP/1.1 (RFC 9112)"

[protocol.promise.no-server-error]
says = "No request of ours makes the service fail: a status of 500 or more is a fault of the target"
section = "HTTP semantics (RFC 9110)"

[protocol.promise.content-type]
says = "An answer with a body is labelled as JSON"
section = "AWS REST-JSON 1"

[protocol.promise.json]
says = "The body of an answer is one JSON document, with nothing before or after it and no member twice"
section = "JSON (RFC 8259)"

[protocol.promise.encoding]
says = "A body is not labelled with a content coding the request did not ask for"
section = "HTTP semantics (RFC 9110, Accept-Encoding)"

[protocol.promise.error-type]
says = "A refusal names its error type, in the header x-amzn-errortype or in the body"
section = "AWS REST-JSON 1, operation error serialization"

[family.constraint]
classes = ["range", "length", "pattern", "enum", "required", "rule", "unsuited"]
accept = [{ status = "400", basis = "inferred" }]

[family.type]
classes = ["type", "overflow"]
accept = [{ status = "400", basis = "inferred" }]

[family.syntax]
classes = ["syntax"]
accept = [{ status = "400", basis = "inferred" }]

[family.unknown-resource]
classes = ["unknown-resource", "unknown-reference"]
accept = [{ status = "404", basis = "inferred" }, { status = "400", basis = "inferred" }]

[family.in-transition]
classes = ["in-transition", "conflict"]
accept = [{ status = "409", basis = "inferred" }, { status = "400", basis = "inferred" }]

[family.route]
classes = ["route"]
opaque = true
accept = [{ status = "4xx", basis = "inferred" }]

[family.malformed-resource]
classes = ["malformed-resource"]
opaque = true
accept = [{ status = "4xx", basis = "inferred" }]
"#;

/// The folder of a service: what stands in its name beside letters, digits and dashes is a dash.
pub(crate) fn folder_of_service(name: &str) -> String {
    let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let folder: String = name
        .chars()
        .map(|c| if fits(c) { c.to_ascii_lowercase() } else { '-' })
        .collect();
    match folder.is_empty() {
        true => "service".to_owned(),
        false => folder,
    }
}

/// The folder of an operation: its words in lower case, with dashes between them.
pub(crate) fn folder_of(operation: &str) -> String {
    let letters: Vec<char> = operation.chars().collect();
    let mut folder = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let behind = letters.get(at + 1);
        let begins_word = letter.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_ascii_digit()
                    || before.is_uppercase() && behind.is_some_and(|c| c.is_lowercase())
            });
        if begins_word {
            folder.push('-');
        }
        match letter.is_ascii_alphanumeric() {
            true => folder.extend(letter.to_lowercase()),
            false => folder.push('-'),
        }
    }
    match folder.is_empty() {
        true => "operation".to_owned(),
        false => folder,
    }
}

#[cfg(test)]
mod tests {
    use super::{folder_of, folder_of_service, service_file};
    use crate::contract::load_service;
    use crate::support::files::Source;

    #[test]
    fn the_file_of_a_service_loads() {
        let file = Source {
            name: "service.toml".to_owned(),
            text: service_file("shelves", Some("shelf")),
        };
        let service = load_service(&file).expect("a service");
        assert_eq!(
            (service.name.as_str(), service.signing_name.as_str()),
            ("shelves", "shelf")
        );
    }

    #[test]
    fn folders_of_services() {
        for (name, folder) in [
            ("portal.sso", "portal-sso"),
            ("../x", "---x"),
            ("", "service"),
            ("Lambda", "lambda"),
        ] {
            assert_eq!(folder_of_service(name), folder);
        }
    }

    #[test]
    fn folders_of_operations() {
        for (name, folder) in [
            ("UpdateEventSourceMapping", "update-event-source-mapping"),
            ("GetSAMLProvider", "get-saml-provider"),
            ("listTags", "list-tags"),
            ("ListLayers2", "list-layers2"),
            ("PutV2Thing", "put-v2-thing"),
            ("Invoke", "invoke"),
        ] {
            assert_eq!(folder_of(name), folder);
        }
    }
}
