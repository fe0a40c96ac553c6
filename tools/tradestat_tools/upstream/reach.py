"""Why a service could not be reached, and what to set or to do: by the failure that the HTTP client met."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar, cast
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from tradestat_tools.upstream.failures import NotReached
from tradestat_tools.upstream.policy import Policy
from tradestat_tools.upstream.reading import one_line

E = TypeVar("E", bound=BaseException)

AUTHORITY = (
    "If a proxy or an authority of your own network issues the certificate, set SSL_CERT_FILE to the PEM file of its "
    "root; else do not trust what answers there."
)

EXPIRED, NOT_YET = 10, 9
UNKNOWN_ISSUER = {
    18: "signed by itself",
    19: "signed by itself",
    20: "of an unknown issuer",
    21: "of an unknown issuer",
}
OTHER_HOST = (62, 64)
"""OpenSSL's codes of what is wrong with a certificate."""


@dataclass(frozen=True, slots=True)
class _Peer:
    """What was to be connected to, a service's host or the proxy before it; `setting` is its address's variable."""

    host: str
    port: int | None
    setting: str
    proxy: bool

    @property
    def where(self) -> str:
        """Host and port."""
        return self.host if self.port is None else f"{self.host}:{self.port}"

    @property
    def check(self) -> str:
        """What to look at first."""
        if self.proxy:
            return f"Check the proxy's address in {self.setting}"
        return f"Check the address in {self.setting}, if it is set" if self.setting else "Check the address"


def not_reached(error: Exception, url: str, policy: Policy, connect_timeout: float) -> NotReached:
    """The failure of a request for which no connection came about.

    Args:
        error: the HTTP client's. Its words are not passed on, for they may hold the address and with it a key.
        connect_timeout: the seconds that connecting may take.
    """
    peer = _peer(url, policy.setting)
    what, remedy, passes = _reason(error, peer, connect_timeout)
    before = f"{policy.service} could not be reached: "
    if peer.proxy:
        before += f"requests go through the proxy of {peer.setting}, and "
    return NotReached(before + what, remedy=remedy, source=policy.source, transient=passes)


def _reason(error: Exception, peer: _Peer, connect_timeout: float) -> tuple[str, str, bool]:
    """What went wrong, what to do, and whether it may pass by itself."""
    if bad := _among(error, ssl.SSLCertVerificationError):
        return _certificate(bad, peer)
    if broken := _among(error, ssl.SSLError):
        if broken.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
            remedy = f"{peer.check}: it begins with https, and http may be meant."
            return f"{peer.where} does not speak TLS.", remedy, False
        said = one_line(broken.reason or "no reason given", 60)
        return f"no secure (TLS) connection to {peer.where} came about ({said}).", f"{peer.check}.", False
    if _among(error, socket.gaierror):
        return (
            f"the name {peer.host} is not known (DNS).",
            f"{peer.check}, and that this machine can look names up on its network.",
            True,
        )
    if _among(error, ConnectionRefusedError):
        return (
            f"{peer.where} refuses connections; nothing listens there.",
            f"{peer.check}; if it is right, the service is down: try again later.",
            True,
        )
    if type(error).__name__ == "ConnectTimeout" or _among(error, TimeoutError):
        return (
            f"{peer.where} did not take the connection within {connect_timeout:g} s.",
            f"{peer.check}, the network, and whether it wants a proxy (HTTPS_PROXY). TRADESTAT_CONNECT_TIMEOUT gives "
            "more time.",
            True,
        )
    if type(error).__name__ == "ProxyError":
        return (
            f"{peer.where} does not pass them on.",
            f"{peer.check} and the login in it, or name this host in NO_PROXY to go without it.",
            True,
        )
    if type(error).__name__ in ("InvalidURL", "UnsupportedProtocol"):
        return "its address can not be used.", f"{peer.check}.", False
    return (
        f"there is no way to {peer.where} ({_kind(error)}).",
        f"{peer.check}, and the network connection, then try again.",
        True,
    )


def _certificate(bad: ssl.SSLCertVerificationError, peer: _Peer) -> tuple[str, str, bool]:
    code, clock = bad.verify_code, "Check this machine's date and time"
    if code == EXPIRED:
        return (
            f"the certificate of {peer.host} has expired.",
            f"{clock}; if they are right, only the service can mend it.",
            False,
        )
    if code == NOT_YET:
        return f"the certificate of {peer.host} is not valid yet.", f"{clock}.", False
    if code in UNKNOWN_ISSUER:
        return f"the certificate of {peer.host} is {UNKNOWN_ISSUER[code]}.", AUTHORITY, False
    if code in OTHER_HOST:
        return (
            f"the certificate of the server that answers is for another name than {peer.host}.",
            f"{peer.check}; a proxy or a sign-in page of the network may answer in its place.",
            False,
        )
    said = one_line(bad.verify_message, 80)
    return f"the certificate of {peer.host} is not accepted ({said}).", AUTHORITY, False


def _peer(url: str, setting: str) -> _Peer:
    """Whom a request for an address connects to first."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    proxies = getproxies()
    scheme = parts.scheme if parts.scheme in proxies else "all"
    if scheme in proxies and not proxy_bypass(f"{host}:{parts.port}" if parts.port else host):
        proxy = urlsplit(proxies[scheme] if "://" in proxies[scheme] else f"http://{proxies[scheme]}")
        return _Peer(proxy.hostname or "", _port(proxy.netloc), f"{scheme.upper()}_PROXY", proxy=True)
    return _Peer(host, parts.port, setting, proxy=False)


def _port(netloc: str) -> int | None:
    port = netloc.rpartition(":")[2]
    return int(port) if port.isdecimal() and len(port) <= 5 else None


def _among(error: BaseException, kind: type[E]) -> E | None:
    """The first failure of a kind among what led to this one."""
    return next((one for one in _chain(error) if isinstance(one, kind)), None)


def _chain(error: BaseException) -> Iterator[BaseException]:
    """A failure and those that led to it: causes, contexts, and the members of groups (one for each address tried)."""
    open_, seen = [error], set[int]()
    while open_:
        one = open_.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            open_ += cast("tuple[BaseException, ...]", one.exceptions)
        open_ += [before for before in (one.__cause__, one.__context__) if before is not None]


def _kind(error: BaseException) -> str:
    """The system's own word for a failure, without its text."""
    found = _among(error, OSError)
    return type(found or error).__name__
