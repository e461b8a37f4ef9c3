//! Every text of a report, and what it stems from: so that secrets are taken out of values alone, and a sink can make all
//! of them plain.
//!
//! Each form is taken apart member by member: one that gets another member does not compile until it is told here what
//! that holds.

use std::collections::BTreeMap;

use super::{
    Body, DataPlane, Ending, HeldBaseline, Left, Planned, PromiseFacts, Refused, Report, ReportedAnswer, ReportedCase,
    ReportedExchange, ReportedFinding, ReportedPromise, ReportedSide, ReportedStep, Run, Stopped, Tool,
};

/// What is done with the texts of a report.
pub(crate) trait Texts {
    /// A word that others refer to, or that a reader knows: an id, a class, a role.
    fn word(&mut self, _: &mut String) {}
    /// What contracts, case files and we say.
    fn ours(&mut self, _: &mut String) {}
    /// What stems from a target, or from what was sent to it.
    fn value(&mut self, _: &mut String) {}
    /// A header field, name and value.
    fn header(&mut self, name: &mut String, value: &mut String) {
        self.value(name);
        self.value(value);
    }
    /// What a body holds.
    fn body(&mut self, body: &mut Body) {
        let Body { text, hex, bytes: _, cut: _ } = body;
        text.iter_mut().chain(hex).for_each(|text| self.value(text));
    }
}

impl Report {
    /// Goes through every text of the report.
    pub(crate) fn each(&mut self, texts: &mut impl Texts) {
        let Self { version: _, tool, run, plan, exit, headline, stopped, accepted_any: _, counts: _, .. } = self;
        let Self { requests: _, findings, promises, cases, notes, baseline, leftovers, data_plane, refused, .. } = self;
        let Tool { name, version } = tool;
        let Planned { digest, cases: _, selected: _, share: _ } = plan;
        let Ending { code: _, meaning } = exit;
        [name, version, digest, meaning].into_iter().for_each(|text| texts.ours(text));
        run.each(texts);
        texts.value(headline);
        if let Some(Stopped { kind: _, why, enough: _ }) = stopped {
            texts.value(why);
        }
        findings.iter_mut().for_each(|finding| finding.each(texts));
        promises.iter_mut().for_each(|promise| promise.each(texts));
        cases.iter_mut().for_each(|case| case.each(texts));
        notes.iter_mut().for_each(|note| texts.value(note));
        if let Some(HeldBaseline { file, remove, masked: _ }) = baseline {
            texts.ours(file);
            keys(remove, texts);
            remove.values_mut().for_each(|why| texts.ours(why));
        }
        for Left { what, why } in leftovers {
            texts.value(what);
            texts.value(why);
        }
        if let Some(DataPlane { not_offered }) = data_plane {
            not_offered.iter_mut().for_each(|why| texts.value(why));
        }
        // Digests.
        let Refused { controls: _, subjects: _ } = refused;
    }
}

impl Run {
    pub(crate) fn each(&mut self, texts: &mut impl Texts) {
        let Self { operation, slug, revision, source, contract, target, flags, .. } = self;
        let Self { seed: _, samples: _, exhaustive: _, gate: _, shard: _, merged: _, .. } = self;
        [operation, revision, source, contract].into_iter().for_each(|text| texts.ours(text));
        texts.word(slug);
        texts.value(target);
        texts.value(flags);
    }
}

impl ReportedCase {
    pub(crate) fn each(&mut self, texts: &mut impl Texts) {
        let Self { place: _, id, file, line: _, promises, says, basis: _, level: _, class, .. } = self;
        let Self { verdict: _, reason, findings, requests: _, .. } = self;
        [id, class].into_iter().chain(promises).chain(findings).for_each(|text| texts.word(text));
        file.iter_mut().chain([says]).for_each(|text| texts.ours(text));
        reason.iter_mut().for_each(|text| texts.value(text));
    }
}

impl ReportedFinding {
    pub(crate) fn each(&mut self, texts: &mut impl Texts) {
        let Self { id, promise, class, symptom, level: _, basis: _, requirement, section, expected, .. } = self;
        let Self { actual, count: _, case, says, file, line: _, place: _, size: _, role, sent, exchanges, .. } = self;
        let Self { shown_by: _, control: _, steps, curl, replay, written, data_plane: _, repeats: _, .. } = self;
        let Self { known, unstable: _, retried, .. } = self;
        [id, promise, class, symptom, role].into_iter().chain(case).for_each(|text| texts.word(text));
        [requirement, section].into_iter().chain(says).chain(file).for_each(|text| texts.ours(text));
        let values = [expected, actual, replay].into_iter().chain(sent).chain(curl).chain(written);
        values.chain(known).chain(retried).for_each(|text| texts.value(text));
        exchanges.iter_mut().for_each(|exchange| exchange.each(texts));
        for ReportedStep { action, on, sent, refused } in steps {
            [action].into_iter().chain(on).chain(refused).for_each(|text| texts.word(text));
            texts.value(sent);
        }
    }
}

impl ReportedExchange {
    fn each(&mut self, texts: &mut impl Texts) {
        let Self { role, step: _, method, path, headers, body, answer, silence } = self;
        texts.word(role);
        [method, path].into_iter().chain(silence).for_each(|text| texts.value(text));
        headers.iter_mut().for_each(|(name, value)| texts.header(name, value));
        texts.body(body);
        if let Some(ReportedAnswer { status: _, headers, body }) = answer {
            headers.iter_mut().for_each(|(name, value)| texts.header(name, value));
            texts.body(body);
        }
    }
}

impl ReportedPromise {
    fn each(&mut self, texts: &mut impl Texts) {
        let Self { id, says, section, basis: _, level: _, state: _, why, valid, invalid, answer, in_state, facts } =
            self;
        texts.word(id);
        texts.ours(says);
        texts.ours(section);
        let PromiseFacts { tested: _, masked: _, skipped, untestable, unplanned, optional, uncounted } = facts;
        why.iter_mut().chain(skipped).for_each(|text| texts.value(text));
        [untestable, unplanned, optional, uncounted].into_iter().flatten().for_each(|text| texts.ours(text));
        for ReportedSide { state: _, cases: _, origins, why } in [valid, invalid, answer, in_state] {
            keys(origins, texts);
            why.iter_mut().for_each(|text| texts.ours(text));
        }
    }
}

/// The keys of a map are words.
fn keys<T>(map: &mut BTreeMap<String, T>, texts: &mut impl Texts) {
    let word = |(mut key, value): (String, T)| {
        texts.word(&mut key);
        (key, value)
    };
    *map = std::mem::take(map).into_iter().map(word).collect();
}
