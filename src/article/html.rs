//! `page`: the article of an HTML page: its title, its paragraphs, and what the page says of date, author and site.
//!
//! The main part is found by Readability's rules (dom_smoothie). Its blocks become paragraphs with a blank line between;
//! white space within one is a single space, so that a page gives the text that its table row gives. A page in which no
//! article is found gives all its paragraphs.

use super::guard::guarded;
use super::page::Page;
use dom_query::{Document, NodeRef};
use dom_smoothie::{Config, Readability};

/// Most bytes of a page: read as a tree, it takes seven times as much memory and more.
pub(super) const BYTES: usize = 8 << 20;

/// Most elements of a page, and most that lie within one another. Browsers stop at 512 levels.
const ELEMENTS: usize = 100_000;
const DEPTH: usize = 512;

/// Elements that begin and end a paragraph.
const BLOCKS: [&str; 33] = [
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "details",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "summary",
    "table",
    "tr",
    "ul",
    "body",
];
/// Elements whose text is none of the article's.
const UNREAD: [&str; 10] =
    ["script", "style", "noscript", "template", "head", "iframe", "svg", "button", "select", "textarea"];

/// Reads a page.
///
/// # Errors
/// Why it is not read: it has too many elements, or too many within one another.
pub(super) fn page(html: &str) -> Result<Page, String> {
    let (elements, depth) = size(html);
    if elements > ELEMENTS {
        return Err(format!("the page has more than {ELEMENTS} elements"));
    }
    if depth > DEPTH {
        return Err(format!("the page has more than {DEPTH} elements within one another"));
    }
    guarded(|| Ok(read(html))).map_err(|e| format!("the page cannot be read: {e}"))
}

fn read(html: &str) -> Page {
    let config = Config { char_threshold: 200, ..Config::default() };
    let document = Document::from(html);
    let heading = heading(&document);
    let times = time(&document);
    let whole = paragraphs(&document.root());
    let mut page = Page::default();
    let found = Readability::with_document(document, None, Some(config)).and_then(|mut reader| reader.parse());
    page.body = whole;
    if let Ok(found) = found {
        let main = paragraphs(&Document::from(found.content).root());
        if !main.trim().is_empty() {
            page.body = main;
        }
        let one_line = |s: Option<String>| s.map(|s| words(&s)).filter(|s| !s.is_empty());
        page.title = one_line(Some(found.title));
        page.set("date", one_line(found.published_time));
        page.set("author", one_line(found.byline));
        page.set("site", one_line(found.site_name));
        page.set("lang", one_line(found.lang));
        page.set("url", one_line(found.url));
        page.set("description", one_line(found.excerpt));
    }
    // The window's title often carries the site's name as well, or other words; the heading over the article does not
    if let Some(heading) = heading
        && (page.body.starts_with(&heading)
            || page.title.as_ref().is_none_or(|title| title.to_lowercase().contains(&heading.to_lowercase())))
    {
        page.title = Some(heading);
    }
    if page.get("date").is_none() {
        page.set("date", times);
    }
    page
}

/// The page's heading of the first level, where there is but one.
fn heading(document: &Document) -> Option<String> {
    let found = document.select("h1");
    let texts: Vec<String> = found.nodes().iter().map(|node| words(&node.text())).filter(|t| !t.is_empty()).collect();
    if texts.len() == 1 { texts.into_iter().next() } else { None }
}

/// What the first `time` element says.
fn time(document: &Document) -> Option<String> {
    let found = document.select("time");
    let node = *found.nodes().first()?;
    let said = node.attr("datetime").map(|said| words(&said)).filter(|said| !said.is_empty());
    said.or_else(|| Some(words(&node.text()))).filter(|said| !said.is_empty())
}

/// The text below `root`, a blank line between blocks.
fn paragraphs(root: &NodeRef<'_>) -> String {
    let mut out = Paragraphs::default();
    // Elements that are open, so that no recursion is needed: the node, and whether its end comes next
    let mut stack = vec![(*root, false)];
    while let Some((node, ends)) = stack.pop() {
        let name = node.node_name();
        let name = name.as_deref().unwrap_or_default();
        if ends {
            out.block();
            continue;
        }
        if node.is_text() {
            out.text(&node.text());
            continue;
        }
        if node.is_comment() || node.is_doctype() || UNREAD.contains(&name) {
            continue;
        }
        match name {
            "br" => out.line_break(),
            "td" | "th" => out.text(" "),
            _ => {}
        }
        if BLOCKS.contains(&name) {
            out.block();
            stack.push((node, true));
        }
        let children: Vec<NodeRef<'_>> = node.children_it(true).collect();
        stack.extend(children.into_iter().map(|child| (child, false)));
    }
    out.finish()
}

/// Text that grows by words, lines and paragraphs.
#[derive(Debug, Default)]
struct Paragraphs {
    out: String,
    /// Whether white space stands behind the last word
    space: bool,
    /// Line breaks in a row behind the last word
    breaks: usize,
    /// Whether a block ended behind the last word
    ended: bool,
}

