"""Why no connection comes about, by real sockets and real certificates: each cause by its name, with its own remedy."""

import socket
import ssl
import threading
from collections.abc import Generator
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from commands import run
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from tradestat_tools.upstream.failures import NotReached
from tradestat_tools.upstream.http import Http
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.request import Request

pytestmark = pytest.mark.anyio

POLICY = Policy("here", "A Service", setting="TRADESTAT_HERE_URL")
NOW = datetime.now(UTC)
DAY = timedelta(days=1)
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}"


@dataclass
class Authority:
    """An issuer of certificates, and where its own lies."""

    folder: Path

    def __post_init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "An Authority")])
        builder = self._builder(self.name, self.key, NOW - 9 * DAY, NOW + 9 * DAY, issuer=self.name)
        certificate = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.root = self.folder / "root.pem"
        self.root.write_bytes(certificate.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(
        self, name: x509.Name, key: Any, begins: datetime, ends: datetime, *, issuer: x509.Name
    ) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(begins)
            .not_valid_after(ends)
        )

    def context(
        self, host: str = "localhost", begins: datetime = NOW - DAY, ends: datetime = NOW + DAY, *, alone: bool = False
    ) -> ssl.SSLContext:
        """A server's side of TLS with a certificate for a host; `alone`, with one that it signed itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        builder = self._builder(name, key, begins, ends, issuer=name if alone else self.name)
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        certificate = builder.sign(key if alone else self.key, hashes.SHA256())
        path = self.folder / "server.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@contextmanager
def a_server(tls: ssl.SSLContext | None = None, answer: bytes = ANSWER) -> Generator[int]:
    """A server on loopback, and its port: takes a connection, reads what comes, answers, closes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with suppress(OSError), connection:
                    connection.settimeout(5)
                    with tls.wrap_socket(connection, server_side=True) if tls else connection as spoken:
                        spoken.recv(65536)
                        spoken.sendall(answer)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(10)


