"""Downloading from a server on this machine that does everything a network can do wrong."""

import contextlib
import hashlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

import data.download
import data.prepare
from data import UserError, prepare_data
from data.download import Publication, download
from tests.data.drawn_archive import write_archive


def answers(body: bytes, start: int) -> dict[str, tuple[int, bytes, dict]]:
    """Status, content and headers of what a server can answer to a request from byte `start`."""
    size = len(body)
    whole = (200, body, {"Content-Length": size})
    rest, length = body[start:], {"Content-Length": size - start}
    span = {"Content-Range": f"bytes {start}-{size - 1}/{size}"}
    status, right = (206, length | span) if start else (200, length)
    if start >= size:
        status, right = 416, {"Content-Range": f"bytes */{size}", "Content-Length": 0}
    chunk = b"%x\r\n%s\r\n" % (size, body)
    return {
        "none": (status, rest, right),
        "drop": (status, rest[: len(rest) // 2], right),
        "corrupt": (status, rest[:-9] + b"corrupted", right),
        "too_long": (status, rest, right | {"Content-Length": size - start + 1000}),
        "too_short": (200, body, {"Content-Length": size - 1000}),
        "no_length": (200, body, {}),
        "bad_length": (200, body, {"Content-Length": "many"}),
        "endless": (200, b"", {"Content-Length": 10**15}),
        "no_ranges": whole,
        "other_part": (206, rest, length | {"Content-Range": f"bytes {start + 7}-{size}/{size}"}),
        "bad_range": (206, body, {"Content-Length": size, "Content-Range": "bytes ?"}),
        "busy": (503, b"", {"Content-Length": 0}),
        "gone": (404, b"", {"Content-Length": 0}),
        "web_page": (200, b"<html>Please log in</html>", {"Content-Length": 26}),
        "to_a_file": (302, b"", {"Location": "file:///etc/passwd", "Content-Length": 0}),
        "to_ftp": (302, b"", {"Location": "ftp://127.0.0.1:9/a.tar.gz", "Content-Length": 0}),
        "named": (200, body, {"Content-Disposition": 'attachment; filename="../../evil.tar.gz"'}),
        "chunks": (200, chunk + b"0\r\n\r\n", {"Transfer-Encoding": "chunked"}),
        "broken_chunks": (200, chunk + b"zz\r\n", {"Transfer-Encoding": "chunked"}),
    }


class Server(BaseHTTPRequestHandler):
    """Serves `body`; each request takes the next of `faults`, and then all goes well."""

    body = b""
    faults: list
    ranges: list

    def do_GET(self):
        fault = self.faults.pop(0) if self.faults else "none"
        span = self.headers.get("Range")
        self.ranges.append(span)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            if fault == "hang_up":
                self.close_connection = True
            elif fault == "nonsense":
                self.wfile.write(b"\x00\xff nonsense\r\n\r\n")
            else:
                start = int(span[len("bytes=") : -1]) if span else 0
                status, data, headers = answers(self.body, start)[fault]
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(data)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def body(tmp_path_factory, files):
    return write_archive(tmp_path_factory.mktemp("archive") / "a.tar.gz", files).read_bytes()


@pytest.fixture
def serve(body, monkeypatch):
    monkeypatch.setenv("no_proxy", "*")
    handler = type("Handler", (Server,), {"body": body, "faults": [], "ranges": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    address = f"http://127.0.0.1:{server.server_port}/faces?dl=1"
    publication = Publication(
        address, "http://page", "faces.tar.gz", hashlib.md5(body, usedforsecurity=False).hexdigest()
    )

    def start(*faults):
        handler.faults[:] = faults
        return publication

    start.ranges = handler.ranges
    yield start
    server.shutdown()
    server.server_close()
    thread.join()


def get(publication, folder):
    return download(publication, folder, wait=0)


def test_dropped_connection_is_taken_up_where_it_was_lost(tmp_path, serve, body):
    path = get(serve("drop", "drop", "hang_up", "drop"), tmp_path)
    assert path.read_bytes() == body
    half = len(body) // 2
    assert serve.ranges[:2] == [None, f"bytes={half}-"]
    assert len(serve.ranges) == 5


def test_part_of_an_earlier_run_is_continued(tmp_path, serve, body):
    (tmp_path / "faces.tar.gz.part").write_bytes(body[:1000])
    assert get(serve(), tmp_path).read_bytes() == body
    assert serve.ranges == ["bytes=1000-"]
    for part, asked in ((body, 1), (body + b"more than there is", 2)):  # whole; of another file
        (tmp_path / "faces.tar.gz.part").write_bytes(part)
        serve.ranges.clear()
        assert get(serve(), tmp_path).read_bytes() == body and len(serve.ranges) == asked


PASSING = ["busy busy", "nonsense", "too_long", "no_length", "bad_length", "chunks", "named"]
PASSING += ["broken_chunks", "drop no_ranges", "drop other_part", "drop bad_range"]


@pytest.mark.parametrize("faults", [*PASSING, "drop hang_up too_long busy"])
def test_passing_faults_are_overcome(tmp_path, serve, body, faults):
    path = get(serve(*faults.split()), tmp_path / "in")
    assert path.read_bytes() == body
    assert list(tmp_path.rglob("*.gz")) == [path] == [tmp_path / "in" / "faces.tar.gz"]


@pytest.mark.parametrize("fault", ["hang_up", "busy", "nonsense", "endless_drop"])
def test_lasting_faults_end_in_one_sentence(tmp_path, serve, fault):
    faults = ["drop", *["hang_up"] * 9] if fault == "endless_drop" else [fault] * 9
    with pytest.raises(UserError, match=r"stopped at \d.* goes on from there") as caught:
        get(serve(*faults), tmp_path)
    assert "http://page" in str(caught.value)
    assert str(caught.value).isprintable()
    assert len(serve.ranges) < 9


@pytest.mark.parametrize("fault", ["corrupt", "too_short"])
def test_wrong_bytes_are_not_taken_for_the_archive(tmp_path, serve, body, fault):
    with pytest.raises(UserError, match=r"not the published archive.*call prepare_data\(\) again"):
        get(serve(fault), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["faces.tar.gz.unverified"]
    assert get(serve(), tmp_path).read_bytes() == body  # the next call starts anew
    assert serve.ranges == [None, None]


@pytest.mark.parametrize(
    ("fault", "match"),
    [
        ("gone", r"HTTP 404\).*in a browser"),
        ("to_a_file", r"HTTP 302\).*in a browser"),
        ("to_ftp", r"HTTP 302\).*in a browser"),
        ("web_page", "something that is not an archive.*in a browser"),
        ("endless", "cannot be the archive"),
    ],
)
def test_wrong_answers_end_at_once(tmp_path, serve, fault, match):
    with pytest.raises(UserError, match=match):
        get(serve(fault), tmp_path)
    assert len(serve.ranges) == 1
    assert not list(tmp_path.glob("*.gz"))


def test_login_page_of_a_network_does_not_cost_what_is_there(tmp_path, serve, body):
    (tmp_path / "faces.tar.gz.part").write_bytes(body[:1000])
    with pytest.raises(UserError, match="not an archive"):
        get(serve("web_page"), tmp_path)
    assert get(serve(), tmp_path).read_bytes() == body
    assert serve.ranges == ["bytes=1000-"] * 2


def test_flood_without_a_length_is_cut_off(tmp_path, serve, monkeypatch):
    monkeypatch.setattr(data.download, "MAX_DOWNLOAD_BYTES", 70_000)
    with pytest.raises(UserError, match="cannot be the archive"):
        get(serve("no_length"), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_no_network_and_no_room_are_one_sentence(tmp_path, serve, monkeypatch):
    closed = Publication("http://127.0.0.1:9/a", "http://page", "faces.tar.gz", "")
    with pytest.raises(UserError, match=r"stopped at 0\.0 MB"):
        get(closed, tmp_path)
    monkeypatch.setattr("shutil.disk_usage", lambda path: type("Usage", (), {"free": 1000}))
    with pytest.raises(UserError, match="free space"):
        get(serve(), tmp_path)
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UserError, match="cannot be saved in"):
        get(serve(), tmp_path / "file")


def test_preparation_downloads_when_there_is_nothing_else(tmp_path, serve, monkeypatch):
    monkeypatch.setattr(data.prepare, "ORIGINAL_FOLDER", tmp_path / "original")
    monkeypatch.setattr(data.prepare, "PUBLISHED", serve("drop"))
    summary = prepare_data(None, tmp_path / "out")
    assert summary.train + summary.test == 12
    assert f"downloaded from {serve().url}" in str(summary)
    serve("gone")
    again = prepare_data(None, tmp_path / "other")
    assert again.train == summary.train
    assert len(serve.ranges) == 2
