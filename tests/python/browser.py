"""Chromium without a window: what it makes of a page, what it complains of, what it asks the network for, what it prints."""

import re
import shutil
import subprocess

import pytest

path = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
needed = pytest.mark.skipif(path is None, reason="no Chromium here")


def run(folder, *arguments):
    """Chromium with a profile of its own in a folder."""
    return subprocess.run(
        [path, "--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=20000", "--no-first-run",
         f"--user-data-dir={folder / 'profile'}", "--disable-background-networking", "--disable-component-update",
         *map(str, arguments)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip


def look(page, folder, *arguments):
    """The page as it stands after its scripts; it may complain of nothing and ask the network for nothing."""
    log = folder / "net.json"
    done = run(folder, "--enable-logging=stderr", f"--log-net-log={log}", *arguments, "--dump-dom", page.as_uri())
    assert "CONSOLE" not in done.stderr, [line for line in done.stderr.splitlines() if "CONSOLE" in line]
    # Errands of the browser itself have no page as their initiator.
    asked = re.findall(r'"initiator":"(file[^"]*)"[^{}]*"url":"(http[^"]*|ws[^"]*)"', log.read_text(errors="replace"))
    assert not asked
    return done.stdout


def look_with(check, page, folder):
    """The same for a page that a script is added to, which says what it sees."""
    probe = folder / "probe.html"
    probe.write_text(page.read_text(encoding="utf-8").replace("</body>", check + "</body>"), encoding="utf-8")
    return look(probe, folder)


def print_page(page, folder):
    """The page on paper, as PDF, and its words where there is pdftotext, else None."""
    paper = folder / "paper.pdf"
    run(folder, "--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri())
    data = paper.read_bytes()
    assert data.startswith(b"%PDF")
    if not shutil.which("pdftotext"):
        return data, None
    return data, subprocess.run(["pdftotext", str(paper), "-"], capture_output=True, text=True, check=True).stdout