@pytest.fixture(autouse=True)
def no_proxy_and_the_systems_authorities(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


async def not_reached(url: str, *, connect_timeout: float = 5.0) -> NotReached:
    request = Request("here", "thing", f"{url}/thing", secret_params={"key": SecretStr("s3cret-of-mine")})
    async with aclosing(Http(connect_timeout=connect_timeout)) as http:
        with pytest.raises(NotReached) as caught:
            await http.send(request, POLICY, within=20)
    error = caught.value
    assert "s3cret" not in f"{error} {error.as_dict()} {error.__cause__!r}"
    assert error.message.startswith("A Service could not be reached: ")
    return error


async def test_an_answer_comes_where_the_certificate_is_for_the_host_and_of_a_known_issuer(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with a_server(authority.context()) as port:
        async with aclosing(Http()) as http:
            answer = await http.send(Request("here", "thing", f"https://localhost:{port}/"), POLICY, within=20)
    assert answer.status == 200


async def test_a_certificate_that_signs_itself_is_named_as_such(authority: Authority) -> None:
    with a_server(authority.context(alone=True)) as port:
        error = await not_reached(f"https://localhost:{port}")
    assert "the certificate of localhost is signed by itself" in error.message
    assert "SSL_CERT_FILE" in error.remedy
    assert not error.transient


async def test_a_certificate_of_an_unknown_issuer_is_named_as_such(authority: Authority) -> None:
    with a_server(authority.context()) as port:
        error = await not_reached(f"https://localhost:{port}")
    assert "the certificate of localhost is of an unknown issuer" in error.message
    assert "SSL_CERT_FILE" in error.remedy
    assert not error.transient


async def test_an_expired_certificate_is_named_as_such(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with a_server(authority.context(begins=NOW - 3 * DAY, ends=NOW - DAY)) as port:
        error = await not_reached(f"https://localhost:{port}")
    assert "the certificate of localhost has expired" in error.message
    assert "date and time" in error.remedy
    assert not error.transient


async def test_a_certificate_that_is_not_valid_yet_is_named_as_such(
    authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with a_server(authority.context(begins=NOW + DAY, ends=NOW + 3 * DAY)) as port:
        error = await not_reached(f"https://localhost:{port}")
    assert "is not valid yet" in error.message
    assert "date and time" in error.remedy


@pytest.mark.parametrize("asked", ["localhost", "127.0.0.1"])
async def test_a_certificate_for_another_name_is_named_as_such(
    authority: Authority, asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.root))
    with a_server(authority.context(host="stats.example.org")) as port:
        error = await not_reached(f"https://{asked}:{port}")
    assert f"for another name than {asked}" in error.message
    assert "TRADESTAT_HERE_URL" in error.remedy
    assert "SSL_CERT_FILE" not in error.remedy


async def test_a_server_that_speaks_no_tls_is_named_as_such() -> None:
    with a_server() as port:
        error = await not_reached(f"https://localhost:{port}")
    assert f"localhost:{port} does not speak TLS" in error.message
    assert "TRADESTAT_HERE_URL" in error.remedy
    assert "http may be meant" in error.remedy


async def test_a_name_that_nobody_knows_is_named_as_such() -> None:
    error = await not_reached("https://stats.invalid")
    assert "the name stats.invalid is not known (DNS)" in error.message
    assert "TRADESTAT_HERE_URL" in error.remedy
    assert "network" in error.remedy


async def test_a_host_that_refuses_is_named_with_its_port(free_tcp_port: int) -> None:
    error = await not_reached(f"http://127.0.0.1:{free_tcp_port}")
    assert f"127.0.0.1:{free_tcp_port} refuses connections" in error.message
    assert "TRADESTAT_HERE_URL" in error.remedy
    assert error.transient


async def test_a_name_with_several_addresses_that_all_refuse_is_refused(free_tcp_port: int) -> None:
    """One failure for each address comes as a group."""
    error = await not_reached(f"http://localhost:{free_tcp_port}")
    assert f"localhost:{free_tcp_port} refuses connections" in error.message


async def test_a_host_that_takes_no_connection_in_time_is_told_from_one_that_refuses() -> None:
    waiting: list[socket.socket] = []
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        for _ in range(8):  # whoever comes when the queue is full gets no answer
            waiting.append(socket.socket())
            waiting[-1].setblocking(False)
            with suppress(BlockingIOError):
                waiting[-1].connect(("127.0.0.1", port))
        try:
            error = await not_reached(f"http://127.0.0.1:{port}", connect_timeout=0.3)
        finally:
            for one in waiting:
                one.close()
    assert "did not take the connection within 0.3 s" in error.message
    assert "TRADESTAT_CONNECT_TIMEOUT" in error.remedy
    assert "HTTPS_PROXY" in error.remedy


async def test_a_proxy_that_refuses_is_blamed_itself(free_tcp_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:pr0xy-secret@127.0.0.1:{free_tcp_port}")
    error = await not_reached("https://stats.invalid")
    assert "go through the proxy of HTTPS_PROXY" in error.message
    assert f"127.0.0.1:{free_tcp_port} refuses connections" in error.message
    assert "HTTPS_PROXY" in error.remedy
    assert "TRADESTAT_HERE_URL" not in error.remedy
    assert "pr0xy" not in f"{error.as_dict()}"


@pytest.mark.parametrize("status", ["403 Forbidden", "407 Proxy Authentication Required", "502 Bad Gateway"])
async def test_a_proxy_that_does_not_pass_on_is_blamed_itself(status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with a_server(answer=f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()) as port:
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
        error = await not_reached("https://stats.invalid")
    assert "go through the proxy of HTTPS_PROXY" in error.message
    assert f"127.0.0.1:{port} does not pass them on" in error.message
    assert "NO_PROXY" in error.remedy


async def test_a_host_that_goes_without_the_proxy_is_blamed_itself(
    free_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://stats.invalid:3128")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    error = await not_reached(f"http://127.0.0.1:{free_tcp_port}")
    assert "proxy" not in error.message
    assert f"127.0.0.1:{free_tcp_port} refuses connections" in error.message


@pytest.mark.parametrize(
    ("name", "value"), [("SSL_CERT_FILE", "/nowhere/root.pem"), ("HTTPS_PROXY", "gopher://127.0.0.1:70")]
)
def test_a_setting_of_the_environment_that_can_not_be_used_is_named(name: str, value: str) -> None:
    result = run("call", "get_country_groups", **{name: value})
    assert result.exit_code == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("Error: A setting is wrong. ")
    assert name in line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("TRADESTAT_TRADEMAP_URL", ["get_countries"]),
        ("TRADESTAT_DOUMAOTONG_URL", ["dashboard", "hsCode=85076000"]),
        ("TRADESTAT_KOREA_URL", ["getNewtradeList", "strtYymm=202501", "endYymm=202501"]),
        ("TRADESTAT_COMTRADE_URL", ["comtrade_data", "reporterCode=156", "period=2022", "cmdCode=850760"]),
    ],
)
def test_every_source_names_its_own_setting_where_its_address_is_wrong(
    variable: str, words: list[str], free_tcp_port: int
) -> None:
    keys = {"PARSE_API_KEY": "a-key-of-parse", "DATA_GO_KR_SERVICE_KEY": "YWtleQ=="}
    result = run("call", *words, "--json", **keys, **{variable: f"http://127.0.0.1:{free_tcp_port}"})
    assert result.exit_code != 0
    assert f"127.0.0.1:{free_tcp_port} refuses connections" in result.output
    assert f"Check the address in {variable}" in result.output
