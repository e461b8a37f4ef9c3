//! The query protocol of IAM and STS: a form goes in, XML comes out.

use super::call::Form;
use super::mapping::Desk;
use super::response::Response;

/// Answers an action of IAM or STS.
pub(crate) fn answer(desk: &Desk<'_>, action: &str, form: &Form) -> Response {
    match action {
        "GetCallerIdentity" => {
            let account = &desk.server.options.account;
            let result = format!(
                "<Arn>arn:aws:iam::{account}:root</Arn><UserId>{account}</UserId><Account>{account}</Account>"
            );
            success(action, &result, "https://sts.amazonaws.com/doc/2011-06-15/")
        }
        _ => iam(desk, action, form),
    }
}

fn iam(desk: &Desk<'_>, action: &str, form: &Form) -> Response {
    const NAMESPACE: &str = "https://iam.amazonaws.com/doc/2010-05-08/";
    let name = form.get("RoleName").unwrap_or_default();
    let world = &mut *desk.server.world();
    let missing = || {
        error(
            404,
            "NoSuchEntity",
            &format!("The role with name {name} cannot be found."),
            NAMESPACE,
        )
    };
    match action {
        "CreateRole" if name.is_empty() || name.len() > 64 => error(
            400,
            "ValidationError",
            "1 validation error detected: roleName",
            NAMESPACE,
        ),
        "CreateRole" if world.roles.contains_key(name) => error(
            409,
            "EntityAlreadyExists",
            &format!("Role with name {name} already exists."),
            NAMESPACE,
        ),
        "CreateRole" => {
            let document = form
                .get("AssumeRolePolicyDocument")
                .unwrap_or_default()
                .to_owned();
            let role = role(desk, name, &document);
            world.roles.insert(name.to_owned(), document);
            success(action, &role, NAMESPACE)
        }
        "GetRole" => match world.roles.get(name) {
            Some(document) => success(action, &role(desk, name, document), NAMESPACE),
            None => missing(),
        },
        "ListRoles" => {
            let roles: String = world
                .roles
                .iter()
                .map(|(name, document)| member(&role(desk, name, document)))
                .collect();
            success(
                action,
                &format!("<Roles>{roles}</Roles><IsTruncated>false</IsTruncated>"),
                NAMESPACE,
            )
        }
        "DeleteRole" => match world.roles.remove(name) {
            Some(_) => success(action, "", NAMESPACE),
            None => missing(),
        },
        "AttachRolePolicy" | "DetachRolePolicy" | "PutRolePolicy" | "DeleteRolePolicy" => {
            if world.roles.contains_key(name) {
                success(action, "", NAMESPACE)
            } else {
                missing()
            }
        }
        _ => error(
            400,
            "InvalidAction",
            &format!("Could not find operation {action}"),
            NAMESPACE,
        ),
    }
}

fn role(desk: &Desk<'_>, name: &str, document: &str) -> String {
    let account = &desk.server.options.account;
    format!(
        "<Role><Path>/</Path><RoleName>{name}</RoleName><RoleId>AROAEXAMPLE</RoleId>\
         <Arn>arn:aws:iam::{account}:role/{name}</Arn><CreateDate>2018-01-01T00:00:00Z</CreateDate>\
         <AssumeRolePolicyDocument>{document}</AssumeRolePolicyDocument></Role>",
        name = escaped(name),
        document = escaped(document),
    )
}

/// A role as a member of a list.
fn member(role: &str) -> String {
    role.replacen("<Role>", "<member>", 1)
        .replacen("</Role>", "</member>", 1)
}

/// A query-protocol success.
pub(crate) fn success(action: &str, result: &str, namespace: &str) -> Response {
    let body = format!(
        "<{action}Response xmlns=\"{namespace}\"><{action}Result>{result}</{action}Result>\
         <ResponseMetadata><RequestId>0</RequestId></ResponseMetadata></{action}Response>"
    );
    Response::new(200, "text/xml", body)
}

/// A query-protocol error.
pub(crate) fn error(status: u16, code: &str, message: &str, namespace: &str) -> Response {
    let body = format!(
        "<ErrorResponse xmlns=\"{namespace}\"><Error><Type>Sender</Type><Code>{code}</Code>\
         <Message>{message}</Message></Error><RequestId>0</RequestId></ErrorResponse>",
        message = escaped(message),
    );
    Response::new(status, "text/xml", body)
}

/// Text that XML can hold: its five special characters escaped, what it forbids replaced.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }

    out
}
