"""Questions about a post whose answers are typed."""

from digest.addressing import typed_audience
from digest.posts import Post
from digest.render import escape
from handlers.context import Turn
from handlers.prompts import POST, Prompt, put_question


async def ask_about(turn: Turn, post: Post, name: str) -> None:
    """Ask for one thing about a post; the answer names the version that it was asked about."""
    texts = turn.texts
    current = ""
    if name == "text":
        current = f"\n\n<code>{_lines(post)}</code>"
    elif name == "people" and post.audience is not None:
        now = typed_audience(post.audience, turn.lang, turn.taxonomy)
        current = f"\n\n<code>{escape(now)}</code>" if now else ""
    question = f"{texts(f'chat.post.ask.{name}', number=post.id)}{current}"
    placeholder = texts(f"chat.post.ask.{name}.placeholder")
    await put_question(
        turn, Prompt(POST, f"{name}_{post.id}_{post.version}"), question, placeholder
    )


def _lines(post: Post) -> str:
    """The words of a post to be copied, line by line."""
    return "\n".join(escape(line) for line in (post.text.headline, *post.text.lines))
