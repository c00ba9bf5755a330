//! `Fonts`: what the letters of a PNG are drawn with.
//!
//! SVG leaves its letters to whoever shows it; a PNG holds their shapes and is to be the same on every machine, so the
//! system's fonts play no part. Two weights of Noto Sans are built in, with Latin, Greek, Cyrillic and Arabic
//! (`fonts/README.md`). They lack Chinese, which alone would take megabytes; another font can be named for what they lack.
//! A character without a glyph becomes � and is told, never an empty box.

use crate::error::{Context, Error, Result, Stage};
use resvg::usvg::fontdb::{Database, ID, Source};
use resvg::usvg::{FontResolver, Options};
use skrifa::MetadataProvider as _;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

const REGULAR: &[u8] = include_bytes!("fonts/NotoSans-Regular.ttf");
const BOLD: &[u8] = include_bytes!("fonts/NotoSans-Bold.ttf");
/// The weight of CSS from which the bold font is taken.
const BOLD_FROM: u16 = 600;

/// The built-in fonts, and one that was named.
pub(super) struct Fonts {
    database: Arc<Database>,
    regular: ID,
    bold: ID,
    /// Every face, in the order in which one that has a character is looked for
    faces: Vec<ID>,
}

impl Fonts {
    /// The built-in fonts, and `more` for what they lack.
    ///
    /// # Errors
    /// `more` cannot be read or is no TrueType or OpenType font.
    pub fn new(more: Option<&Path>) -> Result<Self> {
        let mut database = Database::new();
        let mut load = |bytes: Vec<u8>| database.load_font_source(Source::Binary(Arc::new(bytes))).to_vec();
        let mut faces = [load(REGULAR.to_vec()), load(BOLD.to_vec())].concat();
        let [regular, bold] = faces[..] else {
            return Err(Error::new(Stage::Write, "the built-in fonts cannot be read"));
        };
        if let Some(file) = more {
            let found = load(std::fs::read(file).at(Stage::Read, file)?);
            if found.is_empty() {
                let cause = "is no font that can be read";
                return Err(Error::new(Stage::Read, cause).file(file).hint("name a .ttf, .otf or .ttc file"));
            }
            faces.extend(found);
        }
        Ok(Self { database: Arc::new(database), regular, bold, faces })
    }

    /// `svg` with � for every character that no font has, and these characters.
    pub fn legible(&self, svg: &str) -> (String, BTreeSet<char>) {
        let all: BTreeSet<char> = svg.chars().filter(|c| !c.is_ascii() && !is_invisible(*c)).collect();
        let lacking: BTreeSet<char> =
            all.into_iter().filter(|c| !self.faces.iter().any(|face| has(&self.database, *face, *c))).collect();
        let shown = svg.chars().map(|c| if lacking.contains(&c) { char::REPLACEMENT_CHARACTER } else { c });
        (shown.collect(), lacking)
    }

    /// How an SVG is read at a resolution: with these fonts whatever families it names.
    pub fn options(&self, dpi: f32) -> Options<'_> {
        let select_font = Box::new(|font: &resvg::usvg::Font, _: &mut Arc<Database>| {
            Some(if font.weight() < BOLD_FROM { self.regular } else { self.bold })
        });
        let select_fallback = Box::new(|c: char, used: &[ID], database: &mut Arc<Database>| {
            self.faces.iter().copied().find(|face| !used.contains(face) && has(database, *face, c))
        });
        let font_resolver = FontResolver { select_font, select_fallback };
        Options { dpi, font_resolver, fontdb: Arc::clone(&self.database), ..Options::default() }
    }
}

fn has(database: &Database, face: ID, c: char) -> bool {
    let glyph = |data: &[u8], index| skrifa::FontRef::from_index(data, index).ok()?.charmap().map(c);
    database.with_face_data(face, glyph).flatten().is_some()
}

/// Characters that shape others and are drawn in no font: soft hyphen, joiners, variation selectors.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_weights_have_the_letters_of_names_and_the_signs_of_numbers() {
        let fonts = Fonts::new(None).unwrap();
        let names = "Şəfiqə Ngô Đình Dūmà ’Alī Ḥusayn Їжак Қазақ Ηρώ وزير گفت ئۇيغۇر −1,5 +0.75 «a» “b” № … \u{fffd}";
        for face in &fonts.faces {
            let lacking: String =
                names.chars().filter(|c| !has(&fonts.database, *face, *c) && !is_invisible(*c)).collect();
            assert_eq!(lacking, "");
        }
    }

    #[test]
    fn what_no_font_has_is_replaced_and_told_once() {
        let fonts = Fonts::new(None).unwrap();
        let (shown, lacking) = fonts.legible("<text>外交 Tirta 外 می\u{200c}خواهم</text>");
        assert_eq!(shown, "<text>\u{fffd}\u{fffd} Tirta \u{fffd} می\u{200c}خواهم</text>");
        assert_eq!(lacking.into_iter().collect::<String>(), "交外");
    }

    #[test]
    fn a_font_that_is_named_is_asked_for_what_the_others_lack() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("a.ttf");
        std::fs::write(&file, REGULAR).unwrap();
        assert_eq!(Fonts::new(Some(&file)).unwrap().faces.len(), 3);
        std::fs::write(&file, "no font").unwrap();
        let message = Fonts::new(Some(&file)).err().unwrap().to_string();
        assert!(message.contains("a.ttf: is no font") && message.contains(".otf"), "{message}");
    }
}
