//! Files of labelled data: which there are, and their bytes as a stream.
//!
//! Four endings are known, `.jsonl`, `.csv` and both with `.zst` behind; zstd is read by a pure Rust decoder, frame
//! after frame, with checksums compared. Anything else is refused by name and not guessed from content.

use crate::error::{Context, Error, Result, Stage};
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// The layout of a file's rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line
    Jsonl,
    /// Comma-separated values with a header
    Csv,
}

/// The endings that are read, in the order in which [`find`] tries them.
pub const ENDINGS: [(&str, Format, bool); 4] = [
    (".jsonl", Format::Jsonl, false),
    (".csv", Format::Csv, false),
    (".jsonl.zst", Format::Jsonl, true),
    (".csv.zst", Format::Csv, true),
];

/// How a file is to be read by its name: layout, and whether zstd is around it.
fn format_of(path: &Path) -> Option<(Format, bool)> {
    let name = path.file_name()?.to_str()?;
    let known = ENDINGS.iter().find(|(ending, ..)| name.len() > ending.len() && name.ends_with(ending))?;
    Some((known.1, known.2))
}

fn endings() -> String {
    ENDINGS.map(|(ending, ..)| ending).join(", ")
}

/// The labelled files of `path`: the file itself, or every file with a known ending directly in a folder, by name.
///
/// # Errors
/// A path that is not there, a file with another ending, a folder without any such file.
pub fn files(path: &Path) -> Result<Vec<PathBuf>> {
    let hint = format!("labelled data are files that end in {}", endings());
    if !path.metadata().at(Stage::Train, path)?.is_dir() {
        return match format_of(path) {
            Some(_) => Ok(vec![path.to_path_buf()]),
            None => Err(Error::new(Stage::Train, "not a file of labelled data by its ending").file(path).hint(hint)),
        };
    }
    let mut found = Vec::new();
    for entry in path.read_dir().at(Stage::Train, path)? {
        let file = entry.at(Stage::Train, path)?.path();
        let hidden = file.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        if format_of(&file).is_some() && file.is_file() && !hidden {
            found.push(file);
        }
    }
    found.sort();
    if found.is_empty() {
        return Err(Error::new(Stage::Train, "the folder holds no labelled data").file(path).hint(hint));
    }
    Ok(found)
}

/// The file of a data set that a recipe names: `news.jsonl.zst`, or `news` for the one file of that name with a known
/// ending.
///
/// # Errors
/// No such file, or several (`news.csv` beside `news.jsonl`).
pub fn find(folder: &Path, name: &str) -> Result<PathBuf> {
    let exact = folder.join(name);
    if format_of(&exact).is_some() && exact.is_file() {
        return Ok(exact);
    }
    let tried = ENDINGS.map(|(ending, ..)| folder.join(format!("{name}{ending}")));
    let mut found = tried.iter().filter(|path| path.is_file());
    match (found.next(), found.next()) {
        (Some(one), None) => Ok(one.clone()),
        (Some(one), Some(other)) => Err(Error::new(
            Stage::Train,
            format!("data set \"{name}\" is both {} and {}", one.display(), other.display()),
        )
        .hint("name the file with its ending")),
        (None, _) => Err(Error::new(Stage::Train, format!("no data set \"{name}\""))
            .file(folder)
            .hint(format!("looked for {name} with {}", endings()))),
    }
}

/// The decompressed bytes of a labelled file, without a byte order mark.
///
/// # Errors
/// A file that cannot be opened, whose ending is not known or whose first bytes cannot be read. Damage further on shows
/// as an [`io::Error`] while reading.
pub fn open(path: &Path) -> Result<(Format, Box<dyn BufRead>)> {
    let Some((format, packed)) = format_of(path) else {
        return Err(Error::new(Stage::Train, "not a file of labelled data by its ending").file(path));
    };
    let file = BufReader::new(File::open(path).at(Stage::Train, path)?);
    let mut bytes: Box<dyn BufRead> = if packed { Box::new(BufReader::new(Zstd::new(file))) } else { Box::new(file) };
    let mut head = Vec::new();
    bytes.by_ref().take(3).read_to_end(&mut head).at(Stage::Train, path)?;
    if head == *b"\xef\xbb\xbf" {
        head.clear();
    }
    Ok((format, Box::new(io::Cursor::new(head).chain(bytes))))
}

/// All frames of a zstd file, one behind the other (RFC 8878, section 3), skippable frames left out.
struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    inside: bool,
    frames: u64,
}

impl<R: BufRead> Zstd<R> {
    fn new(source: R) -> Self {
        Self { source, decoder: FrameDecoder::new(), inside: false, frames: 0 }
    }

