"""What plugins of icetop in Python share: messages, options, HTTP and recorded answers. See icetop-plugin(7)."""

import base64
import datetime
import json
import math
import os
import pathlib
import ssl
import sys
import time
import urllib.error
import urllib.parse
import urllib.request

MAX_ANSWER = 64 * 1024 * 1024  # bytes of one answer
MAX_WORDS = 300  # characters of a remote text in an error
SPARE = 0.85  # the part of the deadline that requests may take
HTTP_OPTIONS = {
    "url": "Where the service is: http or https, with the path that all requests begin with.",
    "user": "Who logs in, with password.",
    "password": "The user's password.",
    "token": "A bearer token, in place of user and password.",
    "ca": "A PEM file of the authorities that are trusted, in place of the system's.",
    "certificate": "A PEM file with a client certificate.",
    "key": "A PEM file with its key, if that is another one.",
    "insecure": "true: certificates are not verified.",
    "proxy": "The proxy, a URL; without it that of the environment.",
}


class Failure(Exception):
    """Something that a round wanted is not there; its text is for people."""


class NotFound(Failure):
    """The service has no such thing (404)."""


def age():
    """Seconds since this process was started: of its first deadline they are gone already."""
    try:
        began = int(pathlib.Path("/proc/self/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[19])
        return max(time.clock_gettime(time.CLOCK_BOOTTIME) - began / os.sysconf("SC_CLK_TCK"), 0.0)
    except (OSError, ValueError, AttributeError, IndexError):
        return 0.0


def shorten(text):
    """One line of a remote text."""
    line = " ".join("".join(c if c.isprintable() else " " for c in str(text)).split())
    return line if len(line) <= MAX_WORDS else line[:MAX_WORDS] + "…"


# ---- cells ----


def text_cell(value):
    if value is None:
        return None
    if not isinstance(value, str):
        value = json.dumps(value, sort_keys=True)
    value = value.encode("utf-8", "replace").decode("utf-8")
    return {"b": base64.b64encode(value.encode()).decode()} if "\0" in value else value


def int_cell(value):
    if isinstance(value, str):
        try:
            value = int(value)
        except ValueError:
            return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    good = isinstance(value, int) and not isinstance(value, bool) and -(2**63) <= value < 2**63
    return value if good else None


def real_cell(value):
    if isinstance(value, (str, int, float)) and not isinstance(value, bool):
        try:
            value = float(value)
        except (ValueError, OverflowError):
            return None
        if math.isnan(value):
            return "nan"
        return value if math.isfinite(value) else "inf" if value > 0 else "-inf"
    return None


def time_cell(value):
    """Milliseconds since 1970, of such a number or of RFC 3339's text; what is before 1971 is no time but a zero."""
    if isinstance(value, str) and not value.isdigit():
        try:
            when = datetime.datetime.fromisoformat(value.strip().replace("GMT", "+00:00").replace("Z", "+00:00"))
        except ValueError:
            return None
        if when.tzinfo is None:
            when = when.replace(tzinfo=datetime.timezone.utc)
        value = (when - datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)) // datetime.timedelta(milliseconds=1)
    value = int_cell(value)
    return value if value is not None and value >= 365 * 86400 * 1000 else None


def bool_cell(value):
    return value if isinstance(value, bool) else None


CELLS = {"text": text_cell, "int": int_cell, "real": real_cell, "time": time_cell, "bool": bool_cell}


def number(value):
    """The number that a remote value is, or None."""
    value = real_cell(value)
    return value if isinstance(value, float) else None


def of(value, kind):
    """The value, if it is of this type (dict or list); else an empty one: answers are not trusted to have any shape."""
    return value if isinstance(value, kind) else kind()


def column(name, kind, said, *flags, **more):
    """A column of a table: its flags as icetop-stream(5) has them; title, unit, priority as keywords."""
    return {"name": name, "type": kind, "help": said, "flags": list(flags), **more}


INSTANCE = column("instance", "text", "The instance of the plugin, as the configuration names it.", "key", priority=8)


# ---- HTTP ----


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """Credentials do not follow a redirection."""

    def redirect_request(self, *_):
        return None


class Http:
    """Requests to one service, all of which end before the round's deadline."""

    def __init__(self, options, where=None):
        self.base = (where or options["url"]).rstrip("/")
        parts = urllib.parse.urlsplit(self.base)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Failure(f"option url: {shorten(parts.scheme or self.base)}: not http://HOST:PORT or https://…")
        if parts.username is not None or parts.password is not None:
            raise Failure("option url: user and password have options of their own")
        self.headers = {"Accept": "application/json", "User-Agent": "icetop-plugin"}
        if options.get("token"):
            self.headers["Authorization"] = f"Bearer {options['token']}"
        elif options.get("user") is not None:
            login = f"{options['user']}:{options.get('password', '')}".encode()
            self.headers["Authorization"] = "Basic " + base64.b64encode(login).decode()
        handlers = [NoRedirect]
        if options.get("proxy"):
            handlers.append(urllib.request.ProxyHandler({"http": options["proxy"], "https": options["proxy"]}))
        if parts.scheme == "https":
            handlers.append(urllib.request.HTTPSHandler(context=self.tls(options)))
        self.opener = urllib.request.build_opener(*handlers)

    @staticmethod
    def tls(options):
        try:
            context = ssl.create_default_context(cafile=os.path.expanduser(options["ca"]) if options.get("ca") else None)
        except (OSError, ssl.SSLError) as e:
            raise Failure(f"option ca: {options['ca']}: {e}") from None
        if options.get("insecure", "false") == "true":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if options.get("certificate"):
            try:
                key = options.get("key")
                context.load_cert_chain(os.path.expanduser(options["certificate"]), os.path.expanduser(key) if key else None)
            except (OSError, ssl.SSLError) as e:
                raise Failure(f"option certificate: {options['certificate']}: {e}") from None
        return context

    def ask(self, path, until):
        """The body that is answered. until: by the clock time.monotonic."""
        url = self.base + path
        try:
            left = max(until - time.monotonic(), 0.05)
            with self.opener.open(urllib.request.Request(url, headers=self.headers), timeout=left) as answer:
                return self.read(answer, url, until)
        except urllib.error.HTTPError as e:
            raise self.refused(e, url) from None
        except urllib.error.URLError as e:
            reason = e.reason
            if isinstance(reason, TimeoutError):
                reason = "no answer in time"
            raise Failure(f"{url}: {shorten(getattr(reason, 'strerror', None) or reason)}") from None
        except TimeoutError:
            raise Failure(f"{url}: no answer in time") from None
        except (OSError, ValueError, urllib.error.ContentTooShortError) as e:
            raise Failure(f"{url}: {shorten(e)}") from None
        except Exception as e:  # http.client has many more, all of them about what was answered
            if type(e).__module__ != "http.client":
                raise
            raise Failure(f"{url}: no HTTP: {shorten(type(e).__name__)} {shorten(e)}".rstrip()) from None

    @staticmethod
    def read(answer, url, until):
        body = bytearray()
        while True:
            part = answer.read1(1 << 16)
            if not part:
                return bytes(body)
            body += part
            if len(body) > MAX_ANSWER:
                raise Failure(f"{url}: more than {MAX_ANSWER} bytes are answered, the limit")
            if time.monotonic() > until:
                raise Failure(f"{url}: the answer is not complete in time")

    @staticmethod
    def refused(e, url):
        """What the service says of it, where it says anything."""
        said = ""
        try:
            said = e.read(4096).decode(errors="replace")
        except Exception:  # pylint: disable=broad-except  # the status alone is told then
            pass
        return refusal(url, e.code, e.reason, said, e.headers.get("Location"))


def refusal(url, status, reason, said, location=None):
    if location and 300 <= status < 400:
        return Failure(f"{url}: HTTP {status}, a redirection to {shorten(location)}, which is not followed")
    try:
        body = json.loads(said)
        for name in ("message", "error", "error_message"):
            if isinstance(body, dict) and body.get(name):
                inner = body[name]
                said = (inner.get("reason") or inner.get("type")) if isinstance(inner, dict) else inner
                break
    except ValueError:
        said = "" if "<" in said[:200] else said
    words = ": ".join(w for w in (f"HTTP {status} {reason or ''}".rstrip(), shorten(said)) if w)
    return (NotFound if status == 404 else Failure)(f"{url}: {words}")


class Recorded:
    """Answers from a file in place of the network; its format is in icetop-plugin(7)."""

    def __init__(self, path, base):
        self.directory = pathlib.Path(path).parent
        self.base = base.rstrip("/")
        self.file = json.loads(pathlib.Path(path).read_text(encoding="utf-8"))
        self.rounds = 0

    def ask(self, path, _until):
        url = self.base + path
        answers = self.file.get("answers", {})
        answer = answers.get(url, answers.get(path))
        if isinstance(answer, list):
            answer = answer[min(self.rounds, len(answer)) - 1]
        if answer is None:
            raise Failure(f"{url}: no such answer was recorded")
        if "error" in answer:
            raise Failure(f"{url}: {answer['error']}")
        if "json" in answer:
            body = json.dumps(answer["json"]).encode()
        elif "file" in answer:
            body = (self.directory / answer["file"]).read_bytes()
        else:
            body = answer.get("body", "").encode()
        status = answer.get("status", 200)
        if status >= 300:
            raise refusal(url, status, "", body.decode())
        return body


# ---- a plugin ----


class Plugin:
    """A plugin: its options (a name's help, required ones ending with "!"), tables, columns for others' tables, pages.

    tables: {name: (title, help, columns)}; groups: {table: (name, columns)}; pages: a list of dicts. A round is a
    function of the plugin, which calls rows() for each table that it could read, and problem() for what it could not.
    """

    def __init__(self, version, options, tables, groups=None, pages=()):
        self.version, self.declared, self.tables, self.pages = version, {**HTTP_OPTIONS, **options}, tables, pages
        self.groups = groups or {}
        self.types = {name: {c["name"]: c for c in t[2]} for name, t in tables.items()}
        self.types.update({name: {c["name"]: c for c in columns} for name, (_, columns) in self.groups.items()})
        self.options, self.http, self.instance, self.until, self.recorded = {}, None, "", 0.0, None
        self.deadline, self.problems, self.wrong, self.asked = 5.0, [], None, 0

    # what a round uses

    def get(self, path, query=None):
        """The JSON that is answered; query is a list of names and values."""
        body = self.get_bytes(path, query)
        try:
            return json.loads(body)
        except (ValueError, RecursionError) as e:
            raise Failure(f"{self.http.base}{path}: not JSON: {shorten(e)}") from None

    def get_bytes(self, path, query=None):
        if time.monotonic() > self.until:
            raise Failure(f"{self.http.base}{path}: not asked, time was over")
        return self.http.ask(path + ("?" + urllib.parse.urlencode(query) if query else ""), self.until)

    def rows(self, table, rows):
        """All rows of a table; those that are not among them go."""
        kinds, bare = self.types[table], 0
        self.say(t="reset", table=table)
        for row in rows:
            cells = {name: CELLS[kinds[name]["type"]](v) if name in kinds else v for name, v in row.items()}
            if "instance" in kinds:
                cells["instance"] = self.instance
            if any("key" in c["flags"] and cells.get(name) is None for name, c in kinds.items()):
                bare += 1
                continue
            self.say(t="row", table=table, cells=cells)
        if bare:
            self.problem(f"table {table}: {bare} without what they are known by")

    def problem(self, what):
        """Something is missing; the round is partial."""
        self.problems.append(str(what))

    def finding(self, page, subject, text, **more):
        self.say(t="finding", id=page, subject=text_cell(subject), text=text_cell(text), **more)

    def words(self, option):
        """An option that is a list with commas."""
        return [w.strip() for w in self.options.get(option, "").split(",") if w.strip()]

    # what it is

    @staticmethod
    def say(**message):
        sys.stdout.write(json.dumps(message, allow_nan=False) + "\n")

    def declare(self):
        self.say(t="hello", protocol=1, version=self.version)
        for name, (title, said, columns) in self.tables.items():
            self.say(t="table", table=name, title=title, help=said, columns=columns)
        for table, (name, columns) in self.groups.items():
            self.say(t="group", table=table, name=name, columns=columns)
        for page in self.pages:
            self.say(t="page", **page)

    def configure(self, message):
        self.instance = message.get("instance", "")
        self.deadline = message.get("deadline_ms", 5000) / 1000
        known = {name.rstrip("!") for name in self.declared}
        for option in message.get("options", []):
            if option["name"] not in known:
                raise Failure(f"{option.get('place', '')}: no option {option['name']}; there are {', '.join(sorted(known))}")
            self.options[option["name"]] = option["value"]
        for name in ["url!", *self.declared]:
            if name.endswith("!") and not self.options.get(name.rstrip("!")):
                raise Failure(f"option {name.rstrip('!')} is required: {self.declared.get(name, HTTP_OPTIONS['url'])}")
        recorded = os.environ.get("ICETOP_RECORDED")
        if recorded:
            self.recorded = Recorded(recorded, self.options["url"])
        self.http = self.recorded or Http(self.options)

    def round(self, do):
        self.problems = []
        self.asked += 1
        self.until = time.monotonic() + self.deadline * SPARE
        if self.asked == 1:
            self.until -= min(age(), self.deadline * SPARE / 2)
        if self.recorded:
            self.recorded.rounds += 1
        try:
            if self.wrong:
                raise Failure(self.wrong)
            do(self)
        except Failure as e:
            self.say(t="done", outcome="failed", text=text_cell(str(e)))
        else:
            if self.problems:
                self.say(t="done", outcome="partial", text=text_cell("; ".join(self.problems[:3])))
            else:
                self.say(t="done", outcome="ok")
        sys.stdout.flush()

    def run(self, do):
        """A round for each that is asked for, or, where icetop runs it once, one."""
        try:
            self.declare()
            for line in sys.stdin:
                message = json.loads(line)
                if message.get("t") == "configure":
                    try:
                        self.configure(message)
                    except Failure as e:
                        self.wrong = str(e)
                elif message.get("t") == "refresh":
                    self.round(do)
            if not self.asked:
                if not self.http and not self.wrong:
                    self.wrong = "not configured"
                self.round(do)
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # nobody listens: no words about it at the end
        except KeyboardInterrupt:
            pass
