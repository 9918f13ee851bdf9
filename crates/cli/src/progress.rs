//! Progress on the terminal: a bar for anything longer than a moment.

use std::time::Duration;

use fleetwright_core::event::TargetName;
use fleetwright_core::secret::Keyring;
use fleetwright_core::stage::Stage;
use fleetwright_engine::progress::Progress;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar on stderr, or nothing where nobody watches.
pub(crate) struct Bar {
    bar: ProgressBar,
    verbose: bool,
    keyring: Keyring,
}

impl Bar {
    pub(crate) fn new(draws: bool, verbose: bool, keyring: &Keyring) -> Bar {
        let bar = ProgressBar::new(0);
        bar.set_draw_target(match draws {
            true => ProgressDrawTarget::stderr(),
            false => ProgressDrawTarget::hidden(),
        });
        if let Ok(style) = ProgressStyle::with_template("{prefix:>10} {bar:30} {pos}/{len} {wide_msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Bar { bar, verbose, keyring: keyring.clone() }
    }

    /// Takes the bar off the screen.
    pub(crate) fn clear(&self) {
        self.bar.finish_and_clear();
    }

    fn above(&self, text: &str) {
        let text = self.keyring.text(text);
        match self.bar.is_hidden() {
            true => eprint_line(&text),
            false => self.bar.println(text),
        }
    }
}

fn eprint_line(text: &str) {
    use std::io::Write;
    let _ = writeln!(anstream::stderr(), "{text}");
}

impl Progress for Bar {
    fn fetched(&self, done: usize, total: usize) {
        self.bar.set_prefix("fetch");
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    fn read(&self, done: usize, total: usize) {
        self.bar.set_prefix("read");
        self.bar.set_length(total as u64);
        self.bar.set_position(done as u64);
    }

    fn pass(&self, targets: u64) {
        self.bar.set_prefix("targets");
        self.bar.set_length(targets);
        self.bar.set_position(0);
    }

    fn rested(&self, target: &TargetName, stage: &Stage, reason: &str) {
        self.bar.inc(1);
        self.bar.set_message(format!("{target} {}", stage.word()));
        if self.verbose {
            self.above(&format!("{target}: {} {reason}", stage.word()));
        }
    }

    fn note(&self, text: &str) {
        self.above(text);
    }
}
