//! What a hostile target may answer: each string is a command, markup, or an end of something to
//! one kind of reader.
//!
//! A test of a sink goes through all of them. A string that showed a fault is added here, and to no
//! test by itself.

/// The strings.
pub(crate) const EVIL: &[&str] = &[
    // Terminals and logs.
    "\u{1b}]0;PWNED\u{7}",
    "\u{1b}[2J\u{1b}[1;1H\u{1b}[31mFAIL",
    "\u{9b}2J\u{9d}0;PWNED\u{9c}",
    "a\u{8}\u{8}\u{8}b\u{7}\u{7f}",
    "PASS\rFAIL",
    "x\nCONFORMS\n",
    "\r\n\r\nCONFORMS\r\n",
    "\u{202e}drowssap\u{202c}\u{2066}x\u{2069}\u{200f}",
    "a\u{200b}b\u{ad}c\u{feff}d\u{2060}e\u{180e}f\u{3164}g\u{e0041}h\u{fe0f}",
    "line\u{2028}para\u{2029}next\u{85}more\u{b}v\u{c}f",
    // GitHub's runner.
    "::error file=a,line=1::PWNED",
    "x\n::add-mask::e",
    "x\n \t\u{a0}::set-output name=a::b\n",
    "\r::stop-commands::PWNED",
    "##[error]PWNED",
    "x ##[add-mask]e ###[group]y",
    "%0A::error::PWNED%0D%25",
    // Markdown.
    "| a | b |\n| --- | --- |",
    "`code` ``more`` </code> </pre> </details>",
    "**bold** _it_ ~~no~~ [PWNED](https://evil.example) ![x](//evil.example/x.png)",
    "@PWNED #1 GH-1 https://evil.example www.evil.example <https://evil.example> a@evil.example",
    "\n\n# PWNED\n\n- x\n\n```\nx\n",
    // Markup.
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "\"><svg/onload=alert(1)>' onmouseover='x",
    "]]> <!-- --> <?x?> &lt;&amp;&#0;&x; <![CDATA[",
    "\u{fffe}\u{ffff}\u{fdd0}\u{1fffe}\u{0}\u{1}\u{1f}",
    "\\ufffe \\u0000 \\ud800 \\u001b[31m",
    // Languages.
    "\"\"\"\nimport os; os.system('touch PWNED')\n\"\"\"",
    "'''\nraise SystemExit\n'''",
    "\\\"; panic!(\"PWNED\"); //",
    "*/ fn x() {} /* \u{202e}",
    "\"\n[[case]]\nid = \"PWNED\"\n",
    "'\nid = 1 #",
    "{{PWNED}} `x` #",
    // Shells.
    "$(touch PWNED) `touch PWNED` ; touch PWNED\ntouch PWNED",
    "'; touch PWNED; '",
    "\"; touch PWNED; \"",
    "\\",
    "\\'\\\"\\n",
    // Nothing, and much of it.
    "",
    " ",
    "\t\ttab",
    "é漢🙂e\u{301}",
];
