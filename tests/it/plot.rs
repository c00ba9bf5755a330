//! `nuansa plot`, by the files it writes.

use super::report_folder;
use super::support::{nuansa, stderr};
use std::io::Cursor;
use std::path::Path;
use std::process::Output;

fn plot(figure: &str, scores: &Path, out: &Path, args: &[&str]) -> Output {
    nuansa().args(["plot", figure, "--lang", "en", "--out"]).arg(out).arg(scores).args(args).output().unwrap()
}

/// Width, height, pixels a metre, and RGB.
fn decoded(bytes: &[u8]) -> (u32, u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut pixels).unwrap();
    let info = reader.info();
    let dims = info.pixel_dims.unwrap();
    assert_eq!((info.color_type, dims.xppu), (png::ColorType::Rgb, dims.yppu));
    assert_eq!(dims.unit, png::Unit::Meter);
    (info.width, info.height, dims.xppu, pixels)
}

#[test]
fn figures_are_svg_in_millimetres() {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    for (figure, text) in [("timeline", "All articles"), ("actors", "Benara &lt;i&gt;"), ("dyads", "+0.75")] {
        let out = dir.path().join(format!("{figure}.svg"));
        let done = plot(figure, dir.path(), &out, &["--width", "90"]);
        assert!(done.status.success(), "{}", stderr(&done));
        let svg = std::fs::read_to_string(&out).unwrap();
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90mm\""), "{svg}");
        assert!(svg.contains(text) && svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{svg}");
    }
}

#[test]
fn a_png_has_the_pixels_of_its_millimetres_and_the_same_bytes_again() {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    for (figure, colour) in [("timeline", [0x88; 3]), ("actors", [0xd5, 0x5e, 0x00]), ("dyads", [0xea, 0x93, 0x5c])] {
        let (svg, out, again) = (dir.path().join("a.svg"), dir.path().join("a.PNG"), dir.path().join("b.png"));
        for (args, dpi, per_metre) in [(&["--width", "90"][..], 300.0, 11_811), (&["--dpi", "150"], 150.0, 5_906)] {
            assert!(plot(figure, dir.path(), &svg, &args[..if dpi < 300.0 { 0 } else { 2 }]).status.success());
            let done = plot(figure, dir.path(), &out, args);
            assert!(done.status.success() && stderr(&done).is_empty(), "{}", stderr(&done));
            let bytes = std::fs::read(&out).unwrap();
            let (width, height, metre, pixels) = decoded(&bytes);
            let svg = std::fs::read_to_string(&svg).unwrap();
            let mm = |name: &str| {
                let text = svg.split_once(&format!(" {name}=\"")).unwrap().1.split_once("mm\"").unwrap().0;
                (text.parse::<f64>().unwrap() / 25.4 * dpi).round() as u32
            };
            assert_eq!((width, height, metre), (mm("width"), mm("height"), per_metre), "{figure}");
            for wanted in [colour, [0xff; 3], [0x00; 3]] {
                let n = pixels.chunks_exact(3).filter(|p| *p == wanted).count();
                assert!(n > 20, "{figure} has {n} pixels of {wanted:?}");
            }
            plot(figure, dir.path(), &again, args);
            assert!(std::fs::read(&again).unwrap() == bytes, "{figure}: other bytes");
        }
    }
}

#[test]
fn characters_without_a_glyph_are_told_and_a_font_can_be_named_for_them() {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    let file = dir.path().join("actors.csv");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("arunika,Arunika", "arunika,外交部外 Арунѣ وزير")).unwrap();
    let out = dir.path().join("a.png");
    let done = plot("actors", dir.path(), &out, &[]);
    assert!(done.status.success());
    let told = stderr(&done);
    assert!(told.contains("a.png: 3 characters have no glyph in the built-in font and are drawn as \u{fffd} (交外部)"));
    assert!(told.contains("hint: write SVG, or name a font that has them with --font"), "{told}");
    // A font without them changes the words, not the figure
    let before = std::fs::read(&out).unwrap();
    let font = concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/plot/fonts/NotoSans-Bold.ttf");
    let told = stderr(&plot("actors", dir.path(), &out, &["--font", font]));
    assert!(told.contains("3 characters have no glyph in the fonts and"), "{told}");
    assert!(std::fs::read(&out).unwrap() == before);
    let svg = dir.path().join("a.svg");
    let done = plot("actors", dir.path(), &svg, &[]);
    assert!(done.status.success() && stderr(&done).is_empty(), "{}", stderr(&done));
    assert!(std::fs::read_to_string(svg).unwrap().contains("外交部外 Арунѣ وزير"));
}

#[test]
fn what_cannot_be_drawn_is_refused_with_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    report_folder::write(dir.path());
    let refused = |name: &str, args: &[&str], code: i32, texts: &[&str]| {
        let out = dir.path().join(name);
        let done = plot("actors", dir.path(), &out, args);
        assert_eq!(done.status.code(), Some(code), "{name}: {}", stderr(&done));
        for text in texts {
            assert!(stderr(&done).contains(text), "{text}: {}", stderr(&done));
        }
        assert!(!out.exists());
    };
    refused("a.pdf", &[], 1, &["a.pdf: figures are written as SVG or PNG", ".svg or .png"]);
    refused("a", &[], 1, &["figures are written as SVG or PNG"]);
    refused("a.svg", &["--dpi", "600"], 1, &["a.svg: an SVG has neither resolution nor font", "--dpi"]);
    refused("a.png", &["--font", "none.ttf"], 1, &["none.ttf"]);
    refused("a.png", &["--font", "Cargo.toml"], 1, &["Cargo.toml: is no font that can be read"]);
    refused("a.png", &["--dpi", "5"], 2, &["--dpi"]);
}
