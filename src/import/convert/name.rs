//! Which texts can be names: of labels, of members, of header fields.

/// Whether a text can stand in a path.
pub(super) fn is_word(name: &str) -> bool {
    !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c.is_control())
}

/// Whether a text can be the name of a member or of a parameter.
pub(super) fn is_text(name: &str) -> bool {
    !name.is_empty() && !name.contains(char::is_control)
}

/// Whether a text can be the name of a header field.
pub(super) fn is_token(name: &str) -> bool {
    let of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    !name.is_empty() && name.chars().all(of_token)
}
