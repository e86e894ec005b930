"""A small process between the app and Rasa: when the app is gone, however it went, so is Rasa.

    app --pipe--> guardian --own process group--> rasa

The pipe closes when the app stops or is killed with -9; then the guardian ends the whole group. If the guardian
itself is killed, Linux ends Rasa (PR_SET_PDEATHSIG). Run as `python -m nlu.guardian COMMAND...`.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import select
import signal
import subprocess
import sys
from types import FrameType

GRACE_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1


def watch(command: list[str]) -> int:
    """Run `command` until it ends or the standard input closes; its exit code."""
    with contextlib.suppress(OSError, AttributeError):  # elsewhere than on Linux there is no such call
        libc = ctypes.CDLL(None)
    stop_asked = False

    def ask_to_stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stop_asked
        stop_asked = True

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, ask_to_stop)

    def die_with_guardian() -> None:
        with contextlib.suppress(Exception):
            libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)

    child = subprocess.Popen(  # noqa: S603  the command comes from nlu.server
        command, stdin=subprocess.DEVNULL, stdout=sys.stderr, start_new_session=True, preexec_fn=die_with_guardian
    )
    sys.stdout.write(f"{child.pid}\n")
    sys.stdout.flush()
    while child.poll() is None and not stop_asked:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], 0.2)
        if readable and not os.read(sys.stdin.fileno(), 64):
            break
    _end_group(child)
    return child.returncode or 0


def _end_group(child: subprocess.Popen[bytes]) -> None:
    """Ask the whole group to end, then make it; also what the child left behind after its own end."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


if __name__ == "__main__":
    sys.exit(watch(sys.argv[1:]))
