"""docs/images/jupyter_viewer.png: the viewer in JupyterLab, light and dark, after a slider was moved by the keyboard.

Needs jupyterlab and playwright beside bolus[viewer,notebook], and Chromium: python docs/figures/jupyter_viewer.py docs/images
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import nbformat
import numpy as np
from PIL import Image as Picture
from playwright.sync_api import sync_playwright

CODE = """
import numpy as np
import bolus
from bolus import simulate
head = simulate.HeadPhantom(seed=11, size=(96, 114, 90), spacing=(2, 2, 2))()
grid = simulate.HeadPhantom.centred_grid((76, 92, 24), (2.5, 2.5, 6))
series = simulate.PerfusionPhantom(seed=11, volumes=60)(head, grid).series
study = bolus.AlignedStudy({"cet1": head.contrast_t1, "flair": head.flair}, series, head.labels)
bolus.view(study)
"""
PORT, TOKEN = 8899, "figures"


def photograph(folder: Path, theme: str) -> Path:
    (folder / "notebook").mkdir(parents=True)
    cell = nbformat.v4.new_code_cell(CODE.strip())
    notebook = nbformat.v4.new_notebook(cells=[cell])
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python", "language": "python"}
    nbformat.write(notebook, folder / "notebook" / "view.ipynb")
    settings = folder / "config" / "lab" / "user-settings" / "@jupyterlab" / "apputils-extension"
    settings.mkdir(parents=True)
    (settings / "themes.jupyterlab-settings").write_text(json.dumps({"theme": f"JupyterLab {theme}"}))
    kernel = folder / "data" / "kernels" / "python3"
    kernel.mkdir(parents=True)
    python = os.environ.get("BOLUS_PYTHON", sys.executable)
    (kernel / "kernel.json").write_text(
        json.dumps({"argv": [python, "-m", "ipykernel_launcher", "-f", "{connection_file}"],
                    "display_name": "Python", "language": "python"})
    )  # fmt: skip
    server = subprocess.Popen(
        [sys.executable, "-m", "jupyterlab", "--allow-root", "--no-browser", f"--port={PORT}", "--ServerApp.ip=127.0.0.1",
         f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={folder / 'notebook'}"],
        env={**os.environ, "JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_DATA_DIR": str(folder / "data"),
             "JUPYTER_PREFER_ENV_PATH": "0"},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        time.sleep(12)
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
            page = browser.new_context(viewport={"width": 1420, "height": 1000}).new_page()
            outside: list[str] = []
            own = ("http://127.0.0.1", "ws://127.0.0.1", "data:", "blob:")
            page.on("request", lambda request: outside.append(request.url) if not request.url.startswith(own) else None)
            page.goto(f"http://127.0.0.1:{PORT}/lab/tree/view.ipynb?token={TOKEN}")
            page.wait_for_selector(".jp-Notebook", timeout=120_000)
            time.sleep(6)
            page.keyboard.press("Control+b")
            page.click("text=Run >> nth=0")
            page.click("text=Run All Cells")
            page.wait_for_selector(".widget-vbox .bolus", timeout=240_000)
            time.sleep(6)
            before = page.locator(".bolus .head").first.inner_text()
            handle = page.locator(".noUi-handle").first
            handle.focus()
            for _ in range(3):
                page.keyboard.press("ArrowLeft")
            time.sleep(4)
            if page.locator(".bolus .head").first.inner_text() == before:
                raise SystemExit("the slider moved nothing")
            if outside:
                raise SystemExit(f"loaded from elsewhere: {outside}")
            path = folder / f"{theme}.png"
            page.locator(".jp-OutputArea-output .widget-vbox").first.screenshot(path=path)
            browser.close()
    finally:
        server.terminate()
        server.wait()
    return path


def main(folder: Path) -> None:
    with tempfile.TemporaryDirectory() as work:
        pictures = [
            np.array(Picture.open(photograph(Path(work) / theme, theme)).convert("RGB")) for theme in ("Light", "Dark")
        ]
        pictures = [picture[: min(map(len, pictures))] for picture in pictures]
        Picture.fromarray(np.concatenate(pictures)).save(folder / "jupyter_viewer.png", optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
