"""A picture that somebody sent, made anew in a worker process: only its pixels come out.

What the file held besides (where it was taken, other pictures, text, code) stays behind. The
worker's deadline and memory bound what a hostile file can do.
"""
# ruff: noqa: PLC0415  as in jobs_cpu: what the job needs loads in the child

from typing import TYPE_CHECKING, Final

from digest.errors import PhotoError, PhotoFault
from digest.model import PreparedPhoto

if TYPE_CHECKING:
    from PIL.Image import Image

MAX_BYTES: Final = 10 * 1024 * 1024
MAX_PIXELS: Final = 40_000_000
LONGEST_SIDE: Final = 1600
"""In pixels of what comes out: sharp on a phone, and a quarter of a megabyte."""

_SHORTEST_SIDE = 48
_STEEPEST = 20  # Telegram takes no picture that is longer than so many times its width
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_QUALITY = 86
_PAPER = (255, 255, 255)


def prepare_photo(body: bytes) -> PreparedPhoto:
    """Make a picture anew from a file of any of the usual kinds, told by its first bytes.

    Raises PhotoError: too large, not a picture, animated, too long or too small, or broken.
    """
    from PIL import Image, ImageOps, UnidentifiedImageError

    if len(body) > MAX_BYTES:
        raise PhotoError(PhotoFault.LARGE)
    try:
        with _opened(body) as image:
            _check(image)
            image.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            image.load()
            upright = ImageOps.exif_transpose(image)
            flat = _flat(upright)
            flat.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            return _written(flat)
    except UnidentifiedImageError as error:
        raise PhotoError(PhotoFault.STRANGE) from error
    except PhotoError:
        raise
    except Exception as error:  # whatever else a decoder meets: the file is at fault
        raise PhotoError(PhotoFault.BROKEN) from error


def _opened(body: bytes) -> "Image":
    from io import BytesIO

    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # our own bound is asked before anything is decoded
    return Image.open(BytesIO(body), formats=_FORMATS)


def _check(image: "Image") -> None:
    """Refuse by what the file says of itself, before its pixels are looked at."""
    short, long = sorted(image.size)
    if image.width * image.height > MAX_PIXELS:
        raise PhotoError(PhotoFault.LARGE)
    if short < _SHORTEST_SIDE or long > _STEEPEST * short:
        raise PhotoError(PhotoFault.SHAPE)
    # Phones put a second picture into a JPEG (MPO): that one does not move.
    if image.format != "MPO" and getattr(image, "is_animated", False):
        raise PhotoError(PhotoFault.MOVING)


def _flat(image: "Image") -> "Image":
    """The picture in RGB; what is see-through lies on white."""
    from PIL import Image

    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        above = image.convert("RGBA")
        below = Image.new("RGBA", above.size, (*_PAPER, 255))
        return Image.alpha_composite(below, above).convert("RGB")
    return image.convert("RGB")


def _written(image: "Image") -> PreparedPhoto:
    from io import BytesIO

    from PIL import Image

    # A fresh image: an ICC profile, comments and the like would go along with the old one.
    bare = Image.new("RGB", image.size)
    bare.paste(image)
    out = BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=True)
    return PreparedPhoto(out.getvalue(), *bare.size)
