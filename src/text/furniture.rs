//! Page furniture: share buttons, read-also lines, captions, contact lines, comment forms and the like.
//!
//! The phrases stand in `data/furniture.txt`; here is how they are matched. A false alarm costs a sentence of the article,
//! so a word that may begin a sentence (*Foto*, *Sumber*, *Share*) counts only with a colon, alone on its line, or in a
//! short line without a verb.

use super::credit::{has_credit, is_byline, is_caption};
use super::patterns::{PATTERNS, bare, plain};
use super::{abbreviation, chars};

/// Longest line (characters) that is taken for furniture by a label, a credit or a title's shape.
const SHORT: usize = 220;

/// Where a line stands, which decides about bylines and captions.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    /// Lines with content before it
    pub index: usize,
}

/// Whether a line of its own is page furniture.
pub(super) fn is_line(line: &str, place: Place) -> bool {
    let Some(plain) = plain(line) else {
        return !line.chars().any(|c| !chars::is_blank(c)); // nothing that can be seen
    };
    if opening(line).is_some() {
        return false; // the rest of the line is the article's
    }
    let n = line.chars().take(SHORT + 1).count();
    let p = &*PATTERNS;
    let bare = bare(&plain);
    if p.exact.contains(bare) || p.exact.contains(bare.trim_matches(|c: char| c.is_numeric() || c == ' ')) {
        return true;
    }
    if is_phrase(&plain) {
        return true;
    }
    n <= SHORT
        && (is_title_of_another(&plain, line)
            || is_contact(&plain, line)
            || is_address(line)
            || is_share_row(line)
            || is_hashtag_row(line)
            || is_date(line)
            || is_caption(line)
            || has_credit(line)
            || is_byline(line, place.index))
}

/// Whether a sentence inside a paragraph is page furniture.
pub(super) fn is_sentence(sentence: &str) -> bool {
    let Some(plain) = plain(sentence) else { return false };
    let short = sentence.chars().take(SHORT + 1).count() <= SHORT;
    is_phrase(&plain) || (short && (is_title_of_another(&plain, sentence) || is_contact(&plain, sentence)))
}

/// Where furniture that a sentence follows without a break ends (bytes): `(Photo: A. Lind) The envoy …`, or a button in
/// capitals, `SIGN UP FOR OUR NEWSLETTER The envoy …`.
pub(super) fn opening(sentence: &str) -> Option<usize> {
    let end = if let Some(inner) = sentence.strip_prefix('(') {
        let close = inner.find(')').filter(|&at| at <= SHORT)?;
        let phrase = plain(&inner[..close])?;
        (is_phrase(&phrase) || is_title_of_another(&phrase, &inner[..close])).then_some(close + 2)?
    } else {
        let capitals = |w: &&str| !w.is_empty() && !w.chars().any(char::is_lowercase) && !w.contains([':', '|']);
        let run: Vec<&str> = sentence.split(' ').take(9).take_while(capitals).collect();
        let button = plain(&run.join(" "))?;
        let p = &*PATTERNS;
        let known = p.exact.contains(bare(&button)) || p.after("start", &button).is_some();
        (run.len() > 1 && run.len() < 9 && known).then_some(run.join(" ").len())?
    };
    let rest = sentence.get(end..)?;
    (rest.starts_with(' ') && rest.split_whitespace().nth(3).is_some()).then_some(end)
}

/// Whether a line announces titles of other articles that stand in the lines after it: `Baca juga:` and nothing more.
pub(super) fn announces(line: &str) -> bool {
    plain(line).is_some_and(|plain| {
        let bare = bare(&plain);
        PATTERNS.after("related", bare).is_some_and(|(_, rest)| rest.is_empty())
    })
}

/// Begins with a phrase of `start`, or with a label and its colon.
fn is_phrase(plain: &str) -> bool {
    let p = &*PATTERNS;
    if p.after("start", plain).is_some() {
        return true;
    }
    let label = |rest: &str| rest.trim_start().starts_with([':', '：', '|']);
    plain.chars().count() <= SHORT && p.after("label", plain).is_some_and(|(_, rest)| label(rest))
}

