"""Pictures made anew: only pixels come out, and hostile files have an outcome."""

import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image

from bot.engine.jobs_photo import LONGEST_SIDE, MAX_BYTES, prepare_photo
from bot.engine.workers import WorkerPool
from digest.errors import PhotoError, PhotoFault


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), **saving: object) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "#a2301d").save(out, kind, **saving)
    return out.getvalue()


def opened(body: bytes) -> Image.Image:
    return Image.open(BytesIO(body))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_the_usual_kinds_become_a_jpeg(kind: str):
    made = prepare_photo(picture(kind))
    again = opened(made.body)
    assert (again.format, again.size) == ("JPEG", (400, 300))
    assert (made.width, made.height) == (400, 300)
    red, green, blue = again.convert("RGB").getpixel((200, 150))  # type: ignore[misc]
    assert abs(red - 0xA2) + abs(green - 0x30) + abs(blue - 0x1D) < 20


def test_nothing_of_the_file_but_its_picture_comes_out():
    exif = Image.Exif()
    exif[0x010E] = "secret place"
    exif[0x0112] = 6  # lies on its side
    body = picture(exif=exif, comment=b"secret words", icc_profile=b"secret profile") + b"secret"
    made = prepare_photo(body)
    assert b"secret" not in made.body
    assert not opened(made.body).getexif()
    assert (made.width, made.height) == (300, 400)


def test_a_large_one_is_made_smaller_and_a_see_through_one_lies_on_white():
    made = prepare_photo(picture("PNG", (4000, 2000)))
    assert (made.width, made.height) == (LONGEST_SIDE, LONGEST_SIDE // 2)
    out = BytesIO()
    Image.new("RGBA", (100, 100), (0, 0, 0, 0)).save(out, "PNG")
    assert opened(prepare_photo(out.getvalue()).body).convert("RGB").getpixel((50, 50)) == (
        255,
        255,
        255,
    )


def moving(kind: str) -> bytes:
    frames = [Image.new("RGB", (60, 60), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:])
    return out.getvalue()


def a_png_that_says(width: int, height: int) -> bytes:
    """A file of some bytes that claims to be a picture of any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\x00" * 1000))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        (b"", PhotoFault.STRANGE),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", PhotoFault.STRANGE),
        (b"%PDF-1.7", PhotoFault.STRANGE),
        (picture("BMP"), PhotoFault.STRANGE),
        (picture("TIFF"), PhotoFault.STRANGE),
        (b"\xff\xd8\xff\xe0" + bytes(400), PhotoFault.STRANGE),
        (picture()[:-600], PhotoFault.BROKEN),
        (a_png_that_says(300, 300), PhotoFault.BROKEN),
        (a_png_that_says(60_000, 60_000), PhotoFault.LARGE),
        (picture() + bytes(MAX_BYTES), PhotoFault.LARGE),
        (moving("GIF"), PhotoFault.MOVING),
        (moving("WEBP"), PhotoFault.MOVING),
        (picture(size=(2000, 60)), PhotoFault.SHAPE),
        (picture(size=(20, 20)), PhotoFault.SHAPE),
    ],
)
def test_hostile_files_have_an_outcome(body: bytes, fault: PhotoFault):
    with pytest.raises(PhotoError) as refused:
        prepare_photo(body)
    assert refused.value.fault is fault


async def test_a_refusal_comes_back_from_a_worker():
    pool = WorkerPool(1)
    try:
        made = await pool.run(prepare_photo, picture())
        assert made.width == 400
        with pytest.raises(PhotoError) as refused:
            await pool.run(prepare_photo, moving("GIF"))
        assert refused.value.fault is PhotoFault.MOVING
    finally:
        await pool.close()
