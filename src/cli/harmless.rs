//! `harmless`: what a terminal is told, without what could steer it.

/// A message whose ids and names of files, which come from the input, cannot steer the terminal: control characters and
/// marks of direction are written out.
pub fn harmless(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    for c in line.chars() {
        let direction = matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        if direction || c.is_control() && !matches!(c, '\n' | '\t') {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}[2Jb: “kosong”\nc"), "a\\u{1b}[2Jb: “kosong”\nc");
        assert_eq!(harmless("\u{202e}gnp.a"), "\\u{202e}gnp.a");
    }
}
