//! Proxies of the environment: the one that a host is reached through.
//!
//! The HTTP client reads `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`, and of `NO_PROXY` what curl
//! knows: hosts with all that is below them, addresses, networks, `*`, divided by commas. Other tools
//! know more, which is read here: `*.example.com`, `example.com:8443`, `[2001:db8::1]`, `*` for addresses,
//! blanks between entries, a dot at the end of a host.

use hyper_util::client::proxy::matcher::Matcher;

/// What `NO_PROXY` excepts.
pub(crate) struct NoProxy(String);

impl NoProxy {
    /// The variable of this process.
    pub(crate) fn of_process() -> Self {
        let names = ["NO_PROXY", "no_proxy"];
        let value = names.iter().find_map(|name| std::env::var(name).ok());
        Self(value.unwrap_or_default())
    }

    /// Is an origin, such as `https://ecs.aliyuncs.com:8443`, excepted?
    pub(crate) fn excepts(&self, origin: &str) -> bool {
        let Ok(url) = reqwest::Url::parse(origin) else {
            return false;
        };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return false;
        };
        let entries = self.0.split([',', ' ', '\t']);
        let hosts: Vec<String> = entries.filter_map(|entry| host_of(entry, port)).collect();
        if hosts.iter().any(|host| host == "*") {
            return true;
        }
        // Addresses and networks are told from names by the HTTP client's own rules.
        let client = Matcher::builder().all("http://proxy").no(hosts.join(","));
        let plain = format!("{}://{}", url.scheme(), host.trim_end_matches('.'));
        plain
            .parse()
            .is_ok_and(|uri| client.build().intercept(&uri).is_none())
    }

    /// The address of the proxy through which an origin is reached, without user and password.
    pub(crate) fn proxy(&self, origin: &str) -> Option<String> {
        if self.excepts(origin) {
            return None;
        }
        let proxy = Matcher::from_system().intercept(&origin.parse().ok()?)?;
        let uri = proxy.uri();
        let scheme = uri.scheme_str().unwrap_or("http");
        let authority = uri.authority()?.as_str();
        let (_, host) = authority.rsplit_once('@').unwrap_or(("", authority));
        Some(format!("{scheme}://{host}"))
    }
}

/// The host, address or network of an entry, as the HTTP client knows them, if the entry is about
/// this port.
fn host_of(entry: &str, port: u16) -> Option<String> {
    let (host, wanted) = match entry
        .strip_prefix('[')
        .and_then(|rest| rest.split_once(']'))
    {
        Some((address, rest)) => (address, rest.strip_prefix(':')),
        None => match entry.split_once(':') {
            // An IPv6 address has more colons.
            Some((host, wanted)) if !wanted.contains(':') => (host, Some(wanted)),
            _ => (entry, None),
        },
    };
    if wanted.is_some_and(|wanted| wanted.parse() != Ok(port)) {
        return None;
    }
    let host = host.to_ascii_lowercase();
    let host = match host.as_str() {
        "*" => return Some(host),
        host => host.strip_prefix("*.").unwrap_or(host),
    };
    let host = host.trim_end_matches('.');
    (!host.is_empty() && !host.contains('*')).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_with_stars_and_ports_are_understood() {
        let origin = "https://ecs.cn-hangzhou.aliyuncs.com";
        for (entries, excepted) in [
            ("*.aliyuncs.com", true),
            ("example.com,*.AliyunCS.com", true),
            ("aliyuncs.com:443", true),
            ("*.aliyuncs.com:443 , x", true),
            ("ecs.cn-hangzhou.aliyuncs.com:443", true),
            (".aliyuncs.com", true),
            ("*", true),
            ("aliyuncs.com:8443", false),
            ("*.cs.com", false),
            ("*cs.com", false),
            ("ecs.*.aliyuncs.com", false),
            ("aliyuncs.com:https", false),
            ("", false),
            (",", false),
            (":443", false),
            ("::1", false),
        ] {
            let no_proxy = NoProxy(entries.to_owned());
            assert_eq!(no_proxy.excepts(origin), excepted, "{entries}");
        }
        for (entries, origin, excepted) in [
            ("10.0.0.1:8080", "http://10.0.0.1:8080", true),
            ("10.0.0.1:8080", "http://10.0.0.1:8081", false),
            ("a 10.0.0.0/8\tb", "http://10.2.3.4", true),
            ("10.0.0.0/8", "http://11.2.3.4", false),
            ("*", "http://10.2.3.4", true),
            ("*:80", "http://10.2.3.4", true),
            ("*:80", "https://10.2.3.4", false),
            ("[2001:db8::1]", "http://[2001:db8::1]", true),
            ("[2001:DB8:0::1]:80", "http://[2001:db8::1]", true),
            ("[2001:db8::1]:81", "http://[2001:db8::1]", false),
            ("2001:db8::1", "http://[2001:db8::1]:8080", true),
            ("2001:db8::/32", "http://[2001:db8::2]", true),
            ("2001:db9::/32", "http://[2001:db8::2]", false),
            ("aliyuncs.com.", "http://ecs.aliyuncs.com", true),
            ("aliyuncs.com", "http://ecs.aliyuncs.com.", true),
            ("ecs.aliyuncs.com", "http://xecs.aliyuncs.com", false),
        ] {
            let no_proxy = NoProxy(entries.to_owned());
            assert_eq!(no_proxy.excepts(origin), excepted, "{entries} for {origin}");
        }
    }
}
