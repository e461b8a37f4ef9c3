import http.client
import json
import os
import re
import secrets
import time
import urllib.parse


class Silence(AssertionError):
    """No complete answer."""


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    def __repr__(self):
        return f"status {self.status} {error(self) or ''}: {self.body[:300]!r}"

    def document(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def member(self, name):
        document = self.document()
        return document.get(name) if isinstance(document, dict) else None


def send(service, method, path, headers=(), body=b"", chunk=None, bare=False):
    url = urllib.parse.urlsplit(ENDPOINT)
    kind = http.client.HTTPSConnection if url.scheme == "https" else http.client.HTTPConnection
    connection = kind(url.hostname, url.port, timeout=5)
    scope = f"test/20260101/{REGION}/{service}/aws4_request"
    lines = [
        f"{method} {url.path.rstrip('/')}{path} HTTP/1.1",
        f"host: {url.netloc}",
        "connection: close",
        f"authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00",
    ]
    lines += [f"{name}: {value}" for name, value in [*headers, *HEADERS]]
    if chunk:
        lines.append("transfer-encoding: chunked")
        parts = [body[at : at + chunk] for at in range(0, len(body), chunk)] + [b""]
        body = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    elif not bare and (body or method not in ("GET", "HEAD", "DELETE")):
        lines.append(f"content-length: {len(body)}")
    connection.connect()
    try:
        connection.sock.sendall("\r\n".join([*lines, "", ""]).encode() + body)
        response = http.client.HTTPResponse(connection.sock, method=method)
        response.begin()
        return Answer(response.status, response.headers, response.read())
    except (OSError, http.client.HTTPException) as silence:
        raise Silence(f"no complete answer to {method} {path}: {silence!r}") from None
    finally:
        connection.close()


def segment(text):
    return urllib.parse.quote(text, safe="")


def inside(text):
    return json.dumps(text, ensure_ascii=False)[1:-1]


def error(answer):
    document = answer.document()
    of_body = [document.get(name) for name in ERROR_MEMBERS] if isinstance(document, dict) else []
    for name in [answer.headers.get(name) for name in ERROR_HEADERS] + of_body:
        if isinstance(name, str) and name:
            return name.split(":")[0].rsplit("#")[-1].strip()
    return None


def accepted(answer):
    if not 200 <= answer.status < 300:
        raise RuntimeError(f"what comes before the finding was refused: {answer}")
    return answer


def until(done, ask):
    end = time.monotonic() + 30
    while not done(answer := ask()) and time.monotonic() < end:
        time.sleep(0.2)
    return answer


def at(answer, pointer):
    value = answer.document()
    for part in pointer.split("/")[1:]:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def remove(ask):
    try:
        until(lambda answer: error(answer) not in ("ResourceInUseException", "ResourceConflictException"), ask)
    except (KeyError, OSError, Silence):
        pass  # It was not made, or nobody answers any more.


def refused(answer, family):
    return any(answer.status in status and name in (None, error(answer)) for status, name in family)


def same(a, b):
    return a is b if isinstance(a, bool) or isinstance(b, bool) else a == b


def is_document(body):
    def once(pairs):
        if len(pairs) != len(dict(pairs)):
            raise ValueError("a member stands twice")
        return dict(pairs)

    try:
        json.loads(body, object_pairs_hook=once)
    except ValueError:
        return False
    return True
