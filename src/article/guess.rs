//! `Columns`: which column of a table is the id, the title, the date, the source, the text, and which are passed through.
//!
//! What the person named is taken; for the rest the usual names in English and Indonesian are tried in their order. A
//! name is compared without regard to case, and with every run of other characters as one `_`.

use super::options::{ColumnNames, ReadOptions};

/// What a column is for, in the order of the cells of a row; kept columns stand behind.
pub(super) const ROLES: [&str; 5] = ["id", "title", "date", "source", "text"];
pub(super) const ID: usize = 0;
pub(super) const TITLE: usize = 1;
pub(super) const DATE: usize = 2;
pub(super) const SOURCE: usize = 3;
pub(super) const TEXT: usize = 4;

/// The names by which each is known, the surest first.
const USUAL: [&[&str]; 5] = [
    &[
        "id",
        "article_id",
        "doc_id",
        "docid",
        "document_id",
        "record_id",
        "news_id",
        "id_artikel",
        "id_berita",
        "id_dokumen",
        "uuid",
        "guid",
        "nomor",
        "kode",
    ],
    &["title", "judul", "headline", "judul_berita", "judul_artikel", "tajuk", "kepala_berita", "article_title", "head"],
    &[
        "date",
        "tanggal",
        "tgl",
        "published",
        "published_at",
        "publish_date",
        "published_date",
        "date_published",
        "publication_date",
        "pub_date",
        "pubdate",
        "tanggal_terbit",
        "tgl_terbit",
        "tanggal_publikasi",
        "waktu_terbit",
        "datetime",
        "timestamp",
        "waktu",
        "time",
        "created_at",
    ],
    &[
        "source",
        "sumber",
        "media",
        "outlet",
        "publisher",
        "penerbit",
        "portal",
        "site",
        "situs",
        "site_name",
        "source_name",
        "nama_media",
        "sumber_berita",
        "newspaper",
        "surat_kabar",
        "koran",
        "agency",
        "author",
        "penulis",
    ],
    &[
        "text",
        "teks",
        "isi",
        "body",
        "content",
        "konten",
        "isi_berita",
        "isi_artikel",
        "article",
        "artikel",
        "article_text",
        "article_body",
        "articlebody",
        "full_text",
        "fulltext",
        "maintext",
        "main_text",
        "body_text",
        "teks_berita",
        "naskah",
        "berita",
        "news",
        "narasi",
    ],
];

/// The columns of a table that are read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Columns {
    /// By [`ROLES`], then those to keep; `None` where the table has none
    pub names: Vec<Option<String>>,
    /// Whether a name was guessed that is not our own
    pub guessed: bool,
}

/// A name without what people write differently.
fn fold(name: &str) -> String {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect::<Vec<_>>().join("_")
}

/// Whether among `names` is one by which a text is known, and all look like names of columns.
pub(super) fn known_columns(names: &[&str]) -> bool {
    let text = names.iter().any(|name| USUAL[TEXT].contains(&fold(name).as_str()));
    text && names.iter().all(|name| name.chars().count() <= 64)
}

impl Columns {
    /// Settles the columns of a table with these `names`, in their order.
    ///
    /// # Errors
    /// Why the table cannot be read: a column that was named is not there, or none for the text was found.
    pub fn of(names: &[String], options: &ReadOptions) -> Result<Self, String> {
        let ColumnNames { id, title, date, source, text } = &options.columns;
        let mut found = Self { names: Vec::new(), guessed: false };
        let mut taken: Vec<&str> = [id, title, date, source, text].into_iter().flatten().map(String::as_str).collect();
        for (role, said) in [id, title, date, source, text].into_iter().enumerate() {
            let name = match said.as_deref() {
                Some("") => None,
                Some(said) => Some(exact(names, said).ok_or_else(|| missing(said, names))?),
                None => usual(role, names, &taken).inspect(|name| {
                    found.guessed |= *name != ROLES[role];
                    taken.push(name);
                }),
            };
            found.names.push(name.map(str::to_owned));
        }
        for said in &options.keep {
            found.names.push(exact(names, said).map(str::to_owned));
        }
        if found.names[TEXT].is_none() && options.columns.text.is_none() {
            return Err(format!("no column is known to hold the text{}", listed(names)));
        }
        if let Some(twice) =
            found.names.iter().flatten().find(|name| names.iter().filter(|own| own == name).count() > 1)
        {
            return Err(format!("two columns have the name {twice:?}; rename one"));
        }
        Ok(found)
    }