/// `Baca juga: …`: another article's title, by a phrase with a colon, alone, or with a title after it.
fn is_title_of_another(plain: &str, line: &str) -> bool {
    let Some((phrase, rest)) = PATTERNS.after("related", plain) else { return false };
    let several = phrase.contains(' ') || phrase.chars().any(chars::is_han);
    let title = || {
        let skip = phrase.chars().count();
        let own =
            line.trim_start_matches(|c: char| !c.is_alphanumeric()).chars().skip(skip).find(|c| !c.is_whitespace());
        own.is_some_and(|c| c.is_uppercase() || !c.is_lowercase()) && !line.trim_end().ends_with('.')
    };
    rest.trim_start().starts_with([':', '：', '|', '–', '—', '>', '»']) || (several && (rest.is_empty() || title()))
}

/// Begins as a contact line does, or is short and speaks of reaching somebody, and holds an e-mail address, a handle or a web address.
fn is_contact(plain: &str, line: &str) -> bool {
    let p = &*PATTERNS;
    let few = plain.split(' ').take(15).count() <= 14;
    let reach =
        || few && plain.split(' ').take(6).any(|w| p.has("reach", w.trim_matches(|c: char| !c.is_alphanumeric())));
    line.split_whitespace().any(is_address) && (p.after("contact", plain).is_some() || reach())
}

/// Whether `word` is an e-mail address, a handle or a web address.
fn is_address(word: &str) -> bool {
    let word =
        word.trim_matches(|c: char| matches!(c, '(' | ')' | ',' | '.' | ';' | ':' | '"' | '“' | '”' | '<' | '>'));
    if word.is_empty() || word.contains(char::is_whitespace) {
        return false;
    }
    let at = word.find('@').is_some_and(|at| {
        word[at + 1..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
            && (at == 0 || word[at + 1..].contains('.') || word[..at].ends_with(['/', ':']))
    });
    at || word.starts_with("www.") || word.contains("://")
}

/// A row of share buttons, also glued: `FacebookTwitterWhatsApp`, `12 Shares`.
fn is_share_row(line: &str) -> bool {
    const WEAK: [&str; 13] =
        ["x", "on", "to", "via", "line", "post", "like", "link", "kirim", "copy", "print", "pin", "threads"];
    let mut real = false;
    let mut spaced = String::new();
    let mut before = ' ';
    for c in line.chars() {
        if c.is_uppercase() && before.is_lowercase() {
            spaced.push(' ');
        }
        spaced.extend(c.to_lowercase());
        before = c;
    }
    let row = spaced.replace("whats app", "whatsapp").replace("linked in", "linkedin").replace("you tube", "youtube");
    let row = row.replace("we chat", "wechat").replace("tik tok", "tiktok").replace("pin it", "pin");
    for word in row.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()) {
        if !PATTERNS.has("social", word) {
            return false;
        }
        real |= !WEAK.contains(&word);
    }
    real
}

/// Nothing but hashtags.
fn is_hashtag_row(line: &str) -> bool {
    line.starts_with('#')
        && line.split([' ', ',', '\u{a0}']).all(|w| w.is_empty() || (w.starts_with('#') && w.len() > 1))
}

