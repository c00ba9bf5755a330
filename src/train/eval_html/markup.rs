//! HTML from plain text: tables, and the page around them.

use crate::report::html;
use std::fmt::Write as _;

/// A table of plain text; the first `left` columns name the line, the others are numbers.
pub(super) fn table(header: &[String], lines: &[Vec<String>], left: usize) -> String {
    let mut out = String::from("<div class=\"scroll\"><table>\n<thead><tr>");
    let class = |k: usize| if k < left { " class=\"l\"" } else { "" };
    for (k, cell) in header.iter().enumerate() {
        let _ = write!(out, "<th scope=\"col\"{}>{}</th>", class(k), html(cell));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for line in lines {
        out.push_str("<tr>");
        for (k, cell) in line.iter().enumerate() {
            let _ = write!(out, "<td{}>{}</td>", class(k), html(cell));
        }
        out.push_str("</tr>\n");
    }
    out + "</tbody></table></div>\n"
}

/// The colours are of even contrast on white and on near black; charts take them from here too.
const STYLE: &str = "
:root { color-scheme: light dark; --ink: #1c1e21; --soft: #5b6168; --line: #d4d8dd; --paper: #fff; --a: #1f6fc4; --b: #b4552d; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e8ea; --soft: #a2a9b0; --line: #3a4047; --paper: #15181b; --a: #6fb0f5; --b: #eb9c76; }
}
@media print {
  :root { --ink: #000; --soft: #444; --line: #bbb; --paper: #fff; --a: #1f6fc4; --b: #b4552d; }
  body { font-size: 9pt; max-width: none; }
  .scroll { overflow: visible; }
  tr, svg { break-inside: avoid; }
  h2, h3 { break-after: avoid; }
}
* { box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
body { margin: 0 auto; padding: 1.5rem 1rem; max-width: 72rem; background: var(--paper); color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin-top: 2.2rem; overflow-wrap: anywhere; }
h3 { font-size: 1rem; margin-bottom: 0.4rem; }
.scroll { overflow-x: auto; margin: 0.5rem 0 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.2rem 0.7rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { color: var(--soft); font-weight: 600; }
th.l, td.l, .confusion th[scope=row] { text-align: left; }
.confusion td { text-align: center; min-width: 6rem; }
.confusion small { display: block; color: var(--soft); }
.note, figcaption, dt { color: var(--soft); }
.note { max-width: 50rem; font-size: 0.9rem; }
.charts { display: flex; flex-wrap: wrap; gap: 2rem; }
figure { margin: 0; flex: 1 1 20rem; max-width: 28rem; }
svg { width: 100%; height: auto; }
svg text { fill: var(--soft); font: 11px system-ui, sans-serif; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; }
dd { margin: 0; overflow-wrap: anywhere; }
";

/// A whole page; `title` is plain text, `body` is HTML.
pub(super) fn document(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<style>{STYLE}</style>\n</head>\n\
         <body>\n{body}</body>\n</html>\n",
        html(title)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_escaped() {
        assert!(table(&["<i>".into()], &[vec!["<b>".into()]], 0).contains("<td>&lt;b&gt;</td>"));
    }
}