impl Paragraphs {
    fn text(&mut self, text: &str) {
        if text.starts_with(char::is_whitespace) {
            self.space = true;
        }
        for word in text.split_whitespace() {
            if !self.out.is_empty() {
                if self.ended || self.breaks > 1 {
                    self.out.push_str("\n\n");
                } else if self.breaks == 1 {
                    self.out.push('\n');
                } else if self.space {
                    self.out.push(' ');
                }
            }
            self.out.push_str(word);
            (self.space, self.breaks, self.ended) = (true, 0, false);
        }
        if !text.trim().is_empty() {
            self.space = text.ends_with(char::is_whitespace);
        }
    }

    fn line_break(&mut self) {
        self.breaks += 1;
    }

    fn block(&mut self) {
        self.ended = true;
    }

    fn finish(self) -> String {
        self.out
    }
}

fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Elements that hold nothing, or whose end need not be written: they make no depth of their own.
const SHALLOW: [&str; 26] = [
    "area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr", "p", "li",
    "dd", "dt", "td", "th", "tr", "tbody", "thead", "tfoot", "option", "rt", "rp",
];

/// How many elements a page opens, and at most how many of those that are not closed.
fn size(html: &str) -> (usize, usize) {
    let (mut elements, mut open, mut deepest) = (0, 0_usize, 0);
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let (closes, name) = rest.strip_prefix('/').map_or((false, rest), |name| (true, name));
        if !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
            continue;
        }
        let name = &name[..name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len())];
        elements += usize::from(!closes);
        if SHALLOW.iter().any(|shallow| name.eq_ignore_ascii_case(shallow)) {
            continue;
        }
        open = if closes { open.saturating_sub(1) } else { open + 1 };
        deepest = deepest.max(open);
    }
    (elements, deepest)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<!DOCTYPE html><html lang="id"><head><title>Perundingan Gagal - Harian Veldar</title>
<meta property="article:published_time" content="2031-05-01T08:00:00+07:00">
<meta property="og:site_name" content="Harian Veldar"><meta name="author" content="Raka Wijaya">
<script>var x = "jangan dibaca";</script><style>p { color: red }</style></head>
<body><nav><ul><li><a href="/">Beranda</a></li><li><a href="/p">Politik</a></li></ul></nav>
<article><h1>Perundingan Gagal</h1>
<p>Arunika dan Bantara gagal bersepakat dalam perundingan di Veldar, kata juru bicara kementerian luar negeri,
Rabu malam.</p>
<p>“Kami kecewa,” kata <b>Dr. Arga</b>, yang memimpin delegasi itu. Ia menambahkan bahwa pasukan akan tetap berada
di perbatasan, sampai ada perintah baru dari ibu kota.</p>
<p>Perundingan berikutnya belum dijadwalkan, dan kedua pihak saling menyalahkan atas kebuntuan itu.</p></article>
<footer><p>Hak cipta Harian Veldar</p></footer></body></html>"#;

    #[test]
    fn a_page_gives_its_article_and_what_it_says_of_itself() {
        let page = page(PAGE).unwrap();
        assert_eq!(page.title.as_deref(), Some("Perundingan Gagal"));
        assert_eq!(page.get("date"), Some("2031-05-01T08:00:00+07:00"));
        assert_eq!((page.get("site"), page.get("author")), (Some("Harian Veldar"), Some("Raka Wijaya")));
        let body: Vec<&str> = page.body.split("\n\n").filter(|p| *p != "Perundingan Gagal").collect();
        assert_eq!(body.len(), 3, "{body:?}");
        assert!(
            body[0].starts_with("Arunika dan Bantara") && body[0].ends_with("kementerian luar negeri, Rabu malam.")
        );
        assert!(body[1].contains("kata Dr. Arga, yang memimpin"), "{}", body[1]);
        assert!(!page.body.contains("jangan") && !page.body.contains("Beranda") && !page.body.contains("Hak cipta"));
    }

    #[test]
    fn a_page_without_article_gives_its_paragraphs() {
        let short = page("<p>Rapat&nbsp;usai.<br>Lagi.</p>x<div>Dua</div>").unwrap();
        assert_eq!(short.body, "Rapat usai.\nLagi.\n\nx\n\nDua");
        assert_eq!(page("").unwrap().body, "");
        assert_eq!(page("plain words").unwrap().body, "plain words");
    }

    #[test]
    fn pages_that_are_too_deep_or_too_large_are_refused() {
        assert!(page(&"<div>".repeat(100_000)).is_err_and(|e| e.contains("512")));
        assert!(page(&"<br>".repeat(150_000)).is_err_and(|e| e.contains("100000 elements")));
        assert!(page(&"<b>".repeat(511)).is_ok());
        assert!(page(&format!("<ul>{}</ul>", "<li>satu".repeat(1000))).is_ok());
    }
}
