//! `proofmark` reads what an API promises (a contract, taken from its reference page), derives
//! requests that keep the promise and requests that break it in exactly one named way, fires them
//! at any endpoint, and judges the answers.
//!
//! # Architecture
//!
//! The modules stand in rooms, and a room uses only those above it. No two files use each other,
//! directly or around. A test holds both (`harness/rooms.rs`).
//!
//! ```text
//! support     what every room uses: files read, text made safe to show, templates, dates, the request of the user to stop
//! contract    what an API promises, read from files; patterns, constraints, and the oracle that says what a body breaks
//! import      contracts from reference pages and service models, and what documents tell differently
//! wire        requests and answers as bytes, and the target that they travel to: an endpoint, or a service in this process
//! plan        the cases: derived from the contract, drawn at random, or written; and the fixtures that they need
//! judge       from a case and its exchanges to a verdict and findings
//! reference   a conforming server, and its defects, each of which the suite must find
//! run         fixtures made, cases fired and judged, findings made small and tried again; fuzz campaigns
//! report      from what a run said to causes, promises, an exit code, and documents in every format; scoreboards
//! recording   runs written down, and recorded exchanges judged
//! harness     the faces for code: test targets, properties for fuzzers, and the suite's check of itself
//! guide       the manual, a page for each thing that a user wants to do
//! command     the program: the command line, its configuration, and what it prints
//! ```
//!
//! A run goes the same way: a plan is made of contracts and case files, the runner fires it at a
//! target, the judge gives a verdict on each case, the report takes in what happened. Fuzz
//! campaigns lead back: what is new in the answers decides which cases are made up next.
//!
//! **Architecture invariants**
//!
//! 1. Only `wire::target` opens client connections, and only [`mod@reference`] answers on loopback.
//!    Only `support::files`, the corpus of `run::fuzz` and the commands touch files, and
//!    `import::open`, which finds documents by way of `support::files`. Everything
//!    between is sans-IO: the same generator and judge serve a URL, a service in this process and a
//!    recorded exchange.
//! 2. Same contract, cases and options: the same plan, ids and order, and the same bytes on the
//!    wire.
//! 3. An invalid case has exactly one violation, checked by the oracle (`contract::oracle`) that
//!    reads the contract.
//! 4. What the target does wrong is a value, a `judge::Finding`. `Err` means that *we* failed.
//! 5. `judge::Judge` sees only a case and its exchanges, so that a recording is judged as its run
//!    was.
//! 6. A verdict is given only where all readings of the contract agree; elsewhere the case is a
//!    probe.
//! 7. A rejection counts only if its control is accepted; otherwise it is masked, and masked is not
//!    a pass.
//! 8. A run in which no valid request was accepted is an error, not a success.
//! 9. The bytes on the wire are the bytes planned.
//! 10. Nothing is sent to a host that is not loopback unless the user allowed that host by name.
//! 11. Whatever a target answers is text wherever it is shown: all that is printed or written for
//!     others goes by the rules of `support::sink`.
//!
//! # In the tests of an emulator
//!
//! [`conformance`](conformance()) makes a test target of the plan: an emulator written in Rust is
//! tested by a few lines of its own, which start it.
//!
//! ```no_run
//! # fn start_my_emulator() -> (String, ()) { unimplemented!() }
//! fn main() {
//!     proofmark::conformance(|| start_my_emulator()).exit() // gives (its URL, what keeps it alive)
//! }
//! ```
//!
//! One that is a tower service is tested in its own process: [`Conformance::service`] fires the
//! plan at it, and [`properties::Subject::service`] is what a fuzz target fires any sequence at.

mod support;

mod contract;

mod import;

mod wire;

mod plan;

mod judge;

pub mod reference;

mod run;

mod report;

mod recording;

mod harness;

pub mod guide;

mod command;

pub use contract::Level;
pub use harness::conformance::{Conformance, Ran, conformance};
pub use harness::properties;
pub use report::Exit;
pub use support::files::Files;
pub use wire::target::HttpService;

#[doc(hidden)]
pub use command::main;
#[doc(hidden)]
pub use harness::bench;
