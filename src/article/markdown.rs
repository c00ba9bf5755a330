//! `document`: the article of a Markdown file: front matter, title, and paragraphs without their markup.
//!
//! Front matter is lines of `name: value` between two `---`. The title is its `title`, else a first heading of level 1.
//! What marks up is taken off, what is read stays: links keep their words, images and code fences go. Every line is
//! looked at once.

use super::page::Page;

/// Most bytes of a link with its address.
const LINK: usize = 4096;

/// Reads a Markdown file.
pub(super) fn document(text: &str) -> Page {
    let mut page = Page::default();
    let body = front_matter(text, &mut page).unwrap_or(text);
    page.title = page.get("title").or_else(|| page.get("judul")).map(str::to_owned);
    let mut out: Vec<String> = Vec::new();
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
        let read = inline(read);
        if level == 1 && page.title.is_none() && out.iter().all(|line| line.trim().is_empty()) {
            page.title = Some(read.trim().to_owned()).filter(|title| !title.is_empty());
        } else if level > 0 {
            out.extend([String::new(), read, String::new()]);
        } else {
            out.push(read);
        }
    }
    // Several blank lines are one, as between paragraphs of a page
    out.dedup_by(|line, before| line.trim().is_empty() && before.trim().is_empty());
    let body = out.join("\n");
    body.trim_matches('\n').clone_into(&mut page.body);
    page
}

/// What stands behind the front matter, whose lines `page` takes up; `None` where there is none.
fn front_matter<'a>(text: &'a str, page: &mut Page) -> Option<&'a str> {
    let mut lines = text.split_inclusive('\n');
    let mut at = lines.next().filter(|line| line.trim_end() == "---")?.len();
    let mut said = Vec::new();
    for line in lines {
        at += line.len();
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

/// A line without the marks of emphasis, code, links and images.
fn inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(c) = rest.chars().next() {
        let image = rest.starts_with("![");
        if (c == '[' || image)
            && let Some((shown, end)) = link(&rest[usize::from(image)..])
        {
            if !image {
                out.push_str(&emphasis(shown));
            }
            rest = &rest[end + usize::from(image)..];
            continue;
        }
        if c == '\\'
            && let Some(next) = rest[1..].chars().next().filter(char::is_ascii_punctuation)
        {
            // An escaped mark is text; it is hidden from the look at emphasis below
            out.push(next);
            rest = &rest[2..];
            continue;
        }
        let end = rest[c.len_utf8()..].find(['[', '!', '\\']).map_or(rest.len(), |at| at + c.len_utf8());
        out.push_str(&emphasis(&rest[..end]));
        rest = &rest[end..];
    }
    out
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

/// `text` without `*`, `` ` `` and pairs of `_` at the edges of words.
fn emphasis(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut before = ' ';
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied().unwrap_or(' ');
        let alone = before.is_whitespace() && next.is_whitespace();
        let inside = before.is_alphanumeric() && next.is_alphanumeric();
        let marks = match c {
            '*' => !(alone || before.is_ascii_digit() && next.is_ascii_digit()),
            '`' => true,
            '_' => !alone && !inside,
            _ => false,
        };
        if !marks {
            out.push(c);
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_and_headings_say_what_the_article_is() {
        let page = document(
            "---\ntitle: \"Perundingan Gagal\"\ndate: 2031-05-01\ntags:\n  - a: b\n---\n\nSatu.\n\n## Dua\nTiga.\n",
        );
        assert_eq!((page.title.as_deref(), page.get("date")), (Some("Perundingan Gagal"), Some("2031-05-01")));
        assert_eq!((page.get("tags"), page.body.as_str()), (None, "Satu.\n\nDua\n\nTiga."));
        let page = document("# Perundingan Gagal #\n\nSatu.\n# Bukan judul\nDua.");
        assert_eq!(page.title.as_deref(), Some("Perundingan Gagal"));
        assert_eq!(page.body, "Satu.\n\nBukan judul\n\nDua.");
        assert_eq!(document("---\nbukan: penutup").body, "bukan: penutup");
    }

    #[test]
    fn markup_is_taken_off_and_words_stay() {
        for (line, read) in [
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
            assert_eq!(document(line).body, read, "{line}");
        }
        assert_eq!(document("a\n\n```\nlet x;\n```\n<!-- diam\n-->\nb").body, "a\n\nb");
    }

    #[test]
    fn hostile_lines_take_linear_time() {
        for line in ["[".repeat(200_000), "![](".repeat(100_000), "*_`".repeat(100_000), "> ".repeat(100_000)] {
            let begun = std::time::Instant::now();
            document(&line);
            assert!(begun.elapsed().as_secs() < 5);
        }
    }
}
