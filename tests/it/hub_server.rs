//! `HubServer`: a stand-in for a model hub on loopback, as much of one as a pull needs.
//!
//! It answers `/api/models/ORG/NAME/revision/REV` and `/ORG/NAME/resolve/REV/FILE` over HTTP/1.1, with HEAD and GET,
//! ranges, `x-repo-commit`, `etag` and `x-linked-etag`; large files (`*.safetensors`, `*.q4`) are redirected to
//! `/cdn/…`, as a real hub does. It writes every request down, and it can misbehave on order.

#![expect(clippy::unwrap_used, reason = "a test that can't go on should stop")]

use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;
use std::time::Duration;

/// The files of one commit.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What the stand-in holds and how it behaves; tests change it between pulls.
#[derive(Default)]
pub struct Hub {
    /// `ORG/NAME`
    pub repo: String,
    /// Commit hash to files
    pub commits: BTreeMap<String, Files>,
    /// Branch or tag to commit hash
    pub refs: BTreeMap<String, String>,
    /// The only token let in, where there is one
    pub token: Option<String>,
    /// Answer this status to everything but the listing
    pub files_status: Option<u16>,
    /// Cut the body of this file after so many bytes, so many times
    pub cut: Option<(String, usize, usize)>,
    /// Send this file with other bytes than its etag says
    pub corrupt: Option<String>,
    /// Name this commit in `x-repo-commit` instead of the true one
    pub false_commit: Option<String>,
    /// Answer ranges with the whole file
    pub no_ranges: bool,
    /// Every request so far
    pub requests: Vec<Request>,
}

/// One request as it came.
#[derive(Debug, Clone, Default)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub range: Option<String>,
    pub authorization: Option<String>,
}

/// The running stand-in; it ends when dropped.
pub struct HubServer {
    address: SocketAddr,
    hub: Arc<Mutex<Hub>>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A made-up commit hash.
pub fn commit(digit: char) -> String {
    digit.to_string().repeat(40)
}

/// Files from names and contents.
pub fn files<const N: usize>(files: [(&str, &str); N]) -> Files {
    files.into_iter().map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec())).collect()
}

impl HubServer {
    /// A hub with one repository whose branch `main` holds `files` as [`commit`]`('a')`.
    pub fn start(repo: &str, files: Files) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let hub = Arc::new(Mutex::new(Hub {
            repo: repo.to_owned(),
            commits: BTreeMap::from([(commit('a'), files)]),
            refs: BTreeMap::from([("main".to_owned(), commit('a'))]),
            ..Hub::default()
        }));
        let over = Arc::new(AtomicBool::new(false));
        let (shared, ended) = (Arc::clone(&hub), Arc::clone(&over));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                // A client that goes away early is its own affair
                let _ = answer(stream, &shared, address);
            }
        });
        Self { address, hub, over, thread: Some(thread) }
    }

    /// The address for `HF_ENDPOINT`.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What the hub holds, to look at or change.
    pub fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap()
    }

    /// The requests since the last call.
    pub fn take_requests(&self) -> Vec<Request> {
        std::mem::take(&mut self.hub().requests)
    }
}

