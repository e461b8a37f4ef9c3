//! The TOML form of a contract and of a service, field for field. `cases/README.md` is its manual.
//!
//! Everything that a later check may complain about is [`Spanned`], so that the complaint can name
//! its line.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{AnswerLocation, Basis, Errors, Level, Location, Presence, ShapeType, TimestampFormat};

/// `contract.toml` or `contract.<revision>.toml`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Operation {
    pub(crate) operation: Spanned<String>,
    pub(crate) revision: String,
    pub(crate) source: String,
    pub(crate) http: HttpTable,
    #[serde(default)]
    pub(crate) input: IndexMap<Spanned<String>, InputTable>,
    #[serde(default)]
    pub(crate) output: IndexMap<Spanned<String>, OutputTable>,
    #[serde(default)]
    pub(crate) error: IndexMap<Spanned<String>, ErrorTable>,
    #[serde(default)]
    pub(crate) rule: IndexMap<Spanned<String>, RuleTable>,
    pub(crate) pagination: Option<Spanned<PaginationTable>>,
    #[serde(default)]
    pub(crate) shape: IndexMap<Spanned<String>, ShapeTable>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct HttpTable {
    pub(crate) method: Spanned<String>,
    pub(crate) uri: Spanned<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) other_uri: Option<Spanned<String>>,
    pub(crate) code: Spanned<i64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) also: Vec<Spanned<i64>>,
    pub(crate) section: String,
}

/// How an operation that lists is asked for one page after another.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct PaginationTable {
    pub(crate) input_token: Spanned<String>,
    pub(crate) output_token: Spanned<String>,
    pub(crate) items: Spanned<String>,
    pub(crate) page_size: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct InputTable {
    #[serde(default = "body")]
    pub(crate) location: Location,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(rename = "idempotency-token", skip_serializing_if = "Option::is_none")]
    pub(crate) idempotency_token: Option<Spanned<bool>>,
    pub(crate) section: Option<String>,
    pub(crate) target: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Spanned<ShapeType>>,
    pub(crate) range: Option<Spanned<RangeTable>>,
    pub(crate) length: Option<Spanned<BoundTable>>,
    pub(crate) pattern: Option<Spanned<String>>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Spanned<Vec<String>>>,
    pub(crate) timestamp_format: Option<TimestampFormat>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OutputTable {
    pub(crate) presence: Presence,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unless: Option<String>,
    #[serde(default = "body_of_answer")]
    pub(crate) location: AnswerLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Spanned<String>>,
    pub(crate) section: Option<String>,
    pub(crate) target: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Spanned<ShapeType>>,
    pub(crate) range: Option<Spanned<RangeTable>>,
    pub(crate) length: Option<Spanned<BoundTable>>,
    pub(crate) pattern: Option<Spanned<String>>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Spanned<Vec<String>>>,
    pub(crate) timestamp_format: Option<TimestampFormat>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShapeTable {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Spanned<String>>,
    #[serde(default)]
    pub(crate) required: bool,
    pub(crate) target: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub(crate) kind: Option<Spanned<ShapeType>>,
    pub(crate) range: Option<Spanned<RangeTable>>,
    pub(crate) length: Option<Spanned<BoundTable>>,
    pub(crate) pattern: Option<Spanned<String>>,
    #[serde(rename = "enum")]
    pub(crate) values: Option<Spanned<Vec<String>>>,
    pub(crate) timestamp_format: Option<TimestampFormat>,
    #[serde(default)]
    pub(crate) members: IndexMap<Spanned<String>, ShapeTable>,
    pub(crate) member: Option<Spanned<Box<ShapeTable>>>,
    pub(crate) key: Option<Spanned<Box<ShapeTable>>>,
    pub(crate) value: Option<Spanned<Box<ShapeTable>>>,
}

/// A range of numbers. Those of an integer are whole.
#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RangeTable {
    pub(crate) min: Option<NumberValue>,
    pub(crate) max: Option<NumberValue>,
}

/// A number as TOML tells it.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum NumberValue {
    Whole(i64),
    Fraction(f64),
}

