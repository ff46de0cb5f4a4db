"""One request to an OpenAI-compatible endpoint, by the official client.

How an endpoint takes a JSON schema differs: `response_format` of type `json_schema` (OpenAI,
vLLM, Ollama), `json_object` with a `schema` beside it (llama.cpp, Together), `json_object` alone
(DeepSeek), or nothing. The first that is not refused is kept for the endpoint's life.
"""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from bot.model.trouble import ModelTrouble
from digest.modeltier.asking import Question
from digest.modeltier.plan import estimate_tokens

if TYPE_CHECKING:
    import httpx2
    import openai

log = logging.getLogger(__name__)

_MOST_TOKENS = 10_000_000  # of one request; more is no count
LARGEST_BODY = 1024 * 1024  # bytes, as sent; answers that we ask for have some kilobytes
_LONGEST_DETAIL = 200
_NOTHING_KNOWN = "none"
_MODES = ("json_schema", "json_object_schema", "json_object", _NOTHING_KNOWN)
_ENFORCED = frozenset({"json_schema", "json_object_schema"})


def _sound(text: str) -> str:
    """`text` without lone surrogates (of broken pages and answers): no request can carry them."""
    return text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: its text, tokens used, and whether the endpoint cut it off."""

    text: str
    tokens_in: int
    tokens_out: int
    cut: bool


class _BodyTooLarge(Exception):  # noqa: N818  a property of the body
    pass


class Endpoint:
    """An endpoint and one of its models. Close it when done."""

    def __init__(self, base_url: str, key: str, model: str, timeout: float) -> None:
        self.base_url = base_url
        self.model = model
        self._key = key
        self._timeout = timeout
        self._client: openai.AsyncOpenAI | None = None
        self._mode = 0
        self._limit_name = "max_tokens"
        self._temperature: float | None = 0.2

    async def ask(self, question: Question) -> Answer:
        """One answer; an endpoint that refuses our way of asking is asked in its own way.

        Raises ModelTrouble.
        """
        while True:
            refused = self._mode, self._limit_name, self._temperature
            try:
                async with asyncio.timeout(self._timeout):
                    return self._read(await self._send(question), question)
            except TimeoutError:
                raise ModelTrouble("timeout", f"nothing within {self._timeout:g} s") from None
            except _Refused as refusal:
                self._learn(refusal.detail, refused)

    async def close(self) -> None:
        """Close the connections."""
        if self._client is not None:
            await self._client.close()
            self._client = None

    # --- sending --------------------------------------------------------------------------

    async def _send(self, question: Question) -> object:
        import openai  # noqa: PLC0415  slow to import, and most bots run without a model

        client = self._client = self._client or self._connected()
        try:
            return _unwrapped(await client.chat.completions.create(**self._request(question)))
        except openai.OpenAIError as error:
            raise _trouble_of(error) from error
        except _BodyTooLarge as error:
            raise ModelTrouble("oversize", f"over {LARGEST_BODY} bytes") from error
        except (ValueError, TypeError, AttributeError, RecursionError) as error:
            # Not JSON, or JSON of another shape than the client's types take.
            raise ModelTrouble("bad_response", type(error).__name__) from error

    def _request(self, question: Question) -> dict[str, Any]:
        mode = _MODES[self._mode]
        request: dict[str, Any] = {
            "model": self.model,
            "messages": [
                {**message, "content": _sound(message["content"])}
                for message in question.messages(schema_known=mode in _ENFORCED)
            ],
            self._limit_name: question.most_tokens,
        }
        if self._temperature is not None:
            request["temperature"] = self._temperature
        if mode != _NOTHING_KNOWN:
            request["response_format"] = _response_format(mode, question)
        return request

    def _connected(self) -> "openai.AsyncOpenAI":
        import openai  # noqa: PLC0415  as above

        return openai.AsyncOpenAI(
            api_key=self._key or "none",  # local servers want none, the client wants one
            base_url=self.base_url,
            timeout=self._timeout,
            max_retries=0,  # we wait ourselves, with the budget and the breaker in view
            http_client=openai.DefaultAsyncHttpxClient(
                event_hooks={"response": [_bounded]}, follow_redirects=False
            ),
            # A compressed body could be of any size behind few bytes.
            default_headers={"Accept-Encoding": "identity"},
        )

    def _learn(self, detail: str, refused: tuple[int, str, float | None]) -> None:
        """Ask differently from now on. Raises ModelTrouble when nothing is left to change."""
        if (self._mode, self._limit_name, self._temperature) != refused:
            return  # another request has learnt it meanwhile
        said = detail.lower()
        if "max_completion_tokens" in said and self._limit_name == "max_tokens":
            self._limit_name = "max_completion_tokens"
        elif "temperature" in said and self._temperature is not None:
            self._temperature = None
        elif _MODES[self._mode] != _NOTHING_KNOWN:
            self._mode += 1
        else:
            raise ModelTrouble("bad_request", detail)
        log.info("model endpoint: asking by %s from now on", _MODES[self._mode])

    # --- reading --------------------------------------------------------------------------

    def _read(self, completion: object, question: Question) -> Answer:
        """The answer in a completion.

        The client checks nothing against its types: any field may be missing or of another one.
        """
        choices = getattr(completion, "choices", None)
        if error := getattr(completion, "error", None):
            raise _told_error(error)
        if not choices:
            what = "empty" if hasattr(completion, "choices") else "bad_response"
            raise ModelTrouble(what, "no choices")
        choice = choices[0] if isinstance(choices, list) else None
        message = getattr(choice, "message", None)
        finish = getattr(choice, "finish_reason", None)
        refusal = getattr(message, "refusal", None)
        if refusal or finish == "content_filter":
            raise ModelTrouble("refused", str(refusal or "content filter")[:_LONGEST_DETAIL])
        if not hasattr(message, "content"):
            raise ModelTrouble("bad_response", "no message")
        text = _text_of(getattr(message, "content", None))
        usage = getattr(completion, "usage", None)
        return Answer(
            text,
            _counted(usage, "prompt_tokens") or asked_tokens(question),
            _counted(usage, "completion_tokens") or estimate_tokens(text),
            finish == "length",
        )


class _Refused(Exception):  # noqa: N818  the endpoint's answer
    """The endpoint does not take the request as it is written."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


