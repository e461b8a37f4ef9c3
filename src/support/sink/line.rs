//! Where a line begins to say something.

/// The codes of colours that our own text has; see [`Style`](crate::report::Style).
pub(super) const COLOURS: [&str; 6] = [
    "\x1b[0m",
    "\x1b[1;31m",
    "\x1b[1;32m",
    "\x1b[33m",
    "\x1b[2m",
    "\x1b[1m",
];

/// Where a line begins to say something: after white space and our own colours.
pub(super) fn said(line: &str) -> &str {
    let mut line = line.trim_start();
    while let Some(rest) = COLOURS.iter().find_map(|code| line.strip_prefix(code)) {
        line = rest.trim_start();
    }
    line
}
