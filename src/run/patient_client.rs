//! The way to the target, which learns how patient it has to be.
//!
//! A target that hangs on one kind of request, or leaves one kind of transition unfinished, would
//! cost a whole time limit for every case that meets it. The first such waits are waited out in
//! full, since they are the finding; later ones are given many times what the slowest success took.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use super::budget::{Budget, Pauses};
use super::turns::{Turn, Turns};
use super::waits::Waits;
use crate::judge::throttles;
use crate::plan::Plan;
use crate::wire::exchange::{Answer, Exchange, Phase, Request, Silence, Wire};
use crate::wire::target::Target;

/// The way to the target. Clones learn together.
#[derive(Clone, Debug)]
pub(super) struct PatientClient {
    target: Target,
    plan: Arc<Plan>,
    learnt: Arc<Learnt>,
    /// What waits count for.
    budget: Budget,
    /// How many requests may be under way; none where whoever sends sees to that.
    turns: Option<Turns>,
    /// Whether what is sent removes what the run made, and so is waited for after the end of the
    /// run too.
    removing: bool,
}

/// What is waited for besides answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// The end of a transition that reads show.
    Transition,
    /// The end of one that only refusals show.
    Stray,
    /// That what is to be removed is no longer in use.
    Removal,
    /// That what was made a moment ago can be used.
    Usable,
}

#[derive(Debug, Default)]
struct Learnt {
    sent: AtomicU64,
    slowest: AtomicU64,
    hung: AtomicU32,
    lost: AtomicU64,
    throttled: AtomicU32,
    waits: [Waited; 4],
    /// How long transitions take that do not end at once, lately and in microseconds; 0 where
    /// there was none.
    usual: AtomicU64,
    /// How many cases in a row left their resource in transition, whoever fired them.
    stuck: AtomicU32,
    alike: Mutex<Alike>,
}

/// What the answers of a run have in common, from the first one on.
#[derive(Debug, Default)]
struct Alike {
    /// The first status and body, and how many answers have had them.
    first: Option<(u16, Bytes)>,
    count: u64,
    /// Whether there was another answer.
    differs: bool,
}

#[derive(Debug, Default)]
struct Waited {
    longest: AtomicU64,
    vain: AtomicU32,
}

/// So many requests may use up the whole time limit; after so many more patience is at its end.
const PATIENCE: u32 = 3;
/// So much time in all may be lost on requests that hang.
const LOST: Duration = Duration::from_secs(120);
/// What a request is given at least, once some have hung, and once many have.
const IMPATIENT: [(u32, Duration); 2] = [
    (20, Duration::from_millis(100)),
    (PATIENCE, Duration::from_millis(500)),
];

impl PatientClient {
    pub(super) fn new(target: Target, plan: &Arc<Plan>) -> Self {
        let told = Arc::clone(plan);
        let target = target.with_throttling(move |answer| throttles(&told.service, answer));
        Self {
            target,
            plan: Arc::clone(plan),
            learnt: Arc::default(),
            budget: Budget::default(),
            turns: None,
            removing: false,
        }
    }

    /// The same way, within that budget.
    pub(super) fn within(&self, budget: &Budget) -> Self {
        Self {
            budget: budget.clone(),
            ..self.clone()
        }
    }

    /// The same way, on which so many requests may be under way.
    pub(super) fn in_turns(&self, turns: Turns) -> Self {
        Self {
            turns: Some(turns),
            ..self.clone()
        }
    }

    /// The same way, on which no request waits for a turn: for those that are sent at the same time,
    /// in one turn together.
    pub(super) fn at_once(&self) -> Self {
        Self {
            turns: None,
            ..self.clone()
        }
    }

    /// A turn for requests that are sent [at once](Self::at_once).
    pub(super) async fn turn(&self) -> Option<Turn> {
        match &self.turns {
            Some(turns) => Some(turns.take().await),
            None => None,
        }
    }

    /// The turns of the run, where there are any.
    pub(super) fn turns(&self) -> Option<&Turns> {
        self.turns.as_ref()
    }

    /// The same way, for the removal of what was made.
    pub(super) fn removing(&self) -> Self {
        Self {
            removing: true,
            ..self.clone()
        }
    }

    /// A way to the same target that has learnt nothing yet, and waits for the head of an answer
    /// for at least so long.
    pub(super) fn patient(&self, least: Duration) -> Self {
        Self {
            target: self.target.patient(least),
            learnt: Arc::default(),
            ..self.clone()
        }
    }

