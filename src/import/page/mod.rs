//! Reference pages in Markdown, as the public guides of AWS had them: one page for each operation,
//! and one for each type.

mod assemble;
mod entries;
mod kind;
mod labels;
mod markdown;
mod operation;
mod said;
mod shown;
mod syntax;
mod types;
mod value;

pub(crate) use operation::{Pages, Verdict};