    /// Enters the next frame; false at the end of the file.
    fn next_frame(&mut self) -> io::Result<bool> {
        loop {
            if self.source.fill_buf()?.is_empty() {
                return if self.frames > 0 { Ok(false) } else { Err(io::Error::other("an empty file is not zstd")) };
            }
            self.frames += 1;
            match self.decoder.reset(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame { length, .. })) => {
                    let length = u64::from(length);
                    if io::copy(&mut self.source.by_ref().take(length), &mut io::sink())? < length {
                        return Err(self.damage("a skippable frame is cut short"));
                    }
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::BadMagicNumber(_))) => {
                    return Err(self.damage("no zstd frame starts here"));
                }
                Err(e) => return Err(self.damage(e)),
            }
        }
    }

    fn damage(&self, cause: impl std::fmt::Display) -> io::Error {
        let cause = format!("zstd data are cut short or damaged in frame {}: {cause}", self.frames);
        io::Error::new(io::ErrorKind::InvalidData, cause)
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while !buf.is_empty() {
            if !self.inside {
                self.inside = self.next_frame()?;
                if !self.inside {
                    break;
                }
            }
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let step = self.decoder.decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1));
                step.map_err(|e| self.damage(e))?;
            }
            let n = self.decoder.read(buf)?;
            if n > 0 {
                return Ok(n);
            }
            let stored = self.decoder.get_checksum_from_data();
            if stored.is_some() && stored != self.decoder.get_calculated_checksum() {
                return Err(self.damage("its checksum does not fit its content"));
            }
            self.inside = false;
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    fn unpack(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut out = Vec::new();
        Zstd::new(bytes).read_to_end(&mut out)?;
        Ok(out)
    }

    fn pack(text: &str) -> Vec<u8> {
        compress_to_vec(text.as_bytes(), CompressionLevel::Fastest)
    }

    #[test]
    fn frames_follow_one_another_and_skippable_ones_are_left_out() {
        let mut bytes = pack("satu\n");
        bytes.extend([0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 9, 9, 9]);
        bytes.extend(pack(""));
        bytes.extend(pack(&"dua\n".repeat(100_000)));
        let text = unpack(&bytes).unwrap();
        assert_eq!(text.len(), 5 + 400_000);
        assert!(text.starts_with(b"satu\ndua\n"));
    }

    #[test]
    fn a_truncated_file_is_an_error_wherever_it_is_cut() {
        let first = pack("satu\n");
        let mut bytes = first.clone();
        bytes.extend(pack(&"kapal itu berlayar ke selatan\n".repeat(50)));
        for end in 0..bytes.len() {
            // a cut between two frames leaves a whole file
            assert_eq!(unpack(&bytes[..end]).is_ok(), end == first.len(), "cut at {end}");
        }
    }

    #[test]
    fn plain_text_behind_a_frame_is_an_error_that_says_so() {
        let mut bytes = pack("satu\n");
        bytes.extend(b"dua\n");
        assert!(unpack(&bytes).unwrap_err().to_string().contains("frame 2"));
        assert!(unpack(b"{\"text\": \"x\"}").unwrap_err().to_string().contains("no zstd frame starts here"));
    }

    #[test]
    fn a_changed_byte_fails_the_checksum() {
        let text = "Kota Arunika tenang malam ini.";
        let mut bytes = pack(text);
        let at = bytes.windows(5).position(|w| w == b"malam").expect("short text is stored as it is");
        bytes[at] ^= 1;
        assert!(unpack(&bytes).unwrap_err().to_string().contains("checksum"));
    }

    #[test]
    fn a_folder_gives_its_labelled_files_by_name_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        assert!(files(dir.path()).unwrap_err().to_string().contains("holds no labelled data"));
        for name in ["b.jsonl", "a.csv.zst", "notes.txt", ".jsonl", "c.json", ".hidden.csv"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        std::fs::create_dir(dir.path().join("d.csv")).unwrap();
        let names: Vec<_> = files(dir.path()).unwrap();
        assert_eq!(names, [dir.path().join("a.csv.zst"), dir.path().join("b.jsonl")]);
        assert!(files(&dir.path().join("notes.txt")).unwrap_err().to_string().contains(".csv.zst"));
        assert!(files(&dir.path().join("none.csv")).unwrap_err().to_string().contains("none.csv"));
    }

    #[test]
    fn a_data_set_is_found_by_its_exact_name_and_two_of_a_name_are_refused() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["news.jsonl", "news_extra.csv"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        assert_eq!(find(dir.path(), "news").unwrap(), dir.path().join("news.jsonl"));
        assert_eq!(find(dir.path(), "news.jsonl").unwrap(), dir.path().join("news.jsonl"));
        assert!(find(dir.path(), "new").unwrap_err().to_string().contains("no data set \"new\""));
        std::fs::write(dir.path().join("news.csv"), "").unwrap();
        assert!(find(dir.path(), "news").unwrap_err().to_string().contains("news.csv"));
    }
}
