//! A drawing as PNG: the SVG of the canvas at a resolution, on white, with its size in millimetres kept.

use super::fonts::Fonts;
use crate::error::{Context, Error, Result, Stage};
use png::{BitDepth, ColorType, PixelDimensions, Unit};
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::Tree;

/// Pixels of the largest figure; four bytes each while it is drawn.
const MOST_PIXELS: u64 = 100_000_000;
const MM_PER_INCH: f64 = 25.4;

/// The bytes of a PNG of `svg` at `dpi` pixels an inch.
///
/// # Errors
/// The figure would have more than a hundred million pixels.
pub(super) fn png(svg: &str, dpi: u32, fonts: &Fonts) -> Result<Vec<u8>> {
    let tree = Tree::from_str(svg, &fonts.options(dpi as f32)).stage(Stage::Write)?;
    let (width, height) = (tree.size().width().round() as u32, tree.size().height().round() as u32);
    let large = || {
        let cause = format!("{width} × {height} pixels are more than a figure may have ({MOST_PIXELS})");
        Error::new(Stage::Write, cause).hint("name a smaller --dpi, --width or --top, or write SVG")
    };
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(large());
    }
    let mut pixels = Pixmap::new(width, height).ok_or_else(large)?;
    pixels.fill(Color::WHITE);
    resvg::render(&tree, Transform::identity(), &mut pixels.as_mut());
    // Nothing shows through the white, so the fourth value of each pixel says nothing
    let rgb: Vec<u8> = pixels.data().chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]).collect();

    let mut out = Vec::new();
    let mut encoder = png::Encoder::new(&mut out, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    let per_metre = (f64::from(dpi) * 1000.0 / MM_PER_INCH).round() as u32;
    encoder.set_pixel_dims(Some(PixelDimensions { xppu: per_metre, yppu: per_metre, unit: Unit::Meter }));
    let mut writer = encoder.write_header().stage(Stage::Write)?;
    writer.write_image_data(&rgb).stage(Stage::Write)?;
    writer.finish().stage(Stage::Write)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::plot::canvas::{Anchor, Canvas, INK, TEXT};
    use std::io::Cursor;

    /// A figure of one text, decoded: its head and its pixels.
    fn drawn(text: &str, dpi: u32) -> (png::Info<'static>, Vec<u8>) {
        let mut canvas = Canvas::new(80.0);
        canvas.text((10.0, 6.0), text, Anchor::Start, TEXT, INK);
        let bytes = png(&canvas.finish(10.0, "t"), dpi, &Fonts::new(None).unwrap()).unwrap();
        let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        reader.next_frame(&mut pixels).unwrap();
        (reader.info().clone(), pixels)
    }

    fn columns(info: &png::Info<'_>, pixels: &[u8]) -> Vec<usize> {
        let dark = |x: &usize| pixels.chunks_exact(info.width as usize * 3).any(|row| row[x * 3] < 128);
        (0..info.width as usize).filter(dark).collect()
    }

    #[test]
    fn pixels_and_resolution_give_the_millimetres_back() {
        for (dpi, size, per_metre) in [(300, (945, 118), 11_811), (72, (227, 28), 2_835)] {
            let (info, pixels) = drawn("Arunika", dpi);
            assert_eq!((info.width, info.height), size);
            let dims = info.pixel_dims.unwrap();
            assert_eq!((dims.xppu, dims.yppu, dims.unit), (per_metre, per_metre, Unit::Meter));
            let dark = columns(&info, &pixels);
            // 10 mm, and 3.6 em of 8 pt
            assert_eq!((*dark.first().unwrap() as f64 / f64::from(dpi) * MM_PER_INCH).round(), 10.0);
            assert!((18.0..22.0).contains(&(*dark.last().unwrap() as f64 / f64::from(dpi) * MM_PER_INCH)));
        }
    }

    #[test]
    fn arabic_letters_are_joined() {
        let width = |text| {
            let (info, pixels) = drawn(text, 300);
            let dark = columns(&info, &pixels);
            dark.last().unwrap() - dark.first().unwrap()
        };
        // Joined, these letters have no gap between them; a joiner that parts them widens the word
        assert!(width("بيت") < width("ب\u{200c}ي\u{200c}ت"));
        let (info, pixels) = drawn("بيت", 300);
        let dark = columns(&info, &pixels);
        assert!(dark.windows(2).all(|pair| pair[1] == pair[0] + 1), "{dark:?}");
    }

    #[test]
    fn a_figure_that_no_machine_holds_is_refused() {
        let svg = Canvas::new(1000.0).finish(900.0, "t");
        let message = png(&svg, 1200, &Fonts::new(None).unwrap()).unwrap_err().to_string();
        assert!(message.contains("47244 × 42520 pixels") && message.contains("--dpi"), "{message}");
    }
}
