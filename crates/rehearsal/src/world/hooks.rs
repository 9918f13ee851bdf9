//! Webhooks on their way: lost, doubled, late or early as the faults say.

use super::event::{Delivery, Event};
use super::state::{Happening, State};
use crate::history::Happened;

impl State {
    /// Tells the world of an event.
    pub(crate) fn tell(&mut self, event: &Event) {
        let Some(target) = self.settings.hooks.clone() else { return };
        let Some(voice) = self.voice.clone() else { return };
        for payload in voice.payloads(self, event) {
            let number = self.next_id();
            let id = delivery_id(self.settings.seed.draw(&["delivery", &number.to_string()]), number);
            let body = payload.body.to_string().into_bytes();
            let headers = voice.headers(&target.secret, &payload.event, &id, &body);
            self.send(Delivery { id, event: payload.event, headers, body });
        }
    }

    fn send(&mut self, delivery: Delivery) {
        let (seed, faults) = (self.settings.seed, self.settings.faults.hooks.clone());
        let chance = |rate: f64, what: &str| seed.chance(rate, &["hook", what, &delivery.id]);
        let event = delivery.event.clone();
        let mut at = self.now() + faults.delay;
        let mut fate = "sent";
        if chance(faults.lost, "lost") {
            self.note(Happened::Hooked { event, fate: "lost" });
            return;
        }
        if chance(faults.late, "late") {
            fate = "late";
            at += seed.up_to(faults.late_by, &["hook", "by", &delivery.id]);
        }
        if chance(faults.doubled, "doubled") {
            fate = "doubled";
            let again = at + seed.up_to(faults.late_by, &["hook", "again", &delivery.id]);
            self.plan(again, Happening::Deliver(Box::new(delivery.clone())));
        }
        self.note(Happened::Hooked { event, fate });
        if at <= self.now() {
            self.deliver(delivery);
        } else {
            self.plan(at, Happening::Deliver(Box::new(delivery)));
        }
    }

    /// Puts a webhook where the poster, or a test, takes it.
    pub(crate) fn deliver(&mut self, delivery: Delivery) {
        self.outbox.push_back(delivery);
    }
}

/// In the form of a UUID, as GitHub's are.
fn delivery_id(drawn: u64, number: u64) -> String {
    let high = drawn >> 32;
    let middle = (drawn >> 16) & 0xffff;
    format!("{high:08x}-{middle:04x}-11f0-8{:03x}-{number:012x}", drawn & 0xfff)
}