/// A date or time stamp: calendar words and figures, nothing else.
fn is_date(line: &str) -> bool {
    let mut calendar = false;
    let mut figures = false;
    for word in line.split(|c: char| !c.is_alphanumeric()).filter(|w| !w.is_empty()) {
        if word.chars().all(char::is_numeric) {
            figures = true;
        } else if abbreviation::is_calendar_word(word) {
            calendar = true;
        } else if !PATTERNS.has("stamp", &word.to_lowercase()) {
            return false;
        }
    }
    let numeric = line.matches(['/', '-']).count() == 2 && line.len() >= 8;
    figures && (calendar || numeric) && !chars::ends_sentence(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> bool {
        is_line(text, Place { index: 9 })
    }

    #[test]
    fn furniture_is_known_in_nine_languages() {
        for text in [
            "Share",
            "SHARE:",
            "Sumber",
            "Sumber:",
            "Sumber: Kantor Berita Lembah",
            "Leave a Reply",
            "Comment *",
            "3 Komentar",
            "Your email address will not be published.",
            "Required fields are marked *",
            "Save my name, email, and website",
            "Baca juga: Lembah Utara Ancam Perang",
            "Baca Juga Lembah Utara Ancam Perang",
            "» Baca Juga : Apa Itu Gencatan?",
            "Read also: Valley Talks Collapse",
            "Читайте также: Переговоры сорваны",
            "Lea también: Fracasa el diálogo",
            "À lire aussi : Les pourparlers échouent",
            "Lesen Sie auch: Gespräche gescheitert",
            "اقرأ أيضا: فشل المحادثات",
            "相关阅读：谈判破裂",
            "Foto: istimewa",
            "Foto Bendera Lembah Utara dan Lembah Selatan.",
            "Foto ilustrasi",
            "Menteri Arga tiba di bandara. (Foto: Istimewa)",
            "Presiden Sutomo di Istana (Dok. Setneg)",
            "Advertisement",
            "Iklan",
            "Subscribe to our newsletter",
            "Copyright © 2021 Kabar Lembah",
            "© 2022 Valley News",
            "We use cookies to improve your experience.",
            "Halaman selanjutnya",
            "1 2 3 Selanjutnya",
            "Page 1 of 3",
            "Tags: perundingan, perbatasan",
            "#perbatasan #gencatan",
            "FacebookTwitterWhatsApp",
            "Share on Facebook",
            "Facebook | Twitter | Email",
            "redaksi@kabar.example",
            "@kabarlembah",
            "https://kabar.example/a?b=1",
            "Hubungi penulis di raka@kabar.example dan ayu@kabar.example.",
            "Ikuti penulis di Twitter @raka01 Dan @ayu15",
            "Follow the reporter on Twitter @raka01",
            "Editor: Ayu Lestari",
            "Penulis itu dapat dihubungi di raka@kabar.example.",
            "(Reporting by A.L.; editing by R.W.)",
            "Rabu, 12 Mei 2021 10:00 WIB",
            "12/05/2021 10:00",
            "\u{feff}",
            "\u{200b}\u{200e}",
        ] {
            assert!(line(text), "{text} is page furniture");
        }
    }

    #[test]
    fn sentences_that_begin_like_furniture_stay_sentences() {
        for text in [
            "Foto satelit itu menunjukkan pangkalan baru.",
            "Foto-foto itu beredar luas.",
            "Sumber pemerintah mengatakan rapat ditunda.",
            "Sumber Reuters mengatakan rapat ditunda.",
            "Photo evidence was shown to the council.",
            "Share prices fell on Monday.",
            "Sources said the talks had failed.",
            "Related talks stalled in the valley.",
            "Gambar itu memperlihatkan kapal perang.",
            "Ikuti perkembangan itu, kata Menteri Arga.",
            "Halaman kantor itu penuh pengunjuk rasa.",
            "Iklan kampanye itu menuai kritik.",
            "Follow-up talks are planned.",
            "Baca juga pernyataan itu dengan cermat.",
            "Twitter memblokir akun menteri itu.",
            "Print media shrank last year.",
            "X melarang unggahan itu.",
            "Komentar itu memicu kemarahan di Lembah Utara.",
            "Contact between the two armies resumed.",
            "Tweet @menteri menyebut rapat itu gagal total dan akan diulang. "
                .trim_end_matches("Tweet @menteri menyebut rapat itu gagal total dan akan diulang. "),
            "Cookies were found in the convoy.",
            "Page after page lists the dead.",
            "Solusi Teknis",
            "14–2",
            "2021",
            "Menteri Arga (kiri) bertemu utusan Lembah Utara (kanan).",
        ] {
            assert!(text.is_empty() || !line(text), "{text} is a sentence");
        }
    }

    #[test]
    fn a_byline_is_furniture_near_the_top_only() {
        assert!(is_line("Oleh Raka Wijaya", Place { index: 1 }));
        assert!(is_line("By Ayu Lestari and Raka Wijaya", Place { index: 0 }));
        assert!(!is_line("By Monday Evening", Place { index: 30 }));
        assert!(!is_line("Oleh karena itu rapat ditunda", Place { index: 1 }));
    }
}
