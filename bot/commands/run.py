"""sprout run: the chat page, Telegram, Rasa and the clockwork, until Ctrl-C or SIGTERM; then nothing is left behind."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

import uvicorn

from bot.app import build_assistant, build_house
from bot.core.settings import Settings
from bot.core.staff.service import everybody
from bot.delivery.clerk import Clerk
from bot.house import House
from bot.rounds import clockwork
from bot.web.server import create_web
from nlu import training
from nlu.correcting.keeper import ModelKeeper
from nlu.nearest import NearestInterpreter
from nlu.resilient import ResilientInterpreter
from nlu.server import ModelMissing, RasaNotInstalled, RasaServer

MODEL_SECONDS = 2  # between two looks whether another model of understanding was put into service


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, help="of the chat page (default: SPROUT_PORT or 8000)")
    parser.add_argument("--no-rasa", action="store_true", help="understand by nearest example only")


def run(options: argparse.Namespace) -> int:
    settings = Settings()
    if options.port:
        settings = settings.model_copy(update={"port": options.port})
    if not _port_is_free(settings):
        print(
            f"Port {settings.port} on {settings.host} is taken. Stop what uses it, "
            f"or choose another: SPROUT_PORT={settings.port + 1} make run",
            file=sys.stderr,
        )
        return 1
    nearest = NearestInterpreter()
    interpreter = ResilientInterpreter(nearest)
    house = build_house(settings, interpreter=interpreter, progress=lambda step: print(f"· {step}", flush=True))
    house.warm_up()
    rasa = _rasa(settings, interpreter) if settings.rasa and not options.no_rasa else None
    try:
        ended_well = asyncio.run(_serve(house, ModelKeeper(nearest, rasa)))
    finally:
        if rasa is not None:
            rasa.stop()
        house.database.close()
        print("Sprout has stopped.", flush=True)
    return 0 if ended_well else 1


async def _serve(house: House, keeper: ModelKeeper) -> bool:
    """Until told to stop (True), or until a part of it breaks (False)."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for signal_number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(signal_number, stop.set)
    assistant = build_assistant(house)
    clerk = Clerk(house, assistant)
    settings = house.settings
    server = web_server(create_web(house, assistant, clerk), settings.host, settings.port)
    tasks = [asyncio.create_task(_web(server, stop), name="web")]
    if settings.telegram_token is not None:
        tasks.append(asyncio.create_task(_telegram(house, clerk, stop), name="telegram"))
    ticking = clockwork(house)
    ticking.every(MODEL_SECONDS, "model", keeper.look)
    rounds = asyncio.create_task(ticking.run(stop))
    _announce(house)
    waiting = asyncio.create_task(stop.wait())
    done, _ = await asyncio.wait([waiting, *tasks], return_when=asyncio.FIRST_COMPLETED)
    broken = [task for task in done - {waiting} if task.exception() is not None]
    for task in broken:
        # By class: the message of an error may hold a token.
        print(f"{task.get_name()} has stopped: {type(task.exception()).__name__}", file=sys.stderr, flush=True)
    stop.set()
    server.should_exit = True
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.gather(*tasks, rounds, return_exceptions=True), timeout=10)
    return not broken


def web_server(app: Callable[..., Any], host: str, port: int) -> uvicorn.Server:
    """`log_config` none: its own handlers would write the message of an error, which may quote a parent."""
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", log_config=None, timeout_graceful_shutdown=3
    )
    return uvicorn.Server(config)


async def _telegram(house: House, clerk: Clerk, stop: asyncio.Event) -> None:
    """A wrong token or a taken port turns Telegram off; the chat page goes on."""
    from bot.telegram.edge import TelegramEdge, TokenRefused
    from bot.telegram.webhook import PortTaken

    try:
        await TelegramEdge(house, clerk).run(stop)
    except (TokenRefused, PortTaken) as error:
        print(f"Telegram is off: {error}", file=sys.stderr, flush=True)
        await stop.wait()


async def _web(server: uvicorn.Server, stop: asyncio.Event) -> None:
    with contextlib.suppress(asyncio.CancelledError):
        await server.serve()
    stop.set()


def _announce(house: House) -> None:
    settings = house.settings
    telegram = "on" if settings.telegram_token else "off (set TELEGRAM_BOT_TOKEN to turn it on)"
    print(
        f"\nSprout 萌芽 is on.\n"
        f"  chat page   http://{settings.host}:{settings.port}/\n"
        f"  console     http://{settings.host}:{settings.port}/console/  {_way_in(house)}\n"
        f"  Telegram    {telegram}\n"
        f"  database    {house.database.url.render_as_string(hide_password=True)}\n"
        f"  articles    {len(house.library.articles())}\n"
        f"Ctrl-C stops everything.\n",
        flush=True,
    )


def _way_in(house: House) -> str:
    """How to get into the console, said until somebody has an account."""
    if house.settings.demo:
        return "(demo: sign in with one click)"
    with house.database.read() as session:
        return "" if any(not row.demo for row in everybody(session)) else "(first: ./sprout staff invite --role admin)"


def _rasa(settings: Settings, interpreter: ResilientInterpreter) -> RasaServer | None:
    """Start Rasa in the background; the bot answers by nearest example until it is ready."""
    model = training.current_model()
    if model is None:
        print("· Rasa: no trained model yet (make setup); nearest-example understanding meanwhile", flush=True)
        return None
    try:
        server = RasaServer(
            model,
            on_change=interpreter.use_rasa,
            log_file=settings.data_dir / "rasa.log",
            deadline_seconds=settings.nlu_deadline_seconds,
        )
    except (RasaNotInstalled, ModelMissing) as error:
        print(f"· Rasa is off ({type(error).__name__}); nearest-example understanding", flush=True)
        return None
    server.start()
    print("· Rasa is warming up; until then nearest-example understanding answers", flush=True)
    return server


def _port_is_free(settings: Settings) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return False
    return True