    /// How many requests were sent.
    pub(super) fn sent(&self) -> u64 {
        self.learnt.sent.load(Ordering::Relaxed)
    }

    /// Sends a request; the answer is the target's, or says why there is none.
    pub(super) async fn send(&self, request: &Arc<Request>) -> Exchange {
        let learnt = &*self.learnt;
        let _turn = self.turn().await;
        learnt.sent.fetch_add(1, Ordering::Relaxed);
        let hung = learnt.hung.load(Ordering::Relaxed);
        // A target that throttles without end has shown it; one more try tells whether it still
        // does.
        let most = if learnt.throttled.load(Ordering::Relaxed) == 0 {
            u32::MAX
        } else {
            1
        };

        let sending = send(
            &self.target,
            Arc::clone(request),
            most,
            &self.budget,
            self.removing,
        );

        let started = tokio::time::Instant::now();
        let sent = match IMPATIENT.iter().find(|(after, _)| hung >= *after) {
            Some((_, least)) => {
                let slowest = Duration::from_micros(learnt.slowest.load(Ordering::Relaxed));
                let limit = (slowest * 20).max(*least);
                tokio::time::timeout(limit, sending)
                    .await
                    .unwrap_or_else(|_| Exchange {
                        request: Arc::clone(request),
                        outcome: Err(Silence::TimedOut(Phase::Head)),
                        elapsed: limit,
                        throttled: 0,
                    })
            }
            None => sending.await,
        };

        match &sent.outcome {
            Ok(answer) if throttles(&self.plan.service, answer) => {
                learnt.throttled.fetch_add(1, Ordering::Relaxed);
            }
            Ok(answer) => {
                learnt.note_answer(request, answer);
                // Where waiting helped, it is worth while again.
                if sent.throttled > 0 {
                    learnt.throttled.store(0, Ordering::Relaxed);
                }
                learnt
                    .slowest
                    .fetch_max(micros(sent.elapsed), Ordering::Relaxed);
            }
            Err(Silence::TimedOut(_)) => {
                learnt.hung.fetch_add(1, Ordering::Relaxed);
                learnt
                    .lost
                    .fetch_add(micros(started.elapsed()), Ordering::Relaxed);
            }
            Err(_) => {}
        }

        sent
    }

    /// Says so where more time was lost on requests that hang than a run is worth.
    pub(super) fn lost(&self) -> Option<String> {
        let lost = Duration::from_micros(self.learnt.lost.load(Ordering::Relaxed));
        let hung = self.learnt.hung.load(Ordering::Relaxed);
        let hangs = (lost > LOST).then(|| {
            format!(
                "{hung} requests hung, which took {} seconds",
                lost.as_secs()
            )
        });
        hangs.or_else(|| self.budget.throttled())
    }

    /// How long to wait for that, where `limit` is the longest.
    pub(super) fn limit(&self, wait: Wait, limit: Duration) -> Duration {
        let waited = self.waited(wait);
        let least = match wait {
            Wait::Transition | Wait::Usable => Duration::from_secs(1),
            Wait::Stray | Wait::Removal => Duration::from_millis(250),
        };
        if waited.vain.load(Ordering::Relaxed) == 0 {
            return limit;
        }
        (Duration::from_micros(waited.longest.load(Ordering::Relaxed)) * 10)
            .max(least)
            .min(limit)
    }

    /// Waits for the end of a transition, for no longer than that. Where others took a while, it is
    /// looked for again when this one may be over.
    pub(super) fn transition(&self, limit: Duration) -> Waits {
        let waits = Waits::new(self.limit(Wait::Transition, limit));
        waits.expecting(self.usual_transition())
    }

    /// How long transitions take that do not end at once; zero where there was none.
    pub(super) fn usual_transition(&self) -> Duration {
        Duration::from_micros(self.learnt.usual.load(Ordering::Relaxed))
    }

    /// Waits once more for the end of a transition; `false` when the limit is reached.
    pub(super) async fn wait(&self, waits: &mut Waits) -> bool {
        let started = tokio::time::Instant::now();
        let more = waits.wait().await;
        if let Some(turns) = &self.turns {
            turns.waited(started.elapsed());
        }
        more
    }

