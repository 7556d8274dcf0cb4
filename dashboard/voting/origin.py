"""Where a request comes from: which page sent it, and which address is counted for it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from urllib.parse import urlsplit

from starlette.requests import Request


def is_ours(request: Request, public_url: str | None) -> bool:
    """True when a page of ours sent the request: its Origin is the address that it was sent to, or the public one.

    Every browser names the origin of a POST; without one nobody can tell who made it send it, so that is refused.
    """
    origin = urlsplit(request.headers.get("origin", ""))
    if origin.scheme not in ("http", "https") or not origin.netloc:
        return False
    public = urlsplit(public_url or "")
    if public.netloc and (origin.scheme, origin.netloc.lower()) == (public.scheme, public.netloc.lower()):
        return True
    return origin.netloc.lower() == request.headers.get("host", "").lower()


def caller(request: Request) -> str:
    """The address that wrong PINs are counted for: of IPv6 the network, since one phone has all addresses in it."""
    host = request.client.host if request.client else ""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))
