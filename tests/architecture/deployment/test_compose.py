"""The compose file: fits its schema, and gives each secret to the one service that needs it.

`compose-spec.json` is the schema of the Compose Specification (github.com/compose-spec), unchanged,
as distributed with check-jsonschema 0.39.0; its licence lies beside it.
"""

from __future__ import annotations

import copy
import json
import re
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import pytest
import yaml
from jsonschema import Draft202012Validator

from app.settings import Settings, WorkerSettings
from tests.architecture.documents.pages import page
from tests.architecture.source import ROOT

Compose = dict[str, Any]
Rule = Callable[[Compose], list[str]]

OWNERS: Final = {
    "count-keys": "worker",
    "count-master": "worker",
    "backups": "worker",
    "web-keys": "web",
    "web-master": "web",
    "mail-password": "web",
    "sign-on-secret": "web",
    "postgres-password": "postgres",
    "database": "postgres",
}
OURS: Final = {"web", "worker", "migrate"}
PUBLIC: Final = {"proxy"}
# Only where an operator opens it, by the file of the deployment page.
WAY_OUT: Final = ("web", "outward")
# What a log of the proxy would have to leave out, because an error names address and path.
LOGGERS_THAT_NAME_PEOPLE: Final = {"http.log", "http.handlers", "http.stdlib"}
A_PASSWORD_IN_AN_ADDRESS: Final = re.compile(r"://[^/@\s]*:[^/@\s]+@")


def _file() -> Compose:
    document: Compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return document


def _names(entries: list[Any]) -> list[str]:
    """What a list of volumes or secrets brings in, in the short or in the long form."""
    return [e.split(":")[0] if isinstance(e, str) else str(e.get("source", "")) for e in entries]


def misplaced_secrets(compose: Compose) -> list[str]:
    """A key that a second service can read is two keys."""
    found: list[str] = []
    for name, service in compose["services"].items():
        for source in _names(service.get("volumes", [])) + _names(service.get("secrets", [])):
            place = Path(source)
            owner = OWNERS.get(place.name, name)
            if owner != name:
                found.append(f"{name} may read {source}: it belongs to {owner}")
            if source.startswith((".", "/", "~", "$")):
                found.append(f"{name} mounts the folder {source} of the host: use a named volume")
        for setting, value in service.get("environment", {}).items():
            if name != "worker" and ("_COUNT_" in setting or "count-" in str(value)):
                found.append(f"{name} knows {setting}: only the worker opens a wave")
        if service.keys() & {"volumes_from", "extends", "env_file"}:
            found.append(f"{name} takes over what another file or service may read")
    return found


def soft_services(compose: Compose) -> list[str]:
    found: list[str] = []
    for name, service in compose["services"].items():
        if service.get("read_only") is not True:
            found.append(f"{name} can write to its root")
        if service.get("cap_drop") != ["ALL"]:
            found.append(f"{name} keeps rights of the machine's administrator")
        if "no-new-privileges:true" not in service.get("security_opt", []):
            found.append(f"{name} may gain rights")
        if service.get("ulimits", {}).get("core") != 1:
            found.append(f"{name} may dump its memory")
        if service.get("privileged") or service.get("network_mode") or service.get("pid"):
            found.append(f"{name} shares the machine")
        if not re.fullmatch(r"[\w./-]+:\d+\.\d+[\w.-]*", service.get("image", "")):
            found.append(f"{name} runs an image without an exact version")
    return found


def merged(base: Any, over: Any) -> Any:
    """As compose lays one file over another: mappings key by key, lists one after the other."""
    if isinstance(base, dict) and isinstance(over, dict):
        return {
            k: merged(base[k], over[k]) if k in base and k in over else base.get(k, over.get(k))
            for k in base | over
        }
    return [*base, *over] if isinstance(base, list) else over


def with_a_way_out() -> Compose:
    (told,) = (code for info, code in page("docs/deployment.md").code() if info == "yaml")
    compose: Compose = merged(_file(), yaml.safe_load(told))
    return compose


def open_doors(compose: Compose) -> list[str]:
    found = [
        f"{name} is published"
        for name, service in compose["services"].items()
        if name not in PUBLIC and service.get("ports")
    ]
    for name, service in compose["services"].items():
        for network in service["networks"]:
            is_inner = (compose["networks"][network] or {}).get("internal", False)
            if name not in PUBLIC and not is_inner and (name, network) != WAY_OUT:
                found.append(f"{name} reaches the internet through {network}")
    return found


