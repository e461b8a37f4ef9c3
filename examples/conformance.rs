//! What the `tests/conformance.rs` of an emulator looks like: it starts the emulator and leaves the
//! rest to proofmark.
//!
//! In an emulator's own repository this is the file of a test target with `harness = false`; here
//! it is run with `cargo run --example conformance -- FILTER`. The emulator is the reference, on a
//! port of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::mpsc;
use std::thread;

use proofmark::reference::{Options, Reference, serve};
use tokio::net::TcpListener;
use tokio::runtime::Builder;
use tokio::sync::oneshot;

fn main() {
    proofmark::conformance(|| {
        let emulator = Emulator::start();
        (format!("http://{}", emulator.address), emulator)
    })
    .exit()
}

/// An emulator in a thread of this process, which ends when this is dropped.
struct Emulator {
    address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Emulator {
    fn start() -> Self {
        let (stop, stopped) = oneshot::channel::<()>();
        let (sender, address) = mpsc::channel();
        let thread = thread::spawn(move || {
            let runtime = Builder::new_current_thread()
                .enable_all()
                .build()
                .expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
                    .await
                    .expect("a free port");
                sender
                    .send(listener.local_addr().expect("an address"))
                    .expect("someone waits for it");
                let reference = Reference::new(Options::default());
                let until = async move { stopped.await.unwrap_or(()) };
                serve(listener, reference, until)
                    .await
                    .expect("a listener that works");
            });
        });
        let address = address.recv().expect("a listener");
        Self {
            address,
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}
