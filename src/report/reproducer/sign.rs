//! From a finding to the condition that tells whether it shows.

use serde_json::Value;

use super::Check;
use crate::contract::{AnswerLocation, Contract, OutputMember, RuleKind, ShapeType};
use crate::judge::{Role, Symptom};
use crate::plan::Plan;
use crate::plan::case::{Action, Case, Expect, Variant};
use crate::report::Found;

/// More seconds than this since 1970 are milliseconds.
const MILLISECONDS: i64 = 100_000_000_000;

/// The condition that the last answer fulfils where the finding does not show. `None`: the finding
/// is about more than one answer, or about what only a further look at the contract tells.
pub(super) fn check(plan: &Plan, case: &Case, found: &Found) -> Option<Check> {
    let finding = &found.finding;
    let bindings = &found.observation.bindings;
    // What several pages show together no one answer shows.
    if matches!(case.expect(), Expect::Pages(_)) && case.atoms.contains(&finding.atom) {
        return None;
    }
    let contract = contract(plan, case, found)?;
    // A check looks into the document, at what stands there under that name.
    let in_document = |name: &str| {
        let elsewhere =
            |m: &OutputMember| m.location != AnswerLocation::Body || m.wire_name != m.name;
        !contract.output_member(name).is_some_and(elsewhere)
    };
    // What the judge expects of a member stands after its name.
    let expects = |words: &str| {
        let (member, value) = finding.expected.split_once(words)?;
        if !in_document(member) {
            return None;
        }
        serde_json::from_str::<Value>(value).ok()?;
        Some(Check::Is(member.to_owned(), bindings.template(value)))
    };

    let family = |class: &str| {
        let family = plan.service.family(class)?;
        Some(
            family
                .accept
                .iter()
                .map(|a| (a.status, a.error.clone()))
                .collect::<Vec<_>>(),
        )
    };

    let member = || {
        let of = |text: &str| {
            contract
                .output
                .iter()
                .find(|m| text.starts_with(&m.name))
                .map(|m| m.name.clone())
        };
        let named = finding
            .expected
            .strip_prefix("the member ")
            .map(str::to_owned);
        let name = named.or_else(|| of(&finding.actual).or_else(|| of(&finding.expected)))?;
        in_document(&name).then_some(name)
    };

    match finding.symptom {
        Symptom::NoAnswer
        | Symptom::TimedOut
        | Symptom::Cut
        | Symptom::TooLarge
        | Symptom::NotHttp
        | Symptom::ServerError
        | Symptom::Crashed => Some(Check::Answered),
        Symptom::Accepted | Symptom::WrongRefusal => Some(Check::Refused(family(&finding.class)?)),
        Symptom::Refused if finding.class == "well-formed" => {
            Some(Check::NotRefused(family("pattern")?))
        }
        Symptom::Refused | Symptom::Gone => Some(Check::Accepted),
        Symptom::Inconsistent => {
            let malformed = family("pattern")?;
            let twin = found.observation.at(Role::Twin)?.answer()?;
            let named = crate::judge::error_type(&plan.service, twin);
            let refused = plan
                .service
                .family("pattern")?
                .admits(twin.status, named.as_deref());
            Some(if refused {
                Check::Refused(malformed)
            } else {
                Check::NotRefused(malformed)
            })
        }
        Symptom::WrongStatus => Some(Check::Status(
            finding.expected.strip_prefix("status ")?.parse().ok()?,
        )),
        Symptom::WrongErrorStatus => {
            let (name, status) = finding.expected.split_once(" with status ")?;
            let status = status.parse().ok()?;
            // Where that error is what the request should have got, another type is wrong as well.
            let class = match finding.role {
                Role::Step(at) => case
                    .steps
                    .get(found.observation.fired.get(at)?.step)?
                    .refused(),
                _ => Some(case.expect().class()),
            };
            let right = class
                .and_then(|class| plan.service.family(class))
                .filter(|f| f.admits(status, Some(name)));
            Some(match (right, class) {
                (Some(_), Some(class)) => Check::Refused(family(class)?),
                _ => Check::StatusOf(name.to_owned(), status),
            })
        }
        Symptom::NoErrorType => Some(Check::Typed),
        Symptom::ContentType => Some(Check::Media(
            plan.service.protocol.answer_content_types.clone(),
        )),
        Symptom::ContentCoding => Some(Check::Plain),
        Symptom::NotJson => Some(Check::Document),
        Symptom::MemberTwice => listed(plan, found, 1).or(Some(Check::Document)),
        Symptom::Missing => listed(plan, found, 1).or_else(|| Some(Check::Has(member()?))),
        Symptom::Lingers => listed(plan, found, 0).or(Some(Check::NotAccepted)),
        Symptom::Created if !matches!(finding.role, Role::Step(_)) => Some(Check::NotAccepted),
        Symptom::NotNull => Some(Check::HasNot(member()?)),
        Symptom::WrongType | Symptom::OutOfContract => {
            of_contract(contract, &member()?, finding.symptom)
        }
        Symptom::NotEchoed | Symptom::NotStored => expects(": ").or_else(|| {
            let (member, end) = finding.expected.split_once(" that ends with ")?;
            Some(Check::EndsWith(member.to_owned(), bindings.template(end)))
        }),
        Symptom::WrongState => {
            let (output, rest) = finding.expected.split_once(' ')?;
            let (admitted, _) = rest.split_once(" in the ")?;
            Some(Check::OneOf(
                output.to_owned(),
                admitted.split(" or ").map(str::to_owned).collect(),
            ))
        }
        Symptom::NeverSettles => {
            let (output, transitional) = plan.transitions()?;
            Some(Check::NoneOf(output.to_owned(), transitional.to_vec()))
        }
        Symptom::Changed | Symptom::ChangedByRefusal => expects(" as before: "),
        Symptom::Mutated => expects(": "),
        Symptom::ReadDisagrees => {
            let (member, _) = finding.expected.split_once(" as answered: ")?;
            Some(Check::Kept(member.to_owned()))
        }
        Symptom::TwoErrorTypes
        | Symptom::WentBack
        | Symptom::StandsStill
        | Symptom::Created
        | Symptom::Delivered
        | Symptom::NotDelivered => None,
    }
}

