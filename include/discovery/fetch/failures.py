"""Why no answer came, in words of ours: those of the HTTP libraries may quote the request."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx


def why_no_answer(error: httpx.HTTPError, timeout: httpx.Timeout) -> str:
    """Say in one sentence why no answer came; the address is for the caller to add.

    :param timeout: the bounds (seconds) that the request had.
    """
    match error:
        case httpx.ConnectTimeout():
            return f"No connection within {timeout.connect:g} s."
        case httpx.PoolTimeout():
            return f"No connection became free within {timeout.pool:g} s."
        case httpx.TimeoutException():
            return f"Nothing was sent for {timeout.read:g} s (setting timeout_seconds)."
        case httpx.ProxyError():
            return f"The proxy refused: {error}"
    for cause in _causes(error):
        if (reason := _reason(cause)) is not None:
            return reason
    return f"No answer: {str(error) or type(error).__name__}"


def _reason(cause: BaseException) -> str | None:
    match cause:
        case socket.gaierror():
            return f"The host name cannot be resolved (DNS): {cause.strerror}; check the address."
        case ssl.SSLCertVerificationError():
            return f"The TLS certificate is not valid: {cause.verify_message}."
        case ssl.SSLError():
            return f"No TLS connection: {cause.reason}."
        case ConnectionRefusedError():
            return "The connection was refused: nothing listens at this port."
        case ConnectionResetError() | BrokenPipeError():
            return "The connection was reset before an answer came."
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what led to an error; a host with several addresses has a group of causes."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in (error.__cause__ or error.__context__, *inner):
        if cause is not None:
            yield cause
            yield from _causes(cause)
