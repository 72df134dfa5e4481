"""The report in a real browser: it draws, complains of nothing, loads nothing from elsewhere, and prints."""

import html
import html.parser
import json
import re

import browser
import numpy as np
import pytest

import bolus
from bolus import io, preprocess


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Of a whole study: every section is there."""
    head = bolus.simulate.HeadPhantom(seed=4, size=(48, 58, 44), spacing=(4, 4, 4))()
    grid = bolus.simulate.HeadPhantom.centred_grid((40, 48, 12), (5, 5, 11))
    series = bolus.simulate.PerfusionPhantom(seed=4, volumes=60)(head, grid).series
    images = io.StudyImages("x", {"cet1": head.contrast_t1, "flair": head.contrast_t1}, series, head.labels)
    quick = preprocess.Preprocess(spacing=4, register_images=False, correct_bias=False, classify_tissue=False)
    shape = bolus.model.NetworkShape(channels=5)
    networks = [
        bolus.model.AttentionLSTM(
            shape, bolus.model.random_network(shape, seed).weights, ["ET", "NET", "ED", "WT", "AIF"], 45, 1.5
        )
        for seed in (1, 2)
    ]
    for network in networks:
        network.notes = {
            "validation": json.dumps(
                {"data": "made-up patients", "patients": 12, "auc": 0.87, "auc_low": 0.6, "auc_high": 0.99}
            )
        }
    out = tmp_path_factory.mktemp("report") / "out"
    result = bolus.predict(
        images, bolus.model.Ensemble(networks), output=out, preprocess_step=quick, brain=head.brain, patient="p1"
    )
    return result.report


class Links(html.parser.HTMLParser):
    """Everything that an element would load."""

    def __init__(self):
        super().__init__()
        self.found, self.tags = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.found += [
            value for name, value in attributes if name in ("src", "href", "srcset", "data", "action", "poster")
        ]


def test_the_page_is_one_file_of_a_size_that_can_be_sent(page):
    text = page.read_text(encoding="utf-8")
    assert page.stat().st_size < 15e6
    links = Links()
    links.feed(text)
    assert links.found and all(link.startswith("data:") for link in links.found)
    assert not {"iframe", "object", "embed", "base"} & set(links.tags)
    assert not re.search(r"url\((?!#)|@import|fetch\(|XMLHttpRequest|WebSocket|https?://", text)
    sections = re.findall(r'<section id="(\w+)"', text)
    assert sections == ["probability", "images", "curves", "perfusion", "quality", "model", "limits", "notes"]
    for words in ("Research software, not a medical device", "Choi et al.", "temporal pattern TP",
                  "0.870 (95 % interval 0.600 to 0.990)",
                  "2 networks of other trainings", "made-up patients", "IDH status is settled by histology"):  # fmt: skip
        assert words in text, words


@browser.needed
def test_a_browser_draws_it_without_a_complaint(page, tmp_path):
    # A page that says what it sees: whether every view was drawn, and how bright.
    check = (
        "<script>addEventListener('load', () => setTimeout(() => { const lit = "
        "[...document.querySelectorAll('.view canvas')].map((c) => {"
        "const d = c.getContext('2d').getImageData(0, 0, c.width, c.height).data; let grey = 0, colour = 0;"
        "for (let i = 0; i < d.length; i += 4) { if (d[i] > 30) ++grey; if (Math.abs(d[i] - d[i + 2]) > 40) ++colour; }"
        "return [grey, colour, c.width * c.height]; }); document.body.dataset.lit = JSON.stringify(lit);"
        "const s = document.getElementById('axial-slice'); s.value = 0; s.dispatchEvent(new Event('input'));"
        "document.body.dataset.loaded = JSON.stringify(performance.getEntriesByType('resource').map((e) => "
        "e.name.slice(0, 80)));"
        "document.body.dataset.moved = document.getElementById('axial-at').textContent; }, 3000));</script>"
    )
    dom = browser.look_with(check, page, tmp_path)
    assert 'data-ready="yes"' in dom
    lit = json.loads(re.search(r'data-lit="([^"]+)"', dom).group(1))
    assert len(lit) == 3
    for grey, colour, size in lit:
        assert grey > 0.05 * size and colour > 20
    assert re.search(r'data-moved="1 / \d+"', dom)
    loaded = json.loads(html.unescape(re.search(r'data-loaded="([^"]*)"', dom).group(1)))
    assert all(name.startswith("data:") for name in loaded), loaded


@browser.needed
def test_it_prints(page, tmp_path):
    data, text = browser.print_page(page, tmp_path)
    assert 2 <= data.count(b"/Type /Page\n") + data.count(b"/Type/Page/") + data.count(b"/Type /Page ") <= 12
    if text is not None:
        for words in ("Probability of an IDH mutation", "Where it is", "Perfusion", "Limits"):
            assert words in text


def test_figures_of_the_viewer_lie_where_they_belong():
    """An oblique, flipped image: the marked voxel is found on the tiles of all three planes."""
    import base64
    import io as buffers

    from PIL import Image as Picture

    from bolus.patient._views import views_of

    values = np.full((10, 12, 14), 100, np.float32)
    labels = np.zeros(values.shape, np.uint8)
    labels[7, 3, 9] = 4
    affine = np.array(
        [[0, 2.0, 0, -5], [-2.0, 0, 0, 4], [0, 0, 3.0, -7], [0, 0, 0, 1]]
    )  # x to posterior, y to the right in RAS
    views = views_of({"a": bolus.Image(np.asfortranarray(values), affine)}, bolus.LabelMap(labels, affine), None, {})
    # In LPS: left grows against y of the array, posterior with x, superior with z.
    left, posterior, superior = 12 - 1 - 3, 7, 9
    expected = {
        "axial": (left, posterior),
        "coronal": (left, 14 - 1 - superior),
        "sagittal": (posterior, 14 - 1 - superior),
    }
    for name, plane in views.planes.items():
        sheet = np.array(Picture.open(buffers.BytesIO(base64.b64decode(plane["sheets"]["labels"].split(",")[1]))))
        rows, columns = np.nonzero(sheet)
        assert len(rows) == 1 and sheet[rows[0], columns[0]] == 4
        assert (columns[0] % plane["width"], rows[0] % plane["height"]) == expected[name]
        tile = rows[0] // plane["height"] * plane["columns"] + columns[0] // plane["width"]
        assert tile == plane["start"]


def test_words_of_the_temporal_pattern():
    from bolus.patient._report import _pattern_words

    segments = {name: {"attention_share": share} for name, share in
                (("baseline", 0.4), ("downslope", 0.35), ("upslope", 0.15), ("plateau", 0.1))}  # fmt: skip
    assert "75 % of its attention" in _pattern_words({"temporal_pattern": 1, "segments": segments})
    assert "TP1 (baseline and downslope)" in _pattern_words({"temporal_pattern": 1, "segments": segments})
    assert "No bolus was found" in _pattern_words({"temporal_pattern": 0, "segments": {}})