impl Drop for HubServer {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        TcpStream::connect(self.address).ok();
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

/// What to send back.
struct Answer {
    status: u16,
    headers: Vec<(&'static str, String)>,
    body: Vec<u8>,
    /// Bytes of the body after which the connection is closed
    sent: usize,
}

impl Answer {
    fn of(status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8>) -> Self {
        Self { status, headers, sent: body.len(), body }
    }
}

fn answer(mut stream: TcpStream, hub: &Mutex<Hub>, address: SocketAddr) -> std::io::Result<()> {
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    let request = read_request(&stream)?;
    let answer = {
        let mut hub = hub.lock().unwrap();
        hub.requests.push(request.clone());
        respond(&mut hub, &request, address)
    };
    let mut head = format!("HTTP/1.1 {} Stand-in\r\nConnection: close\r\n", answer.status);
    write!(head, "Content-Length: {}\r\n", answer.body.len()).unwrap();
    for (name, value) in &answer.headers {
        write!(head, "{name}: {value}\r\n").unwrap();
    }
    stream.write_all(head.as_bytes())?;
    stream.write_all(b"\r\n")?;
    if request.method != "HEAD" {
        stream.write_all(&answer.body[..answer.sent])?;
    }
    stream.flush()?;
    stream.shutdown(Shutdown::Write)
}

fn read_request(stream: &TcpStream) -> std::io::Result<Request> {
    let mut request = Request::default();
    for (number, line) in BufReader::new(stream).lines().enumerate() {
        let line = line?;
        if line.is_empty() {
            break;
        }
        if number == 0 {
            let mut words = line.split(' ').map(str::to_owned);
            request.method = words.next().unwrap_or_default();
            request.path = words.next().unwrap_or_default();
        } else if let Some((name, value)) = line.split_once(':') {
            let value = Some(value.trim().to_owned());
            match name.to_ascii_lowercase().as_str() {
                "range" => request.range = value,
                "authorization" => request.authorization = value,
                _ => {}
            }
        }
    }
    Ok(request)
}

fn respond(hub: &mut Hub, request: &Request, address: SocketAddr) -> Answer {
    let refused = |status, code: &str| Answer::of(status, vec![("x-error-code", code.to_owned())], Vec::new());
    let wanted = hub.token.as_ref().map(|token| format!("Bearer {token}"));
    if wanted.is_some() && request.authorization != wanted {
        return refused(401, "RepoNotFound");
    }
    let listing = request.path.strip_prefix("/api/models/").and_then(|rest| rest.split_once("/revision/"));
    let file = request.path.split_once("/resolve/").map(|(repo, rest)| (repo.trim_start_matches('/'), rest));
    let commit_of = |hub: &Hub, revision: &str| {
        let revision = revision.replace("%2F", "/");
        let commit = hub.refs.get(&revision).cloned().unwrap_or(revision);
        hub.commits.contains_key(&commit).then_some(commit)
    };
    if let Some((repo, revision)) = listing {
        if repo != hub.repo {
            return refused(404, "RepoNotFound");
        }
        let Some(commit) = commit_of(hub, revision) else { return refused(404, "RevisionNotFound") };
        let siblings: Vec<_> =
            hub.commits[&commit].keys().map(|name| serde_json::json!({ "rfilename": name })).collect();
        let body = serde_json::json!({ "id": repo, "sha": commit, "siblings": siblings }).to_string();
        return Answer::of(200, vec![("Content-Type", "application/json".to_owned())], body.into_bytes());
    }
    if let Some(status) = hub.files_status {
        return refused(status, "GatedRepo");
    }
    if let Some(rest) = request.path.strip_prefix("/cdn/") {
        let Some((commit, name)) = rest.split_once('/') else { return refused(404, "EntryNotFound") };
        return body(hub, request, commit, name, Vec::new());
    }
    let Some((repo, (revision, name))) = file.and_then(|(repo, rest)| Some((repo, rest.split_once('/')?))) else {
        return refused(404, "EntryNotFound");
    };
    let commit = commit_of(hub, revision).filter(|_| repo == hub.repo);
    let Some((commit, bytes)) = commit.and_then(|c| hub.commits[&c].get(name).map(|b| (c.clone(), b.clone()))) else {
        return refused(404, "EntryNotFound");
    };
    let mut headers = vec![("x-repo-commit", hub.false_commit.clone().unwrap_or_else(|| commit.clone()))];
    if Path::new(name).extension().is_some_and(|ext| ext == "safetensors" || ext == "q4") {
        headers.push(("x-linked-etag", format!("\"{}\"", sha256(&bytes))));
        headers.push(("Location", format!("http://{address}/cdn/{commit}/{name}")));
        return Answer::of(302, headers, Vec::new());
    }
    // A Git blob's etag is a SHA-1; forty digits of anything stand for one
    headers.push(("etag", format!("\"{}\"", &sha256(&bytes)[..40])));
    body(hub, request, &commit, name, headers)
}

/// The bytes of a file, or the range asked for, with the misbehaviour that is on order.
fn body(
    hub: &mut Hub,
    request: &Request,
    commit: &str,
    name: &str,
    mut headers: Vec<(&'static str, String)>,
) -> Answer {
    let Some(mut bytes) = hub.commits.get(commit).and_then(|files| files.get(name)).cloned() else {
        return Answer::of(404, headers, Vec::new());
    };
    if hub.corrupt.as_deref() == Some(name) {
        bytes.reverse();
    }
    let size = bytes.len();
    let range = request.range.as_deref().and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
    let probe = range == Some(("0", "0"));
    let mut answer = match range {
        Some((start, end)) if probe || !hub.no_ranges => {
            let start: usize = start.parse().unwrap_or(0);
            let end = end.parse().map_or(size, |end: usize| size.min(end + 1));
            if start >= end {
                return Answer::of(416, headers, Vec::new());
            }
            headers.push(("Content-Range", format!("bytes {start}-{}/{size}", end - 1)));
            Answer::of(206, headers, bytes[start..end].to_vec())
        }
        _ => Answer::of(200, headers, bytes),
    };
    if let Some((file, after, times)) = &mut hub.cut
        && file == name
        && !probe
        && *times > 0
    {
        *times -= 1;
        answer.sent = answer.sent.min(*after);
    }
    answer
}

/// The SHA-256 of `bytes` in lower-case hexadecimal digits.
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}