    /// A transition was seen to end.
    pub(super) fn settled(&self, waits: &Waits) {
        self.came(Wait::Transition, waits.elapsed());
        if let Some(woke) = waits.woke() {
            let (usual, last) = (&self.learnt.usual, micros(woke));
            let before = usual.load(Ordering::Relaxed);
            // One that took far longer than the others says little of the next.
            let now = match (before, waits.count()) {
                (0, _) => last,
                (_, 1) => before - before / 64,
                _ => last.clamp(before, before + before / 8),
            };
            usual.store(now, Ordering::Relaxed);
        }
    }

    /// What all answers of the run have in common, where there were so many of them and they are
    /// alike to the last byte of their bodies.
    pub(super) fn alike(&self, least: u64) -> Option<String> {
        let alike = self.learnt.alike();
        let (status, body) = alike
            .first
            .as_ref()
            .filter(|_| !alike.differs && alike.count >= least)?;
        let body = String::from_utf8_lossy(body);
        let preview: String = body.split_whitespace().collect::<Vec<_>>().join(" ");
        let preview: String = preview.chars().take(160).collect();
        Some(match preview.is_empty() {
            true => format!("status {status} and no body"),
            false => format!("status {status}: {preview}"),
        })
    }

    /// Notes whether a case left its resource in transition, and gives how many in a row did.
    pub(super) fn left_in_transition(&self, left: bool) -> u32 {
        match left {
            true => self.learnt.stuck.fetch_add(1, Ordering::Relaxed) + 1,
            false => {
                self.learnt.stuck.store(0, Ordering::Relaxed);
                0
            }
        }
    }

    /// Whether transitions were waited for again and again, and none ever ended: a wait for what
    /// nothing is sent to yet tells no more.
    pub(super) fn never_settles(&self) -> bool {
        let waited = self.waited(Wait::Transition);
        let vain = waited.vain.load(Ordering::Relaxed) >= PATIENCE;
        vain && self.learnt.usual.load(Ordering::Relaxed) == 0
    }

    /// What was waited for came, after so long.
    pub(super) fn came(&self, wait: Wait, after: Duration) {
        self.waited(wait)
            .longest
            .fetch_max(micros(after), Ordering::Relaxed);
    }

    /// What was waited for did not come.
    pub(super) fn never_came(&self, wait: Wait) {
        self.waited(wait).vain.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether nobody listens any more.
    pub(super) async fn unreachable(&self) -> bool {
        let request = Arc::new(Request {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            headers: Vec::new(),
            body: bytes::Bytes::new(),
            service: String::new(),
            wire: Wire::Client,
        });

        matches!(
            self.send(&request).await.outcome,
            Err(Silence::Unreachable(_))
        )
    }

    fn waited(&self, wait: Wait) -> &Waited {
        match wait {
            Wait::Transition => &self.learnt.waits[0],
            Wait::Stray => &self.learnt.waits[1],
            Wait::Removal => &self.learnt.waits[2],
            Wait::Usable => &self.learnt.waits[3],
        }
    }
}

impl Learnt {
    /// Notes the answer to a request of a kind that every server reads.
    fn note_answer(&self, request: &Request, answer: &Answer) {
        let usual = ["GET", "POST", "PUT", "DELETE"].contains(&request.method.as_str());
        let mut alike = self.alike();
        if alike.differs || !usual || request.wire != Wire::Client {
            return;
        }
        let same =
            |(status, body): &(u16, Bytes)| *status == answer.status && body[..] == answer.body[..];
        match &alike.first {
            None => alike.first = Some((answer.status, answer.body.to_vec().into())),
            Some(first) if same(first) => {}
            Some(_) => alike.differs = true,
        }
        alike.count += 1;
    }

    fn alike(&self) -> std::sync::MutexGuard<'_, Alike> {
        self.alike.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Sends a request, and again while the target says that it gets too many: at most so many times,
/// and only for as long as the budget has time for it.
pub(crate) async fn send(
    target: &Target,
    request: Arc<Request>,
    most: u32,
    budget: &Budget,
    removing: bool,
) -> Exchange {
    let (mut throttled, mut pauses) = (0, Pauses::default());
    let exchange = loop {
        let sent = target.send_waiting(Arc::clone(&request), 0).await;
        let wish = target
            .throttle_wait(&sent.outcome, throttled)
            .filter(|_| throttled < most);
        match wish {
            Some(wish) if budget.pause(wish, removing, &mut pauses).await => throttled += 1,
            _ => break Exchange { throttled, ..sent },
        }
    };

    if throttled > 0 {
        let answered = target.throttle_wait(&exchange.outcome, 0).is_none();
        budget.waited(pauses, removing, answered);
    }

    exchange
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
