//! Quotation marks and brackets: whether a mark opens or closes, told from its neighbours and from what stands open.
//!
//! The same sign opens in one language and closes in another („…“ and “…”, «…» and »…«), and `"` does both. The state is
//! kept per paragraph, so that a mark that was never closed spoils no more than its own paragraph.

use super::chars::{is_blank, is_closer, is_continuation, is_dash, is_opener, is_terminator};

/// What a mark does where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Opens a quotation or bracket
    Open,
    /// Closes one
    Close,
    /// Neither: an apostrophe, or no mark at all
    Neither,
}

/// The marks that stand open, at most [`Quotes::DEPTH`].
#[derive(Debug, Default)]
pub(crate) struct Quotes {
    open: Vec<char>,
}

impl Quotes {
    const DEPTH: usize = 16;

    /// What `c` does between `before` and `after` (`None` at the paragraph's ends). Changes nothing.
    pub(crate) fn role(&self, before: Option<char>, c: char, after: Option<char>) -> Role {
        let free_left = before.is_none_or(|b| is_blank(b) || is_opener(b) || is_dash(b));
        let free_right = after.is_none_or(|a| {
            is_blank(a)
                || is_terminator(a)
                || is_continuation(a)
                || is_dash(a)
                || matches!(a, ')' | ']' | '”' | '»' | '"')
        });
        let in_word = before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        let stands = |marks: &[char]| self.open.iter().any(|o| marks.contains(o));
        match c {
            '"' | '＂' => match (free_left, free_right) {
                (true, false) => Role::Open,
                (false, true) => Role::Close,
                _ if stands(&['"', '＂']) => Role::Close,
                _ => Role::Open,
            },
            '\'' => match (free_left, free_right) {
                _ if in_word => Role::Neither,
                (true, false) => Role::Open,
                (false, true) => Role::Close,
                _ => Role::Neither,
            },
            '’' if in_word || (free_left && !free_right) => Role::Neither,
            '“' if stands(&['„']) || (stands(&['“']) && !free_left && free_right) => Role::Close,
            '‘' if stands(&['‚']) => Role::Close,
            '”' if !stands(&['“', '„', '”']) && free_left && !free_right => Role::Open,
            '«' if stands(&['»']) || (!stands(&['«']) && !free_left && free_right) => Role::Close,
            '»' if !stands(&['«']) && free_left && !free_right => Role::Open,
            _ if is_opener(c) => Role::Open,
            _ if is_closer(c) => Role::Close,
            _ => Role::Neither,
        }
    }

    /// Takes note of `c` in its role.
    pub(crate) fn note(&mut self, c: char, role: Role) {
        match role {
            Role::Open if self.open.len() < Self::DEPTH => self.open.push(c),
            Role::Close => {
                if let Some(at) = self.open.iter().rposition(|&o| closes(o, c)) {
                    self.open.truncate(at);
                }
            }
            _ => {}
        }
    }

    /// Whether a mark that `c` can close stands open.
    pub(crate) fn awaits(&self, c: char) -> bool {
        self.open.iter().any(|&o| closes(o, c))
    }
}

/// Whether `c` is a quotation mark rather than a bracket.
pub(crate) fn is_quotation(c: char) -> bool {
    matches!(
        c,
        '"' | '＂'
            | '\''
            | '“'
            | '”'
            | '„'
            | '‘'
            | '’'
            | '‚'
            | '«'
            | '»'
            | '‹'
            | '›'
            | '「'
            | '」'
            | '『'
            | '』'
    )
}

/// Whether `close` can close what `open` opened.
pub(crate) fn closes(open: char, close: char) -> bool {
    match open {
        '"' | '＂' => matches!(close, '"' | '＂' | '”'),
        '\'' => matches!(close, '\'' | '’'),
        '“' | '„' => matches!(close, '”' | '“' | '"'),
        '”' => close == '”',
        '‘' | '‚' => matches!(close, '’' | '‘' | '\''),
        '«' => close == '»',
        '»' => close == '«',
        '‹' => close == '›',
        '「' => close == '」',
        '『' => close == '』',
        '《' => close == '》',
        '〈' => close == '〉',
        '【' => close == '】',
        '(' | '（' => matches!(close, ')' | '）'),
        '[' | '［' => matches!(close, ']' | '］'),
        '{' => close == '}',
        '〔' => close == '〕',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The marks of `text`, each with `<` for opening and `>` for closing.
    fn roles(text: &str) -> String {
        let chars: Vec<char> = text.chars().collect();
        let mut quotes = Quotes::default();
        let mut out = String::new();
        for (i, &c) in chars.iter().enumerate() {
            let role = quotes.role(i.checked_sub(1).map(|b| chars[b]), c, chars.get(i + 1).copied());
            quotes.note(c, role);
            match role {
                Role::Open => out.push('<'),
                Role::Close => out.push('>'),
                Role::Neither => {}
            }
        }
        out
    }

    #[test]
    fn one_sign_opens_in_one_language_and_closes_in_another() {
        assert_eq!(roles("“Ya,” katanya. ‘Tidak’"), "<><>");
        assert_eq!(roles("„Ja“, sagte er. »Nein«, «Non»"), "<><><>");
        assert_eq!(roles("« Oui. » 「是」『否』"), "<><><>");
    }

    #[test]
    fn straight_marks_are_told_by_their_neighbours() {
        assert_eq!(roles("\"Semalam ramai,\" kata warga yang dipanggil \"Kecil\"."), "<><>");
        assert_eq!(roles("satu.\"Dua"), "<");
        assert_eq!(roles("\"satu.\"Dua"), "<>");
    }

    #[test]
    fn an_apostrophe_is_no_quotation() {
        assert_eq!(roles("don't l’État '90-an"), "<"); // a decade's mark looks like an opening one; it closes nothing
    }
}
