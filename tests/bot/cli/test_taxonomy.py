"""`hexin taxonomy …`."""

import asyncio
from pathlib import Path

from digest.taxonomy import load_taxonomy, read_taxonomy, write_taxonomy
from storage import Storage
from tests.bot.cli.hexin import Hexin
from tests.newsdesk import NOON


def test_what_is_exported_is_imported_again(hexin: Hexin, tmp_path: Path) -> None:
    path = tmp_path / "taxonomy.toml"
    assert f"已写入 {path}" in hexin("taxonomy", "export", str(path)).stdout
    assert hexin("taxonomy", "import", str(path)).stdout == "新增 0 个，修改 0 个\n"
    text = path.read_text(encoding="utf-8").replace('zh = "大模型"', 'zh = "语言\\"大\\"模型"')
    text += '\n[[topics]]\nid = "new-one"\ncolumn = ""\nzh = "新的"\nen = "New"\ncues = ["新词"]\n'
    path.write_text(text, encoding="utf-8")
    assert hexin("taxonomy", "import", str(path)).stdout == "新增 1 个，修改 1 个\n"
    assert hexin("taxonomy", "export").stdout.rstrip() == text.rstrip()
    asyncio.run(_take_back(hexin))
    assert 'zh = "大模型"' in hexin("taxonomy", "export").stdout


async def _take_back(hexin: Hexin) -> None:
    storage = await Storage.open(f"sqlite:///{hexin.database}")
    try:
        (entry,) = await storage.audit.list(1)
        assert (entry.act, entry.after) == ("taxonomy.import", [1, 1])
        await storage.acts.undo(entry.id, "cli", NOON)
    finally:
        await storage.close()


def test_what_is_no_taxonomy_is_refused_in_words(hexin: Hexin, tmp_path: Path) -> None:
    path = tmp_path / "broken.toml"
    for text in (
        "[[topics]]\nid = 1",
        "columns = 3",
        "[[",
        'columns = []\n[[topics]]\nid = "A b"',
    ):
        path.write_text(text, encoding="utf-8")
        refused = hexin("taxonomy", "import", str(path))
        assert refused.exit_code == 1
        assert "不是栏目与话题的文件" in refused.stderr
    assert "读不了" in hexin("taxonomy", "import", str(tmp_path / "none")).stderr


def test_a_round_trip_keeps_everything() -> None:
    bundled = load_taxonomy()
    again = read_taxonomy(write_taxonomy(bundled))
    assert again.packed == bundled.packed
