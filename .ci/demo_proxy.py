"""A proxy in front of an emulator that changes some of its answers, and passes everything else on byte by byte.

    demo_proxy.py PORT break    answers to UpdateEventSourceMapping lose `LastModified`
    demo_proxy.py PORT mend     CreateEventSourceMapping answers with status 202, as is documented, in place of 201

PORT is the emulator's, on 127.0.0.1. The first line it prints is its own URL. The emulator must close the connection after
each answer, as moto does.
"""

import json
import re
import socket
import socketserver
import sys
import threading

PORT, MODE = int(sys.argv[1]), sys.argv[2]
MAPPINGS = "/2015-03-31/event-source-mappings"


def broken(method, path, status, mapping):
    if method == "PUT" and path.startswith(MAPPINGS) and status < 300:
        mapping.pop("LastModified", None)
    return status, mapping


def mended(method, path, status, mapping):
    if method == "POST" and path.rstrip("/") == MAPPINGS and status == 201:
        status = 202
    return status, mapping


CHANGE = {"break": broken, "mend": mended}[MODE]


def changed(request, answer):
    """The answer as it is to be passed on; one that is not of the form to change is left as it is."""
    asked = re.match(rb"([A-Z]+) ([^ ?]*)", request)
    head, _, body = answer.partition(b"\r\n\r\n")
    said = re.match(rb"HTTP/1\.[01] (\d{3}) [^\r]*", head)
    try:
        mapping = json.loads(body)
    except ValueError:
        return answer
    if not (asked and said and isinstance(mapping, dict)):
        return answer
    method, path = (part.decode("latin-1") for part in asked.groups())
    status, new = CHANGE(method, path, int(said[1]), dict(mapping))
    if (status, new) == (int(said[1]), mapping):
        return answer
    body = json.dumps(new).encode()
    head = head.replace(b" " + said[1] + b" ", b" %d " % status, 1)
    head = re.sub(rb"(?i)(\r\ncontent-length:) *\d+", rb"\g<1> %d" % len(body), head)
    return head + b"\r\n\r\n" + body


class Exchange(socketserver.BaseRequestHandler):
    """One connection: one request, and one answer."""

    def handle(self):
        request = bytearray()
        with socket.create_connection(("127.0.0.1", PORT)) as emulator:
            # What comes in small parts goes on at once, and does not wait until the part before is acknowledged.
            emulator.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

            def send():
                try:
                    while part := self.request.recv(65536):
                        request.extend(part)
                        emulator.sendall(part)
                    emulator.shutdown(socket.SHUT_WR)
                except OSError:
                    pass  # One side is gone; the other is told by the end of its connection.

            threading.Thread(target=send, daemon=True).start()
            answer = bytearray()
            try:
                while part := emulator.recv(65536):
                    answer.extend(part)
                self.request.sendall(changed(bytes(request), bytes(answer)))
            except OSError:
                pass


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    request_queue_size = 64


with Server(("127.0.0.1", 0), Exchange) as server:
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()
