//! Free recordings: one exchange a line, written by hand or by whatever stands between a client and
//! a service.

use super::entry::{Entries, Entry};
use super::form::ExchangeForm;
use super::lines::lines;
use crate::support::echo::shown;
use crate::support::files::{FileError, Source, json_fault};

/// Reads the exchanges.
pub(super) fn read(source: &Source, text: &str) -> Result<Entries, FileError> {
    let mut entries = Entries::default();
    for (number, line) in lines(text) {
        let form: ExchangeForm = serde_json::from_str(line).map_err(|e| {
            json_fault(
                &source.name,
                number,
                "an exchange, `{\"request\": {…}, \"answer\": {…}}`",
                &e,
            )
        })?;
        let fault = |message: String| FileError {
            file: source.name.clone(),
            line: Some(number),
            message,
        };
        // Parts are played in a case, and here there is none.
        if form.role.is_some() || form.step.is_some() || form.on.is_some() || form.settled {
            return Err(fault(
                "expected no `role`, `step`, `on` or `settled` outside of a recorded run"
                    .to_owned(),
            ));
        }
        let exchange = form.into_exchange("").map_err(fault)?;
        if !exchange.request.path.starts_with('/') {
            let path = shown(&exchange.request.path);
            return Err(fault(format!(
                "expected a path that starts with `/`, found `{path}`"
            )));
        }
        let entry = Entry {
            line: number,
            host: String::new(),
            span: None,
            body_cut: false,
            exchange,
        };
        entries.all.push(entry);
    }

    Ok(entries)
}
