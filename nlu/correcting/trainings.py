"""Trainings as rows: begun by a person, followed by their progress file, decided on by a person.

running -> trained -> serving -> replaced
       `-> failed  `-> dropped     `-> (rolled back) replaced, and the one before serves again
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.core import audit
from bot.core.ids import new_id
from bot.core.staff.model import Action, Actor, permit
from nlu.correcting import job, models
from nlu.correcting.service import CorrectingError, corrected_examples
from nlu.correcting.store import TrainingRow
from nlu.examples import Example, examples_file, read_examples, write_examples
from nlu.server import REPOSITORY
from nlu.training import MODELS, TrainingFailed

FEWEST = 1  # corrections before a training makes sense
_STARTING = timedelta(seconds=60)  # a job that has not told anything by then is dead


class TrainingBusy(CorrectingError):
    """A training runs; one at a time."""


class NothingToLearn(CorrectingError):
    """Nothing has been corrected yet."""


class NotTrained(CorrectingError):
    """This training is not one that can be put into service."""


class NoneBefore(CorrectingError):
    """There is no model before this one."""


def begin(session: Session, actor: Actor, data_dir: Path, now: datetime) -> TrainingRow:
    """Write down what is trained on; commit, then `launch`. Raises TrainingBusy, NothingToLearn."""
    permit(actor, Action.NLU_TRAIN)
    follow(session, data_dir, now)
    running = session.scalars(select(TrainingRow).where(TrainingRow.state == "running")).first()
    if running is not None or job.is_running(data_dir / "nlu"):
        raise TrainingBusy
    examples = corrected_examples(session)
    if len(examples) < FEWEST:
        raise NothingToLearn
    row = TrainingRow(id=new_id(), started_at=now, started_by=actor.id, own_examples=len(examples))
    session.add(row)
    write_examples(folder_of(data_dir, row.id) / "examples.jsonl", examples)
    audit.record(session, at=now, actor=actor.audit_name, action="nlu.training", subject=row.id, examples=len(examples))
    return row


def launch(row_id: str, data_dir: Path, models_dir: Path = MODELS, *, with_rasa: bool = True) -> int:
    """Start the process, which outlives this one; its id."""
    folder = folder_of(data_dir, row_id)
    command = [sys.executable, "-m", "nlu.correcting.job", str(folder.resolve()), str(models_dir.resolve())]
    with (folder / "log.txt").open("ab") as output:
        started = subprocess.Popen(  # noqa: S603
            command if with_rasa else [*command, "--no-rasa"],
            cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=output, stderr=output, start_new_session=True,
            env={**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
        )  # fmt: skip
    return started.pid


def follow(session: Session, data_dir: Path, now: datetime) -> bool:
    """Take over what running trainings have told, also after a restart; whether something changed."""
    changed = False
    for row in session.scalars(select(TrainingRow).where(TrainingRow.state == "running").with_for_update()):
        told = job.progress(folder_of(data_dir, row.id))
        if told.get("step") == "done":
            row.state, row.mark, row.report, row.ended_at = "trained", str(told["mark"]), told["report"], now
        elif told.get("step") == "failed":
            row.state, row.fault, row.ended_at = "failed", str(told.get("fault", "")), now
        elif now - row.started_at > _STARTING and not job.is_running(data_dir / "nlu"):
            row.state, row.fault, row.ended_at = "failed", "interrupted", now
        else:
            continue
        changed = True
    session.flush()
    return changed


def is_any_running(session: Session) -> bool:
    return session.scalars(select(TrainingRow.id).where(TrainingRow.state == "running").limit(1)).first() is not None


def newest(session: Session, most: int = 10) -> Sequence[TrainingRow]:
    return session.scalars(select(TrainingRow).order_by(TrainingRow.started_at.desc()).limit(most)).all()


def put_into_service(
    session: Session, actor: Actor, row_id: str, data_dir: Path, now: datetime, models_dir: Path = MODELS
) -> None:
    """Serve this model in every process. Raises NotTrained."""
    permit(actor, Action.NLU_TRAIN)
    row = session.get_one(TrainingRow, row_id, with_for_update=True, populate_existing=True)
    if row.state not in ("trained", "replaced"):
        raise NotTrained(row_id)
    _serve(session, row.mark, data_dir, models_dir)
    audit.record(session, at=now, actor=actor.audit_name, action="nlu.served", subject=row.mark)


def roll_back(session: Session, actor: Actor, data_dir: Path, now: datetime, models_dir: Path = MODELS) -> str:
    """The model before serves again; its mark. Raises NoneBefore."""
    permit(actor, Action.NLU_TRAIN)
    _, previous = models.in_service(models_dir)
    if not previous:
        raise NoneBefore
    _serve(session, previous, data_dir, models_dir)
    audit.record(session, at=now, actor=actor.audit_name, action="nlu.rolled_back", subject=previous)
    return previous


def drop(session: Session, actor: Actor, row_id: str, now: datetime) -> None:
    """Do not use what was trained."""
    permit(actor, Action.NLU_TRAIN)
    row = session.get_one(TrainingRow, row_id, with_for_update=True, populate_existing=True)
    if row.state != "trained":
        raise NotTrained(row_id)
    row.state = "dropped"
    audit.record(session, at=now, actor=actor.audit_name, action="nlu.dropped", subject=row_id)


def folder_of(data_dir: Path, row_id: str) -> Path:
    folder = data_dir / "nlu" / row_id
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _serve(session: Session, mark: str, data_dir: Path, models_dir: Path) -> None:
    """Files first: when they cannot be put there, no row changes. Set-up then trains on the same examples."""
    row = session.scalars(
        select(TrainingRow).where(TrainingRow.mark == mark).order_by(TrainingRow.started_at.desc()).limit(1)
    ).first()
    try:
        models.use(mark, models_dir)
    except TrainingFailed as error:
        raise NotTrained(mark) from error
    own: Sequence[Example] = ()
    if row is not None:
        own = read_examples(folder_of(data_dir, row.id) / "examples.jsonl")
    write_examples(examples_file(data_dir), own)
    for other in session.scalars(select(TrainingRow).where(TrainingRow.state == "serving")):
        other.state = "replaced"
    if row is not None:
        row.state = "serving"
