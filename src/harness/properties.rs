//! What holds for any input at all. The fuzz targets in `fuzz/` and the property tests here call
//! the same functions, so that plain `cargo test` exercises each of them; it also goes over their
//! seeds, and over what they once found.
//!
//! Each function panics where its property does not hold: that is how a fuzzer learns of it.

mod built_in;
#[cfg(test)]
mod dictionary;
mod endpoint;
mod file;
mod generate;
mod import;
mod judge;
mod pattern;

#[cfg(test)]
use arbitrary::{Arbitrary, Unstructured};

pub use endpoint::{AnySequence, Subject};
pub use file::{any_case_file_is_answered, any_contract_is_answered};
pub use generate::AnyContract;
pub use import::{any_model_is_answered, any_page_is_answered};
pub use judge::AnyAnswer;
pub use pattern::AnyPattern;

/// A property as a function of the bytes that a fuzzer makes up. It panics where it does not hold.
#[cfg(test)]
pub(crate) type Check = fn(&[u8]);
/// The properties by the names of their fuzz targets.
#[cfg(test)]
pub(crate) const PROPERTIES: [(&str, Check); 8] = [
    ("cases", any_case_file_is_answered),
    ("contract", any_contract_is_answered),
    ("endpoint", |bytes| {
        of::<AnySequence>(bytes, AnySequence::check)
    }),
    ("generate", |bytes| {
        of::<AnyContract>(bytes, AnyContract::check)
    }),
    ("judge", |bytes| of::<AnyAnswer>(bytes, AnyAnswer::check)),
    ("model", any_model_is_answered),
    ("page", any_page_is_answered),
    ("pattern", |bytes| {
        of::<AnyPattern<'_>>(bytes, AnyPattern::check)
    }),
];

/// Decodes bytes as libFuzzer's harness does, and checks what they are.
#[cfg(test)]
fn of<'a, T: Arbitrary<'a>>(bytes: &'a [u8], check: impl FnOnce(&T)) {
    if bytes.len() < T::size_hint(0).0 {
        return;
    }
    if let Ok(input) = T::arbitrary_take_rest(Unstructured::new(bytes)) {
        check(&input);
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    /// The inputs of a folder beside the fuzz targets, by their paths.
    fn inputs(folder: &str, target: &str) -> Vec<(String, Vec<u8>)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("fuzz")
            .join(folder)
            .join(target);

        let Ok(entries) = std::fs::read_dir(&folder) else {
            return Vec::new();
        };
        let paths = entries
            .map(|entry| entry.expect("a file").path())
            .filter(|path| path.is_file());
        let mut inputs: Vec<_> = paths
            .map(|path| {
                (
                    path.display().to_string(),
                    std::fs::read(&path).expect("bytes"),
                )
            })
            .collect();

        inputs.sort();
        inputs
    }

    /// Each target starts from small seeds, and nothing that it once found comes back.
    #[test]
    fn seeds_and_regressions_hold() {
        for (target, check) in PROPERTIES {
            let seeds = inputs("seeds", target);
            assert!(!seeds.is_empty(), "{target} has no seeds");
            for (path, bytes) in &seeds {
                assert!(
                    bytes.len() <= 4096,
                    "{path} has {} bytes: a seed is small",
                    bytes.len()
                );
            }
            for (path, bytes) in seeds.into_iter().chain(inputs("regressions", target)) {
                println!("{path}");
                check(&bytes);
            }
        }
    }

    /// Each target is a program beside them, and each program a property.
    #[test]
    fn properties_are_the_fuzz_targets() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
        let files = std::fs::read_dir(folder).expect("a folder");
        let mut names: Vec<String> = files
            .map(|file| {
                file.expect("a file")
                    .file_name()
                    .to_string_lossy()
                    .trim_end_matches(".rs")
                    .to_owned()
            })
            .collect();
        names.sort();
        assert_eq!(names, PROPERTIES.map(|(name, _)| name));
    }
}
