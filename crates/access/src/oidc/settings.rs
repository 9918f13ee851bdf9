//! What is said of a provider in the configuration.

use std::fmt;

use crate::role::Role;

/// A provider of OpenID Connect, and what its groups are worth here.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcSettings {
    /// Its address, exactly as it calls itself.
    pub issuer: String,
    /// What it calls us.
    pub client_id: String,
    /// What we prove ourselves to it with; none for a public client, whose proof is PKCE alone.
    pub client_secret: Option<String>,
    /// Where it sends people back to: our address and `/sign-in/callback`.
    pub redirect: String,
    /// The claim with the name people know, such as `preferred_username`.
    pub name_claim: String,
    /// The claim with groups, such as `groups`.
    pub groups_claim: String,
    /// What a group may do; who is in several has the highest.
    pub groups: Vec<(String, Role)>,
    /// What everybody may do whom it vouches for; `None`: nothing.
    pub default: Option<Role>,
    /// Certificates to trust besides the system's, in PEM.
    pub authority: Option<Vec<u8>>,
}

impl OidcSettings {
    /// What somebody in these groups may do; `None`: they may not come in.
    pub fn role(&self, groups: &[String]) -> Option<Role> {
        let given = self.groups.iter().filter(|(name, _)| groups.contains(name)).map(|(_, role)| *role);
        given.chain(self.default).max()
    }
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OidcSettings").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
