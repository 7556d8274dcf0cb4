"""HTTP as every source needs it: login, TLS, one deadline for the whole answer, and failures in words."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.client import RemoteDisconnected
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase, HTTPBasicAuth
from urllib3.exceptions import ReadTimeoutError
from urllib3.util.retry import Retry

from data.settings import HttpSettings
from data.settings.secrets import scrubbed, without_userinfo
from data.sources.failures import SourceFailure
from data.sources.parsing import parse_json
from scoring.catalog.estate import FailureKind

NO_RETRIES = Retry(total=0, read=False, redirect=0)

CONNECT_WITHIN = 5.0
"""Seconds for the connection alone: a host that is not there is known long before a slow query ends."""

AGAIN_WITHIN = 0.5
"""Seconds in which a broken connection is taken for an idle one that the server had just closed."""

LARGEST_ANSWER = 256 * 1024 * 1024
"""Bytes of an answer, unpacked; more is refused, because it would take the collector's memory."""

_CHUNK = 256 * 1024
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class NotFound:
    """The service answered 404; error_code is what it says in its JSON, None when it says none."""

    error_code: int | None


class _Login(AuthBase):
    """Adds our credentials, read anew at each request because mounted secrets rotate. Never falls back to ~/.netrc."""

    def __init__(self, settings: HttpSettings) -> None:
        self._settings = settings

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        token = self._settings.bearer()
        if token is not None:
            request.headers["Authorization"] = f"Bearer {token}"
        if self._settings.username is not None:
            HTTPBasicAuth(self._settings.username, self._settings.basic_password() or "")(request)
        return request


