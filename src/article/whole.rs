//! `row`: a document that is one article (text, Markdown, HTML) as a row like any other.

use super::decoded::Decoded;
use super::encoding::BOM;
use super::format::Format;
use super::guess::{ROLES, TEXT};
use super::held::Held;
use super::json::too_long;
use super::options::ReadOptions;
use super::plain::decode;
use super::row::{Broken, Cell, Fault, Row};
use super::{html, markdown};
use std::io::{self, Read};

/// Bytes that are read at a time.
const PIECE: usize = 1 << 16;

/// Reads the document in `stream`.
///
/// # Errors
/// The stream cannot be read.
pub(super) fn row(stream: &mut Decoded, format: Format, options: &ReadOptions) -> Result<Row, Broken> {
    let page = format == Format::Html && html::BYTES < options.max_record_bytes;
    let bound = if page { html::BYTES } else { options.max_record_bytes };
    let (mut held, mut piece) = (Held::default(), vec![0; PIECE]);
    while held.len() <= bound {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(n) => held.extend(&piece[..n])?,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e.into()),
        }
    }
    let failed = |line, byte, reason| Ok(Row { line, byte, cells: Err(Fault { byte, id: None, reason }) });
    if held.len() > bound {
        let reason =
            || format!("the page is longer than {bound} bytes; take out what is no text, or convert it to text");
        return failed(None, None, if page { reason() } else { too_long("file", bound) });
    }
    let mut bytes = held.finish()?;
    let mark = if bytes.starts_with(BOM) { BOM.len() } else { 0 };
    let text = match decode(&bytes[mark..], mark as u64, stream) {
        Ok(text) => text,
        Err(bad) => {
            let line = bytes[..mark + bad.at].split(|b| *b == b'\n').count() as u64;
            return failed(Some(line), bad.byte, bad.reason);
        }
    };
    let cells = match format {
        Format::Text => {
            let mut cells = vec![Cell::Missing; ROLES.len() + options.keep.len()];
            // Checked above; what stands in memory already is not copied
            bytes.drain(..mark);
            cells[TEXT] = String::from_utf8(bytes).map_or(Cell::Missing, Cell::Text);
            cells
        }
        Format::Html => match html::page(text) {
            Ok(page) => page.into_cells(options),
            Err(reason) => return failed(None, None, reason),
        },
        _ => {
            let (mut page, body) = markdown::document(text)?;
            // What was read goes before what is read from it comes into memory
            drop(bytes);
            page.body = body.finish_text()?;
            page.into_cells(options)
        }
    };
    Ok(Row { line: None, byte: None, cells: Ok(cells) })
}
