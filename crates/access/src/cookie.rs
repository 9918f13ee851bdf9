//! The cookies of sessions: how they are set, taken back, and read.

/// The longest `Cookie` header that is looked at, in bytes.
const LONGEST: usize = 8_192;

/// A cookie of ours, as a browser keeps it. Behind TLS its name begins with `__Host-`, so that no other host and no
/// plain connection can set one; on loopback without TLS browsers would refuse that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cookie {
    name: &'static str,
    secure: bool,
}

impl Cookie {
    /// The one of a session; `secure` is whether people come by `https`.
    pub fn session(secure: bool) -> Cookie {
        Cookie { name: if secure { "__Host-fleetwright" } else { "fleetwright" }, secure }
    }

    /// The one of a sign-in that is under way.
    pub fn sign_in(secure: bool) -> Cookie {
        Cookie { name: if secure { "__Host-fleetwright-sign-in" } else { "fleetwright-sign-in" }, secure }
    }

    /// A `Set-Cookie` that gives it a value; `seconds` is how long it lasts at most.
    pub fn set(self, value: &str, seconds: u32) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        format!("{}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}", self.name)
    }

    /// A `Set-Cookie` that takes it back.
    pub fn clear(self) -> String {
        self.set("", 0)
    }

    /// The value in a `Cookie` header; `None` where there is none, or more than one: then somebody else set one.
    pub fn read(self, header: &str) -> Option<&str> {
        if header.len() > LONGEST {
            return None;
        }
        let pairs = header.split(';').filter_map(|pair| pair.trim().split_once('='));
        let mut ours = pairs.filter(|(name, _)| *name == self.name).map(|(_, value)| value);
        let first = ours.next()?;
        ours.next().is_none().then_some(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::mint;

    #[test]
    fn it_is_set_as_strictly_as_browsers_know() {
        let secret = mint().unwrap().secret;
        let (safe, plain) = (Cookie::session(true), Cookie::sign_in(false));
        let line = safe.set(secret.expose(), 60);
        let wanted = "; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure";
        assert_eq!(line, format!("__Host-fleetwright={}{wanted}", secret.expose()));
        assert_eq!(plain.clear(), "fleetwright-sign-in=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }

    #[test]
    fn one_is_read_and_two_are_none() {
        let cookie = Cookie::session(false);
        let table = [
            ("fleetwright=a", Some("a")),
            ("x=1; fleetwright=a; y=2", Some("a")),
            ("fleetwright=a; fleetwright=b", None),
            ("__Host-fleetwright=a; fleetwright-sign-in=b", None),
            ("Fleetwright=a; xfleetwright=b", None),
            ("", None),
            (";;=;", None),
        ];
        for (header, value) in table {
            assert_eq!(cookie.read(header), value, "{header}");
        }
        assert_eq!(Cookie::session(true).read("fleetwright=a"), None, "a plain one is not taken behind TLS");
        assert_eq!(cookie.read(&format!("fleetwright=a; x={}", "b".repeat(9_000))), None);
    }
}