class HttpSession(requests.Session):
    """A session that logs in to one service, and raises SourceFailure for whatever goes wrong.

    It is a requests.Session, so that a library which takes one (prometheus-api-client) gets all of this.
    service: the service's name in sentences, as in "The schema registry". For one thread at a time, or several: it
    keeps no state of a request.
    """

    def __init__(self, service: str, settings: HttpSettings, connections: int = 8) -> None:
        super().__init__()
        self._service = service
        self._settings = settings
        self.base = settings.url
        self.headers.update({name: value.get_secret_value() for name, value in settings.headers.items()})
        self.verify = str(settings.ca_file) if settings.ca_file is not None else True
        if settings.certificate_file is not None:
            key = settings.key_file
            self.cert = str(settings.certificate_file) if key is None else (str(settings.certificate_file), str(key))
        self.mount(self.base, HTTPAdapter(max_retries=NO_RETRIES, pool_maxsize=connections))

    def get_json(self, path: str, params: dict[str, Any] | None = None, timeout: float | None = None) -> Any:
        """The JSON at `path` below the service's URL. Raises SourceFailure."""
        return self.request("GET", self.base + path, params=params, timeout=timeout).json()

    def find_json(self, path: str, params: dict[str, Any] | None = None, timeout: float | None = None) -> Any:
        """As get_json, and NotFound where the service answers 404."""
        return self.request("GET", self.base + path, params=params, timeout=timeout, may_lack=True).json()

    def request(self, method: str, url: str, *_: Any, **options: Any) -> requests.Response:  # type: ignore[override]
        """One request, its answer read whole and parsed; `.json()` of what comes back gives the parsed value.

        Nothing is retried, but for one case: the server had closed a connection that we kept open, which shows
        as a connection that breaks at once. Everything here only reads, so asking again does no harm.
        """
        started = time.monotonic()
        seconds = self._seconds(options.get("timeout"))
        try:
            return self._once(method, url, options, seconds)
        except requests.ConnectionError as error:
            if isinstance(error, requests.Timeout | requests.exceptions.SSLError) or not _broke(error):
                raise self._unreachable(error, seconds) from error
            if time.monotonic() - started > AGAIN_WITHIN:
                raise self._unreachable(error, seconds) from error
        except requests.RequestException as error:
            raise self._unreachable(error, seconds) from error
        except OSError as error:
            raise self._unreadable(error) from error
        try:
            return self._once(method, url, options, seconds)
        except requests.RequestException as error:
            raise self._unreachable(error, seconds) from error

    def _once(self, method: str, url: str, options: dict[str, Any], seconds: float) -> requests.Response:
        ends = time.monotonic() + seconds
        response = super().request(
            method,
            url,
            params=options.get("params"),
            data=options.get("data"),
            headers=options.get("headers"),
            auth=_Login(self._settings),
            verify=self.verify,
            cert=self.cert,
            timeout=(min(CONNECT_WITHIN, seconds), seconds),
            allow_redirects=False,
            stream=True,
        )
        with response:
            body = self._body(response, ends, seconds)
        if response.status_code == HTTPStatus.NOT_FOUND and options.get("may_lack"):
            code = _told(body).get("error_code")
            return _parsed(response, NotFound(code if isinstance(code, int) else None))
        if not response.ok or response.is_redirect:
            raise self._refusal(response, body)
        try:
            value = parse_json(body)
        except (ValueError, UnicodeDecodeError) as error:
            raise self._no_json(response, body) from error
        return _parsed(response, value)

    def _seconds(self, asked: Any) -> float:
        return float(asked) if isinstance(asked, int | float) else self._settings.timeout

    def _body(self, response: requests.Response, ends: float, seconds: float) -> bytes:
        """The whole answer; a server that sends a little now and then does not get around the deadline."""
        body = bytearray()
        for chunk in response.iter_content(_CHUNK):
            body += chunk
            if time.monotonic() > ends:
                raise SourceFailure(
                    FailureKind.TIMEOUT,
                    f"{self._service} at {self.base} did not finish its answer within {seconds:g} s.",
                    "Look at its load, or raise its timeout.",
                )
            if len(body) > LARGEST_ANSWER:
                raise SourceFailure(
                    FailureKind.BAD_ANSWER,
                    f"{self._service} at {self.base} sent more than {LARGEST_ANSWER // 1024**2} MiB.",
                    "Ask for less, or check that the URL is right.",
                )
        return bytes(body)

    def _refusal(self, response: requests.Response, body: bytes) -> SourceFailure:
        """What a status other than 2xx means."""
        status = response.status_code
        told = _told(body)
        said = f"{self._service} at {self.base} answered {status} {response.reason}{_detail(told)}."
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED}:
            return SourceFailure(FailureKind.FORBIDDEN, said, "Check the credentials and what they may read.")
        if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.GATEWAY_TIMEOUT} or told.get("errorType") == "timeout":
            return SourceFailure(FailureKind.TIMEOUT, said, "Look at its load, or raise its timeout.")
        if status in {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE}:
            return SourceFailure(FailureKind.UNREACHABLE, said, "Check that the service behind this address runs.")
        if response.is_redirect:
            step = f"Use the address it points to: {without_userinfo(response.headers.get('Location', ''))}"
            return SourceFailure(FailureKind.BAD_ANSWER, said, step)
        return SourceFailure(FailureKind.BAD_ANSWER, said, "Check the URL's path, and the service's log.")

    def _no_json(self, response: requests.Response, body: bytes) -> SourceFailure:
        kind = response.headers.get("Content-Type", "an unnamed type")
        return SourceFailure(
            FailureKind.BAD_ANSWER,
            f"{self._service} at {self.base} sent {len(body)} bytes of {kind} that are not JSON.",
            "Check that the URL is that of the API, and not of a web page or a login.",
        )

    def _unreadable(self, error: OSError) -> SourceFailure:
        return SourceFailure(
            FailureKind.FORBIDDEN,
            f"{self._service}: {error.filename or 'a secret or certificate file'} cannot be read"
            f" ({error.strerror or 'gone or malformed'}).",
            "Mount it again or correct the setting.",
        )

    def _unreachable(self, error: requests.RequestException, seconds: float) -> SourceFailure:
        """What an exception of requests means; its own text names internals and is not repeated."""
        where = f"{self._service} at {self.base}"
        if any(isinstance(one, requests.Timeout | TimeoutError | ReadTimeoutError) for one in _chain(error)):
            return SourceFailure(
                FailureKind.TIMEOUT,
                f"{where} did not answer within {seconds:g} s.",
                "Look at its load and the network, or raise its timeout.",
            )
        if isinstance(error, requests.exceptions.SSLError):
            return SourceFailure(
                FailureKind.UNREACHABLE,
                f"No TLS connection to {where}: {_reason(error)}.",
                "Check ca_file, certificate_file and key_file, and that the URL's host is in the certificate.",
            )
        if isinstance(error, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError):
            return SourceFailure(
                FailureKind.BAD_ANSWER,
                f"{where} broke off in the middle of its answer.",
                "Look into its log, and at proxies on the way.",
            )
        return SourceFailure(
            FailureKind.UNREACHABLE,
            f"{where} is not reachable: {_reason(error)}.",
            "Check that it runs and that the URL is right.",
        )


def _parsed(response: requests.Response, value: Any) -> requests.Response:
    """The response with its body already parsed, so that nobody parses it a second time."""
    response.json = lambda **_: value  # type: ignore[method-assign]
    return response


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was caused by, outermost first; urllib3 and requests pass causes on in three ways."""
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        candidates = (getattr(cause, "reason", None), *cause.args, cause.__cause__)
        cause = next((one for one in candidates if isinstance(one, BaseException)), None)


def _broke(error: BaseException) -> bool:
    """True when the connection was made and then closed by the other side."""
    return any(isinstance(one, ConnectionResetError | BrokenPipeError | RemoteDisconnected) for one in _chain(error))


def _reason(error: BaseException) -> str:
    """The innermost cause in a few words: Connection refused, Name or service not known, certificate verify failed."""
    *_, cause = _chain(error)
    if isinstance(cause, OSError) and cause.strerror:
        return cause.strerror
    return without_userinfo(str(cause).partition("(_ssl.c")[0].strip() or type(cause).__name__)


def _told(body: bytes) -> dict[str, Any]:
    """The error that a service describes in JSON, as registries, Connect and Prometheus do; empty without one."""
    try:
        value = json.loads(body)
    except (ValueError, UnicodeDecodeError):
        return {}
    return value if isinstance(value, dict) else {}


def _detail(told: dict[str, Any]) -> str:
    said = told.get("error") if isinstance(told.get("error"), str) else told.get("message")
    return f": {scrubbed(said[:_SHOWN])}" if isinstance(said, str) and said else ""
