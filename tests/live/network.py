"""Servers of the tests' own on 127.0.0.1: a SOCKS5 proxy and an OAuth token endpoint, each on a thread."""

import base64
import http.server
import json
import select
import socket
import struct
import threading
import time
import urllib.parse


class Socks:
    """A SOCKS5 proxy. names: host names and the addresses it knows for them; all else is unreachable."""

    def __init__(self, names, login=None):
        self.names, self.login = names, login
        self.targets, self.denied = [], 0
        self.server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.server.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client = self.server.accept()[0]
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    @staticmethod
    def read(s, count):
        data = b""
        while len(data) < count:
            more = s.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def greet(self, s):
        _, count = self.read(s, 2)
        methods = self.read(s, count)
        wanted = 2 if self.login else 0
        s.sendall(bytes([5, wanted if wanted in methods else 0xFF]))
        if self.login:
            self.read(s, 1)
            user = self.read(s, self.read(s, 1)[0]).decode()
            password = self.read(s, self.read(s, 1)[0]).decode()
            good = (user, password) == self.login
            self.denied += not good
            s.sendall(bytes([1, 0 if good else 1]))
            if not good:
                raise EOFError

    def target(self, s):
        kind = self.read(s, 4)[3]
        if kind == 3:
            host = self.read(s, self.read(s, 1)[0]).decode()
        else:
            host = socket.inet_ntop(socket.AF_INET if kind == 1 else socket.AF_INET6, self.read(s, 4 if kind == 1 else 16))
        port = struct.unpack("!H", self.read(s, 2))[0]
        self.targets.append((host, port))
        return host, port

    def serve(self, s):
        with s:
            try:
                self.greet(s)
                host, port = self.target(s)
                if host not in self.names:
                    s.sendall(b"\5\4\0\1\0\0\0\0\0\0")
                    return
                with socket.create_connection((self.names[host], port)) as out:
                    s.sendall(b"\5\0\0\1\0\0\0\0\0\0")
                    self.pump(s, out)
            except (OSError, EOFError):
                pass

    @staticmethod
    def pump(a, b):
        while True:
            for s in select.select([a, b], [], [])[0]:
                data = s.recv(65536)
                if not data:
                    return
                (b if s is a else a).sendall(data)

    def close(self):
        self.server.shutdown(socket.SHUT_RDWR)  # or who waits in accept() would keep it open
        self.server.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def unsigned_jwt(subject, lifetime):
    """A token that a broker takes which was told to take unsecured ones."""
    now = int(time.time())
    parts = [{"alg": "none"}, {"sub": subject, "iat": now, "exp": now + lifetime}]
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).rstrip(b"=").decode() for p in parts) + "."


class TokenEndpoint:
    """Client credentials for tokens of `lifetime` seconds. forms and tokens are what was asked and given; broken: a status to
    answer with instead."""

    def __init__(self, client, secret, subject, lifetime=3600):
        self.forms, self.tokens, self.broken, self.lifetime = [], [], None, lifetime
        basic = "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def answer(self, status, body):
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_POST(self):
                form = self.rfile.read(int(self.headers["Content-Length"])).decode()
                endpoint.forms.append(urllib.parse.parse_qs(form))
                if endpoint.broken:
                    self.answer(endpoint.broken, {"error": "server_error", "error_description": "out to lunch"})
                elif self.headers["Authorization"] != basic:
                    self.answer(401, {"error": "invalid_client", "error_description": "no such client"})
                else:
                    endpoint.tokens.append(unsigned_jwt(subject, endpoint.lifetime))
                    self.answer(200, {"access_token": endpoint.tokens[-1], "token_type": "Bearer",
                                      "expires_in": endpoint.lifetime})

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/oauth2/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
