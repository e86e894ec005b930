"""Run inside the Rasa environment: the server, with the token from the environment and not from the command line.

A command line is readable by every user of the machine. Usage: python -m nlu.rasa.serve MODEL PORT
"""

import os
import sys


def main() -> None:
    model, port = sys.argv[1], sys.argv[2]
    token = os.environ.pop("SPROUT_RASA_SERVER_TOKEN")
    sys.argv = ["rasa", "run", "--enable-api", "--model", model, "--interface", "127.0.0.1", "--port", port]
    sys.argv += ["--auth-token", token, "--endpoints", "nlu/rasa/endpoints.yml"]
    from rasa.__main__ import main as rasa

    rasa()


if __name__ == "__main__":
    main()
