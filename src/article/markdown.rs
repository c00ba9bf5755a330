//! `document`: the article of a Markdown file: front matter, title, and paragraphs without their markup.
//!
//! Front matter is lines of `name: value` between two `---`. The title is its `title`, else a first heading of level 1.
//! What marks up is taken off, what is read stays: links keep their words, images and code fences go. Every line is
//! looked at once.

use super::held::Held;
use super::joined::Joined;
use super::page::Page;
use std::io;

/// Most bytes of a link with its address, of the front matter, and of a title.
const LINK: usize = 4096;
const FRONT: usize = 1 << 20;
const TITLE: usize = 1 << 16;

/// Reads a Markdown file: what it says of itself, and its body.
///
/// # Errors
/// Where a long body cannot be kept in a temporary file.
pub(super) fn document(text: &str) -> io::Result<(Page, Held)> {
    let mut page = Page::default();
    let body = front_matter(text, &mut page).unwrap_or(text);
    page.title = page.get("title").or_else(|| page.get("judul")).map(str::to_owned);
    let mut out = Joined::default();
    let (mut fence, mut comment): (Option<&str>, bool) = (None, false);
    for line in body.lines() {
        let trimmed = line.trim_start();
        let mark = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark));
        if fence.is_some() || mark.is_some() {
            fence = match fence {
                None => mark,
                Some(open) => Some(open).filter(|open| mark != Some(open)),
            };
            continue;
        }
        if comment || trimmed.starts_with("<!--") {
            comment = !trimmed.contains("-->");
            continue;
        }
        let (level, read) = block(trimmed);
        if level == 1 && page.title.is_none() && out.is_blank() && read.len() <= TITLE {
            let mut title = String::new();
            inline(read, &mut |piece| {
                title.push_str(piece);
                Ok(())
            })?;
            page.title = Some(title.trim().to_owned()).filter(|title| !title.is_empty());
            continue;
        }
        if level > 0 {
            out.end_line()?;
        }
        inline(read, &mut |piece| out.push(piece))?;
        out.end_line()?;
        if level > 0 {
            out.end_line()?;
        }
    }
    Ok((page, out.finish()?))
}

/// What stands behind the front matter, whose lines `page` takes up; `None` where there is none, or none of ordinary length.
fn front_matter<'a>(text: &'a str, page: &mut Page) -> Option<&'a str> {
    let mut lines = text.split_inclusive('\n');
    let mut at = lines.next().filter(|line| line.trim_end() == "---")?.len();
    let mut said = Vec::new();
    for line in lines {
        at += line.len();
        if at > FRONT {
            return None;
        }
        if matches!(line.trim_end(), "---" | "...") {
            for (name, value) in said {
                page.set(name, Some(value));
            }
            return Some(&text[at..]);
        }
        let value = |value: &str| {
            let value = value.trim();
            let bare = |mark: char| value.strip_prefix(mark).and_then(|v| v.strip_suffix(mark));
            bare('"').or_else(|| bare('\'')).unwrap_or(value).to_owned()
        };
        if let Some((name, rest)) = line.split_once(':')
            && !line.starts_with([' ', '\t', '-', '#'])
            && !rest.trim().is_empty()
        {
            said.push((name.trim(), value(rest)));
        }
    }
    None
}

/// The level of a heading, 0 for any other line, and what is to be read of the line.
fn block(line: &str) -> (usize, &str) {
    let marks = line.bytes().take_while(|b| *b == b'#').count();
    if (1..=6).contains(&marks) && line[marks..].starts_with([' ', '\t']) {
        return (marks, line[marks..].trim().trim_end_matches('#').trim_end());
    }
    let rule =
        |mark: char| line.chars().filter(|c| *c == mark).count() >= 3 && line.chars().all(|c| c == mark || c == ' ');
    if ['-', '*', '_', '='].into_iter().any(rule) {
        return (0, "");
    }
    let mut rest = line;
    while let Some(behind) = rest.strip_prefix('>') {
        rest = behind.trim_start();
    }
    for mark in ["- ", "* ", "+ "] {
        if let Some(behind) = rest.strip_prefix(mark) {
            return (0, behind.trim_start());
        }
    }
    (0, rest)
}

/// Hands over a line in pieces, without the marks of emphasis, code, links and images.
fn inline(line: &str, out: &mut impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let image = rest.starts_with("![");
        if (c == '[' || image)
            && let Some((shown, end)) = link(&rest[usize::from(image)..])
        {
            if !image {
                emphasis(shown, out)?;
            }
            rest = &rest[end + usize::from(image)..];
            continue;
        }
        if c == '\\'
            && let Some(next) = rest[1..].chars().next().filter(char::is_ascii_punctuation)
        {
            // An escaped mark is text; it is hidden from the look at emphasis below
            out(next.encode_utf8(&mut [0; 4]))?;
            rest = &rest[2..];
            continue;
        }
        let end = rest[c.len_utf8()..].find(['[', '!', '\\']).map_or(rest.len(), |at| at + c.len_utf8());
        emphasis(&rest[..end], out)?;
        rest = &rest[end..];
    }
    Ok(())
}

