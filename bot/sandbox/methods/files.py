"""Photos, documents, albums, and getting files back."""

import mimetypes
from secrets import token_hex
from typing import Any

from bot.sandbox.errors import bad_request
from bot.sandbox.images import picture_size
from bot.sandbox.methods.compose import (
    DESTINATION,
    OPTIONS,
    check_fields,
    editable,
    read_caption,
    send,
)
from bot.sandbox.methods.messages import EDIT, put_in_place
from bot.sandbox.parameters import (
    Given,
    Method,
    Parameter,
    Type,
    Upload,
    array,
    boolean,
    file,
    obj,
    string,
)
from bot.sandbox.state import Json, StoredFile
from bot.sandbox.world import World

PHOTO_BYTES = 10 * 1024 * 1024
UPLOAD_BYTES = 50 * 1024 * 1024
DOWNLOAD_BYTES = 20 * 1024 * 1024
_LONGEST_SIDES = 10_000
_STEEPEST_RATIO = 20
_ALBUM = range(2, 11)
_MEDIA_FIELDS = frozenset(
    {"type", "media", "caption", "parse_mode", "caption_entities"}
    | {"show_caption_above_media", "has_spoiler", "disable_content_type_detection", "thumbnail"}
)


def _find(world: World, given: Given, reference: str, what: str) -> Upload | StoredFile:
    """What `reference` names: attach://part or a file id. URLs are not fetched here."""
    if reference.startswith("attach://"):
        upload = given.uploads.get(reference.removeprefix("attach://"))
        if upload is None:
            raise bad_request(f"there is no {what} in the request")
        if not upload.content:
            raise bad_request("file must be non-empty")
        return upload
    if reference.startswith(("http://", "https://")):
        raise bad_request("failed to get HTTP URL content")
    stored = world.files.get(reference)
    if stored is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return stored


def _photo(world: World, given: Given, reference: str) -> list[Json]:
    """The photo as its PhotoSize list (the sandbox keeps one size)."""
    found = _find(world, given, reference, "photo")
    if isinstance(found, Upload):
        size = picture_size(found.content)
        if len(found.content) > PHOTO_BYTES:
            raise bad_request("file is too big")
        if size is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        if sum(size) > _LONGEST_SIDES or max(size) > _STEEPEST_RATIO * min(size):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        mime = mimetypes.guess_type(found.name)[0] or "image/jpeg"
        found = world.keep_file(found.name or "photo.jpg", mime, found.content, size=size)
    elif not found.width:
        raise bad_request("can't use file of type Document as Photo")
    return [found.data() | {"width": found.width, "height": found.height}]


def _document(world: World, given: Given, reference: str) -> Json:
    found = _find(world, given, reference, "document")
    if isinstance(found, Upload):
        if len(found.content) > UPLOAD_BYTES:
            raise bad_request("file is too big")
        mime = found.mime_type or "application/octet-stream"
        found = world.keep_file(found.name or "file", mime, found.content)
    elif found.width:
        raise bad_request("can't use file of type Photo as Document")
    return found.data() | {"file_name": found.name, "mime_type": found.mime_type}


def send_photo(world: World, given: Given) -> Json:
    """Send a picture."""
    world.writable(given["chat_id"], photo=True)
    content: Json = {"photo": _photo(world, given, given["photo"]), **read_caption(given)}
    if given.get("has_spoiler"):
        content["has_media_spoiler"] = True
    return send(world, given, content).data


def send_document(world: World, given: Given) -> Json:
    """Send a file."""
    world.writable(given["chat_id"])
    content = {"document": _document(world, given, given["document"]), **read_caption(given)}
    return send(world, given, content).data


def send_media_group(world: World, given: Given) -> list[Json]:
    """Send an album of photos or of documents."""
    chat = world.writable(given["chat_id"])
    media = given["media"]
    if len(media) not in _ALBUM:
        raise bad_request("expected 2-10 items in the album")
    kinds = {item.get("type") if isinstance(item, dict) else None for item in media}
    if len(kinds) > 1 or not kinds <= {"photo", "document"}:
        raise bad_request("can't use the media of the specified type in the album")
    contents = [_album_item(world, given, item) for item in media]
    world.charge(chat, count=len(contents))
    group = {"media_group_id": str(int(token_hex(6), 16))}
    return [send(world, given, content | group, charged=True).data for content in contents]


def _album_item(world: World, given: Given, item: dict[str, Any]) -> Json:
    check_fields(item, _MEDIA_FIELDS, "InputMedia")
    reference = str(item.get("media", ""))
    caption = read_caption(Given(item, given.uploads))
    if item["type"] == "photo":
        return {"photo": _photo(world, given, reference), **caption}
    return {"document": _document(world, given, reference), **caption}


def edit_message_media(world: World, given: Given) -> Json | bool:
    """Replace the picture or file of a message with its caption, or a text by one of these."""
    chat, record, answer = editable(world, given)
    media = given["media"]
    if media.get("type") not in {"photo", "document"}:
        raise bad_request("can't use the media of the specified type")
    if "media_group_id" in record.data and media["type"] not in record.data:
        raise bad_request("message can't be edited to the media of the specified type")
    if given.get("inline_message_id") and str(media.get("media")).startswith("attach://"):
        raise bad_request("MEDIA_NEW_INVALID")
    world.writable(chat.id, photo=media["type"] == "photo")
    put_in_place(world, chat, record, _album_item(world, given, media), given)
    return answer  # type: ignore[no-any-return]  # the record's JSON or True


def get_file(world: World, given: Given) -> Json:
    """Where a file can be downloaded."""
    stored = world.files.get(given["file_id"])
    if stored is None:
        raise bad_request("invalid file_id")
    if len(stored.content) > DOWNLOAD_BYTES:
        raise bad_request("file is too big")
    return stored.data() | {"file_path": stored.path}


_CAPTION = (string("caption"), string("parse_mode"), array("caption_entities"))
_ALBUM_OPTIONS = tuple(option for option in OPTIONS if option.name != "reply_markup")

METHODS = (
    Method(
        "sendPhoto",
        send_photo,
        (
            *DESTINATION,
            file("photo", required=True, missing="there is no photo in the request"),
            *_CAPTION,
            boolean("show_caption_above_media"),
            boolean("has_spoiler"),
            *OPTIONS,
        ),
    ),
    Method(
        "sendDocument",
        send_document,
        (
            *DESTINATION,
            file("document", required=True, missing="there is no document in the request"),
            file("thumbnail"),
            *_CAPTION,
            boolean("disable_content_type_detection"),
            *OPTIONS,
        ),
    ),
    Method(
        "sendMediaGroup",
        send_media_group,
        (*DESTINATION, array("media", required=True), *_ALBUM_OPTIONS),
    ),
    Method(
        "editMessageMedia",
        edit_message_media,
        (*EDIT, Parameter("media", Type.OBJECT, required=True), obj("reply_markup")),
    ),
    Method(
        "getFile",
        get_file,
        (string("file_id", required=True, missing="file_id not specified"),),
    ),
)
