//! Characters that a reader does not see, or that change what he sees of the others.

/// Whether a character is a control, changes the direction of text, has no width, or is none at
/// all. A line break and a tab are none of these.
pub(crate) fn is_hidden(c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        ' '..='~' => false,
        // ESC, BEL, BS, CR, DEL and the controls of one byte that some terminals still obey.
        c if c.is_control() => true,
        // Without a shape of their own, or marks of direction and of lines.
        '\u{ad}'
        | '\u{34f}'
        | '\u{61c}'
        | '\u{115f}'..='\u{1160}'
        | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'
        | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}'
        | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}'
        | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}' => true,
        // No characters: XML knows no way to write the last two of each plane down.
        '\u{fdd0}'..='\u{fdef}' => true,
        c => u32::from(c) & 0xfffe == 0xfffe,
    }
}

#[cfg(test)]
mod tests {
    use super::is_hidden;

    #[test]
    fn what_is_seen_is_not_hidden() {
        assert!("aZ ~\n\té🙂漢ع\u{301}".chars().all(|c| !is_hidden(c)));
        let hidden = "\0\u{7}\u{8}\r\u{1b}\u{7f}\u{80}\u{9b}\u{9d}\u{ad}\u{200b}\u{202e}\u{2066}\u{2028}\u{feff}\u{fffe}\u{1ffff}";
        assert!(hidden.chars().all(is_hidden));
    }
}