    /// Asks by our own names for what no column was found for: in JSON a later record may have it.
    pub fn or_own_names(&mut self, options: &ReadOptions) {
        let ColumnNames { id, title, date, source, text } = &options.columns;
        for (role, said) in [id, title, date, source, text].into_iter().enumerate() {
            let own = ROLES[role].to_owned();
            if said.is_none() && self.names[role].is_none() && !self.names.contains(&Some(own.clone())) {
                self.names[role] = Some(own);
            }
        }
        for (name, said) in self.names[ROLES.len()..].iter_mut().zip(&options.keep) {
            name.get_or_insert_with(|| said.clone());
        }
    }

    /// Columns that are to be kept and are not there.
    pub fn lacking<'a>(&self, options: &'a ReadOptions) -> Vec<&'a str> {
        let kept = options.keep.iter().zip(&self.names[ROLES.len()..]);
        kept.filter(|(_, name)| name.is_none()).map(|(said, _)| said.as_str()).collect()
    }

    /// What is read, in words: `title = judul, text = isi`.
    pub fn told(&self) -> String {
        let read = ROLES.iter().zip(&self.names).filter_map(|(role, name)| Some((role, name.as_ref()?)));
        read.map(|(role, name)| format!("{role} = {name:?}")).collect::<Vec<_>>().join(", ")
    }
}

/// The name as it was said, else the only one that differs in nothing but case and marks.
fn exact<'a>(names: &'a [String], said: &str) -> Option<&'a str> {
    names.iter().find(|name| *name == said).map(String::as_str).or_else(|| {
        let mut alike = names.iter().filter(|name| fold(name) == fold(said));
        alike.next().filter(|_| alike.next().is_none()).map(String::as_str)
    })
}

fn usual<'a>(role: usize, names: &'a [String], taken: &[&str]) -> Option<&'a str> {
    let own = names.iter().find(|name| *name == ROLES[role]);
    let known = || USUAL[role].iter().find_map(|known| names.iter().find(|name| fold(name) == *known));
    own.or_else(known).map(String::as_str).filter(|name| !taken.contains(name))
}

fn missing(said: &str, names: &[String]) -> String {
    format!("no column {said:?}{}", listed(names))
}

fn listed(names: &[String]) -> String {
    let shown = names.iter().take(20).map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ");
    let more = if names.len() > 20 { ", …" } else { "" };
    if names.is_empty() { " (there are none)".into() } else { format!(" (there are {shown}{more})") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str], options: &ReadOptions) -> Result<Columns, String> {
        Columns::of(&names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>(), options)
    }

    fn guess(names: &[&str]) -> String {
        of(names, &ReadOptions::default()).map_or_else(|e| e, |found| found.told())
    }

    #[test]
    fn usual_names_in_two_languages_are_known() {
        assert_eq!(
            guess(&["No", "Judul Berita", "Tanggal", "Sumber", "Isi"]),
            r#"title = "Judul Berita", date = "Tanggal", source = "Sumber", text = "Isi""#
        );
        assert_eq!(
            guess(&["doc_id", "headline", "pub-date", "penulis", "konten"]),
            r#"id = "doc_id", title = "headline", date = "pub-date", source = "penulis", text = "konten""#
        );
        let own = of(&["text", "id", "isi", "judul"], &ReadOptions::default()).unwrap();
        assert_eq!(own.names[TEXT].as_deref(), Some("text"));
        assert!(own.guessed);
        assert!(!of(&["id", "title", "text"], &ReadOptions::default()).unwrap().guessed);
    }

    #[test]
    fn what_was_said_comes_first_and_an_empty_name_is_not_read() {
        let mut options = ReadOptions::default();
        options.columns.text = Some("Kalimat".into());
        options.columns.source = Some(String::new());
        let found = of(&["kalimat", "source", "isi"], &options).unwrap();
        assert_eq!(found.told(), r#"text = "kalimat""#);
        options.columns.text = Some("paragraf".into());
        let message = of(&["kalimat", "source"], &options).unwrap_err();
        assert!(message.contains("\"paragraf\"") && message.contains("\"kalimat\", \"source\""), "{message}");
        // A column that was named for one thing is not guessed for another
        let mut options = ReadOptions::default();
        options.columns.title = Some("isi".into());
        assert!(of(&["isi", "judul"], &options).is_err_and(|e| e.contains("hold the text")));
    }

    #[test]
    fn kept_columns_may_lack() {
        let options = ReadOptions { keep: vec!["wilayah".into(), "Rubrik".into()], ..ReadOptions::default() };
        let found = of(&["text", "rubrik"], &options).unwrap();
        assert_eq!(found.names[ROLES.len()..], [None, Some("rubrik".to_owned())]);
        assert_eq!(found.lacking(&options), ["wilayah"]);
    }

    #[test]
    fn a_table_without_text_names_its_columns() {
        let message = guess(&["a", "b"]);
        assert!(message.contains("\"a\", \"b\"") && message.contains("hold the text"), "{message}");
        assert!(guess(&[]).contains("none"));
    }
}