impl<'de> Deserialize<'de> for NumberValue {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl serde::de::Visitor<'_> for Visitor {
            type Value = NumberValue;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a number")
            }

            fn visit_i64<E>(self, value: i64) -> Result<NumberValue, E> {
                Ok(NumberValue::Whole(value))
            }

            fn visit_f64<E>(self, value: f64) -> Result<NumberValue, E> {
                Ok(NumberValue::Fraction(value))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BoundTable {
    pub(crate) min: Option<i64>,
    pub(crate) max: Option<i64>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ErrorTable {
    pub(crate) status: Spanned<i64>,
    pub(crate) section: Option<String>,
    pub(crate) impossible: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct RuleTable {
    pub(crate) says: String,
    pub(crate) section: String,
    #[serde(default = "page")]
    pub(crate) basis: Basis,
    #[serde(default = "must")]
    pub(crate) level: Level,
    pub(crate) limited_when: Option<LimitedWhenTable>,
    pub(crate) stored: Option<PairTable>,
    pub(crate) default: Option<DefaultTable>,
    pub(crate) resolved: Option<ResolvedTable>,
    pub(crate) state: Option<StateTable>,
    pub(crate) immutable: Option<OneOutput>,
    pub(crate) unsent_unchanged: Option<bool>,
    pub(crate) refusal_keeps: Option<Outputs>,
    pub(crate) read_back: Option<Outputs>,
    pub(crate) null_for: Option<NullForTable>,
    pub(crate) advances: Option<OneOutput>,
    pub(crate) apart: Option<Outputs>,
    pub(crate) listed: Option<ListedTable>,
    pub(crate) fresh: Option<OneOutput>,
    pub(crate) shows: Option<ShowsTable>,
    pub(crate) gone: Option<bool>,
    pub(crate) written: Option<bool>,
    pub(crate) impossible: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LimitedWhenTable {
    pub(crate) member: Spanned<String>,
    pub(crate) when: Spanned<String>,
    pub(crate) length: Spanned<BoundTable>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PairTable {
    pub(crate) input: Spanned<String>,
    pub(crate) output: Spanned<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DefaultTable {
    pub(crate) input: Spanned<String>,
    pub(crate) value: Spanned<String>,
    pub(crate) when: Option<WhenTable>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WhenTable {
    pub(crate) member: Spanned<String>,
    pub(crate) matches: Spanned<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ShowsTable {
    pub(crate) output: Spanned<String>,
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResolvedTable {
    pub(crate) input: Spanned<String>,
    pub(crate) output: Spanned<String>,
    pub(crate) parts: Spanned<String>,
    pub(crate) suffix: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StateTable {
    pub(crate) input: Spanned<String>,
    pub(crate) output: Spanned<String>,
    pub(crate) transitional: Spanned<Vec<String>>,
    pub(crate) when: IndexMap<Spanned<String>, EffectTable>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct EffectTable {
    pub(crate) answer: Spanned<Vec<String>>,
    pub(crate) settled: Spanned<Vec<String>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OneOutput {
    pub(crate) output: Spanned<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outputs {
    pub(crate) outputs: Spanned<Vec<String>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NullForTable {
    pub(crate) output: Spanned<String>,
    pub(crate) variant: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListedTable {
    pub(crate) output: Spanned<String>,
    pub(crate) members: Vec<String>,
}

/// `service.toml`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ServiceTable {
    pub(crate) service: String,
    #[serde(default)]
    pub(crate) signing_name: String,
    pub(crate) protocol: ProtocolTable,
    pub(crate) family: IndexMap<String, FamilyTable>,
    #[serde(default)]
    pub(crate) confusion: Vec<ConfusionTable>,
    #[serde(default)]
    pub(crate) throttling: ThrottlingTable,
    #[serde(default)]
    pub(crate) errors: Errors,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ThrottlingTable {
    #[serde(default)]
    pub(crate) statuses: Vec<Spanned<String>>,
    #[serde(default)]
    pub(crate) types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct ProtocolTable {
    pub(crate) content_type: String,
    pub(crate) answer_content_types: Vec<String>,
    pub(crate) error_type_headers: Vec<String>,
    pub(crate) error_type_members: Vec<String>,
    pub(crate) pattern_anchoring: AnchoringName,
    pub(crate) promise: IndexMap<String, PromiseTable>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum AnchoringName {
    Whole,
    Either,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PromiseTable {
    pub(crate) says: String,
    pub(crate) section: String,
    #[serde(default = "protocol")]
    pub(crate) basis: Basis,
    #[serde(default = "must")]
    pub(crate) level: Level,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct FamilyTable {
    pub(crate) classes: Spanned<Vec<String>>,
    pub(crate) accept: Spanned<Vec<AcceptTable>>,
    #[serde(default)]
    pub(crate) opaque: bool,
    #[serde(default = "must")]
    pub(crate) level: Level,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptTable {
    pub(crate) status: Spanned<String>,
    #[serde(rename = "type")]
    pub(crate) error: Option<String>,
    pub(crate) basis: Basis,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConfusionTable {
    pub(crate) id: Spanned<String>,
    pub(crate) types: Vec<ShapeType>,
    pub(crate) text: Spanned<String>,
    pub(crate) basis: Basis,
    #[serde(default = "must")]
    pub(crate) level: Level,
    pub(crate) why: String,
}

fn body() -> Location {
    Location::Body
}

fn body_of_answer() -> AnswerLocation {
    AnswerLocation::Body
}

fn page() -> Basis {
    Basis::Page
}

fn protocol() -> Basis {
    Basis::Protocol
}

fn must() -> Level {
    Level::Must
}
