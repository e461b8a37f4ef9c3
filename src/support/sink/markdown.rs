//! Markdown in which a value is text: no markup, no cell, no link, no mention.

use super::{many_lines, one_line};

/// So many characters of a value are shown in a table.
const CELL: usize = 400;

/// What splits a text in two for whoever looks for links and mentions, and shows nothing.
const SPLIT: &str = "<!-- -->";

/// Text in which nothing is markup.
pub(crate) fn text(text: &str) -> String {
    let text = one_line(text);
    // It may begin a line, and a log is read for commands.
    let mut safe = String::from(if text.starts_with("::") { "\\" } else { "" });
    let mut before = ' ';

    for c in text.chars() {
        match c {
            '\t' => safe.push(' '),
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '$' => safe.extend(['\\', c]),
            // A backslash does not keep GitHub from making a mention of it.
            '@' => safe.extend(["\\@", SPLIT]),
            '/' if before == ':' => safe.extend([SPLIT, "/"]),
            '.' if safe
                .get(safe.len().saturating_sub(3)..)
                .is_some_and(|end| end.eq_ignore_ascii_case("www")) =>
            {
                safe.extend([SPLIT, "."])
            }
            digit if digit.is_ascii_digit() && before == '#' => {
                safe.push_str(SPLIT);
                safe.push(digit);
            }
            other => safe.push(other),
        }
        before = c;
    }

    safe
}

/// Text of a table, in which nothing is markup.
pub(crate) fn cell(value: &str) -> String {
    text(&shortened(value))
}

/// Text of a table as code. HTML's own element knows no text that ends it.
pub(crate) fn code(value: &str) -> String {
    let safe = html(&one_line(&shortened(value))).replace('\t', " ");
    let safe = ["\\", "`", "*", "_", "[", "]", "|", "~", "$", "@"]
        .iter()
        .fold(safe, |text, mark| {
            let numbers: String = mark
                .chars()
                .map(|c| format!("&#{};", u32::from(c)))
                .collect();
            text.replace(mark, &numbers)
        });

    let safe = safe.replace("://", &format!(":{SPLIT}//"));
    let safe = ["www.", "WWW."].iter().fold(safe, |text, www| {
        text.replace(www, &format!("{}{SPLIT}.", &www[..3]))
    });
    format!("<code>{safe}</code>")
}

/// Lines that are copied, in an element of HTML that shows them as they are.
pub(crate) fn preformatted(lines: &[&str]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| one_line(line)).collect();
    format!("<pre>{}</pre>", html(&many_lines(&lines.join("\n"))))
}

/// Text of HTML.
pub(crate) fn html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(CELL) {
        Some((cut, _)) => format!("{}…", &text[..cut]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_markup() {
        assert_eq!(text("a|b\n*c* <d>"), "a\\|b\\\\n\\*c\\* &lt;d&gt;");
        assert_eq!(
            text("@user #12 http://x www.x"),
            "\\@<!-- -->user \\#<!-- -->12 http:<!-- -->//x www<!-- -->.x"
        );

        assert_eq!(text("::error::x"), "\\::error::x");
        assert_eq!(
            code("a`b</code>|\n"),
            "<code>a&#96;b&lt;/code&gt;&#124;&#92;n</code>"
        );

        assert_eq!(code("http://x"), "<code>http:<!-- -->//x</code>");
        assert_eq!(
            preformatted(&["a\n</pre>", ""]),
            "<pre>a\\n&lt;/pre&gt;\n</pre>"
        );
    }
}