def default_secrets(compose: Compose) -> list[str]:
    """A secret comes from a file that an operator made: there is no value to forget to change."""
    found = [
        f"the secret {name} does not come from a file"
        for name, secret in compose["secrets"].items()
        if set(secret) != {"file"}
    ]
    text = json.dumps(compose)
    found += [f"a default stands in for {v}" for v in re.findall(r"\$\{(\w+):?-[^}]", text)]
    for name, service in compose["services"].items():
        for setting, value in service.get("environment", {}).items():
            is_file = setting.endswith("_FILE")
            if re.search(r"PASSWORD|SECRET|MASTER|TOKEN", setting) and not is_file:
                found.append(f"{name} gets {setting} in its environment")
            if A_PASSWORD_IN_AN_ADDRESS.search(str(value)):
                found.append(f"{name} has a password in {setting}")
    return found


def proxy_logs(compose: Compose) -> list[str]:
    """Caddy logs a request only where its site says `log`; what it logs of errors is left out."""
    caddyfile = compose["services"]["proxy"]["environment"]["CADDYFILE"]
    options, _, sites = caddyfile.partition("\n}\n")
    found = ["the proxy logs requests"] if re.search(r"^\s*log\b", sites, re.MULTILINE) else []
    excluded = re.search(r"^\s*exclude (.+)$", options, re.MULTILINE)
    kept = LOGGERS_THAT_NAME_PEOPLE - set(excluded[1].split() if excluded else ())
    found += [f"the proxy writes {logger}" for logger in sorted(kept)]
    for header in ("User-Agent", "Referer"):
        if f"header_up -{header}" not in sites:
            found.append(f"the proxy hands on {header}")
    believed = compose["services"]["web"]["environment"]["RAPPORT_ADDRESS_HEADER"]
    if f"header_up {believed} {{remote_host}}" not in sites:
        found.append(f"the proxy hands on what a visitor wrote into {believed}")
    return found


def database_logs(compose: Compose) -> list[str]:
    """Its log would outlive what it tells of, and a time of day is kept nowhere."""
    quiet = {
        "log_statement=none",
        "log_min_error_statement=panic",
        "log_error_verbosity=terse",
        "track_commit_timestamp=off",
        "wal_recycle=off",
        "archive_timeout=1d",
    }
    command = compose["services"]["postgres"]["command"]
    said = {setting for flag, setting in pairwise(command) if flag == "-c"}
    talkative = {each for each in said if each.startswith(("log_min_duration", "log_duration"))}
    return sorted(quiet - said | talkative)


def unknown_settings(compose: Compose) -> list[str]:
    """A misspelt setting is ignored in silence, so that its default would hold."""
    shared = {f"RAPPORT_{name.upper()}" for name in Settings.model_fields}
    of_worker = {f"RAPPORT_{name.upper()}" for name in WorkerSettings.model_fields}
    return [
        f"{name} sets {setting}, which Rapport does not know"
        for name, service in compose["services"].items()
        if name in OURS
        for setting in service.get("environment", {})
        if setting not in (of_worker if name == "worker" else shared)
    ]


RULES: Final[tuple[Rule, ...]] = (
    misplaced_secrets,
    soft_services,
    open_doors,
    default_secrets,
    proxy_logs,
    database_logs,
    unknown_settings,
)


@pytest.mark.parametrize("rule", RULES)
def test_the_compose_file_keeps_the_rule(rule: Rule) -> None:
    assert rule(_file()) == []


@pytest.mark.parametrize("rule", RULES)
def test_the_file_that_opens_a_way_out_keeps_the_rule_as_well(rule: Rule) -> None:
    assert rule(with_a_way_out()) == []


def test_the_way_out_for_mail_and_single_sign_on_is_the_web_process_s_alone() -> None:
    def reaching_out(compose: Compose) -> set[str]:
        return {
            name
            for name, service in compose["services"].items()
            for network in service["networks"]
            if not (compose["networks"][network] or {}).get("internal", False)
        }

    assert reaching_out(_file()) == {"proxy"}
    opened = with_a_way_out()
    assert reaching_out(opened) == {"proxy", "web"}
    assert _schema_errors(opened) == []
    said = opened["services"]["web"]["environment"]
    files = {f"/run/secrets/{name}" for name in opened["services"]["web"]["secrets"]}
    assert {value for name, value in said.items() if name.endswith("_FILE")} <= files
    assert {"RAPPORT_SMTP_HOST", "RAPPORT_OIDC_ISSUER"} <= said.keys()


def test_every_secret_has_an_owner_that_uses_it() -> None:
    used = {
        (source, name)
        for name, service in _file()["services"].items()
        for source in _names(service.get("volumes", [])) + _names(service.get("secrets", []))
    }
    optional = {"mail-password", "sign-on-secret"}
    assert {(n, owner) for n, owner in OWNERS.items() if n not in optional} <= used


def _schema_errors(compose: Compose) -> list[str]:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text("utf-8"))
    return [error.message for error in Draft202012Validator(schema).iter_errors(compose)]


