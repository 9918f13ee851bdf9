//! Which addresses may be fetched, as pure questions: scheme and host before anything is resolved,
//! then the resolved addresses, and both again after every redirect.
//!
//! The crate `fetch` fetches: it resolves once, asks [`UrlPolicy::addresses`], and connects to exactly
//! what it asked about (`limits-and-trust` §3.2, SSRF).

use std::collections::BTreeSet;
use std::net::IpAddr;

pub use fleetwright_core::hosts::is_public;
use url::{Host, Url};

/// What may be fetched.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UrlPolicy {
    hosts: BTreeSet<String>,
    addresses: BTreeSet<IpAddr>,
}

/// Why an address may not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum UrlRefusal {
    /// Not `https`.
    #[error("{0}: only https is fetched")]
    Scheme(String),
    /// A name or password is in the address.
    #[error("{0}: an address with a name or password is not fetched")]
    Credentials(String),
    /// The host is not on the list.
    #[error("{0}: this host is not on the list of allowed hosts")]
    Host(String),
    /// The host is written as a number.
    #[error("{0}: a host is named, not numbered")]
    Numbered(String),
    /// A port other than 443.
    #[error("{0}: only port 443 is fetched from")]
    Port(String),
    /// The name resolves to nothing, so that nothing can be said of it.
    #[error("the host resolves to no address")]
    Nowhere,
    /// The name resolves to an address that is not public.
    #[error("the host resolves to {0}, which is not a public address")]
    Private(IpAddr),
}

impl UrlPolicy {
    /// A policy that allows these hosts, by exact name. None allows nothing.
    pub fn of<S: AsRef<str>>(hosts: impl IntoIterator<Item = S>) -> UrlPolicy {
        let lowered = hosts.into_iter().map(|host| host.as_ref().trim_end_matches('.').to_lowercase());
        UrlPolicy { hosts: lowered.collect(), addresses: BTreeSet::new() }
    }

    /// The same policy, which allows these addresses although they are not public.
    #[must_use]
    pub fn with_addresses(mut self, addresses: impl IntoIterator<Item = IpAddr>) -> UrlPolicy {
        self.addresses.extend(addresses);
        self
    }

    /// Whether no host is allowed.
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }

    /// Whether an address may be resolved; to be asked again for the target of every redirect.
    ///
    /// # Errors
    /// Says which rule forbids it.
    pub fn url(&self, url: &Url) -> Result<(), UrlRefusal> {
        if url.scheme() != "https" {
            return Err(UrlRefusal::Scheme(shown(url)));
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(UrlRefusal::Credentials(shown(url)));
        }
        let Some(Host::Domain(host)) = url.host() else { return Err(UrlRefusal::Numbered(shown(url))) };
        if url.port().is_some() {
            return Err(UrlRefusal::Port(shown(url)));
        }
        if !self.hosts.contains(host.trim_end_matches('.')) {
            return Err(UrlRefusal::Host(shown(url)));
        }
        Ok(())
    }

    /// Whether a host that resolves to these may be connected to: all must be public, or allowed by value.
    ///
    /// # Errors
    /// Names the first address that is not public.
    pub fn addresses(&self, resolved: &[IpAddr]) -> Result<(), UrlRefusal> {
        match resolved.iter().find(|address| !self.may(**address)) {
            Some(address) => Err(UrlRefusal::Private(*address)),
            None if resolved.is_empty() => Err(UrlRefusal::Nowhere),
            None => Ok(()),
        }
    }

    fn may(&self, address: IpAddr) -> bool {
        is_public(address) || self.addresses.contains(&address)
    }
}

/// Host and scheme only: the rest of an address may be a secret.
fn shown(url: &Url) -> String {
    format!("{}://{}", url.scheme(), url.host_str().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_not_public_are_refused() {
        let private = "0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 169.254.169.254 172.16.0.1 192.0.0.8 192.168.1.1 \
            198.18.0.1 224.0.0.1 240.0.0.1 255.255.255.255 :: ::1 fe80::1 fc00::1 fd12::1 ff02::1 \
            ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::127.0.0.1 64:ff9b::7f00:1 64:ff9b:1::1 2002:7f00:1:: 2001:db8::1 \
            2001:0:1::1 100::1 fec0::1 3fff::1";
        for text in private.split_whitespace() {
            let address: IpAddr = text.parse().unwrap();
            assert!(!is_public(address), "{text}");
            let public = "8.8.8.8".parse().unwrap();
            assert_eq!(
                UrlPolicy::default().addresses(&[public, address]),
                Err(UrlRefusal::Private(address)),
                "{text}"
            );
        }
        for text in
            "8.8.8.8 100.63.1.1 172.32.0.1 2606:4700::1 64:ff9b::808:808 2002:808:808::".split_whitespace()
        {
            assert!(is_public(text.parse().unwrap()), "{text}");
        }
        assert_eq!(UrlPolicy::default().addresses(&[]), Err(UrlRefusal::Nowhere));
        let (one, other) = ("10.0.0.1".parse().unwrap(), "10.0.0.2".parse().unwrap());
        let policy = UrlPolicy::default().with_addresses([one]);
        assert_eq!(policy.addresses(&[one]), Ok(()));
        assert_eq!(policy.addresses(&[one, other]), Err(UrlRefusal::Private(other)), "only by value");
    }

    #[test]
    fn only_named_hosts_over_https() {
        let policy = UrlPolicy::of(["Forge.example"]);
        let asked = |text: &str| policy.url(&Url::parse(text).unwrap());
        assert_eq!(asked("https://forge.example/a"), Ok(()));
        assert_eq!(asked("https://FORGE.example./a"), Ok(()));
        assert!(matches!(asked("http://forge.example/a"), Err(UrlRefusal::Scheme(_))));
        assert!(matches!(asked("https://sub.forge.example/a"), Err(UrlRefusal::Host(_))));
        assert!(matches!(asked("https://forge.example:8443/a"), Err(UrlRefusal::Port(_))));
        assert!(matches!(asked("https://x@forge.example/a"), Err(UrlRefusal::Credentials(_))));
        for numbered in ["https://127.0.0.1/", "https://2130706433/", "https://0x7f.1/", "https://[::1]/"] {
            assert!(matches!(asked(numbered), Err(UrlRefusal::Numbered(_))), "{numbered}");
        }
    }
}
