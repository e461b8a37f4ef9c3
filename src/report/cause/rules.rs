//! The rules by which causes are put together, in their order: from what requests are answered to
//! what they leave behind.
//!
//! Each rule asks for evidence that two faults at once do not leave: the same wrong answer that
//! nothing is rightly given, one class or one member whose every request ends alike, or one promise
//! that is not looked at.

use super::super::document::Report;
use super::faults::Faults;
use super::groups::{Groups, shown};
use super::{
    accepted, crashes, every_member, existence, follow, forms, member, notation, refusals,
    refused_in_part,
};
use super::{unshown, valid};

/// Puts causes of one fault together.
pub(super) fn apply<'a>(report: &'a Report, groups: &mut Groups<'a>) {
    let faults = Faults::of(report);
    of_faults(&faults, groups);
    of_valid_updates(&faults, groups);
    of_members(report, groups);
    of_state(report, groups);
}

/// What requests that break promises are answered.
fn of_faults(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    accepted::with_what_they_show(groups);

    if !faults.all_wrong() {
        refusals::as_valid_ones(faults, groups);
    }
    refusals::wrong_alike(faults, groups);
    refusals::with_their_status(groups);
    refusals::of_other_operations(faults, groups);

    crashes::of_one_text(faults, groups);
    crashes::without_fault(groups);

    accepted::not_looked_at(faults, groups);
    refusals::of_accepted_promise(groups);
    crashes::of_one_answer(groups);
}

/// What valid updates are answered.
fn of_valid_updates(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    valid::one_form_of_several(groups);
    valid::of_one_answer(groups);
    refusals::for_their_form(groups);
    crashes::whatever_is_sent(faults, groups);
    crashes::after_accepted(groups);
}

/// What answers and reads show of members.
fn of_members(report: &Report, groups: &mut Groups<'_>) {
    unshown::of_the_same_promise(report, groups);
    member::with_what_is_told(groups);
    member::with_each_other(groups);
    member::changed_as_stored(groups);

    let all = shown(report, groups);
    member::in_the_same_cases(&all, groups);
    member::lost_together(&all, groups);
    refusals::of_stored_promise(report, groups);
    forms::no_json(&all, groups);

    every_member::of_answers(groups, "missing");
    every_member::of_answers(groups, "wrong-type");
    every_member::not_stored(report, groups);
    every_member::changed(report, groups);
    notation::read_wrongly(groups);
}

/// What requests leave behind.
fn of_state(report: &Report, groups: &mut Groups<'_>) {
    existence::gone(report, groups);
    existence::read_without_being(groups);
    refused_in_part::explained(groups);
    refused_in_part::with_what_they_show(groups);
    follow::from_others(report, groups);
}