/// The contract of the operation whose answer shows the finding.
fn contract<'a>(plan: &'a Plan, case: &Case, found: &Found) -> Option<&'a Contract> {
    match found.finding.role {
        Role::Before | Role::After | Role::Named => plan.read.as_ref(),
        Role::Step(at) => {
            let fired = found.observation.fired.get(at)?;
            let action = if fired.around {
                Action::Read
            } else {
                case.steps.get(fired.step)?.action
            };
            Some(plan.operations()?.of(action))
        }
        _ => Some(&plan.contract),
    }
}

/// What the contract says of a member, where that is one plain condition.
fn of_contract(contract: &Contract, name: &str, symptom: Symptom) -> Option<Check> {
    let name = name.to_owned();
    let shape = contract.resolve(&contract.output_member(&name)?.shape);
    if symptom == Symptom::WrongType {
        let kind = match shape.kind {
            ShapeType::String | ShapeType::Enum | ShapeType::Blob => "string",
            ShapeType::Boolean => "boolean",
            ShapeType::Integer
            | ShapeType::Long
            | ShapeType::Float
            | ShapeType::Double
            | ShapeType::Timestamp => "number",
            ShapeType::List => "array",
            ShapeType::Structure | ShapeType::Map | ShapeType::Union => "object",
            ShapeType::Document => return None,
        };
        return Some(Check::Type(name, kind));
    }
    if let Some(values) = shape.values() {
        return Some(Check::OneOf(name, values.to_vec()));
    }
    if shape.kind == ShapeType::Timestamp {
        return Some(Check::Between(name, 0, MILLISECONDS));
    }
    let range = shape.range()?;
    Some(Check::Between(
        name,
        range.min.unwrap_or(i64::MIN),
        range.max.unwrap_or(i64::MAX),
    ))
}

/// How many entries a list must have of what the finding is about.
fn listed(plan: &Plan, found: &Found, count: usize) -> Option<Check> {
    let (_, value) = found.finding.expected.split_once(" for the ")?;
    let (member, value) = value.split_once(' ')?;
    let list = plan
        .operations()?
        .list
        .rules
        .iter()
        .find_map(|rule| match &rule.kind {
            RuleKind::Listed { output, .. } => Some(output.clone()),
            _ => None,
        })?;

    let value = found.observation.bindings.template(value);
    Some(Check::Entries {
        list,
        member: member.to_owned(),
        value,
        count,
    })
}

/// The variant that the case was fired on.
pub(super) fn variant(found: &Found) -> &Variant {
    &found.observation.variant
}
