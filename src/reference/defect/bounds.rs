//! Off by one, and by more, at every bound of the request.

use serde_json::Value;

use super::Defect;
use crate::reference::fault::Cause;

const MIN: &[&str] = &["request::BatchSize::range::min"];
const MAX: &[&str] = &["request::BatchSize::range::max"];
const SHORTEST: &[&str] = &["request::FunctionName::length::min"];
const LONGEST: &[&str] = &["request::FunctionName::length::max"];
const BARE: &[&str] = &["rule::bare-name-length"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "batch-size-min-zero",
        "BatchSize 0 is accepted.",
        MIN,
        |b| b.update.batch_size = 0..=10_000,
    ),
    Defect::must(
        "batch-size-min-negative",
        "Any BatchSize below 1 is accepted.",
        MIN,
        |b| {
            b.update.batch_size = i128::MIN..=10_000;
        },
    ),
    Defect::must("batch-size-min-two", "BatchSize 1 is refused.", MIN, |b| {
        b.update.batch_size = 2..=10_000
    }),
    Defect::must(
        "batch-size-zero-means-default",
        "BatchSize 0 is taken as not sent.",
        MIN,
        |b| {
            b.takes("BatchSize", |v| {
                (v.as_i64() == Some(0)).then_some(Value::Null)
            });
        },
    ),
    Defect::must(
        "batch-size-clamped-low",
        "A BatchSize below 1 is stored as 1.",
        MIN,
        |b| {
            b.takes("BatchSize", |v| {
                v.as_i64().filter(|n| *n < 1).map(|_| 1.into())
            });
        },
    ),
    Defect::must(
        "batch-size-max-9999",
        "BatchSize 10000 is refused.",
        MAX,
        |b| b.update.batch_size = 1..=9_999,
    ),
    Defect::must(
        "batch-size-max-10001",
        "BatchSize 10001 is accepted.",
        MAX,
        |b| b.update.batch_size = 1..=10_001,
    ),
    Defect::must(
        "batch-size-max-1000",
        "A BatchSize above 1000 is refused.",
        MAX,
        |b| b.update.batch_size = 1..=1_000,
    ),
    Defect::must(
        "batch-size-max-32767",
        "A BatchSize up to 32767 is accepted.",
        MAX,
        |b| {
            b.update.batch_size = 1..=32_767;
        },
    ),
    Defect::must(
        "batch-size-max-none",
        "Any BatchSize above 10000 is accepted.",
        MAX,
        |b| {
            b.update.batch_size = 1..=i128::MAX;
        },
    ),
    Defect::must(
        "batch-size-clamped-high",
        "A BatchSize above 10000 is stored as 10000.",
        MAX,
        |b| {
            b.takes("BatchSize", |v| {
                v.as_f64().filter(|n| *n > 10_000.0).map(|_| 10_000.into())
            });
        },
    ),
    Defect::must(
        "batch-size-unchecked",
        "The range of BatchSize is not checked.",
        &[
            "request::BatchSize::range::min",
            "request::BatchSize::range::max",
        ],
        |b| b.update.batch_size = i128::MIN..=i128::MAX,
    ),
    Defect::must(
        "function-name-empty-ignored",
        "An empty FunctionName is taken as not sent.",
        SHORTEST,
        |b| {
            b.takes("FunctionName", |v| {
                (v.as_str() == Some("")).then_some(Value::Null)
            });
        },
    ),
    Defect::must(
        "function-name-empty-is-unknown",
        "An empty FunctionName is answered as an unknown function, 404.",
        SHORTEST,
        |b| b.error(&[Cause::Length], 404, "ResourceNotFoundException"),
    ),
    Defect::must(
        "function-name-min-two",
        "A FunctionName of one character is refused.",
        SHORTEST,
        |b| {
            b.update.name_length = 2..=140;
        },
    ),
    Defect::must(
        "function-name-max-139",
        "A FunctionName of 140 characters is refused.",
        LONGEST,
        |b| {
            b.update.name_length = 1..=139;
        },
    ),
    Defect::must(
        "function-name-max-64",
        "The limit of 64 characters is applied to ARNs too.",
        LONGEST,
        |b| {
            b.update.name_length = 1..=64;
        },
    ),
    Defect::must(
        "function-name-max-141",
        "A FunctionName of 141 characters is accepted.",
        LONGEST,
        |b| {
            b.update.name_length = 1..=141;
        },
    ),
    Defect::must(
        "function-name-max-none",
        "A FunctionName of any length is accepted.",
        LONGEST,
        |b| {
            b.update.name_length = 1..=usize::MAX;
        },
    ),
    Defect::must(
        "bare-name-max-63",
        "A bare function name of 64 characters is refused.",
        BARE,
        |b| {
            b.update.bare_name_longest = 63;
        },
    ),
    Defect::must(
        "bare-name-max-65",
        "A bare function name of 65 characters is accepted.",
        BARE,
        |b| {
            b.update.bare_name_longest = 65;
        },
    ),
    Defect::must(
        "bare-name-max-140",
        "The limit of 64 characters for bare names is missing.",
        BARE,
        |b| {
            b.update.bare_name_longest = usize::MAX;
        },
    ),
];
