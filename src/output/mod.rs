//! `OutputFolder`: the folder of tables and records that a run leaves behind.
//!
//! The columns stand in [`schema`] and nowhere else; [`assemble`] makes the rows of an article from what was scored,
//! without touching a file; the folder writes them and lets nothing appear under a final name before all of it is
//! complete; the [`journal`] keeps what was scored until then. It refuses to write over anything that nuansa has not written itself, unless it is told to.

mod actor_rows;
mod arrow_rows;
mod assemble;
mod cells;
mod cleaner;
mod column;
mod dyad_rows;
mod folder;
mod format;
pub mod journal;
mod kept;
mod measure_tables;
mod package;
mod parquet_file;
mod row_stream;
mod rows;
mod run_record;
pub mod schema;
mod shared_columns;
mod sink;
mod staging;
mod table_files;
mod timeline_rows;
mod totals;

pub use actor_rows::{actor_article_rows, actor_rows};
pub use arrow_rows::ArrowRows;
pub use assemble::{ArticleRows, MentionHit, Scored, SpanVoice, assemble};
pub use cells::json_of;
pub(crate) use cells::{defused, undefused};
pub use cleaner::Cleaner;
pub use dyad_rows::{DyadRow, dyad_rows};
pub use folder::{OutputFolder, finish_shard};
pub use format::{Format, Layout};
pub use kept::articles_with;
pub use row_stream::RowStream;
pub use rows::{ActorArticleRow, ActorRow, ArticleRow, ArticleStatus, MentionRow, Row, SentenceRow, SentenceStatus};
pub use run_record::{RowCounts, RunRecord, Sha256s};
pub use staging::{Begin, EXPLANATIONS, REPORT, SHARD, Staging, is_article_page};
pub use timeline_rows::{TimelineRow, timeline_rows};
pub use totals::Totals;
