//! `Format`: how a file is laid out, by its name, else by its first bytes.

use super::guess::known_columns;
use std::path::Path;

/// The formats that can be read, each also with gzip or zstd around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One article a file
    Text,
    /// One article a file, its markup taken off
    Markdown,
    /// A page of the web
    Html,
    /// One JSON object a line
    JsonLines,
    /// An array of JSON objects, or objects one behind the other
    Json,
    /// A table of delimited cells with a header: CSV and its kin
    Csv,
    /// The same with tabs
    Tsv,
    /// Apache Parquet
    Parquet,
    /// Arrow IPC, also called Feather: file or stream
    Arrow,
}

/// Names on the command line, and endings of file names.
const KNOWN: [(Format, &str, &[&str]); 9] = [
    (Format::Text, "text", &["txt", "text"]),
    (Format::Markdown, "markdown", &["md", "markdown"]),
    (Format::Html, "html", &["html", "htm", "xhtml"]),
    (Format::JsonLines, "jsonl", &["jsonl", "ndjson"]),
    (Format::Json, "json", &["json"]),
    (Format::Csv, "csv", &["csv"]),
    (Format::Tsv, "tsv", &["tsv", "tab"]),
    (Format::Parquet, "parquet", &["parquet", "pq"]),
    (Format::Arrow, "arrow", &["arrow", "arrows", "feather", "ipc"]),
];

/// What the endings are, for messages.
pub(super) const FORMATS: &str = "nuansa reads .txt, .md, .html, .jsonl, .json, .csv, .tsv, .parquet and .arrow, each \
                                  also with .gz or .zst behind";

impl Format {
    /// The format's name on the command line.
    pub fn name(self) -> &'static str {
        KNOWN.iter().find(|(format, ..)| *format == self).map_or("", |(_, name, _)| name)
    }

    /// All names, for messages.
    pub fn names() -> impl Iterator<Item = &'static str> {
        KNOWN.iter().map(|(_, name, _)| *name)
    }

    /// The format of this name or ending.
    pub fn parse(name: &str) -> Option<Self> {
        let name = name.trim_start_matches('.').to_ascii_lowercase();
        let known = KNOWN.iter().find(|(_, own, endings)| *own == name || endings.contains(&name.as_str()));
        known.map(|(format, ..)| *format)
    }

    /// By the ending of the file's name, one of gzip or zstd behind it aside.
    pub(super) fn of_path(path: &Path) -> Option<Self> {
        let ending = |path: &Path| path.extension().and_then(|e| e.to_str()).map(str::to_ascii_lowercase);
        let mut last = ending(path)?;
        if matches!(last.as_str(), "gz" | "zst" | "zstd") {
            last = ending(Path::new(path.file_stem()?))?;
        }
        KNOWN.iter().find(|(_, _, endings)| endings.contains(&last.as_str())).map(|(format, ..)| *format)
    }

    /// By the first bytes of the content, which need not be UTF-8 but must have no packing around them.
    pub(super) fn of_content(head: &[u8]) -> Self {
        if head.starts_with(b"PAR1") {
            return Self::Parquet;
        }
        if head.starts_with(b"ARROW1") || head.starts_with(b"\xff\xff\xff\xff") {
            return Self::Arrow;
        }
        let text = String::from_utf8_lossy(&head[..head.len().min(1 << 16)]);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let line = text.lines().next().unwrap_or_default();
        let begins = |word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if begins("<!doctype html") || begins("<html") {
            return Self::Html;
        }
        if text.starts_with('{') {
            let whole = serde_json::from_str::<serde::de::IgnoredAny>(line).is_ok();
            return if whole { Self::JsonLines } else { Self::Json };
        }
        if text.starts_with('[') && text[1..].trim_start().starts_with(['{', ']']) {
            return Self::Json;
        }
        for (mark, format) in [('\t', Self::Tsv), (',', Self::Csv), (';', Self::Csv), ('|', Self::Csv)] {
            let names: Vec<&str> = line.split(mark).map(|name| name.trim().trim_matches('"')).collect();
            if names.len() > 1 && known_columns(&names) {
                return format;
            }
        }
        Self::Text
    }

    /// Whether a file of it is one article.
    pub(super) fn is_whole(self) -> bool {
        matches!(self, Self::Text | Self::Markdown | Self::Html)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_in_any_case_and_with_packing_behind() {
        let of = |name: &str| Format::of_path(Path::new(name));
        assert_eq!(of("a/B.TXT"), Some(Format::Text));
        assert_eq!(of("b.jsonl"), Some(Format::JsonLines));
        assert_eq!(of("b.NDJson.GZ"), Some(Format::JsonLines));
        assert_eq!(of("berita.2031.csv.zst"), Some(Format::Csv));
        assert_eq!(of("a.htm"), Some(Format::Html));
        for other in ["txt", "a.zip", "a", "a.gz", ".txt", "a.pdf"] {
            assert_eq!(of(other), None, "{other}");
        }
        for name in Format::names() {
            assert_eq!(Format::parse(name).map(Format::name), Some(name));
        }
        assert_eq!(Format::parse("NDJSON"), Some(Format::JsonLines));
        assert_eq!(Format::parse("docx"), None);
    }

    #[test]
    fn content_tells_where_names_do_not() {
        for (content, format) in [
            ("PAR1\0\0", Format::Parquet),
            ("ARROW1\0\0", Format::Arrow),
            ("\u{feff}\n<!DOCTYPE HTML><p>", Format::Html),
            ("{\"text\":\"a\"}\n{\"text\":\"b\"}", Format::JsonLines),
            ("{\n \"text\": \"a\"\n}", Format::Json),
            ("[{\"text\":\"a\"}]", Format::Json),
            ("[Veldar] Rapat gagal.", Format::Text),
            ("id,title,text\n1,a,b", Format::Csv),
            ("no;judul;isi\n1;a;b", Format::Csv),
            ("judul\tisi\na\tb", Format::Tsv),
            ("Rapat gagal, kata Raka, isi pesan.\n", Format::Text),
            ("", Format::Text),
        ] {
            assert_eq!(Format::of_content(content.as_bytes()), format, "{content}");
        }
    }
}
