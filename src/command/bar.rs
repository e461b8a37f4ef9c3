//! A progress bar, drawn by a thread of its own: a terminal that takes nothing just now delays
//! nobody.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::report::plural;
use crate::run::{Activity, Event, Progress};

/// A bar for as long as this lives.
pub(super) struct Bar {
    steps: Option<Sender<Step>>,
    cleared: Receiver<()>,
    /// When the causes were counted last, and of how many findings; none where nobody sees them.
    counted: Option<(Instant, usize)>,
}

/// What a run told.
enum Step {
    /// A case was judged that sent so many requests.
    Fired(usize),
    /// What was found so far has so many causes.
    Causes(usize),
}

/// What is shown of a run.
struct Seen {
    progress: Progress,
    started: Instant,
    fired: u64,
    requests: usize,
    causes: usize,
}

/// How long the terminal may take to clear the bar.
const PATIENCE: Duration = Duration::from_secs(1);
/// Time between two drawings.
const TICK: Duration = Duration::from_millis(200);
/// Time between two counts of the causes, which take as long as some requests do.
const COUNTED: Duration = Duration::from_secs(2);
/// Before so long the time that is left is anybody's guess.
const EARLY: Duration = Duration::from_secs(3);

impl Bar {
    /// A bar over so many cases on a terminal, and nothing in a pipe or on a terminal that cannot
    /// draw one.
    pub(super) fn new(cases: usize, progress: Progress) -> Self {
        let bar = drawn(cases);
        let counted = (!bar.is_hidden()).then(|| (Instant::now(), 0));
        let (steps, taken) = channel();
        let (clear, cleared) = channel();
        let mut seen = Seen {
            progress,
            started: Instant::now(),
            fired: 0,
            requests: 0,
            causes: 0,
        };

        let draw = move || {
            loop {
                match taken.recv_timeout(TICK) {
                    Ok(step) => seen.take(&step),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                // Those that came meanwhile are drawn together.
                taken.try_iter().for_each(|step| seen.take(&step));
                bar.set_message(seen.words(bar.length().unwrap_or_default()));
                bar.set_position(seen.fired);
            }
            bar.finish_and_clear();
            // Who waited may have lost patience.
            let _ = clear.send(());
        };

        let hidden = std::thread::Builder::new()
            .name("proofmark-bar".to_owned())
            .spawn(draw)
            .is_err();
        Self {
            steps: (!hidden).then_some(steps),
            cleared,
            counted,
        }
    }

    /// Something happened. What a case showed may be seen by the next drawing.
    pub(super) fn event(&self, event: &Event) {
        if let Event::Judged(result) = event {
            let seen = result.observation.as_ref();
            self.tell(Step::Fired(seen.map_or(0, |seen| seen.fired.len())));
        }
    }

    /// There are so many findings now. `causes` counts what they have in common, if it is time.
    pub(super) fn found(&mut self, findings: usize, causes: impl FnOnce() -> usize) {
        let is_due =
            |(last, known): &(Instant, usize)| *known != findings && last.elapsed() >= COUNTED;
        if self.counted.as_ref().is_some_and(is_due) {
            self.tell(Step::Causes(causes()));
            self.counted = Some((Instant::now(), findings));
        }
    }

    fn tell(&self, step: Step) {
        if let Some(steps) = &self.steps {
            // Where nobody draws, nobody misses it.
            let _ = steps.send(step);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if self.steps.take().is_some() {
            let _ = self.cleared.recv_timeout(PATIENCE);
        }
    }
}

impl Seen {
    fn take(&mut self, step: &Step) {
        match step {
            Step::Fired(requests) => {
                if self.fired == 0 {
                    self.started = Instant::now();
                }
                self.fired += 1;
                self.requests += requests;
            }
            Step::Causes(causes) => self.causes = *causes,
        }
    }

    /// What the run is doing and what it found, and while cases are fired the rate and the time
    /// that is left.
    fn words(&self, cases: u64) -> String {
        let activity = self.progress.activity();
        let mut words = vec![doing(activity, self.progress.waiting())];
        if self.causes > 0 {
            words.push(plural(self.causes, "cause"));
        }

        let elapsed = self.started.elapsed();
        if activity == Activity::Firing && self.fired > 0 && elapsed >= EARLY {
            let rate = self.requests as f64 / elapsed.as_secs_f64();
            words.push(format!("{rate:.0} requests/s"));
            words.push(left(elapsed, self.fired, cases));
        }
        words.join(", ")
    }
}

fn drawn(cases: usize) -> ProgressBar {
    let target = match super::understands_codes(&std::io::stderr()) {
        true => ProgressDrawTarget::stderr(),
        false => ProgressDrawTarget::hidden(),
    };

    let bar = ProgressBar::with_draw_target(u64::try_from(cases).ok(), target);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} cases  {msg}") {
        bar.set_style(style);
    }
    bar
}

/// What a run is doing, in words.
fn doing(activity: Activity, waiting: usize) -> String {
    match activity {
        Activity::Preparing => "making fixtures".to_owned(),
        Activity::Firing if waiting > 0 => "waiting for a transition".to_owned(),
        Activity::Firing => "firing".to_owned(),
        Activity::Shrinking => "making requests smaller".to_owned(),
        Activity::Confirming { number, of } => format!("trying finding {number} of {of} again"),
        Activity::DataPlane => "testing the data plane".to_owned(),
        Activity::Removing => "removing what was made".to_owned(),
    }
}

/// The time that is left if the other cases take as long as those so far.
fn left(elapsed: Duration, fired: u64, cases: u64) -> String {
    let each = elapsed.as_secs_f64() / fired as f64;
    let seconds = each * cases.saturating_sub(fired) as f64;
    match seconds {
        ..90.0 => format!("{seconds:.0} s left"),
        ..5400.0 => format!("{:.0} min left", seconds / 60.0),
        _ => "over an hour left".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_that_are_left() {
        let left = |seconds, fired, cases| left(Duration::from_secs(seconds), fired, cases);
        assert_eq!(left(10, 100, 200), "10 s left");
        assert_eq!(left(60, 100, 700), "6 min left");
        assert_eq!(left(60, 1, 3000), "over an hour left");
        assert_eq!(left(60, 10, 10), "0 s left");
    }

    #[test]
    fn what_a_run_is_doing() {
        let mut seen = Seen {
            progress: Progress::default(),
            started: Instant::now(),
            fired: 0,
            requests: 0,
            causes: 0,
        };
        assert_eq!(seen.words(10), "making fixtures");
        seen.take(&Step::Causes(2));
        seen.take(&Step::Fired(3));
        assert_eq!(seen.words(10), "making fixtures, 2 causes");
        assert_eq!(doing(Activity::Firing, 1), "waiting for a transition");
        let activity = Activity::Confirming { number: 2, of: 9 };
        assert_eq!(doing(activity, 0), "trying finding 2 of 9 again");
    }
}