/// The words of a link at the start of `text` and where it ends. One of more than a few thousand bytes is none, so that
/// brackets that never close cost no more than that each.
fn link(text: &str) -> Option<(&str, usize)> {
    let within = (0..=LINK.min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
    let text = &text[..within];
    let close = text.find(']')?;
    let target = text[close + 1..].strip_prefix('(')?;
    let end = target.find(')')?;
    Some((&text[1..close], close + 1 + 1 + end + 1))
}

/// Hands over `text` without `*`, `` ` `` and pairs of `_` at the edges of words.
fn emphasis(text: &str, out: &mut impl FnMut(&str) -> io::Result<()>) -> io::Result<()> {
    let (mut before, mut from) = (' ', 0);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map_or(' ', |(_, next)| *next);
        let alone = before.is_whitespace() && next.is_whitespace();
        let inside = before.is_alphanumeric() && next.is_alphanumeric();
        let marks = match c {
            '*' => !(alone || before.is_ascii_digit() && next.is_ascii_digit()),
            '`' => true,
            '_' => !alone && !inside,
            _ => false,
        };
        if marks {
            out(&text[from..at])?;
            from = at + 1;
        }
        before = c;
    }
    out(&text[from..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the file says of itself, and its body.
    fn read(text: &str) -> (Page, String) {
        let (page, body) = document(text).unwrap();
        (page, String::from_utf8(body.finish().unwrap()).unwrap())
    }

    #[test]
    fn front_matter_and_headings_say_what_the_article_is() {
        let (page, body) = read(
            "---\ntitle: \"Perundingan Gagal\"\ndate: 2031-05-01\ntags:\n  - a: b\n---\n\nSatu.\n\n## Dua\nTiga.\n",
        );
        assert_eq!((page.title.as_deref(), page.get("date")), (Some("Perundingan Gagal"), Some("2031-05-01")));
        assert_eq!((page.get("tags"), body.as_str()), (None, "Satu.\n\nDua\n\nTiga."));
        let (page, body) = read("# Perundingan Gagal #\n\nSatu.\n# Bukan judul\nDua.");
        assert_eq!(page.title.as_deref(), Some("Perundingan Gagal"));
        assert_eq!(body, "Satu.\n\nBukan judul\n\nDua.");
        assert_eq!(read("---\nbukan: penutup").1, "bukan: penutup");
    }

    #[test]
    fn markup_is_taken_off_and_words_stay() {
        for (line, shown) in [
            ("**Dr. Arga** dan *Bantara* di __Veldar__.", "Dr. Arga dan Bantara di Veldar."),
            ("Lihat [laporan *itu*](https://veldar.example/a) ini ![foto](a.png).", "Lihat laporan itu ini ."),
            ("nama_berkas_itu dan 3*4 * 5", "nama_berkas_itu dan 3*4 * 5"),
            ("> - “Kami kecewa,” katanya.", "“Kami kecewa,” katanya."),
            ("`kode` \\*bukan tebal", "kode *bukan tebal"),
            ("[tanpa tujuan] dan [setengah](x", "[tanpa tujuan] dan [setengah](x"),
            ("1. Pertama", "1. Pertama"),
            ("***", ""),
            ("#bukan judul", "#bukan judul"),
        ] {
            assert_eq!(read(line).1, shown, "{line}");
        }
        assert_eq!(read("a\n\n```\nlet x;\n```\n<!-- diam\n-->\nb").1, "a\n\nb");
    }

    #[test]
    fn long_front_matter_and_long_headings_are_text() {
        let long = "kata ".repeat(FRONT / 5 + 1);
        let (page, body) = read(&format!("---\ntitle: {long}\n---\n# {long}\nSatu."));
        assert_eq!((page.get("title"), &page.title), (None, &None));
        assert!(body.starts_with("title: kata kata") && body.ends_with("kata\n\nSatu."), "{}", &body[..80]);
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        let lines = ["[".repeat(200_000), "![](".repeat(100_000), "*_`".repeat(100_000), "> ".repeat(100_000)];
        for line in lines.into_iter().chain(["` ".repeat(2_000_000)]) {
            let begun = std::time::Instant::now();
            read(&line);
            assert!(begun.elapsed().as_secs() < 5);
        }
    }
}
