"""Optional models: kept whole, fetched only whole, never required, and run through small protocols."""

from __future__ import annotations

import hashlib
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pytest
from footage import footage
from onnx_files import convolution
from weights import weights

from core.cancel import Cancelled, CancelToken
from core.errors import ModelError
from core.media.decoder import Decoder
from core.media.probe import probe
from core.models.adapters import NONE
from core.models.catalogue import ModelEntry, catalogue, load_catalogue
from core.models.litert import CITYSCAPES, CityscapesSegmenter
from core.models.loading import load_models
from core.models.onnx import FastestDet, OnnxNet, RelativeDepth, input_shape
from core.models.store import ModelState, ModelStore
from core.models.tasks import Task
from core.progress import Progress, ignore_progress
from core.scene import SurfaceClass

CONTENT = np.random.default_rng(5).integers(0, 256, 700_000, np.uint8).tobytes()
DIGEST = hashlib.sha256(CONTENT).hexdigest()


# ---- a server that a test can break -------------------------------------------------------------------------------


@dataclass
class Site:
    """Serves `content` under any name. `cut` closes the line after so many bytes of the next answer."""

    content: bytes = CONTENT
    cut: int | None = None
    knows_ranges: bool = True
    status: int = 200
    asked: list[str] = field(default_factory=list)
    """The Range header of each request."""
    address: str = ""


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            wanted = self.headers.get("Range", "")
            made.asked.append(wanted)
            start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and made.knows_ranges else 0
            body = made.content[start:]
            self.send_response(206 if start else made.status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with suppress(ConnectionError):  # whoever has enough hangs up
                self.wfile.write(body if made.cut is None else body[: made.cut])
            made.cut = None

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.address = f"http://127.0.0.1:{server.server_port}/tiny.onnx"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made
        server.shutdown()
        thread.join()


def an_entry(site: Site | None = None, **changes: object) -> ModelEntry:
    address = site.address if site else "https://example.org/tiny.onnx"
    entry = ModelEntry(
        "tiny", "Tiny", Task.DEPTH, address, "MIT", "https://example.org/licence", "anything", DIGEST, len(CONTENT)
    )
    return replace(entry, **changes)  # type: ignore[arg-type]


def a_store(folder: Path, *entries: ModelEntry) -> ModelStore:
    return ModelStore(folder / "models", entries)


def fetched(store: ModelStore, *, accepted: bool = True) -> None:
    store.fetch("tiny", CancelToken(), ignore_progress, licence_accepted=accepted)


def states(store: ModelStore) -> dict[str, ModelState]:
    return {model.id: model.state for model in store.models()}


def a_depth_file(folder: Path, name: str = "nearness.onnx", side: int = 32) -> Path:
    """A network that calls bright red near."""
    path = folder / name
    kernel = np.zeros((1, 3, 1, 1), np.float32)
    kernel[0, 0] = 1.0
    path.write_bytes(convolution(kernel, side))
    return path


# ---- fetching -----------------------------------------------------------------------------------------------------


def test_a_model_is_fetched_and_in_use(site: Site, tmp_path: Path) -> None:
    store, told = a_store(tmp_path, an_entry(site)), list[Progress]()
    assert states(store) == {"tiny": ModelState.AVAILABLE}
    record = store.fetch("tiny", CancelToken(), told.append, licence_accepted=True)
    assert states(store) == {"tiny": ModelState.IN_USE}
    assert store.verified(record).read_bytes() == CONTENT
    assert [p.done for p in told] == sorted(p.done for p in told)
    assert told[-1].fraction == 1.0


def test_nothing_is_asked_for_before_the_licence_is_accepted(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="MIT"):
        fetched(a_store(tmp_path, an_entry(site)), accepted=False)
    assert site.asked == []


def test_a_broken_line_is_taken_up_where_it_broke(site: Site, tmp_path: Path) -> None:
    store = a_store(tmp_path, an_entry(site))
    site.cut = 300_000
    with pytest.raises(ModelError, match="try again"):
        fetched(store)
    assert states(store) == {"tiny": ModelState.AVAILABLE}
    fetched(store)
    assert states(store) == {"tiny": ModelState.IN_USE}
    assert site.asked == ["", "bytes=300000-"]


def test_cancelling_keeps_what_has_come(site: Site, tmp_path: Path) -> None:
    store, cancel = a_store(tmp_path, an_entry(site)), CancelToken()
    with pytest.raises(Cancelled):
        store.fetch("tiny", cancel, lambda _: cancel.cancel(), licence_accepted=True)
    fetched(store)
    assert site.asked[1].startswith("bytes=")
    assert states(store) == {"tiny": ModelState.IN_USE}


def test_a_server_that_cannot_go_on_begins_anew(site: Site, tmp_path: Path) -> None:
    store = a_store(tmp_path, an_entry(site))
    site.cut, site.knows_ranges = 300_000, False
    with pytest.raises(ModelError):
        fetched(store)
    fetched(store)
    assert states(store) == {"tiny": ModelState.IN_USE}


def test_a_file_of_another_hash_is_refused_and_leaves_nothing(site: Site, tmp_path: Path) -> None:
    site.content = bytes(len(CONTENT))
    store = a_store(tmp_path, an_entry(site))
    with pytest.raises(ModelError, match="not the file"):
        fetched(store)
    assert list((tmp_path / "models").iterdir()) == []


def test_a_server_that_never_stops_is_stopped_at_the_size_that_is_known(site: Site, tmp_path: Path) -> None:
    site.content = CONTENT + bytes(5_000_000)
    fetched(a_store(tmp_path, an_entry(site)))
    assert (tmp_path / "models" / "tiny.onnx").stat().st_size == len(CONTENT)


def test_what_a_server_refuses_is_said(site: Site, tmp_path: Path) -> None:
    site.status = 404
    with pytest.raises(ModelError, match="404"):
        fetched(a_store(tmp_path, an_entry(site)))


def test_a_host_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"127\.0\.0\.1:9 could not be read"):
        fetched(a_store(tmp_path, an_entry(address="http://127.0.0.1:9/tiny.onnx")))


