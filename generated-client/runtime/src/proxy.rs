//! Proxies of the environment: the one that a host is reached through.
//!
//! The HTTP client reads `HTTPS_PROXY`, `HTTP_PROXY` and `ALL_PROXY`, and of `NO_PROXY` what curl
//! knows: hosts with all that is below them, addresses, networks, `*`. Other tools know more:
//! `*.example.com` and `example.com:8443` are read here.

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

    /// Is an origin, such as `https://ecs.aliyuncs.com:8443`, excepted by an entry that the HTTP client
    /// does not understand?
    pub(crate) fn excepts(&self, origin: &str) -> bool {
        let Ok(url) = reqwest::Url::parse(origin) else {
            return false;
        };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return false;
        };
        self.0.split([',', ' ']).any(|entry| {
            let (name, wanted) = match entry.rsplit_once(':') {
                Some((name, wanted)) if !name.ends_with(':') => match wanted.parse::<u16>() {
                    Ok(wanted) => (name, Some(wanted)),
                    Err(_) => return false,
                },
                _ => (entry, None),
            };
            wanted.is_none_or(|wanted| wanted == port) && covers(name, host)
        })
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

/// `*`, `*.x` and `.x` for all below `x`, `x` for itself and all below it.
fn covers(name: &str, host: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let host = host.to_ascii_lowercase();
    if name == "*" {
        return true;
    }
    let name = name.strip_prefix('*').unwrap_or(&name);
    let name = name.strip_prefix('.').unwrap_or(name);
    if name.is_empty() || name.contains('*') {
        return false;
    }
    match host.strip_suffix(name) {
        Some("") => true,
        Some(before) => before.ends_with('.'),
        None => false,
    }
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
        let local = NoProxy("10.0.0.1:8080".to_owned());
        assert!(local.excepts("http://10.0.0.1:8080"));
        assert!(!local.excepts("http://10.0.0.1:8081"));
    }
}
