//! Which hosts a command may reach, and which addresses are nobody's business: pure questions.
//!
//! A host is written by its name (`registry.example.org`), by one star for all below a name (`*.example.org`),
//! or as a number (`10.1.2.3`), each with a port if need be (`registry.corp:8443`, `[fd12::1]:443`). Without a
//! port the usual ones are meant: 443, and 80 for plain HTTP.
//!
//! A name leads to public addresses only, so that whoever answers for it cannot point into the network of the
//! machine. Named with its port, a host may be one of that network; addresses of the link, and those at which
//! clouds hand out credentials, must be named as numbers.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The ports of a host that is named without one: TLS and plain HTTP.
const USUAL_PORTS: [u16; 2] = [443, 80];
/// The longest name of a host, in characters (RFC 1035).
const MAX_NAME: usize = 253;
/// Where clouds hand out credentials, but for addresses of the link: AWS over IPv6, Alibaba, Oracle.
const METADATA: [IpAddr; 3] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
];

/// The hosts that may be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(Vec<Rule>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Rule {
    host: Host,
    port: Option<u16>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Host {
    Named(String),
    /// All below a name: with its dot, such as `.example.org`.
    Below(String),
    Numbered(IpAddr),
}

/// Where a host that may be reached may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// To public addresses.
    Public,
    /// To addresses of the own network and machine, too.
    Near,
    /// To this address, whatever it is.
    Exactly(IpAddr),
}

impl Reach {
    /// Whether an address may be connected to.
    pub fn leads_to(self, address: IpAddr) -> bool {
        match self {
            Reach::Public => is_public(address),
            Reach::Near => !is_special(address),
            Reach::Exactly(only) => only == address,
        }
    }

    /// Why an address may not be connected to, to be read after it.
    pub fn limit(self) -> &'static str {
        match self {
            Reach::Public => "which is not a public address; name the host with its port if it is meant",
            Reach::Near => {
                "an address of the link or of a cloud's credentials; only by number if it is meant"
            }
            Reach::Exactly(_) => "another address than the one that is named",
        }
    }
}

