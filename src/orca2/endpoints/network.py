"""The way to a server: the proxy that the environment names for it, and the authorities that may vouch for it."""

import os
import re
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from orca2.errors import ModelError, RecipeError
from orca2.files import located

if TYPE_CHECKING:
    from aiohttp import ClientError, TCPConnector

BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")  # where other clients look for authorities


@dataclass(frozen=True, slots=True)
class Network:
    """`proxies` has one entry a base URL, None where it is reached directly; without TLS there is no `context`."""

    proxies: Mapping[str, str | None]
    context: ssl.SSLContext | None
    section: str
    urls: Sequence[str]
    ca_file: Path | None

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process, on another machine, the way is looked for anew, as its own environment is."""
        return network, (tuple(self.urls), str(self.ca_file or ""), Path(), self.section)

    def connector(self, keep_alive: float) -> "TCPConnector":
        """A fresh one, for one session; idle connections are kept for so many seconds."""
        import aiohttp

        return aiohttp.TCPConnector(limit=0, keepalive_timeout=keep_alive, ssl=self.context or True)

    def reason(self, error: "ClientError") -> str:
        """Why a server was not reached, without the password of a proxy, which the error itself may hold."""
        import aiohttp

        if isinstance(error, aiohttp.ClientHttpProxyError):
            return f"the proxy on the way answers HTTP {error.status}: {error.message}"
        if isinstance(error, aiohttp.ClientConnectorCertificateError):
            hint = f"if a private authority vouches for it, name its file in {self.section}.ca_file"
            return f"{error.certificate_error}; {hint}"
        return f"{type(error).__name__}: {error}"

    @staticmethod
    def is_final(error: "ClientError") -> bool:
        """Whether a proxy refuses us, which no further attempt changes."""
        import aiohttp

        return isinstance(error, aiohttp.ClientHttpProxyError) and 400 <= error.status < 500


def network(urls: Sequence[str], ca_file: str, base: Path, section: str) -> Network:
    """The way to these base URLs, as the environment is now. `ca_file` starts from `base`; errors call it a key of
    `section`."""
    proxies = {url: proxy_for(url) for url in urls}
    secure = any(address and address.startswith("https:") for address in (*urls, *proxies.values()))
    context = _context(ca_file, base, section) if secure or ca_file else None
    return Network(proxies, context, section, urls, located(ca_file, base).absolute() if ca_file else None)


def proxy_for(url: str) -> str | None:
    """The proxy for a URL, after HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, in capitals or not; None: direct.

    This machine is reached directly: what a proxy calls localhost is another one. ModelError for a proxy that speaks
    no HTTP.
    """
    parts = urlsplit(url)
    host, proxies_by_scheme = parts.hostname or "", getproxies()
    proxy = proxies_by_scheme.get(parts.scheme) or proxies_by_scheme.get("all")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    if not proxy or _local(host) or is_excepted(host, port, proxies_by_scheme.get("no", "")) or proxy_bypass(host):
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    try:
        named = urlsplit(proxy)
        shown, known = f"{named.scheme}://{named.hostname or ''}", named.port != 0
    except ValueError:  # brackets that do not close, a port that is none
        shown, known = "what it holds", False
    if not known or not shown.startswith(("http://", "https://")) or shown.endswith("://"):
        variable = f"{parts.scheme}_proxy" if proxies_by_scheme.get(parts.scheme) else "all_proxy"
        raise ModelError(
            f"{variable.upper()}: a proxy is an address such as http://proxy.example:3128, which {shown} is not; name"
            f" one, or put {host} into NO_PROXY"
        )
    return proxy


def is_excepted(host: str, port: int, no_proxy: str) -> bool:
    """Whether NO_PROXY names a host: `*`, a domain with all below it, an address or a block of them, each also with a
    port; IPv6 in brackets or not, commas or spaces between them. The standard library takes names alone."""
    host = host.lower().rstrip(".")
    for entry in re.split(r"[\s,]+", no_proxy.lower()):
        name, _, own = entry.rpartition(":") if entry.count(":") == 1 or "]:" in entry else (entry, "", "")
        name = name.replace("[", "").replace("]", "")
        if not name or (own and own != str(port)):
            continue
        try:
            if ip_address(host.partition("%")[0]) in ip_network(name, strict=False):
                return True
        except ValueError:  # one of the two is a name
            domain = name.lstrip("*").strip(".")
            if name == "*" or (domain and (host == domain or host.endswith(f".{domain}"))):
                return True
    return False


def _local(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _context(ca_file: str, base: Path, section: str) -> ssl.SSLContext:
    """The authorities of this system, and those of every file that the user or the environment names beside them."""
    context = ssl.create_default_context()
    named = [(f"{section}.ca_file", located(ca_file, base))] if ca_file else []
    named += [(name, Path(os.environ[name])) for name in BUNDLES if os.environ.get(name)]
    for name, path in named:
        try:
            context.load_verify_locations(*((None, path) if path.is_dir() else (path, None)))
        except (ssl.SSLError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else error
            what = f"{name}: {path} holds no certificates of authorities ({why}); name a PEM file"
            raise (RecipeError if name.endswith("ca_file") else ModelError)(what) from None
    return context
