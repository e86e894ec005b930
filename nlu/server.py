"""Rasa as a child process on loopback: started, watched, restarted, and never left behind.

stopped --start--> starting --/status names our model--> ready --exit or 30 s of silence--> waiting --> starting
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread
from typing import IO

from nlu.rasa_client import DEADLINE_SECONDS, RasaInterpreter, RasaUnavailable

REPOSITORY = Path(__file__).resolve().parents[1]
PROJECT = REPOSITORY / "nlu" / "rasa"
START_SECONDS = 180.0  # a cold start took 30-44 s on two cores
SILENCE_SECONDS = 30.0  # a ready Rasa that answers no /status for so long is started anew
_BACKOFF_SECONDS = (1.0, 2.0, 5.0, 15.0, 60.0)

log = logging.getLogger(__name__)


class RasaNotInstalled(Exception):
    """The Rasa environment is missing; `make rasa-env` sets it up."""


class ModelMissing(Exception):
    """The model file is not there. Rasa would silently load the newest other one in the folder."""


def rasa_python() -> Path:
    """The Python of the Rasa environment; RasaNotInstalled when it is not there."""
    path = PROJECT / ".venv" / "bin" / "python"
    if not path.exists():
        raise RasaNotInstalled(str(path))
    return path


def rasa_environment() -> dict[str, str]:
    """Of any Rasa process of ours: finds our components, sends no telemetry, logs no message, one thread a library."""
    return {
        **os.environ,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
        "RASA_TELEMETRY_ENABLED": "false",
        "LOG_LEVEL": "ERROR",
        "LOG_LEVEL_LIBRARIES": "ERROR",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "PYTHONWARNINGS": "ignore",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "TF_NUM_INTRAOP_THREADS": "1",
        "TF_NUM_INTEROP_THREADS": "1",
    }


class RasaServer:
    """`on_change` is called with the interpreter when Rasa is ready and with None when it is not any more."""

    def __init__(
        self,
        model_file: Path,
        *,
        on_change: Callable[[RasaInterpreter | None], None] = lambda _: None,
        python: Path | None = None,
        log_file: Path | None = None,
        deadline_seconds: float = DEADLINE_SECONDS,
    ) -> None:
        if not model_file.is_file():
            raise ModelMissing(model_file.name)
        self.model_file = model_file.resolve()
        self._python = python or rasa_python()
        self._on_change = on_change
        self._log_file = log_file
        self._deadline = deadline_seconds
        self._lock = Lock()
        self._stopping = Event()
        self._ready = Event()
        self._guardian: subprocess.Popen[bytes] | None = None
        self._thread: Thread | None = None
        self.interpreter: RasaInterpreter | None = None  # None while Rasa is not ready
        self.pid: int | None = None  # of Rasa itself, also its process group

    def start(self) -> None:
        """Begin; returns at once. Starting twice does nothing."""
        with self._lock:
            if self._thread is None:
                self._stopping.clear()
                self._thread = Thread(target=self._keep_running, name="rasa", daemon=True)
                self._thread.start()

    def wait_ready(self, timeout_seconds: float = START_SECONDS) -> bool:
        return self._ready.wait(timeout_seconds)

    def stop(self) -> None:
        """End Rasa and everything it started; returns when they are gone."""
        with self._lock:
            thread, self._thread = self._thread, None
        self._stopping.set()
        if thread is not None:
            thread.join()

    def swap(self, model_file: Path) -> None:
        """Serve another model without refusing a request; ModelMissing or RasaUnavailable: the old one goes on."""
        if not model_file.is_file():
            raise ModelMissing(model_file.name)
        interpreter = self.interpreter
        if interpreter is None:
            raise RasaUnavailable("not ready")
        interpreter.swap_model(str(model_file.resolve()))
        if not _serves(interpreter.status(5.0), model_file):
            raise RasaUnavailable("another model is loaded than asked")
        self.model_file = model_file.resolve()

    def _keep_running(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                was_ready = self._run_once()
            except OSError as error:
                log.error("rasa cannot be started: %s", type(error).__name__)
                was_ready = False
            failures = 0 if was_ready else failures + 1
            if not self._stopping.is_set():
                pause = _BACKOFF_SECONDS[min(failures, len(_BACKOFF_SECONDS) - 1)]
                log.warning("rasa ended; starting it again in %.0f s", pause)
                self._stopping.wait(pause)

    def _run_once(self) -> bool:
        """One life of the process; whether it was ready at any time."""
        port, token = _free_port(), secrets.token_urlsafe(32)
        interpreter = RasaInterpreter(f"http://127.0.0.1:{port}", token, deadline_seconds=self._deadline)
        was_ready = False
        with contextlib.ExitStack() as stack:
            stack.callback(interpreter.close)
            output: IO[bytes] | int = subprocess.DEVNULL
            if self._log_file is not None:
                self._log_file.parent.mkdir(parents=True, exist_ok=True)
                output = stack.enter_context(self._log_file.open("ab"))
            guardian = self._spawn(port, token, output)
            stack.callback(self._end, guardian)
            last_heard = time.perf_counter()
            while guardian.poll() is None and not self._stopping.wait(2.0 if was_ready else 0.5):
                try:
                    right = _serves(interpreter.status(2.0), self.model_file)
                except RasaUnavailable:
                    right = False
                if right:
                    last_heard = time.perf_counter()
                    if not was_ready:
                        was_ready = True
                        self._announce(interpreter)
                elif time.perf_counter() - last_heard > (SILENCE_SECONDS if was_ready else START_SECONDS):
                    log.warning("rasa does not answer")
                    break
            self._announce(None)
        return was_ready

    def _spawn(self, port: int, token: str, output: IO[bytes] | int) -> subprocess.Popen[bytes]:
        serve = [str(self._python), "-m", "nlu.rasa.serve", str(self.model_file), str(port)]
        guardian = subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", "nlu.guardian", *serve],
            cwd=REPOSITORY,
            env={**rasa_environment(), "SPROUT_RASA_SERVER_TOKEN": token},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=output,
            start_new_session=True,
        )
        self._guardian = guardian
        first_line = guardian.stdout.readline() if guardian.stdout else b""
        self.pid = int(first_line) if first_line.strip().isdigit() else None
        return guardian

    def _end(self, guardian: subprocess.Popen[bytes]) -> None:
        if guardian.stdin:
            guardian.stdin.close()
        try:
            guardian.wait(15)
        except subprocess.TimeoutExpired:
            guardian.kill()
            guardian.wait()
        if guardian.stdout:
            guardian.stdout.close()
        self._guardian, self.pid = None, None

    def _announce(self, interpreter: RasaInterpreter | None) -> None:
        if interpreter is self.interpreter:
            return
        self.interpreter = interpreter
        if interpreter is None:
            self._ready.clear()
        else:
            log.info("rasa is ready")
            self._ready.set()
        self._on_change(interpreter)


def _serves(status: dict[str, object], model_file: Path) -> bool:
    """Whether Rasa's /status names this file: a wrong path makes Rasa load another model without a word."""
    return Path(str(status.get("model_file", ""))).name == model_file.name


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
