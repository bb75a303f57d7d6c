//! A small HTTP server on 127.0.0.1 that records what it is asked.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// An address where nobody listens: the port is reserved, and refused at once.
pub(crate) const NOBODY: &str = "http://127.0.0.1:1";

/// A request as it arrived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Request {
    /// `METHOD /path`.
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// A parameter of the body.
    pub(crate) fn form(&self, name: &str) -> Option<String> {
        let body = format!("http://form/?{}", self.body);
        let url = reqwest::Url::parse(&body).unwrap();
        let mut pairs = url.query_pairs();
        pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
    }
}

/// What the server answers: status and body. Status 0: it hangs up without an answer.
pub(crate) type Response = (u16, String);

pub(crate) struct Server {
    pub(crate) url: String,
    requests: Arc<Mutex<Vec<Request>>>,
    date: Arc<Mutex<Option<String>>>,
}

impl Server {
    /// Answers with what the function makes of a request.
    pub(crate) async fn start(
        answer: impl Fn(&Request) -> Response + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        let date = Arc::new(Mutex::new(None));
        let stamp = Arc::clone(&date);
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (log, answer) = (Arc::clone(&log), Arc::clone(&answer));
                let stamp = Arc::clone(&stamp);
                tokio::spawn(async move {
                    let _ = serve(stream, &log, &stamp, &*answer).await;
                });
            }
        });
        Self {
            url,
            requests,
            date,
        }
    }

    /// Answers everything alike.
    pub(crate) async fn always(status: u16, body: impl Into<String>) -> Self {
        let body = body.into();
        Self::start(move |_| (status, body.clone())).await
    }

    /// The `Date` of all answers from now on.
    pub(crate) fn set_date(&self, date: &str) {
        *self.date.lock().unwrap() = Some(date.to_owned());
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Request::line).collect()
    }
}

async fn serve(
    mut stream: TcpStream,
    log: &Mutex<Vec<Request>>,
    date: &Mutex<Option<String>>,
    answer: &(dyn Fn(&Request) -> Response + Send + Sync),
) -> std::io::Result<()> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ');
    let mut request = Request {
        method: first.next().unwrap_or_default().to_owned(),
        target: first.next().unwrap_or_default().to_owned(),
        ..Request::default()
    };
    for line in lines {
        if let Some((name, value)) = line.split_once(':') {
            let value = value.trim().to_owned();
            request.headers.insert(name.to_ascii_lowercase(), value);
        }
    }
    let length: usize = request
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    while bytes.len() < end + 4 + length {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(());
        }
    }
    request.body = String::from_utf8_lossy(&bytes[end + 4..]).into_owned();
    log.lock().unwrap().push(request.clone());
    let (status, body) = answer(&request);
    if status == 0 {
        return Ok(());
    }
    let date = date.lock().unwrap().clone();
    let date = date.map_or_else(String::new, |date| format!("date: {date}\r\n"));
    let length = body.len();
    let response = format!(
        "HTTP/1.1 {status} -\r\n{date}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(response.as_bytes()).await?;
    stream.shutdown().await
}

/// An access key as the metadata service and credentials URIs answer it.
pub(crate) fn key_json(name: &str) -> String {
    format!(
        r#"{{"Code": "Success", "AccessKeyId": "{name}-id", "AccessKeySecret": "{name}-secret",
            "SecurityToken": "{name}-token", "Expiration": "2099-01-01T00:00:00Z", "LastUpdated": "x"}}"#
    )
}

/// The same as STS answers it.
pub(crate) fn sts_json(name: &str) -> String {
    format!(
        r#"{{"RequestId": "R", "AssumedRoleUser": {{"Arn": "a"}}, "Credentials": {}}}"#,
        key_json(name)
    )
}
