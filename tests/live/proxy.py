"""A TCP proxy of the tests' own: connections between icetop and a broker that end when a test wants it."""

import collections
import selectors
import socket
import threading
import time


class Proxy:
    """Listens on a free port and forwards to `target`, a port that may be set later; while it is `refusing`, to none. What
    comes back from there is handed on `delay` seconds after it came, like on a long way."""

    def __init__(self, target=None, delay=0):
        self.target, self.delay, self.accepted, self.refusing = target, delay, 0, False
        self.lock = threading.Lock()
        self.pairs = set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self.accept, daemon=True)
        self.thread.start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return  # closed
            if self.refusing:
                near.close()
                continue
            try:
                far = socket.create_connection(("127.0.0.1", self.target), 5)
            except OSError:
                near.close()
                continue
            far.settimeout(None)
            with self.lock:
                self.accepted += 1
                self.pairs.add((near, far))
            threading.Thread(target=self.pump, args=(near, far), daemon=True).start()

    def pump(self, near, far):
        late = collections.deque()  # (when it is due, what came back)
        with selectors.DefaultSelector() as both:
            both.register(near, selectors.EVENT_READ, far)
            both.register(far, selectors.EVENT_READ, near)
            try:
                while True:
                    for key, _ in both.select(max(0, late[0][0] - time.monotonic()) if late else None):
                        data = key.fileobj.recv(65536)
                        if not data:
                            return
                        if key.data is near:
                            late.append((time.monotonic() + self.delay, data))
                        else:
                            far.sendall(data)
                    while late and late[0][0] <= time.monotonic():
                        near.sendall(late.popleft()[1])
            except (OSError, ValueError):
                return
            finally:
                with self.lock:
                    self.pairs.discard((near, far))
                near.close()
                far.close()

    def cut(self):
        """Ends every connection that is there now."""
        with self.lock:
            pairs = list(self.pairs)
        for pair in pairs:
            for end in pair:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it went by itself

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(10)
        self.cut()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
