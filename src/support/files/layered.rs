//! Files that lie over those of a folder: contracts that a document gives, in place of contract
//! files.

use std::collections::{BTreeMap, BTreeSet};

use super::{FileError, Source};

/// The files that lie over others, by their paths with `/` between the parts.
#[derive(Debug, Default)]
pub struct Layer {
    /// What is read in place of what lies below.
    pub(crate) files: BTreeMap<String, Source>,
    /// What lies below and is not seen.
    pub(crate) hidden: BTreeSet<String>,
    /// Folders of operations whose contract is that of a document.
    pub(crate) documented: BTreeSet<String>,
}

impl Layer {
    /// What is in a folder, by name and whether it is a folder, where that is what lies below.
    ///
    /// # Errors
    /// Where neither has such a folder.
    pub(super) fn over(
        &self,
        path: &str,
        below: Result<Vec<(String, bool)>, FileError>,
    ) -> Result<Vec<(String, bool)>, FileError> {
        let prefix = match path {
            "" => String::new(),
            folder => format!("{folder}/"),
        };
        let within = self.files.range(prefix.clone()..);
        let within = within.map_while(|(file, _)| file.strip_prefix(&prefix));
        let own = within.map(|rest| match rest.split_once('/') {
            Some((folder, _)) => (folder.to_owned(), true),
            None => (rest.to_owned(), false),
        });

        let mut all: BTreeSet<(String, bool)> = own.collect();
        let hidden = |name: &str| self.hidden.contains(&format!("{prefix}{name}"));
        match below {
            Ok(below) => all.extend(below.into_iter().filter(|(name, _)| !hidden(name))),
            // What only a document has stands in no folder below.
            Err(_) if !all.is_empty() => {}
            Err(error) => return Err(error),
        }
        Ok(all.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::Layer;
    use crate::support::files::{Files, Source};

    #[test]
    fn a_layer_is_seen_first_and_what_it_hides_is_not() {
        let file = |name: &str| Source {
            name: name.to_owned(),
            text: "x = 1".to_owned(),
        };
        let slug = "lambda/update-event-source-mapping";
        let layer = Layer {
            files: [
                (format!("{slug}/contract.toml"), file("model")),
                ("lambda/get-x/contract.toml".to_owned(), file("model")),
                ("other/service.toml".to_owned(), file("model")),
            ]
            .into(),
            hidden: [format!("{slug}/contract.current.toml")].into(),
            documented: ["lambda/get-x".to_owned()].into(),
        };

        let files = Files::Embedded.under(layer);
        let read = |path: &str| files.read(path).expect("a file");
        assert_eq!(read(&format!("{slug}/contract.toml")).name, "model");
        assert!(read("lambda/service.toml").text.contains("service"));

        let names = files.list(slug).expect("a folder");
        assert!(names.contains(&"contract.toml".to_owned()));
        assert!(names.contains(&"numbers.toml".to_owned()));
        assert!(!names.contains(&"contract.current.toml".to_owned()));

        let folders = files.folders("lambda").expect("a folder");
        assert!(folders.contains(&"get-x".to_owned()));
        assert!(folders.contains(&"update-event-source-mapping".to_owned()));
        assert_eq!(files.list("other").expect("a folder"), ["service.toml"]);
        let services = files.folders("").expect("a folder");
        assert!(services.contains(&"other".to_owned()));
        assert!(files.list("nothing").is_err());
        assert!(files.is_documented("lambda/get-x") && !files.is_documented(slug));
    }
}
