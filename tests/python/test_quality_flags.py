"""docs/quality_flags.md lists every flag that the sources can raise, and no other."""

import re
from pathlib import Path

root = Path(__file__).parents[2]
page = root / "docs" / "quality_flags.md"
sources = sorted(
    path
    for folder in ("include", "src", "python/bolus")
    for path in (root / folder).rglob("*")
    if path.suffix in (".hpp", ".cpp", ".py")
)
stages = "io|preprocess|segment|dsc|model|evaluate|pipeline|patient|cohort|study|simulate"
literal = re.compile(rf'"((?:{stages})(?:\.[a-z0-9_]+)+)"')
prefix = re.compile(rf'"((?:{stages})(?:\.[a-z0-9_]+)*\.)"')
#: What looks like a flag and is none: files, names of records, and beginnings by which flags are told apart.
others = {
    *("model.ckpt", "model.ckpt.index", "study.reproduce"),
    *("segment.correction", "dsc.protocol", "dsc.aif", "pipeline.voxel"),
}
endings = (".hpp", ".cpp", ".json", ".csv", ".py", ".html", ".gz", ".parquet", ".png")


def documented() -> list[str]:
    rows = [line.split("|")[1] for line in page.read_text().splitlines() if line.startswith("| `")]
    return [code for row in rows for code in re.findall(r"`([a-z0-9_.]+)`", row)]


def without_comments(text: str) -> str:
    return re.sub(r"^\s*(//|#:).*$", "", text, flags=re.MULTILINE)


def raised() -> tuple[set[str], dict[str, Path]]:
    """Codes that stand in the sources as a whole, and beginnings to which an ending is added in their file."""
    whole, begun = set(), {}
    for path in sources:
        text = without_comments(path.read_text())
        whole |= {code for code in literal.findall(text) if code not in others and not code.endswith(endings)}
        begun |= {found: path for found in prefix.findall(text)}
    return whole, begun


def test_every_flag_of_the_sources_is_documented() -> None:
    whole, begun = raised()
    assert len(whole) > 100  # else the pattern finds nothing any more
    known = set(documented())
    missing = sorted(whole - known)
    for start, path in begun.items():
        # flag("ending", ...), reason(verdict, "ending", ...), known("quantity", ...): what is joined to the beginning
        called = re.findall(r'\b(flag|reason|known)\((?:\w+, )?"([a-z0-9_]+)"', path.read_text())
        ends = [
            end
            for name, text in called
            for end in ([text] if name != "known" else [f"{text}_missing", f"{text}_implausible"])
        ]
        missing += [start + end for end in ends if start + end not in known]
        assert any(code.startswith(start) for code in known), f"no flag {start}... of {path.name} is documented"
    assert not missing, f"add to docs/quality_flags.md (or, if these are no flags, to `others` here): {missing}"


def test_every_documented_flag_can_still_be_raised() -> None:
    whole, begun = raised()
    gone = []
    for code in documented():
        if code in whole:
            continue
        start = code[: code.rindex(".") + 1]
        end = (
            re.sub(r"_(missing|implausible)$", "", code.removeprefix(start))
            if start == "dsc.protocol."
            else code.removeprefix(start)
        )
        if start not in begun or f'"{end}"' not in begun[start].read_text():
            gone.append(code)
    assert not gone, f"docs/quality_flags.md lists flags that nothing raises: {gone}"


def test_each_flag_is_documented_once_with_what_to_do() -> None:
    codes = documented()
    assert len(codes) == len(set(codes)), sorted(code for code in set(codes) if codes.count(code) > 1)
    for line in page.read_text().splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            assert len(cells) == 4 and all(cells), line
