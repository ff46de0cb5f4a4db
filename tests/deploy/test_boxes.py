"""The container file, the compose file and the unit name what is there and keep what they say."""

import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.config import Settings
from bot.running import Role

ROOT = Path(__file__).parents[2]
UNIT = ROOT / "deploy/hexin.service"
# What other programs read from the environment.
FOREIGN = {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE", "MPLCONFIGDIR", "PGPASSWORD"}
KNOWN = {name.upper() for name in Settings.model_fields} | FOREIGN


def _instructions() -> list[tuple[str, str]]:
    """Each instruction of the Dockerfile with what it says, lines joined."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).strip().splitlines()
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in lines if line]


def _last_stage() -> list[tuple[str, str]]:
    rows = _instructions()
    return rows[max(at for at, (name, _) in enumerate(rows) if name == "FROM") :]


def _said(name: str) -> list[str]:
    """What the last stage says in every instruction of that name."""
    return [rest for instruction, rest in _last_stage() if instruction == name]


def _assigned(text: str) -> dict[str, str]:
    return dict(part.split("=", 1) for part in shlex.split(text))


def _compose() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8")))


def _unit() -> dict[str, list[str]]:
    """The values of each key of the unit; keys of its sections do not overlap."""
    rows: dict[str, list[str]] = {}
    for line in UNIT.read_text(encoding="utf-8").splitlines():
        if "=" in line and not line.startswith("#"):
            key, _, value = line.partition("=")
            rows.setdefault(key, []).append(value)
    return rows


def _roles(command: list[str]) -> list[str]:
    return command[command.index("--role") + 1 :] if "--role" in command else []


def test_the_image_is_built_from_the_lock_and_holds_no_builder() -> None:
    rows = _instructions()
    stages = [rest for name, rest in rows if name == "FROM"]
    assert stages == ["${BASE} AS build", "${BASE}"]
    base = next(rest for name, rest in rows if name == "ARG")
    assert re.fullmatch(r"BASE=python:3\.\d+-slim-[a-z]+", base)
    installs = [rest for name, rest in rows if name == "RUN" and "pip install" in rest]
    assert "--require-hashes --only-binary=:all: -r requirements.lock" in installs[0]
    assert "--no-index --no-deps" in installs[1]
    assert "pip uninstall --yes setuptools pip" in installs[1]
    last = " ".join(_said("RUN"))
    assert "pip install" not in last
    assert "pip uninstall" in last
    assert not re.search(r"gcc|build-essential|\bgit\b", last)
    assert _said("COPY") == ["--from=build /opt/hexin /opt/hexin"]


def test_the_image_runs_as_nobody_in_particular_and_writes_to_its_volume() -> None:
    user = _said("USER")[-1].split(":")
    assert all(int(number) > 1000 for number in user)
    assert f"--uid {user[0]}" in " ".join(_said("RUN"))
    environment = _assigned(_said("ENV")[0])
    assert environment.keys() <= KNOWN
    assert _said("VOLUME") == _said("WORKDIR") == [environment["DATA_DIR"]] == ["/data"]
    assert _said("EXPOSE") == [environment["PORT"]]
    assert _said("ENTRYPOINT") == ['["hexin"]']
    assert _said("CMD") == ['["run"]']


def test_the_image_is_asked_for_its_health_where_every_role_answers() -> None:
    (check,) = _said("HEALTHCHECK")
    assert "'/healthz'" in check
    assert "os.environ['METRICS_PORT']" in check
    assert "METRICS_PORT" in _assigned(_said("ENV")[0])
    program = check[check.index("[") :]
    compile(yaml.safe_load(program)[2], "HEALTHCHECK", "exec")


def test_what_is_copied_is_there_and_is_let_in_and_no_secret_is() -> None:
    rules = (ROOT / ".dockerignore").read_text().split("\n")
    assert rules[1] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    copied = {
        source.removeprefix("./")
        for name, rest in _instructions()
        if name == "COPY" and not rest.startswith("--from")
        for source in rest.split()[:-1]
    }
    assert copied == let_in
    assert all((ROOT / source).exists() for source in copied)
    assert not any(fnmatch(name, rule) for name in (".env", "data", ".git") for rule in let_in)


def test_compose_starts_one_process_by_itself_and_the_others_by_their_profile() -> None:
    services = _compose()["services"]
    alone = [name for name, service in services.items() if "profiles" not in service]
    assert alone == ["bot"]
    assert {"release", "web", "worker", "clock", "postgres"} == services.keys() - {"bot"}
    assert all(services[name]["profiles"] == ["postgres"] for name in services.keys() - {"bot"})
    assert services["release"]["command"] == ["migrate"]
    for role in (Role.WEB, Role.WORKER, Role.CLOCK):
        service = services[role.value]
        assert _roles(service["command"]) == [role.value]
        assert service["depends_on"] == {
            "release": {"condition": "service_completed_successfully"},
            "postgres": {"condition": "service_healthy"},
        }
    assert "pg_isready" in services["postgres"]["healthcheck"]["test"]


def test_compose_keeps_secrets_out_of_the_file_and_the_root_read_only() -> None:
    compose = _compose()
    ours = {name: one for name, one in compose["services"].items() if name != "postgres"}
    for service in ours.values():
        assert service["env_file"] == ".env"
        assert service["read_only"] is True
        assert service["tmpfs"] == "/tmp"  # noqa: S108
        assert service["cap_drop"] == ["ALL"]
        assert service["environment"].keys() <= KNOWN
        assert service["volumes"] == [f"data:{service['environment']['DATA_DIR']}"]
        Settings(_env_file=None, **_lowered(service["environment"]))
    text = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    secrets = re.findall(r"^ *(\w*(?:TOKEN|PASSWORD|KEY)): (.+)$", text, re.MULTILINE)
    assert {value for _, value in secrets} == {"${POSTGRES_PASSWORD:-}"}
    volumes = [one for service in compose["services"].values() for one in service["volumes"]]
    assert {one.partition(":")[0] for one in volumes} == compose["volumes"].keys()


def _lowered(environment: dict[str, str]) -> dict[str, Any]:
    return {name.lower(): value for name, value in environment.items() if name not in FOREIGN}


def test_pg_dump_of_the_image_is_that_of_the_server() -> None:
    debian = _instructions()[0][1].rpartition("-")[2]
    assert _compose()["services"]["postgres"]["image"].endswith(f"-{debian}")


def test_the_unit_is_hardened_and_gives_up_where_waiting_does_not_help() -> None:
    unit = _unit()
    assert unit["ExecStart"] == ["/opt/hexin/bin/hexin run"]
    assert unit["User"] == ["hexin"]
    assert unit["ProtectHome"] == unit["PrivateTmp"] == unit["NoNewPrivileges"] == ["yes"]
    assert unit["CapabilityBoundingSet"] == [""]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["Restart"] == ["on-failure"]
    assert int(unit["TimeoutStopSec"][0]) > 10  # what we promise to end within
    state = unit["StateDirectory"][0]
    environment = _assigned(unit["Environment"][0])
    assert environment.keys() <= KNOWN
    assert environment["DATA_DIR"] == unit["WorkingDirectory"][0] == f"%S/{state}"


def test_the_unit_is_not_started_again_with_a_setting_that_is_wrong(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "run"], cwd=tmp_path, capture_output=True, check=False,
        env={"PYTHONPATH": str(ROOT), "TELEGRAM_BOT_TOKEN": "none", "DATA_DIR": str(tmp_path)},
    )  # fmt: skip
    assert b"TELEGRAM_BOT_TOKEN" in ended.stderr
    assert [str(ended.returncode)] == _unit()["RestartPreventExitStatus"]


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")
def test_systemd_takes_the_unit_as_it_is(tmp_path: Path) -> None:
    copy = tmp_path / UNIT.name
    text = UNIT.read_text(encoding="utf-8")
    copy.write_text(text.replace("/opt/hexin/bin/hexin", sys.executable), encoding="utf-8")
    verified = subprocess.run(
        ["systemd-analyze", "verify", str(copy)], capture_output=True, text=True, check=False
    )
    assert (verified.returncode, verified.stderr) == (0, "")


def test_what_is_installed_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    """As the Dockerfile installs it: not in place, from what it copies."""
    packages = ("bot", "digest", "handlers", "storage")
    source = tmp_path / "src"
    for name in packages:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    there = {str(one.relative_to(source)) for one in source.rglob("*") if one.is_file()}
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-index", "--no-deps",
         "--no-build-isolation", "--wheel-dir", str(tmp_path), str(source)],
        check=True, capture_output=True,
    )  # fmt: skip
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        packed = {name for name in wheel.namelist() if name.startswith(packages)}
    assert {name for name in there if name.partition("/")[0] in packages} == packed
