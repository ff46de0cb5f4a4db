"""The command line: run the bot, look after its sources and data, inspect one stage (`lab`).

Commands import what they need when they run, so that `hexin --help` answers at once.
"""

import typer

from bot.cli import (
    broadcasts,
    care,
    lab,
    models,
    numbers,
    posting,
    queue,
    running,
    signals,
    sources,
    staff,
    taxonomy,
)

app = typer.Typer(
    name="hexin",
    help="核心信息 Bot：把世界科技与商业新闻整理成有据可查的中文摘要。",
    no_args_is_help=True,
    add_completion=False,
    # A plain traceback: a page of source lines helps nobody who reports a fault.
    pretty_exceptions_enable=False,
)
app.command("run")(running.run)
app.command("poll")(running.poll)
app.command("digest")(running.digest)
app.command("enrich")(running.enrich)
app.command("post")(posting.post)
app.command("stats")(numbers.stats)
app.command("migrate")(care.migrate)
app.command("settings")(care.settings)
app.command("backup")(care.backup)
app.command("doctor")(care.doctor)
app.add_typer(sources.app, name="sources", help="信源：查看、添加、修改、试读，导入导出 OPML。")
app.add_typer(signals.app, name="signals", help="信号：谁能读它的全文页。")
app.add_typer(queue.app, name="queue", help="审稿：列出、通过、拒绝待审的信号。")
app.add_typer(staff.app, name="staff", help="编辑部：成员、权限、邀请码。")
app.add_typer(taxonomy.app, name="taxonomy", help="栏目与话题：导出、导入 TOML。")
app.add_typer(broadcasts.app, name="broadcast", help="公告：查看进度，暂停、继续、取消。")
app.add_typer(models.app, name="models", help="翻译模型：下载、列出、删除。")
app.add_typer(
    lab.app, name="lab", help="逐段检查：标准输入 JSON 行 → 标准输出 JSON 行，不用数据库。"
)