def _unwrapped(completion: object) -> object:
    """A completion that came as plain text, as from servers that name no type of content.

    Raises ValueError when it is no JSON object.
    """
    if not isinstance(completion, str):
        return completion
    from openai.types.chat import ChatCompletion  # noqa: PLC0415  slow to import

    value = json.loads(completion.removeprefix("\ufeff"))
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004  of the text
    return ChatCompletion.construct(**value)


def _text_of(content: object) -> str:
    """The text of a message; some endpoints cut it into parts."""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _counted(usage: object, name: str) -> int:
    """Tokens as the endpoint counted them, 0 where that is no count."""
    count = getattr(usage, name, None)
    if not isinstance(count, int) or isinstance(count, bool):
        return 0
    return count if 0 < count <= _MOST_TOKENS else 0


def asked_tokens(question: Question) -> int:
    """About how many tokens the question has."""
    return sum(
        estimate_tokens(message["content"]) for message in question.messages(schema_known=False)
    )


def _response_format(mode: str, question: Question) -> Mapping[str, Any]:
    if mode == "json_schema":
        schema = {"name": question.template_kind, "strict": True, "schema": question.schema}
        return {"type": "json_schema", "json_schema": schema}
    if mode == "json_object_schema":
        return {"type": "json_object", "schema": question.schema}
    return {"type": "json_object"}


async def _bounded(response: "httpx2.Response") -> None:
    """Stop reading a body that outgrows every answer we ask for (a hook of the client)."""
    declared = response.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > LARGEST_BODY:
        raise _BodyTooLarge
    response.stream = _bounded_stream(response)


def _bounded_stream(response: "httpx2.Response") -> "httpx2.AsyncByteStream":
    import httpx2  # noqa: PLC0415  comes with the client

    inner = cast("httpx2.AsyncByteStream", response.stream)  # an async client's response

    class Bounded(httpx2.AsyncByteStream):
        async def __aiter__(self) -> AsyncIterator[bytes]:
            size = 0
            async for chunk in inner:
                size += len(chunk)
                if size > LARGEST_BODY:
                    raise _BodyTooLarge
                yield chunk

        async def aclose(self) -> None:
            await inner.aclose()

    return Bounded()


# --- what went wrong ----------------------------------------------------------------------

_TOO_LONG = ("context length", "context_length", "context window", "maximum context", "too long")
_ABOUT_FORMAT = ("response_format", "json_schema", "json_object")
_BY_STATUS = {401: "auth", 403: "auth", 402: "no_credit", 404: "not_found", 408: "timeout"}
_REFUSALS = frozenset({400, 415, 422, 501})
_TOO_MANY = 429
_SERVER = 500


def _trouble_of(error: Exception) -> Exception:
    """What an error of the client means: a ModelTrouble, or _Refused when asking may change."""
    import openai  # noqa: PLC0415  as above

    if isinstance(error, openai.APITimeoutError):
        return ModelTrouble("timeout")
    if isinstance(error, openai.APIStatusError):
        return _by_status(error)
    if isinstance(error, openai.APIConnectionError):
        if isinstance(error.__cause__, _BodyTooLarge):
            return ModelTrouble("oversize", f"over {LARGEST_BODY} bytes")
        return ModelTrouble("connection", type(error.__cause__ or error).__name__)
    return ModelTrouble("bad_response", type(error).__name__)


def _by_status(error: "openai.APIStatusError") -> Exception:
    status = error.status_code
    detail = f"{error.message} {error.body or ''}"[:2_000]
    said = detail.lower()
    shown = f"HTTP {status} {error.message}"[:_LONGEST_DETAIL]
    if status in _REFUSALS and any(phrase in said for phrase in _TOO_LONG):
        return ModelTrouble("too_long", shown)
    # llama.cpp's Python server reports what it cannot validate as its own fault (500).
    if status in _REFUSALS or any(phrase in said for phrase in _ABOUT_FORMAT):
        return _Refused(detail)
    if status == _TOO_MANY:
        if "insufficient_quota" in said:
            return ModelTrouble("no_credit", shown)
        return ModelTrouble("rate_limit", shown, retry_after=_retry_after(error))
    if status >= _SERVER:
        return ModelTrouble("server", shown, retry_after=_retry_after(error))
    return ModelTrouble(_BY_STATUS.get(status, "bad_request"), shown)


def _told_error(error: object) -> ModelTrouble:
    """An error that came with status 200, as gateways tell those of the server behind them."""
    told = error if isinstance(error, dict) else {}
    code = str(told.get("code") or "")
    shown = f"HTTP 200, {told.get('message') or error}"[:_LONGEST_DETAIL]
    if code == str(_TOO_MANY):
        return ModelTrouble("rate_limit", shown)
    known = {str(status): reason for status, reason in _BY_STATUS.items()}
    return ModelTrouble(known.get(code, "server"), shown)


def _retry_after(error: "openai.APIStatusError") -> float | None:
    """Seconds; a date in this header is too rare among such endpoints to be worth a clock."""
    written = error.response.headers.get("retry-after", "")
    try:
        return max(0.0, float(written))
    except ValueError:
        return None
