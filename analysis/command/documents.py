"""Plans, codebooks and comparisons as files: JSON, and YAML for what people write by hand."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from analysis.command.tables import read_text
from analysis.refusals import Refusal

_YAML: Final = (".yaml", ".yml")


def read_mapping(path: Path) -> dict[str, Any]:
    """What a .yaml or .yml file (where PyYAML is installed) or a JSON file says.

    Refuses (`Refusal`): text that is neither, a key that stands twice, an alias of YAML, anything
    but a mapping.
    """
    text = read_text(path)
    is_yaml = path.suffix.casefold() in _YAML
    document = _from_yaml(path, text) if is_yaml else _from_json(path, text)
    if not isinstance(document, dict):
        raise Refusal(f"{path}: must hold a {'YAML' if is_yaml else 'JSON'} mapping")
    return document


def refuse_overwriting(targets: Sequence[Path], sources: Sequence[Path]) -> None:
    """Refuses (`Refusal`) to write over what is read, or one file twice; before anything is read.

    >>> refuse_overwriting([Path("plan.json")], [Path("answers.csv"), Path("./plan.json")])
    Traceback (most recent call last):
    analysis.refusals.Refusal: plan.json: this file is read; name another one to write
    """
    for i, target in enumerate(targets):
        if any(_is_one_file(target, source) for source in sources):
            raise Refusal(f"{target}: this file is read; name another one to write")
        if any(_is_one_file(target, other) for other in targets[:i]):
            raise Refusal(f"{target}: this file would be written twice; name two files")


def _is_one_file(one: Path, other: Path) -> bool:
    if one.resolve() == other.resolve():
        return True
    return one.exists() and other.exists() and one.samefile(other)


def write_document(document: Mapping[str, Any], target: Path) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    target.write_text(text + "\n", encoding="utf-8")


def _from_json(path: Path, text: str) -> object:
    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        _refuse_twice(path, (key for key, _ in pairs))
        return dict(pairs)

    try:
        return json.loads(text, object_pairs_hook=mapping)
    except ValueError as exc:
        raise Refusal(f"{path}: no JSON ({exc})") from exc
    except RecursionError as exc:
        raise _too_deep(path) from exc


def _from_yaml(path: Path, text: str) -> object:
    try:
        import yaml  # noqa: PLC0415 - optional
    except ImportError as exc:
        raise Refusal(
            f"{path}: {path.suffix} files need the library PyYAML, which is not installed; install "
            "it (`pip install pyyaml`), or write the file as JSON"
        ) from exc
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)  # is short with what is too deep
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            if isinstance(token, yaml.AliasToken):
                raise _alias(path, token.value, token.start_mark.line + 1)
        _refuse_twice_in_yaml(path, [root])
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as exc:  # a day such as 2026-02-31 is no YAMLError
        told = " ".join(str(exc).split())
        raise Refusal(f"{path}: no YAML ({told})") from exc
    except RecursionError as exc:
        raise _too_deep(path) from exc


def _alias(path: Path, name: str, line: int) -> Refusal:
    """A few of them can stand for more than any memory holds, or for themselves."""
    return Refusal(f"{path}, line {line}: the alias *{name}; write out what it stands for")


def _too_deep(path: Path) -> Refusal:
    return Refusal(f"{path}: lists within lists, far too deep; no plan looks like this")


def _refuse_twice_in_yaml(path: Path, nodes: list[Any]) -> None:
    """PyYAML would take the last of two values and say nothing."""
    while nodes:
        node = nodes.pop()
        parts = node.value if node is not None and not isinstance(node.value, str) else []
        if parts and isinstance(parts[0], tuple):
            _refuse_twice(path, (key.value for key, _ in parts if isinstance(key.value, str)))
            parts = [part for pair in parts for part in pair]
        nodes.extend(parts)


def _refuse_twice(path: Path, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise Refusal(f"{path}: the key {key!r} stands twice; keep one")
        seen.add(key)
