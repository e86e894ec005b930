"""Nothing is left behind, however the app goes. A plain `sleep` stands where Rasa would."""

import os
import signal
import subprocess
import sys
import time

import pytest

from nlu.guardian import GRACE_SECONDS


def begin(*command):
    guardian = subprocess.Popen(
        [sys.executable, "-m", "nlu.guardian", *command], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    return guardian, int(guardian.stdout.readline())


def gone(pid, within=GRACE_SECONDS + 5):
    end = time.perf_counter() + within
    while time.perf_counter() < end:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.05)
    return False


def test_the_child_ends_when_the_pipe_closes():
    guardian, child = begin("sleep", "60")
    guardian.stdin.close()
    assert gone(child)
    guardian.wait(10)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_the_child_ends_with_the_guardian(number):
    guardian, child = begin("sleep", "60")
    guardian.send_signal(number)
    assert gone(child)
    guardian.wait(10)


def test_a_child_that_ignores_the_polite_signal_ends_too():
    guardian, child = begin(
        sys.executable, "-c", "import signal,time; signal.signal(15, signal.SIG_IGN); time.sleep(60)"
    )
    time.sleep(0.5)
    guardian.stdin.close()
    assert gone(child)
    guardian.wait(10)


def test_a_stopped_child_ends_too():
    guardian, child = begin("sleep", "60")
    os.kill(child, signal.SIGSTOP)
    guardian.stdin.close()
    assert gone(child)
    guardian.wait(10)


def test_what_the_child_started_ends_with_it():
    guardian, child = begin("sh", "-c", "sleep 60 & sleep 60 & wait")
    time.sleep(0.3)
    members = subprocess.run(["pgrep", "-g", str(child)], capture_output=True, text=True).stdout.split()
    assert len(members) == 3
    guardian.stdin.close()
    assert all(gone(int(pid)) for pid in members)
    guardian.wait(10)


def test_the_guardian_ends_with_the_childs_exit_code():
    guardian, _ = begin("sh", "-c", "exit 7")
    assert guardian.wait(10) == 7


def test_killing_the_app_with_9_ends_guardian_and_child():
    app = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess,sys,time\n"
            "g = subprocess.Popen([sys.executable,'-m','nlu.guardian','sleep','60'],stdin=subprocess.PIPE,"
            "stdout=subprocess.PIPE,start_new_session=True)\n"
            "print(g.pid, int(g.stdout.readline()), flush=True); time.sleep(60)",
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    guardian, child = map(int, app.stdout.readline().split())
    app.kill()
    assert gone(child)
    assert gone(guardian)
    app.wait()