def test_the_compose_file_fits_the_compose_specification() -> None:
    assert _schema_errors(_file()) == []


def test_a_planted_misspelling_does_not_fit_the_specification() -> None:
    compose = _file()
    compose["services"]["web"]["read_onyl"] = True
    assert _schema_errors(compose)


def test_every_variable_is_explained_in_the_example() -> None:
    used = set(re.findall(r"(?<!\$)\$\{(\w+)", (ROOT / "docker-compose.yml").read_text("utf-8")))
    explained = set(
        re.findall(r"^(\w+)=", (ROOT / ".env.example").read_text("utf-8"), re.MULTILINE)
    )
    assert used == explained


def test_the_image_has_the_version_of_the_program() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    images = {_file()["services"][name]["image"] for name in OURS}
    assert images == {f"rapport:{project['version']}"}


def _talkative() -> Iterator[tuple[Rule, str, Callable[[dict[str, Any]], object]]]:
    def proxy(old: str, new: str) -> Callable[[dict[str, Any]], object]:
        def change(services: dict[str, Any]) -> None:
            environment = services["proxy"]["environment"]
            assert old in environment["CADDYFILE"]
            environment["CADDYFILE"] = environment["CADDYFILE"].replace(old, new)

        return change

    yield proxy_logs, "access log", proxy("request_body @files {", "log\n  request_body @files {")
    yield proxy_logs, "error log", proxy("exclude http.log ", "exclude ")
    yield proxy_logs, "address", proxy("header_up -User-Agent", "")
    yield proxy_logs, "believed", proxy("header_up X-Forwarded-For {remote_host}", "")
    yield (
        database_logs,
        "rows in errors",
        lambda s: s["postgres"]["command"].remove("log_error_verbosity=terse"),
    )
    yield (
        database_logs,
        "slow statements",
        lambda s: s["postgres"]["command"].extend(["-c", "log_min_duration_statement=1000"]),
    )


def _sins() -> Iterator[tuple[Rule, str, Callable[[dict[str, Any]], object]]]:
    yield misplaced_secrets, "count store", lambda s: s["web"]["volumes"].append("count-keys:/x")
    yield misplaced_secrets, "count master", lambda s: s["web"]["secrets"].append("count-master")
    yield (
        misplaced_secrets,
        "long form",
        lambda s: s["web"]["secrets"].append({"source": "count-master", "target": "x"}),
    )
    yield misplaced_secrets, "host folder", lambda s: s["web"]["volumes"].append("./secrets:/x")
    yield misplaced_secrets, "other one", lambda s: s["web"].update(volumes_from=["worker"])
    yield (
        misplaced_secrets,
        "mail password",
        lambda s: s["worker"]["secrets"].append("mail-password"),
    )
    yield misplaced_secrets, "web store", lambda s: s["worker"]["volumes"].append("web-keys:/x")
    yield misplaced_secrets, "backups", lambda s: s["web"]["volumes"].append("backups:/x")
    yield (
        misplaced_secrets,
        "setting",
        lambda s: s["web"]["environment"].update(RAPPORT_COUNT_KEY_STORE="/x"),
    )
    yield soft_services, "writable root", lambda s: s["web"].pop("read_only")
    yield soft_services, "rights", lambda s: s["worker"].pop("cap_drop")
    yield soft_services, "latest", lambda s: s["proxy"].update(image="caddy:latest")
    yield soft_services, "core dump", lambda s: s["web"].pop("ulimits")
    yield soft_services, "piped core dump", lambda s: s["web"].update(ulimits={"core": 0})
    yield open_doors, "database port", lambda s: s["postgres"].update(ports=["5432:5432"])
    yield open_doors, "internet", lambda s: s["worker"].update(networks=["edge"])
    yield open_doors, "web without the page's file", lambda s: s["web"]["networks"].append("edge")
    yield (
        default_secrets,
        "password",
        lambda s: s["postgres"]["environment"].update(POSTGRES_PASSWORD="rapport"),
    )
    yield default_secrets, "default", lambda s: s["web"]["environment"].update(A="${B:-c}")
    yield default_secrets, "address", lambda s: s["web"]["environment"].update(A="x://a:b@c/d")
    yield from _talkative()
    yield unknown_settings, "misspelt", lambda s: s["web"]["environment"].update(RAPPORT_URL="x")


@pytest.mark.parametrize(
    ("rule", "plant"),
    [pytest.param(rule, plant, id=f"{rule.__name__}: {name}") for rule, name, plant in _sins()],
)
def test_a_planted_sin_is_caught(rule: Rule, plant: Callable[[dict[str, Any]], object]) -> None:
    compose = copy.deepcopy(_file())
    plant(compose["services"])
    assert rule(compose)
