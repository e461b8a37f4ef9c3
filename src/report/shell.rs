//! Text in the words of a POSIX shell: whatever it holds, dash, bash and every other such shell
//! take it as data.
//!
//! Single quotes alone do that. What a terminal would obey or hide, and a newline, are written by
//! `printf` in octal, so that a line of ours stays one line.

use std::fmt::Write as _;

/// A text as one word of a command. A word holds no NUL byte: a shell leaves it out.
pub(crate) fn word(text: &str) -> String {
    if is_plain(text) {
        return text.to_owned();
    }
    if !text.chars().any(is_hidden) {
        return quoted(text);
    }

    // A shell cuts newlines off the end of what a command writes.
    let written = text.trim_end_matches('\n');
    let newlines = text.get(written.len()..).unwrap_or_default();
    let written = if written.is_empty() {
        String::new()
    } else {
        format!("\"$(printf {})\"", format(written))
    };
    let newlines = if newlines.is_empty() {
        String::new()
    } else {
        quoted(newlines)
    };
    written + &newlines
}

/// A command that sets a variable to a text.
pub(crate) fn assignment(name: &str, value: &str) -> String {
    let name = variable(name);
    if value.chars().any(is_hidden) {
        // The last letter keeps newlines at the end from being cut off.
        return format!(
            "{name}=$(printf {}); {name}=${{{name}%_}}",
            format(&format!("{value}_"))
        );
    }
    format!("{name}={}", word(value))
}

/// A text as the format of `printf` that writes it, as one word.
pub(crate) fn format(text: &str) -> String {
    let format = guarded(format_of(text));
    if is_plain(&format) {
        format
    } else {
        format!("'{format}'")
    }
}

/// Bytes as the format of `printf` that writes them, as one word.
pub(crate) fn format_bytes(bytes: &[u8]) -> String {
    let mut format = String::new();
    bytes.iter().for_each(|byte| put_byte(*byte, &mut format));
    format!("'{}'", guarded(format))
}

/// A text as the format of `printf` that writes it, without quotes around it. It holds no single
/// quote, so that formats may be put together before they are [guarded] and quoted.
pub(crate) fn format_of(text: &str) -> String {
    let mut format = String::new();
    for c in text.chars() {
        if c.is_ascii() || is_hidden(c) {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes)
                .bytes()
                .for_each(|byte| put_byte(byte, &mut format));
        } else {
            format.push(c);
        }
    }

    format
}

/// A whole format, whose first dash would be taken for a flag.
pub(crate) fn guarded(format: String) -> String {
    match format.strip_prefix('-') {
        Some(rest) => format!("\\055{rest}"),
        None => format,
    }
}

/// A text as the rest of a line that begins with `#`.
pub(crate) fn comment(text: &str) -> String {
    let visible: String = text
        .chars()
        .map(|c| if is_hidden(c) { ' ' } else { c })
        .collect();
    visible
        .split(' ')
        .filter(|word| !word.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

/// The variable that stands for what a template calls so.
pub(crate) fn variable(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let variable: String = name.chars().map(plain).collect();
    let digit = if variable.starts_with(|c: char| c.is_ascii_digit()) {
        "_"
    } else {
        ""
    };
    format!("{digit}{variable}")
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// Whether no shell finds anything in a text to take for more than itself.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c))
}

/// Whether a terminal obeys a character or does not show it: control characters, and those that
/// only format others.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A byte in a format.
fn put_byte(byte: u8, format: &mut String) {
    match byte {
        b'%' => format.push_str("%%"),
        b'\\' => format.push_str("\\\\"),
        b'\'' => format.push_str("\\047"),
        0x20..=0x7e => format.push(char::from(byte)),
        // Writing to a String cannot fail.
        _ => {
            let _ = write!(format, "\\{byte:03o}");
        }
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    /// Values that have hurt shells.
    const EVIL: [&str; 20] = [
        "",
        "plain",
        "it's",
        "''",
        "\"",
        "`touch PWNED`",
        "$(touch PWNED)",
        "${x:-$(touch PWNED)}",
        "a;touch PWNED",
        "a\ntouch PWNED\n",
        "\n\n",
        "';touch PWNED;'\n",
        "-n",
        "-e\\a\n",
        "%s%n\\0101%",
        "\\",
        "a\\\n",
        "\u{1b}]0;x\u{7}\u{9b}31m\u{202e}",
        "é ü 漢 *?[a]~!#",
        "& | < > ( ) { }",
    ];

    /// What a shell makes of a script; `None` where there is no such shell.
    fn carried_out(shell: &str, script: &str) -> Option<Vec<u8>> {
        let output = match Command::new(shell).args(["-c", script]).output() {
            Ok(output) => output,
            Err(missing) => {
                println!("not tried: {shell}: {missing}");
                return None;
            }
        };

        assert!(
            output.stderr.is_empty(),
            "{shell}: {}\n{script}",
            String::from_utf8_lossy(&output.stderr)
        );

        Some(output.stdout)
    }

    #[test]
    fn words_are_what_they_were_made_of() {
        for shell in ["dash", "bash", "sh"] {
            for text in EVIL {
                let script = format!("{}; printf %s \"$v\" {}", assignment("v", text), word(text));
                let Some(out) = carried_out(shell, &script) else {
                    continue;
                };
                assert_eq!(
                    String::from_utf8_lossy(&out),
                    format!("{text}{text}"),
                    "{shell}: {script}"
                );
            }
        }
    }

    #[test]
    fn formats_write_what_they_were_made_of() {
        let bytes: Vec<u8> = (0..=255).collect();
        for shell in ["dash", "bash", "sh"] {
            let Some(out) = carried_out(shell, &format!("printf {}", format_bytes(&bytes))) else {
                continue;
            };
            assert_eq!(out, bytes);
            for text in EVIL {
                let out = carried_out(shell, &format!("printf {}", format(text)));
                assert_eq!(out.as_deref(), Some(text.as_bytes()), "{shell}");
            }
        }
    }

    #[test]
    fn nothing_begins_a_line_of_its_own() {
        for text in EVIL.iter().filter(|text| !text.ends_with('\n')) {
            assert!(
                !word(text).contains('\n') && !assignment("v", text).contains('\n'),
                "{text:?}"
            );
        }
        assert_eq!(assignment("v", "a\n"), "v=$(printf 'a\\012_'); v=${v%_}");
        assert_eq!(comment("a\r\nb\u{2028}c\u{1b}[0m"), "a b c [0m");
    }

    #[test]
    fn variables_have_names_that_shells_know() {
        assert_eq!(variable("mapping"), "mapping");
        assert_eq!(variable("x:-$(id)"), "x____id_");
        assert_eq!(variable("1st-one"), "_1st_one");
    }
}
