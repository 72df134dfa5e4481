"""What the pages point to is there: pages, headings, pictures, files that are named. Addresses elsewhere are of a sound form.

Nothing is fetched. With a network, `sphinx -b linkcheck` asks every address (see CONTRIBUTING.md).
"""

import json
import re
import unicodedata
from pathlib import Path

import pytest

root = Path(__file__).parents[2]
docs = root / "docs"
pages = [
    *(root / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")),
    *sorted(page for page in docs.rglob("*.md") if "generated" not in page.parts),
]
sources = [
    path
    for folder, ending in (("include", "*.hpp"), ("src", "*.cpp"), ("python", "*.py"), ("python", "*.cpp"))
    for path in sorted((root / folder).rglob(ending))
]
#: Where names of files without a folder are looked for.
folders = ("tests/python", "tests/cpp", "benchmarks", "docs/figures", "scripts", "examples/cpp", "examples/notebooks")
named_file = re.compile(
    r"(?<![\w./<-])((?:benchmarks|tests|docs|scripts|examples|include|src|cmake|python)/[\w./-]+\.\w+|test_\w+\.py|\w+_test\.cpp)\b"
)
code = re.compile(r"(?<!`)`(?!`)[^`]*`")
fence = re.compile(r"^(`{3,})(?!\{).*?^\1\s*$", re.MULTILINE | re.DOTALL)
address = re.compile(r"https?://[^\s\"'<>`\\]+")


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def slug(heading: str) -> str:
    """The anchor that GitHub and MyST give a heading."""
    heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").replace("*", "").strip().lower()
    kept = "".join(c for c in heading if c in "-_ " or unicodedata.category(c)[0] in "LN")
    return kept.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#{1,3} (.+)$", fence.sub("", text_of(page)), re.MULTILINE)
    found: set[str] = set()
    for name in map(slug, headings):
        number, unique = 1, name
        while unique in found:
            unique, number = f"{name}-{number}", number + 1
        found.add(unique)
    return found


def links(page: Path) -> list[str]:
    text = re.sub(r"(`+)(?!\{).+?\1", "", fence.sub("", text_of(page)))
    return re.findall(r"\]\(([^)\s]+)\)", text)


@pytest.mark.parametrize("page", pages, ids=lambda page: str(page.relative_to(root)))
def test_pages_and_headings_that_are_linked_are_there(page: Path) -> None:
    missing = []
    for target in links(page):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        if not linked.is_file() or (anchor and anchor not in anchors(linked)):
            missing.append(target)
    for role, target in re.findall(r"\{(doc|download)\}`(?:[^`<]*<)?([^`>]+)>?`", text_of(page)):
        base = docs if target.startswith("/") else page.parent
        if not any((base / (target.lstrip("/") + ending)).is_file() for ending in ("", ".md", ".rst")):
            missing.append(f"{{{role}}} {target}")
    assert not missing


@pytest.mark.parametrize("page", pages, ids=lambda page: str(page.relative_to(root)))
def test_files_that_are_named_are_there(page: Path) -> None:
    missing = []
    for name in named_file.findall(" ".join(code.findall(text_of(page)))):
        places = [root / name] if "/" in name else [root / folder / name for folder in folders]
        if not any(place.is_file() for place in places):
            missing.append(name)
    assert not missing


def images_in(page: Path) -> set[Path]:
    text = text_of(page)
    found = re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", text) + re.findall(
        r"^`{3}\{(?:image|figure)\} (\S+)", text, re.MULTILINE
    )
    return {(page.parent / name).resolve() for name in found if not re.match(r"[a-z]+:", name)}


def test_every_picture_is_there_is_used_and_has_a_script_that_makes_it() -> None:
    used = set().union(*(images_in(page) for page in pages))
    assert not [path for path in used if not path.is_file()]
    there = {path.resolve() for path in (docs / "images").iterdir()}
    assert not (idle := there - used), f"no page shows {idle}"
    scripts = [text_of(path) for path in sorted((docs / "figures").glob("*.py"))]
    for picture in there - {docs / "images" / "data_way.svg"}:  # that one is drawn by hand
        stem, start = picture.stem, picture.stem.partition("_")[0]
        made = any(
            stem in script or (f"{start}_*.png" in script and f'"{stem[len(start) + 1 :]}"' in script)
            for script in scripts
        )
        assert made, f"no script of docs/figures makes {picture.name}"


def test_every_page_has_a_description_for_each_picture() -> None:
    for page in pages:
        text = text_of(page)
        assert not re.search(r"!\[\]\(", text), page
        for block in re.findall(r"^`{3}\{image\}.*?^`{3}", text, re.MULTILINE | re.DOTALL):
            assert ":alt: " in block, (page, block)


def addresses() -> dict[str, Path]:
    found: dict[str, Path] = {}
    for path in [*pages, *sources, root / "pyproject.toml", root / "CITATION.cff"]:
        for url in address.findall(text_of(path)):
            url = url.rstrip(".,;:)*|]") if url.count("(") == 0 else url.rstrip(".,;:*|")
            found.setdefault(url, path)
    for notebook in sorted((root / "examples" / "notebooks").glob("*.ipynb")):
        for cell in json.loads(text_of(notebook))["cells"]:
            for url in address.findall("".join(cell["source"])):
                found.setdefault(url.rstrip(".,;:)*|]"), notebook)
    return found


def test_addresses_elsewhere_are_of_a_sound_form() -> None:
    urls = addresses()
    assert len(urls) > 20
    dois: dict[str, str] = {}
    for url, path in urls.items():
        where = f"{url} in {path.relative_to(root)}"
        host = url.split("/")[2]
        if host.startswith(("localhost", "127.0.0.1")) or "{" in url:
            continue
        if url.startswith("http://www.w3.org/"):  # the name of a namespace, not an address
            continue
        assert url.startswith("https://"), f"not https: {where}"
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", host), f"no host: {where}"
        assert host not in ("dx.doi.org", "www.doi.org"), f"write https://doi.org/...: {where}"
        assert "/blob/master/" not in url and "/tree/master/" not in url, f"changes under the reader: {where}"
        if host == "doi.org":
            assert re.fullmatch(r"https://doi\.org/10\.\d{4,9}/[-._;()/:A-Za-z0-9]+", url), f"no DOI: {where}"
            assert dois.setdefault(url.lower(), url) == url, f"one DOI in two spellings: {where}"
    bare = [path for path in pages if re.search(r"\bdoi: ?10\.|dx\.doi\.org", text_of(path))]
    assert not bare, f"write https://doi.org/10...: {bare}"


def test_a_broken_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(
        "# One thing\n\n[a](#one-thing) [b](#another) [c](nowhere.md) `tests/python/test_nothing.py` `[d](code.md)`\n"
    )
    with pytest.raises(AssertionError, match=r"'#another', 'nowhere.md'"):
        test_pages_and_headings_that_are_linked_are_there(page)
    with pytest.raises(AssertionError, match="test_nothing"):
        test_files_that_are_named_are_there(page)
