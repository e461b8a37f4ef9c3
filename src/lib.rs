//! `proofmark` reads what an API promises (a contract, taken from its reference page), derives requests that keep the
//! promise and requests that break it in exactly one named way, fires them at any endpoint, and judges the answers.
//!
//! # Architecture
//!
//! The flow is one way, and the modules are listed in its order; a module uses only those above it.
//!
//! ```text
//! contract ─► plan ─► cases ─► exchanges ─► verdicts ─► report ─► matrix
//!  constraint  violation  fixture   target      judge       text
//!  generator   binding              reference               reproducer
//!  drift                            recording               diff
//! ```
//!
//! [`fuzz`] closes the circle: what is new in the verdicts' exchanges decides which cases it makes up next.
//!
//! **Architecture invariants**
//!
//! 1. Only [`target`] opens client connections, [`mod@reference`] listens on loopback, and only loaders ([`files`],
//!    [`config`]), [`environment`], [`report`] and the commands touch files. Everything between is sans-IO: the same generator and
//!    judge serve a URL, a service in this process and a recorded exchange.
//! 2. Same contract, cases and options: the same plan, ids and order, and the same bytes on the wire.
//! 3. An invalid case has exactly one violation, checked by the [oracle](violation) that reads the contract.
//! 4. What the target does wrong is a value, a [`verdict::Finding`]. `Err` means that *we* failed.
//! 5. [`verdict::Judge`] sees only a case and its exchanges, so that a [`recording`] is judged as its run was.
//! 6. A verdict is given only where all readings of the contract agree; elsewhere the case is a probe.
//! 7. A rejection counts only if its control is accepted; otherwise it is masked, and masked is not a pass.
//! 8. A run in which no valid request was accepted is an error, not a success.
//! 9. The bytes on the wire are the bytes planned.
//! 10. Nothing is sent to a host that is not loopback unless the user allowed that host by name.
//! 11. Whatever a target answers is text wherever it is shown: all that is printed or written for others goes by the rules of
//!     [`sink`].
//!
//! # In the tests of an emulator
//!
//! [`conformance`](conformance()) makes a test target of the plan: an emulator written in Rust is tested by a few lines
//! of its own, which start it.
//!
//! ```no_run
//! # fn start_my_emulator() -> (String, ()) { unimplemented!() }
//! fn main() {
//!     proofmark::conformance(|| start_my_emulator()).exit() // gives (its URL, what keeps it alive)
//! }
//! ```
//!
//! One that is a tower service is tested in its own process: [`Conformance::service`] fires the plan at it, and
//! [`properties::Subject::service`] is what a fuzz target fires any sequence at.

mod support;

mod contract;

mod wire;

mod plan;

mod judge;

pub mod reference;

mod run;

mod report;

mod recording;

mod harness;

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