@pytest.mark.parametrize("address", ["file:///etc/hostname", "ftp://example.org/tiny.onnx"])
def test_only_web_addresses_are_read(address: str, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no web address"):
        fetched(a_store(tmp_path, an_entry(address=address)))


def test_a_model_of_no_known_hash_is_never_fetched(site: Site, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="No hash is known"):
        fetched(a_store(tmp_path, an_entry(site, sha256="")))
    assert site.asked == []


# ---- adding, using, removing --------------------------------------------------------------------------------------


def test_a_known_file_is_told_by_its_hash_whatever_its_name(tmp_path: Path) -> None:
    path = tmp_path / "download (3).bin"
    path.write_bytes(CONTENT)
    store = a_store(tmp_path, an_entry())
    assert store.entry_of_file(path) == an_entry()
    with pytest.raises(ModelError, match="accept"):
        store.add_file(path)
    assert store.add_file(path, licence_accepted=True).id == "tiny"
    assert states(store) == {"tiny": ModelState.IN_USE}


def test_an_unknown_file_needs_a_task(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    with pytest.raises(ModelError, match="say what it is for"):
        store.add_file(a_depth_file(tmp_path))
    assert store.add_file(a_depth_file(tmp_path), Task.DEPTH).id == "nearness"


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "weights.pth"
    path.write_bytes(b"pickled")
    with pytest.raises(ModelError, match=r"\.onnx"):
        a_store(tmp_path).add_file(path, Task.DETECTOR)


def test_one_model_of_a_task_is_in_use_and_the_other_can_be_taken_back(site: Site, tmp_path: Path) -> None:
    store = a_store(tmp_path, an_entry(site))
    fetched(store)
    store.add_file(a_depth_file(tmp_path), Task.DEPTH)
    assert states(store) == {"tiny": ModelState.INSTALLED, "nearness": ModelState.IN_USE}
    fetched(store, accepted=False)
    assert states(store) == {"tiny": ModelState.IN_USE, "nearness": ModelState.INSTALLED}
    assert len(site.asked) == 1, "what is here is not fetched again"


def test_two_files_of_one_name_are_two_models(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    (tmp_path / "other").mkdir()
    first = store.add_file(a_depth_file(tmp_path), Task.DEPTH)
    second = store.add_file(a_depth_file(tmp_path / "other", side=64), Task.DEPTH)
    assert first.id != second.id
    assert len(store.models()) == 2


def test_a_removed_model_leaves_nothing(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.add_file(a_depth_file(tmp_path), Task.DEPTH)
    store.remove("nearness")
    assert store.models() == ()
    assert list((tmp_path / "models").iterdir()) == []
    with pytest.raises(ModelError, match="not installed"):
        store.remove("nearness")


def test_a_record_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.add_file(a_depth_file(tmp_path), Task.DEPTH)
    (tmp_path / "models" / "nearness.json").write_text("{")
    assert store.models() == ()


# ---- loading ------------------------------------------------------------------------------------------------------


def test_without_models_there_are_none_and_no_word_of_it(tmp_path: Path) -> None:
    assert load_models(a_store(tmp_path)) == NONE


def test_what_is_in_use_is_loaded_and_named_by_its_hash(tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.add_file(a_depth_file(tmp_path), Task.DEPTH)
    first = load_models(store)
    store.add_file(a_depth_file(tmp_path, "other.onnx", side=64), Task.DEPTH)
    second = load_models(store)
    assert first.depth is not None
    assert first.notes == ()
    assert first.digest(Task.DEPTH)
    assert first.digest(Task.DEPTH) != second.digest(Task.DEPTH)
    assert first.digest(Task.DETECTOR) == ""
    assert [(model.id, model.task, model.sha256) for model in first.used] == [
        ("nearness", Task.DEPTH, hashlib.sha256(a_depth_file(tmp_path).read_bytes()).hexdigest())
    ]


def spoil(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1] + b"x")


@pytest.mark.parametrize(("harm", "said"), [(spoil, "changed"), (Path.unlink, "missing")])
def test_a_file_that_is_not_what_was_added_is_not_run(harm: Callable[[Path], None], said: str, tmp_path: Path) -> None:
    store = a_store(tmp_path)
    store.add_file(a_depth_file(tmp_path), Task.DEPTH)
    harm(tmp_path / "models" / "nearness.onnx")
    models = load_models(store)
    assert models.depth is None
    assert models.used == ()
    (note,) = models.notes
    assert note.startswith(f"The model nearness is left out: {tmp_path / 'models' / 'nearness.onnx'}")
    assert said in note
    assert "add" in note


def test_a_file_that_is_no_network_for_its_task_is_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "text.onnx"
    path.write_text("not a network")
    store = a_store(tmp_path)
    with pytest.raises(ModelError, match=r"text\.onnx"):
        store.add_file(path, Task.DEPTH)
    with pytest.raises(ModelError, match=r"nearness\.onnx.*COCO"):
        store.add_file(a_depth_file(tmp_path), Task.DETECTOR)
    assert store.models() == ()
    assert not (tmp_path / "models").exists()


def test_a_file_with_the_name_of_a_known_model_is_the_users_own(tmp_path: Path) -> None:
    store = a_store(tmp_path, an_entry())
    record = store.add_file(a_depth_file(tmp_path, "tiny.onnx"), Task.DEPTH)
    assert record.id == f"tiny-{record.sha256[:8]}"
    known, own = store.models()
    assert (known.id, known.state, own.id, own.state) == ("tiny", ModelState.AVAILABLE, record.id, ModelState.IN_USE)
    assert (own.entry, own.licence) == (None, "not stated")


def test_the_catalogue_speaks_only_for_its_own_file(tmp_path: Path) -> None:
    path = tmp_path / "tiny.onnx"
    path.write_bytes(CONTENT)
    a_store(tmp_path, an_entry()).add_file(path, licence_accepted=True)
    (model,) = a_store(tmp_path, an_entry(sha256="0" * 64)).models()
    assert model.entry is None


def test_a_model_that_no_longer_loads_is_named_with_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = a_store(tmp_path)
    store.add_file(a_depth_file(tmp_path), Task.DEPTH)

    def needy(*_: object) -> None:
        raise ModelError("nearness.onnx needs a library.")

    monkeypatch.setattr(OnnxNet, "__init__", needy)
    (note,) = load_models(store).notes
    path = tmp_path / "models" / "nearness.onnx"
    assert note == (
        f"The model nearness is left out: nearness.onnx needs a library; remove it, or add another file than {path}."
    )


def test_whatever_a_library_raises_leaves_that_model_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = a_store(tmp_path)
    store.add_file(a_depth_file(tmp_path), Task.DEPTH)

    def broken(*_: object) -> None:
        raise OSError("the disk went away")

    monkeypatch.setattr(OnnxNet, "__init__", broken)
    found = load_models(store)
    assert (found.depth, found.used) == (None, ())
    assert "could not be loaded (OSError)" in found.notes[0]


def test_without_its_library_a_segmentation_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ai_edge_litert.interpreter", None)
    with pytest.raises(ModelError, match="pip install ai-edge-litert"):
        CityscapesSegmenter(tmp_path / "any.tflite", "DeepLab")


# ---- the catalogue ------------------------------------------------------------------------------------------------


def test_every_known_model_has_a_licence_and_is_fetched_only_under_a_hash() -> None:
    assert {entry.task for entry in catalogue()} == set(Task)
    for entry in catalogue():
        assert entry.licence
        assert entry.licence_address.startswith("https://")
        assert entry.address.startswith("https://")
        assert not entry.can_be_fetched or len(entry.sha256) == 64


def test_a_catalogue_entry_that_lacks_something_is_named(tmp_path: Path) -> None:
    path = tmp_path / "models.toml"
    path.write_text('[odd]\ntitle = "Odd"\ntask = "poetry"\n')
    with pytest.raises(ModelError, match="odd"):
        load_catalogue(path)


# ---- adapters -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [32, 0])
def test_a_file_says_what_it_takes(side: int, tmp_path: Path) -> None:
    assert input_shape(a_depth_file(tmp_path, side=side).read_bytes()) == (1, 3, side, side)
    assert input_shape(b"not a network") == ()


@pytest.mark.parametrize("side", [32, 0])
def test_a_depth_network_gives_a_plane_of_the_pictures_size(side: int, tmp_path: Path) -> None:
    net = RelativeDepth(OnnxNet(a_depth_file(tmp_path, side=side), "Tiny"), "Tiny")
    picture = np.zeros((45, 80, 3), np.uint8)
    picture[:, 40:, 0] = 255
    plane = net.inverse_depth(picture)
    assert plane.shape == (45, 80)
    assert plane[20, 10] == pytest.approx(-0.485 / 0.229, abs=1e-4)
    assert plane[20, 70] == pytest.approx((1.0 - 0.485) / 0.229, abs=1e-4)


def test_a_network_with_another_answer_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "two.onnx"
    path.write_bytes(convolution(np.ones((2, 3, 1, 1), np.float32), 32))
    with pytest.raises(ModelError, match="one plane"):
        RelativeDepth(OnnxNet(path, "Two"), "Two")
    with pytest.raises(ModelError, match="COCO"):
        FastestDet(OnnxNet(path, "Two"), "Two")


def test_a_grid_of_classes_becomes_boxes(tmp_path: Path) -> None:
    """One white cell in the picture says "car" there: objectness and class 2 follow the red of its cell."""
    kernel = np.zeros((85, 3, 8, 8), np.float32)
    kernel[[0, 5 + 2], 2] = 1.0 / 64.0
    path = tmp_path / "grid.onnx"
    path.write_bytes(convolution(kernel, 64, stride=8))
    picture = np.zeros((64, 64, 3), np.uint8)
    picture[16:24, 40:48, 0] = 230
    (found,) = FastestDet(OnnxNet(path, "Grid"), "Grid").detect(picture)
    assert found.label == "car"
    assert found.score == pytest.approx(230 / 255, abs=0.01)
    assert found.box.center == pytest.approx((5 / 8, 2 / 8))
    assert found.box.width == pytest.approx(0.5)


def highway(number: int) -> np.ndarray:
    with Decoder(probe(footage("highway.mp4"))) as decoder:
        return np.asarray(decoder.read(number, (960, 540)).pixels)


@pytest.mark.footage
def test_fastestdet_sees_the_cars_on_the_highway() -> None:
    found = FastestDet(OnnxNet(weights("fastestdet_coco.onnx"), "FastestDet"), "FastestDet").detect(highway(160))
    assert len(found) >= 4
    assert all(0.5 < d.box.bottom < 0.75 for d in found)


@pytest.mark.footage
def test_deeplab_sees_sky_and_road_on_the_highway() -> None:
    pytest.importorskip("ai_edge_litert", reason="ai-edge-litert is an optional extra and not installed")
    shares = CityscapesSegmenter(weights("cityscapes_deeplab_mobilenet_quant.tflite"), "DeepLab").segment(highway(160))
    road = shares.classes[list(SurfaceClass).index(SurfaceClass.ROAD)]
    assert shares.sky[40:150, 300:600].mean() > 0.98
    assert road[400:520, 300:600].mean() > 0.98
    assert (shares.classes.sum(0) + shares.sky).max() < 1.001


def test_every_city_class_is_ours_or_none() -> None:
    assert len(CITYSCAPES) == 19
    assert CITYSCAPES.count(SurfaceClass.VEHICLE) == 5
