"""nginx and Caddy with the lines of docs/running.md, in front of the served app."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from quiz.exchange import score_request
from tests.clients import TIMEOUT_S, HttpClient, ServedApp, free_port
from tests.running import page
from tests.running.programs import needs_linux, program
from tests.running.proxy import nginx_command

pytestmark = [pytest.mark.server, needs_linux]

HOST = "hats.example.org"
NGINX = page.file_content("/etc/nginx/sites-available/many-hats")


@dataclass
class Proxy:
    """A running proxy. Its log files are in `folder`."""

    folder: Path
    command: list[str]
    port: int
    uses_tls: bool
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "output.log").open("wb") as output:
            environ = os.environ | {"HOME": str(self.folder), "XDG_DATA_HOME": str(self.folder)}
            self.process = subprocess.Popen(self.command, stdout=output, stderr=output, env=environ)
        deadline = time.monotonic() + TIMEOUT_S
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), TIMEOUT_S).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise AssertionError((self.folder / "output.log").read_text())

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait(TIMEOUT_S)

    def connection(self, source: str = "127.0.0.1") -> http.client.HTTPConnection:
        """A connection from the address `source`."""
        if not self.uses_tls:
            return http.client.HTTPConnection("127.0.0.1", self.port, TIMEOUT_S, source_address=(source, 0))
        trust = ssl.create_default_context()
        trust.check_hostname, trust.verify_mode = False, ssl.CERT_NONE  # the certificate is made by this test
        return http.client.HTTPSConnection(
            "127.0.0.1", self.port, timeout=TIMEOUT_S, source_address=(source, 0), context=trust
        )

    def request(
        self, method: str, path: str, body: bytes | None = None, *, source: str = "127.0.0.1", **headers: str
    ) -> tuple[int, str]:
        """Status and body of the answer."""
        connection = self.connection(source)
        try:
            connection.request(method, path, body, {"Host": HOST} | headers)
            response = connection.getresponse()
            return response.status, response.read().decode()
        finally:
            connection.close()

    def logs(self) -> str:
        """Everything that the proxy wrote to a log."""
        return "".join(file.read_text() for file in self.folder.glob("*.log"))


def nginx(folder: Path, app_port: int, site: str = NGINX, redirect_port: int | None = None) -> Proxy:
    port = free_port()
    certificate = folder / "certificate.pem"
    key = folder / "key.pem"
    subprocess.run(
        [
            program("openssl", "openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1",
            "-subj", f"/CN={HOST}", "-keyout", str(key), "-out", str(certificate),
        ],
        check=True, capture_output=True,
    )  # fmt: skip
    replacements = {
        "    listen [::]:80;\n": "",
        "    listen [::]:443 ssl;\n": "",
        "listen 80;": f"listen 127.0.0.1:{redirect_port or free_port()};",
        "listen 443 ssl;": f"listen 127.0.0.1:{port} ssl;",
        f"/etc/letsencrypt/live/{HOST}/fullchain.pem": str(certificate),
        f"/etc/letsencrypt/live/{HOST}/privkey.pem": str(key),
        "http://127.0.0.1:8000": f"http://127.0.0.1:{app_port}",
    }
    command = nginx_command(folder, page.replaced(site, replacements))
    check = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert check.returncode == 0, check.stderr
    return Proxy(folder, command, port, uses_tls=True)


def caddy(folder: Path, app_port: int) -> Proxy:
    port = free_port()
    replacements = {
        f"{HOST} {{": f"http://{HOST}:{port} {{",
        "127.0.0.1:8000": f"127.0.0.1:{app_port}",
        "{\n    log": "{\n    admin off\n    log",
    }
    file = folder / "Caddyfile"
    file.write_text(page.replaced(page.file_content("/etc/caddy/Caddyfile"), replacements))
    command = [program("caddy", "caddy"), "run", "--adapter", "caddyfile", "--config", str(file)]
    return Proxy(folder, command, port, uses_tls=False)


@pytest.fixture(scope="module")
def app(tmp_path_factory) -> Iterator[ServedApp]:
    """The served app with the settings of the page, and a low limit for wrong links."""
    server = ServedApp(tmp_path_factory.mktemp("app") / "instance")
    server.instance.mkdir()
    (server.instance / "config.py").write_text(
        f'BEHIND_PROXY = True\nTRUSTED_HOSTS = ["{HOST}"]\nWRONG_LINKS_PER_MINUTE = 2\n'
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MANY_HATS_RATE_LIMITS", "yes")
        server.start()
    yield server
    server.stop()


@pytest.fixture(params=[nginx, caddy])
def proxy(request, app, tmp_path) -> Iterator[Proxy]:
    """A proxy with the lines of the page."""
    proxy: Proxy = request.param(tmp_path, app.port)
    proxy.start()
    yield proxy
    proxy.stop()


def longest_request() -> bytes:
    """The body of a request to the API with the longest text, in the encoding that needs most bytes."""
    body = json.dumps({"answers": {}, "text": "😀" * score_request.MAX_TEXT_CHARACTERS}).encode()
    assert len(body) > 1_000_000
    return body


def score(proxy: Proxy) -> tuple[int, str]:
    return proxy.request("POST", "/api/score", longest_request(), **{"Content-Type": "application/json"})


def test_the_longest_text_reaches_the_api(proxy):
    status, answer = score(proxy)
    assert status == 200, answer


def test_while_one_of_several_processes_is_stopped_the_others_serve(app, tmp_path):
    other = ServedApp(app.instance)
    other.output = tmp_path / "other.log"
    other.start()
    (upstream,) = [block.code for block in page.BLOCKS if block.code.startswith("upstream ")]
    assert "`proxy_pass http://many_hats;`" in page.TEXT
    folder = tmp_path / "nginx"
    folder.mkdir()
    site = page.replaced(upstream, {":8001;": f":{other.port};", ":8000;": f":{app.port};"}) + NGINX
    proxy = nginx(folder, app.port, site)
    conf = folder / "nginx.conf"
    conf.write_text(page.replaced(conf.read_text(), {f"http://127.0.0.1:{app.port}": "http://many_hats"}))
    proxy.start()
    try:
        visitor = HttpClient(proxy.port, connect=proxy.connection, headers={"Host": HOST})
        own_page = visitor.start()
        assert [visitor.request("GET", own_page)[0] for _ in range(4)] == [200] * 4
        other.stop()
        assert [visitor.request("GET", own_page)[0] for _ in range(4)] == [200] * 4
        assert visitor.start()
    finally:
        proxy.stop()
        if other.process and other.process.poll() is None:
            other.stop()


@pytest.mark.parametrize("line", ["client_body_buffer_size", "client_max_body_size"])
def test_nginx_cuts_no_body_and_writes_none_to_a_file(app, tmp_path, line):
    """Without its folder nginx could write no file. Without one of the two lines, the text does not arrive."""

    def post_without_folder(site: str, folder: Path) -> int:
        folder.mkdir()
        proxy = nginx(folder, app.port, site)
        proxy.start()
        try:
            (folder / "bodies").rmdir()
            return score(proxy)[0]
        finally:
            proxy.stop()

    assert post_without_folder(NGINX, tmp_path / "as-written") == 200
    without = re.sub(rf"^ *{line} .*\n", "", NGINX, flags=re.MULTILINE)
    assert post_without_folder(without, tmp_path / "without") in {413, 500}


def test_each_visitor_has_an_address_and_cannot_choose_it(proxy):
    """Two wrong links in a minute are allowed for each address (see `app`)."""
    own, other = ("127.0.1.1", "127.0.1.2") if proxy.uses_tls else ("127.0.2.1", "127.0.2.2")
    wrong = "/r/" + "A" * 22
    statuses = [proxy.request("GET", wrong, source=own)[0] for _ in range(3)]
    assert statuses == [404, 404, 429]
    claimed = {"X-Forwarded-For": "192.0.2.1"}
    assert proxy.request("GET", wrong, source=own, **claimed)[0] == 429
    assert proxy.request("GET", wrong, source=other)[0] == 404


def test_links_have_the_scheme_and_the_host_that_the_visitor_uses(proxy):
    """`PUBLIC_URL` is not set here, so links are made from what the proxy passes on."""
    scheme = "https" if proxy.uses_tls else "http"
    visitor = HttpClient(proxy.port, connect=proxy.connection, headers={"Host": HOST})
    first_page = visitor.start()
    assert f"{scheme}://{HOST}{first_page.rsplit('/', 1)[0]}" in visitor.request("GET", first_page)[2]


def test_no_log_of_a_proxy_holds_a_path_or_an_address(proxy, app):
    secret = "/r/" + "B" * 22
    assert proxy.request("GET", secret, source="127.0.3.1")[0] in {404, 429}
    assert "B" * 22 not in proxy.logs()


@pytest.mark.parametrize("make", [nginx, caddy])
def test_no_error_of_a_proxy_holds_a_path(tmp_path, make):
    proxy = make(tmp_path, free_port())  # nothing listens on that port
    proxy.start()
    try:
        assert proxy.request("GET", "/r/" + "C" * 22, Referer=f"https://{HOST}/r/" + "C" * 22)[0] == 502
    finally:
        proxy.stop()
    assert "C" * 22 not in proxy.logs()


def test_plain_http_leads_to_tls_and_is_not_logged_either(app, tmp_path):
    plain = free_port()
    proxy = nginx(tmp_path, app.port, redirect_port=plain)
    proxy.start()
    try:
        connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=TIMEOUT_S)
        connection.request("GET", "/r/" + "D" * 22, headers={"Host": HOST})
        response = connection.getresponse()
        response.read()
        connection.close()
    finally:
        proxy.stop()
    assert (response.status, response.getheader("Location")) == (301, f"https://{HOST}/r/" + "D" * 22)
    assert "D" * 22 not in proxy.logs()
