"""sprout staff: the people of the console, from the terminal of the server: list, invite, a new password."""

from __future__ import annotations

import argparse

from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from bot.app import migrate, system_clock
from bot.core.db import Database
from bot.core.settings import Settings
from bot.core.staff import inviting, service
from bot.core.staff.model import INVITED_FOR, Role
from bot.core.staff.store import StaffRow
from scheduler.care.store import CentreRow


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=["list", "invite", "password", "centres"])
    parser.add_argument("login", nargs="?", help="password: of whom")
    parser.add_argument("--role", action="append", choices=[r.value for r in Role], help="invite: may be given again")
    parser.add_argument("--centre", action="append", default=[], help="invite: id of a centre, may be given again")
    parser.add_argument("--note", default="", help="invite: for whom")


def run(options: argparse.Namespace) -> int:
    settings = Settings()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    migrate(settings.database)
    database = Database(settings.database)
    out = Console(highlight=False, soft_wrap=True)
    try:
        match options.what:
            case "list":
                return _list(database, out)
            case "invite":
                return _invite(database, out, settings, options)
            case "centres":
                with database.read() as session:
                    for id, name in session.execute(select(CentreRow.id, CentreRow.name).order_by(CentreRow.id)):
                        out.print(f"{id}  {name}")
                return 0
            case _:
                return _password(database, out, settings, options.login or "")
    finally:
        database.close()


def _list(database: Database, out: Console) -> int:
    table = Table("login", "name", "roles", "centres", "second step", "state", box=None)
    with database.read() as session:
        for row in service.everybody(session):
            state = ("open" if row.active else "closed") + (", demo" if row.demo else "")
            second = "on" if row.totp_since else "off"
            table.add_row(row.login, row.name, ", ".join(row.roles), ", ".join(row.centres), second, state)
    out.print(table if table.row_count else "Nobody yet. Invite the first: sprout staff invite --role admin")
    return 0


def _invite(database: Database, out: Console, settings: Settings, options: argparse.Namespace) -> int:
    roles = [Role(role) for role in options.role or ()]
    with database.begin() as session:
        known = {str(id) for id in session.scalars(select(CentreRow.id))}
        unknown = [centre for centre in options.centre if centre not in known]
        if unknown:
            out.print(f"There is no centre {', '.join(unknown)}. 'sprout staff centres' lists them.")
            return 2
        try:
            token = inviting.invite_from_outside(
                session, system_clock(), roles=roles, centres=options.centre, note=options.note
            )
        except service.RoleMissing:
            out.print("At least one --role is needed, and for centre_staff at least one --centre.")
            return 2
    _print_link(out, settings, token)
    return 0


def _password(database: Database, out: Console, settings: Settings, login: str) -> int:
    with database.begin() as session:
        row = session.scalar(select(StaffRow).where(StaffRow.login == login.strip().lower()))
        if row is None:
            out.print(f"There is no account {login!r}. 'sprout staff list' shows all.")
            return 1
        if row.demo:
            out.print("A demo account keeps its password.")
            return 1
        token = inviting.password_link_from_outside(session, row, system_clock())
    _print_link(out, settings, token)
    return 0


def _print_link(out: Console, settings: Settings, token: str) -> None:
    out.print(f"{settings.address}/console/join/{token}")
    out.print(f"Works once, for {INVITED_FOR.days} days, while 'sprout run' is on.")
