//! The rows of a table that generated code has as text, read when they are first needed.
//!
//! What a line says is told where its rows are: [`fields`](crate::fields), [`errors`](crate::errors).

use std::{fmt, ops::Deref, slice, sync::OnceLock};

/// The rows of a table, in the order of the spec: a slice.
pub struct Rows<T: Row> {
    source: Source<T>,
    read: OnceLock<&'static [T]>,
}

enum Source<T: Row> {
    Table(&'static [T]),
    Text(&'static str, T::Context),
}

/// A row that can be read from a line of text.
pub trait Row: fmt::Debug + Sized + 'static {
    /// What the lines refer to.
    type Context: Copy;

    /// Reads the rows of a text, a line each.
    ///
    /// # Errors
    ///
    /// The first line that is not of the form, and what was expected in it.
    fn read(text: &'static str, context: Self::Context) -> Result<Vec<Self>, String>;
}

impl<T: Row> Rows<T> {
    /// The rows of a table.
    pub const fn of(rows: &'static [T]) -> Self {
        Self::new(Source::Table(rows))
    }

    /// The rows of a text.
    pub(crate) const fn of_text(text: &'static str, context: T::Context) -> Self {
        Self::new(Source::Text(text, context))
    }

    const fn new(source: Source<T>) -> Self {
        Self {
            source,
            read: OnceLock::new(),
        }
    }

    /// The rows, in the order of the spec.
    ///
    /// # Panics
    ///
    /// The text is not of the form: the generator writes none such.
    #[inline]
    pub fn as_slice(&self) -> &'static [T] {
        match self.source {
            Source::Table(rows) => rows,
            Source::Text(text, context) => self.read.get_or_init(|| match T::read(text, context) {
                Ok(rows) => rows.leak(),
                Err(error) => panic!("{error}"),
            }),
        }
    }
}

impl<T: Row> Deref for Rows<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        self.as_slice()
    }
}

impl<'r, T: Row> IntoIterator for &'r Rows<T> {
    type Item = &'r T;
    type IntoIter = slice::Iter<'r, T>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl<T: Row> fmt::Debug for Rows<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.as_slice().fmt(f)
    }
}
