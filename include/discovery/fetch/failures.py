"""Why no answer came, in words of ours: those of the HTTP libraries may quote the request."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator

import httpx


def why_no_answer(error: httpx.HTTPError, host: str, timeout: httpx.Timeout) -> str:
    """Say in one sentence what kept the host from answering.

    :param timeout: the bounds (seconds) that the request had.
    """
    match error:
        case httpx.ConnectTimeout():
            return f"{host} could not be reached within {timeout.connect:g} s."
        case httpx.PoolTimeout():
            return f"No connection to {host} became free within {timeout.pool:g} s."
        case httpx.TimeoutException():
            return f"{host} sent nothing for {timeout.read:g} s (setting timeout_seconds)."
        case httpx.ProxyError():
            return f"The proxy on the way to {host} refused: {error}"
    for cause in _causes(error):
        if (reason := _reason(cause, host)) is not None:
            return reason
    return f"No answer from {host}: {str(error) or type(error).__name__}"


def _reason(cause: BaseException, host: str) -> str | None:
    match cause:
        case socket.gaierror():
            return f"The host name {host} cannot be resolved (DNS): {cause.strerror}."
        case ssl.SSLCertVerificationError():
            return f"The TLS certificate of {host} is not valid: {cause.verify_message}."
        case ssl.SSLError():
            return f"No TLS connection to {host}: {cause.reason}."
        case ConnectionRefusedError():
            return f"{host} refuses the connection: nothing listens at this port."
        case ConnectionResetError() | BrokenPipeError():
            return f"{host} reset the connection before it answered."
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Yield what led to an error; a host with several addresses has a group of causes."""
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    for cause in (error.__cause__ or error.__context__, *inner):
        if cause is not None:
            yield cause
            yield from _causes(cause)
