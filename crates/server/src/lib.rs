//! A process that stays: it hears webhooks and drives every running shift.
