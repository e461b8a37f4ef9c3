//! A contract as a document would describe it, so that both can be compared.

use super::operation::{Fault, Member, Operation, Place, Silent};
use super::shape::{Field, Limits, Number, Shape};
use crate::contract::constraint::fraction::FractionLimit;
use crate::contract::{self, AnswerLocation, Constraint, Contract, Location, Presence};

/// The contract as a description of its operation.
pub(crate) fn from_contract(contract: &Contract) -> Operation {
    let mut operation = Operation {
        name: contract.operation.clone(),
        source: contract.source.clone(),
        method: contract.http.method.clone(),
        uri: contract.http.uri.clone(),
        code: contract.http.code,
        also: contract.http.also.clone(),
        section: contract.http.section.clone(),
        // How lists go on is a rule, and rules are not compared.
        silent: Silent {
            pagination: true,
            ..Silent::default()
        },
        ..Operation::default()
    };
    operation.input = contract.input.iter().map(input).collect();
    operation.output = contract.output.iter().map(output).collect();
    operation.errors = contract
        .errors
        .iter()
        .map(|error| Fault {
            name: error.name.clone(),
            status: error.status,
        })
        .collect();
    let shapes = contract.shapes.iter();
    operation.shapes = shapes.map(|(name, of)| (name.clone(), shape(of))).collect();
    operation
}

fn input(member: &contract::Member) -> Member {
    let wire_name = Some(member.wire_name.clone()).filter(|name| *name != member.name);
    Member {
        name: member.name.clone(),
        wire_name,
        place: match member.location {
            Location::Label => Place::Label,
            Location::Query => Place::Query,
            Location::Header => Place::Header,
            Location::PrefixHeaders => Place::PrefixHeaders,
            Location::Body => Place::Body,
            Location::Payload => Place::Payload,
        },
        required: member.required,
        idempotency_token: member.is_token,
        section: Some(member.section.clone()),
        shape: shape(&member.shape),
        type_unsaid: false,
        required_unsaid: false,
    }
}

fn output(member: &contract::OutputMember) -> Member {
    Member {
        name: member.name.clone(),
        wire_name: Some(member.wire_name.clone()).filter(|name| *name != member.name),
        place: match member.location {
            AnswerLocation::Header => Place::Header,
            AnswerLocation::PrefixHeaders => Place::PrefixHeaders,
            AnswerLocation::StatusCode => Place::StatusCode,
            AnswerLocation::Body => Place::Body,
            AnswerLocation::Payload => Place::Payload,
        },
        required: member.presence == Presence::Always,
        idempotency_token: false,
        section: Some(member.section.clone()),
        shape: shape(&member.shape),
        type_unsaid: false,
        required_unsaid: false,
    }
}

fn shape(of: &contract::Shape) -> Shape {
    let mut shape = Shape::of(of.kind);
    shape.target.clone_from(&of.target);
    for constraint in &of.constraints {
        match constraint {
            Constraint::Range(bound) => shape.range = Some(whole(*bound)),
            Constraint::Fraction(range) => {
                let side = |limit: &Option<FractionLimit>| {
                    limit
                        .as_ref()
                        .and_then(|limit| Number::parse(&limit.to_string()))
                };
                shape.range = Some(Limits {
                    min: side(&range.min),
                    max: side(&range.max),
                });
            }
            Constraint::Length(bound) => shape.length = Some(whole(*bound)),
            Constraint::Pattern(pattern) => shape.pattern = Some(pattern.to_string()),
            Constraint::Enum(values) => shape.values = Some(values.clone()),
        }
    }
    shape.timestamp = Some(of.timestamp);
    for (name, member) in &of.members {
        shape.members.insert(
            name.clone(),
            Field {
                shape: self::shape(&member.shape),
                required: member.required,
                wire_name: Some(member.wire_name.clone()).filter(|wire| wire != name),
            },
        );
    }
    let inner =
        |part: &Option<Box<contract::Shape>>| part.as_ref().map(|part| Box::new(self::shape(part)));
    shape.element = inner(&of.element);
    shape.key = inner(&of.key);
    shape
}

fn whole(bound: contract::Bound) -> Limits {
    Limits {
        min: bound.min.map(Number::Whole),
        max: bound.max.map(Number::Whole),
    }
}
