//! The TOML form of a contract and of a service, field for field. `cases/README.md` is its manual.
//!
//! Everything that a later check may complain about is [`Spanned`], so that the complaint can name its line.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::{Basis, Level, Location, Presence, ShapeType, TimestampFormat};

/// `contract.toml` or `contract.<revision>.toml`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    pub operation: Spanned<String>,
    pub revision: String,
    pub source: String,
    pub http: HttpTable,
    #[serde(default)]
    pub input: IndexMap<Spanned<String>, InputTable>,
    #[serde(default)]
    pub output: IndexMap<Spanned<String>, OutputTable>,
    #[serde(default)]
    pub error: IndexMap<Spanned<String>, ErrorTable>,
    #[serde(default)]
    pub rule: IndexMap<Spanned<String>, RuleTable>,
    #[serde(default)]
    pub shape: IndexMap<Spanned<String>, ShapeTable>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct HttpTable {
    pub method: Spanned<String>,
    pub uri: Spanned<String>,
    pub code: Spanned<i64>,
    pub section: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct InputTable {
    #[serde(default = "body")]
    pub location: Location,
    #[serde(default)]
    pub required: bool,
    pub section: Option<String>,
    pub target: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub kind: Option<Spanned<ShapeType>>,
    pub range: Option<Spanned<BoundTable>>,
    pub length: Option<Spanned<BoundTable>>,
    pub pattern: Option<Spanned<String>>,
    #[serde(rename = "enum")]
    pub values: Option<Spanned<Vec<String>>>,
    pub timestamp_format: Option<TimestampFormat>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OutputTable {
    pub presence: Presence,
    pub section: Option<String>,
    pub target: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub kind: Option<Spanned<ShapeType>>,
    pub range: Option<Spanned<BoundTable>>,
    pub length: Option<Spanned<BoundTable>>,
    pub pattern: Option<Spanned<String>>,
    #[serde(rename = "enum")]
    pub values: Option<Spanned<Vec<String>>>,
    pub timestamp_format: Option<TimestampFormat>,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeTable {
    #[serde(default)]
    pub required: bool,
    pub target: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub kind: Option<Spanned<ShapeType>>,
    pub range: Option<Spanned<BoundTable>>,
    pub length: Option<Spanned<BoundTable>>,
    pub pattern: Option<Spanned<String>>,
    #[serde(rename = "enum")]
    pub values: Option<Spanned<Vec<String>>>,
    pub timestamp_format: Option<TimestampFormat>,
    #[serde(default)]
    pub members: IndexMap<Spanned<String>, ShapeTable>,
    pub member: Option<Spanned<Box<ShapeTable>>>,
    pub key: Option<Spanned<Box<ShapeTable>>>,
    pub value: Option<Spanned<Box<ShapeTable>>>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct BoundTable {
    pub min: Option<i64>,
    pub max: Option<i64>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorTable {
    pub status: Spanned<i64>,
    pub section: Option<String>,
    pub impossible: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RuleTable {
    pub says: String,
    pub section: String,
    #[serde(default = "page")]
    pub basis: Basis,
    #[serde(default = "must")]
    pub level: Level,
    pub limited_when: Option<LimitedWhenTable>,
    pub stored: Option<PairTable>,
    pub default: Option<DefaultTable>,
    pub resolved: Option<ResolvedTable>,
    pub state: Option<StateTable>,
    pub immutable: Option<OneOutput>,
    pub unsent_unchanged: Option<bool>,
    pub refusal_keeps: Option<Outputs>,
    pub read_back: Option<Outputs>,
    pub null_for: Option<NullForTable>,
    pub advances: Option<OneOutput>,
    pub apart: Option<Outputs>,
    pub listed: Option<ListedTable>,
    pub fresh: Option<OneOutput>,
    pub shows: Option<ShowsTable>,
    pub gone: Option<bool>,
    pub written: Option<bool>,
    pub impossible: Option<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct LimitedWhenTable {
    pub member: Spanned<String>,
    pub when: Spanned<String>,
    pub length: Spanned<BoundTable>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PairTable {
    pub input: Spanned<String>,
    pub output: Spanned<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultTable {
    pub input: Spanned<String>,
    pub value: Spanned<String>,
    pub when: Option<WhenTable>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct WhenTable {
    pub member: Spanned<String>,
    pub matches: Spanned<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ShowsTable {
    pub output: Spanned<String>,
    pub values: Vec<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ResolvedTable {
    pub input: Spanned<String>,
    pub output: Spanned<String>,
    pub parts: Spanned<String>,
    pub suffix: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct StateTable {
    pub input: Spanned<String>,
    pub output: Spanned<String>,
    pub transitional: Spanned<Vec<String>>,
    pub when: IndexMap<Spanned<String>, EffectTable>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct EffectTable {
    pub answer: Spanned<Vec<String>>,
    pub settled: Spanned<Vec<String>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct OneOutput {
    pub output: Spanned<String>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Outputs {
    pub outputs: Spanned<Vec<String>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct NullForTable {
    pub output: Spanned<String>,
    pub source: String,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ListedTable {
    pub output: Spanned<String>,
    pub members: Vec<String>,
}

/// `service.toml`.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ServiceTable {
    pub service: String,
    pub signing_name: String,
    pub protocol: ProtocolTable,
    pub family: IndexMap<String, FamilyTable>,
    #[serde(default)]
    pub confusion: Vec<ConfusionTable>,
    #[serde(default)]
    pub throttling: ThrottlingTable,
}

#[derive(Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ThrottlingTable {
    #[serde(default)]
    pub statuses: Vec<Spanned<String>>,
    #[serde(default)]
    pub types: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ProtocolTable {
    pub content_type: String,
    pub answer_content_types: Vec<String>,
    pub error_type_headers: Vec<String>,
    pub error_type_members: Vec<String>,
    pub pattern_anchoring: AnchoringName,
    pub promise: IndexMap<String, PromiseTable>,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum AnchoringName {
    Whole,
    Either,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct PromiseTable {
    pub says: String,
    pub section: String,
    #[serde(default = "protocol")]
    pub basis: Basis,
    #[serde(default = "must")]
    pub level: Level,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct FamilyTable {
    pub classes: Spanned<Vec<String>>,
    pub accept: Spanned<Vec<AcceptTable>>,
    #[serde(default)]
    pub opaque: bool,
    #[serde(default = "must")]
    pub level: Level,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AcceptTable {
    pub status: Spanned<String>,
    #[serde(rename = "type")]
    pub error: Option<String>,
    pub basis: Basis,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ConfusionTable {
    pub id: Spanned<String>,
    pub types: Vec<ShapeType>,
    pub text: Spanned<String>,
    pub zone: ZoneName,
    pub basis: Basis,
    #[serde(default = "must")]
    pub level: Level,
    pub why: String,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ZoneName {
    Valid,
    Invalid,
    Probe,
}

fn body() -> Location {
    Location::Body
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