impl Hosts {
    /// Reads hosts as people write them.
    ///
    /// # Errors
    /// The position of the first that is none, and why.
    pub fn parse<S: AsRef<str>>(hosts: impl IntoIterator<Item = S>) -> Result<Hosts, (usize, String)> {
        let read = |(index, host): (usize, S)| rule(host.as_ref()).map_err(|why| (index, why));
        hosts.into_iter().enumerate().map(read).collect::<Result<_, _>>().map(Hosts)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Where a host that is asked for may lead; `None` if it is not among these.
    pub fn reach(&self, host: &str, port: u16) -> Option<Reach> {
        let host = host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase();
        let number = number(&host);
        if number.is_none() && !is_name(&host) {
            return None;
        }
        let of = |rule: &Rule| {
            if !rule.port.map_or(USUAL_PORTS.contains(&port), |only| only == port) {
                return None;
            }
            match &rule.host {
                Host::Numbered(address) => (number == Some(*address)).then_some(Reach::Exactly(*address)),
                Host::Named(name) => {
                    (*name == host).then_some(if rule.port.is_some() { Reach::Near } else { Reach::Public })
                }
                Host::Below(name) => host.ends_with(name.as_str()).then_some(Reach::Public),
            }
        };
        let found = self.0.iter().filter_map(of);
        found.max_by_key(|reach| *reach != Reach::Public)
    }
}

fn rule(text: &str) -> Result<Rule, String> {
    let wrong = |why: &str| Err(format!("`{text}` is not the name of a host: {why}"));
    if text.contains('/') || text.contains('@') {
        return wrong("it is a name alone, without scheme, path or user");
    }
    let (host, port) = match text.rsplit_once(':') {
        Some((host, _)) if host.contains(':') && !host.starts_with('[') => (text, None),
        Some((host, port)) if !text.ends_with(']') => (host, Some(port)),
        _ => (text, None),
    };
    let port = match port.map(str::parse::<u16>) {
        Some(Ok(0) | Err(_)) => return wrong("its port is a number from 1 to 65535"),
        Some(Ok(port)) => Some(port),
        None => None,
    };
    let host = host.to_ascii_lowercase();
    if let Some(address) = number(&host) {
        return Ok(Rule { host: Host::Numbered(address), port });
    }
    if let Some(below) = host.strip_prefix('*') {
        let name = below.strip_prefix('.').filter(|name| is_name(name) && name.contains('.'));
        return match name {
            Some(_) => Ok(Rule { host: Host::Below(below.to_owned()), port }),
            None => wrong("a star stands for all below a name of two parts or more, as in `*.example.org`"),
        };
    }
    if !is_name(&host) {
        return wrong("letters, digits, `-` and `_`, with dots between");
    }
    Ok(Rule { host: Host::Named(host), port })
}

/// The address that a host is written as: `10.0.0.1`, `[::1]`, `::1`.
fn number(host: &str) -> Option<IpAddr> {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    bare.unwrap_or(host).parse::<IpAddr>().ok().map(|address| address.to_canonical())
}

/// Whether a text may be the name of a host. One whose last part is a number is an address in disguise.
fn is_name(host: &str) -> bool {
    let is_part = |part: &str| {
        let plain = part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
        plain && (1..=63).contains(&part.len()) && !part.starts_with('-') && !part.ends_with('-')
    };
    let last = host.rsplit('.').next().unwrap_or_default();
    let is_number = last.starts_with("0x") || last.bytes().all(|b| b.is_ascii_digit());
    host.len() <= MAX_NAME && host.split('.').all(is_part) && !is_number
}

/// Whether an address is for nothing that a name should lead to: of the link, of many, of nobody, or where a
/// cloud hands out credentials.
fn is_special(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let odd = match address {
        IpAddr::V4(v4) => v4.octets()[0] == 0 || v4.octets()[0] >= 240 || v4.is_link_local(),
        IpAddr::V6(v6) => v6.is_unspecified() || v6.is_unicast_link_local() || is_carrier(v6),
    };
    odd || address.is_multicast() || METADATA.contains(&address)
}

/// Whether an address carries one of IPv4 inside: NAT64, 6to4, Teredo, or one that is compatible.
fn is_carrier(v6: Ipv6Addr) -> bool {
    let [a, b, ..] = v6.segments();
    let compatible = v6.segments()[..6] == [0; 6] && !v6.is_loopback();
    compatible || (a, b) == (0x64, 0xff9b) || a == 0x2002 || (a, b) == (0x2001, 0)
}

/// Whether an address is one of the public internet (IANA special-purpose registries, RFC 6890).
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocol = a == 192 && b == 0 && c == 0;
    let relay = a == 192 && b == 88 && c == 99;
    let benchmark = a == 198 && (18..20).contains(&b);
    let future = a >= 240;
    !(a == 0
        || v4.is_private()
        || v4.is_loopback()
        || v4.is_link_local()
        || v4.is_multicast()
        || v4.is_documentation()
        || shared
        || protocol
        || relay
        || benchmark
        || future)
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let [a, b, c, d, e, f, g, h] = v6.segments();
    let inner = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (a, b) {
        // Mapped, compatible, and NAT64: what is inside decides.
        (0, 0) if [c, d, e] == [0; 3] && f == 0xffff => inner(g, h),
        (0x64, 0xff9b) if [c, d, e, f] == [0; 4] => inner(g, h),
        // 6to4 carries an IPv4 address.
        (0x2002, _) => inner(b, c),
        // Teredo, ORCHID and the other special blocks of 2001::/23.
        (0x2001, 0..0x200) | (0x2001, 0xdb8) => false,
        (0x3fff, 0..0x1000) => false,
        // Global unicast is 2000::/3; all else is local, multicast or not given out.
        _ => a & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts(texts: &[&str]) -> Hosts {
        Hosts::parse(texts).unwrap()
    }

    #[test]
    fn a_host_is_a_name_a_star_or_a_number() {
        let wrong = "https://a.example a.example/x user@a.example a..b -a.example a.example:0 a.example:99999 \
            a.example:x * *.org *x.example.org a.*.org 127.1 0x7f.1 2130706433 a.example. [::1";
        for text in wrong.split_whitespace().chain(["", "a b"]) {
            let (index, why) = Hosts::parse(["fine.example", text]).unwrap_err();
            assert!(index == 1 && why.starts_with(&format!("`{text}`")), "{text}: {why}");
        }
        let right = "a.example A.Example localhost a.example:8443 *.example.org *.example.org:8443 127.0.0.1 \
            127.0.0.1:80 ::1 [::1] [::1]:80 1.example";
        for text in right.split_whitespace() {
            assert!(Hosts::parse([text]).is_ok(), "{text}");
        }
    }

    #[test]
    fn only_named_hosts_on_their_ports() {
        let hosts = hosts(&["a.example", "*.b.example", "c.example:8443"]);
        for (host, port) in
            [("a.example", 443), ("A.EXAMPLE.", 80), ("x.y.b.example", 443), ("c.example", 8443)]
        {
            assert!(hosts.reach(host, port).is_some(), "{host}:{port}");
        }
        let refused = [
            ("a.example", 22),
            ("x.a.example", 443),
            ("b.example", 443),
            ("xb.example", 443),
            ("c.example", 443),
            ("a.example\0.b.example", 443),
            ("user@x.b.example", 443),
            ("x/.b.example", 443),
            ("127.0.0.1", 443),
            ("", 443),
        ];
        for (host, port) in refused {
            assert_eq!(hosts.reach(host, port), None, "{host}:{port}");
        }
    }

    #[test]
    fn where_a_host_leads_depends_on_how_it_is_named() {
        let hosts =
            hosts(&["a.example", "*.b.example:443", "c.example:443", "c.example", "169.254.169.254:80"]);
        let leads = |host: &str, port: u16, to: &str| {
            hosts.reach(host, port).is_some_and(|reach| reach.leads_to(to.parse().unwrap()))
        };
        let near = "127.0.0.1 10.0.0.1 192.168.1.1 100.64.0.1 203.0.113.80 ::1 fd12::1";
        let special = "169.254.169.254 fe80::1 fd00:ec2::254 100.100.100.200 192.0.0.192 0.0.0.0 224.0.0.1 \
            255.255.255.255 :: ::ffff:169.254.169.254 64:ff9b::a9fe:a9fe 2002:a9fe:a9fe:: ff02::1";
        for host in ["a.example", "x.b.example", "c.example"] {
            assert!(leads(host, 443, "8.8.8.8") && leads(host, 443, "2606:4700::1"), "{host}");
            for to in near.split_whitespace() {
                assert_eq!(leads(host, 443, to), host == "c.example", "{host} {to}");
            }
            for to in special.split_whitespace() {
                assert!(!leads(host, 443, to), "{host} {to}");
            }
        }
        assert!(leads("169.254.169.254", 80, "169.254.169.254"));
        assert!(!leads("169.254.169.254", 443, "169.254.169.254"));
        assert!(!leads("169.254.169.254", 80, "8.8.8.8"));
    }
}
