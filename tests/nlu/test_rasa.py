"""A real Rasa: swapped, killed, stopped, misaddressed. Trained once for each fingerprint (about a minute)."""

import os
import shutil
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from nlu.interpreter import Intent
from nlu.nearest import NearestInterpreter
from nlu.rasa_client import RasaInterpreter, RasaUnavailable
from nlu.resilient import ResilientInterpreter
from nlu.server import ModelMissing, RasaNotInstalled, RasaServer, rasa_python
from nlu.training import MODELS, current_model, train

pytestmark = [pytest.mark.rasa, pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture(scope="session")
def trained():
    try:
        rasa_python()
    except RasaNotInstalled:
        pytest.skip("the Rasa environment is not installed")
    return train()


@pytest.fixture(scope="session")
def nearest(trained):
    interpreter = NearestInterpreter(MODELS / "nearest.npz")
    interpreter.warm_up()
    return interpreter


@pytest.fixture(scope="session")
def house(trained, nearest):
    """(server, interpreter) as the app wires them."""
    interpreter = ResilientInterpreter(nearest)
    server = RasaServer(trained.model_file, on_change=interpreter.use_rasa)
    server.start()
    assert interpreter.parse("在吗").source == "nearest"  # answered long before Rasa is up
    assert server.wait_ready()
    yield server, interpreter
    server.stop()


@pytest.fixture
def running(house):
    server, interpreter = house
    assert server.wait_ready()
    server.interpreter.try_again_now()
    return server, interpreter


def until_rasa(interpreter, seconds=180):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        if interpreter.parse("你好").source == "rasa":
            return True
        time.sleep(0.5)
    return False


def test_training_again_finds_nothing_to_do(trained):
    again = train()
    assert (again.fresh, again.model_file) == (False, trained.model_file)
    assert current_model() == trained.model_file


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("后天上午把娃送来托两小时行不", Intent.BOOK_CARE),
        ("寶寶發燒怎麼辦", Intent.ASK_GUIDANCE),
        ("is there a nursery close to Zhongshan Park", Intent.FIND_CENTRE),
        ("cancel 明天的预约", Intent.CANCEL_BOOKING),
    ],
)
def test_rasa_and_the_fallback_understand_the_same(running, nearest, text, intent):
    by_rasa, by_nearest = running[1].parse(text), nearest.parse(text)
    assert (by_rasa.source, by_nearest.source) == ("rasa", "nearest")
    assert by_rasa.intent is by_nearest.intent is intent
    assert by_rasa.entities == by_nearest.entities
    assert by_rasa.confidence == pytest.approx(by_nearest.confidence, abs=0.1)


@pytest.mark.parametrize("text", ["", "  ", "😀👍", "。。。"])
def test_a_message_without_a_word_is_not_understood(running, text):
    parse = running[1].parse(text)
    assert (parse.intent, parse.confidence) == (Intent.FALLBACK, 0.0)


def test_ten_thousand_characters_are_understood_before_the_deadline(running):
    start = time.perf_counter()
    assert running[1].parse("宝宝发烧了怎么办 " * 1100).source == "rasa"
    assert time.perf_counter() - start < 1.0


def test_control_characters_and_markup_are_read(running):
    assert running[1].parse("<b>取消</b>\x00\x07 我的预约 \ud83d").intent is Intent.CANCEL_BOOKING


def test_no_request_is_refused_while_the_model_is_swapped(running, trained, tmp_path):
    server, _ = running
    other = tmp_path / "sprout-other.tar.gz"
    shutil.copy(trained.model_file, other)
    patient = RasaInterpreter(str(server.interpreter._http.base_url), server.interpreter._token, deadline_seconds=30)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(patient.parse, f"明天{n}点托两小时") for n in range(100)]
        server.swap(other)
        answers += [pool.submit(patient.parse, f"book tomorrow at {n}") for n in range(50)]
        server.swap(trained.model_file)
        answers += [pool.submit(patient.parse, f"第{n}天发烧") for n in range(50)]
        assert {answer.result().source for answer in answers} == {"rasa"}
    patient.close()
    assert server.model_file == trained.model_file


def test_a_model_that_is_not_there_is_refused_and_the_old_one_serves(running, trained, tmp_path):
    server, interpreter = running
    with pytest.raises(ModelMissing):
        server.swap(tmp_path / "nothing.tar.gz")
    with pytest.raises(ModelMissing):
        RasaServer(tmp_path / "nothing.tar.gz")
    assert interpreter.parse("转人工").source == "rasa"


def test_a_broken_model_is_refused_and_the_old_one_serves(running, trained, tmp_path):
    server, interpreter = running
    broken = tmp_path / "sprout-broken.tar.gz"
    broken.write_bytes(b"not a model")
    with pytest.raises(RasaUnavailable):
        server.swap(broken)
    server.interpreter.try_again_now()
    assert interpreter.parse("转人工").source == "rasa"
    assert server.interpreter.status(5)["model_file"].endswith(trained.model_file.name)


def test_a_wrong_token_or_an_empty_address_is_unavailable_and_not_an_answer(running):
    server, _ = running
    address = str(server.interpreter._http.base_url)
    for url, token in ((address, "wrong"), ("http://127.0.0.1:9", "any")):
        stranger = RasaInterpreter(url, token)
        with pytest.raises(RasaUnavailable) as caught:
            stranger.parse("你好呀")
        assert token not in str(caught.value)
        stranger.close()


def test_the_token_is_not_on_the_command_line(running):
    server, _ = running
    with open(f"/proc/{server.pid}/cmdline", "rb") as cmdline:
        assert server.interpreter._token.encode() not in cmdline.read()


def test_a_stopped_rasa_costs_one_deadline_and_then_nothing_and_comes_back(running):
    server, interpreter = running
    os.kill(server.pid, signal.SIGSTOP)
    try:
        times = []
        for n in range(6):
            start = time.perf_counter()
            assert interpreter.parse(f"第{n}次问 宝宝咳嗽").source == "nearest"
            times.append(time.perf_counter() - start)
    finally:
        os.kill(server.pid, signal.SIGCONT)
    assert max(times) < 1.3
    assert max(times[2:]) < 0.3
    assert until_rasa(interpreter, 60)


def test_a_killed_rasa_is_replaced_and_meanwhile_the_examples_answer(running):
    server, interpreter = running
    killed = server.pid
    os.kill(killed, signal.SIGKILL)
    answers = []
    for _ in range(20):
        answers.append(interpreter.parse("明天上午半日托"))
        time.sleep(0.05)
    assert {answer.intent for answer in answers} == {Intent.BOOK_CARE}
    assert {answer.source for answer in answers[2:]} == {"nearest"}
    assert until_rasa(interpreter)
    assert server.pid != killed
