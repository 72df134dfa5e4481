"""Every notebook runs from its first cell to its last."""

from pathlib import Path

import pytest

notebooks = sorted((Path(__file__).parents[2] / "examples" / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", notebooks, ids=lambda notebook: notebook.stem)
def test_notebook_runs(notebook: Path, tmp_path: Path) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    content = nbformat.read(notebook, as_version=4)
    nbclient.NotebookClient(content, timeout=600, resources={"metadata": {"path": str(tmp_path)}}).execute()


def test_real_data_are_not_needed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that take real data where there are any run without as well."""
    monkeypatch.delenv("BOLUS_TEST_DATA", raising=False)
    taking = [notebook for notebook in notebooks if "BOLUS_TEST_DATA" in notebook.read_text()]
    assert taking
    for notebook in taking:
        test_notebook_runs(notebook, tmp_path)


def test_there_are_notebooks() -> None:
    assert notebooks
