"""Which part of the city a centre is in: what its register says, else what its address says."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduler.care.store import CentreRow

_DISTRICT = re.compile(r"(?:^|[省市])((?:(?![省市])[\u4e00-\u9fff]){1,6}?(?:新区|(?<![社小园校])区|县))")
_QUARTER = re.compile(r"((?:(?![省市县区])[\u4e00-\u9fff]){1,5}(?:街道|镇|乡))")
LONGEST = 60


def districts(session: Session, centre_ids: Iterable[int] | None = None) -> dict[int, str]:
    """Centre to district, empty where neither register nor address names one; all centres without ids."""
    query = select(CentreRow.id, CentreRow.about, CentreRow.address)
    if centre_ids is not None:
        query = query.where(CentreRow.id.in_(set(centre_ids)))
    return {id: str(about.get("district") or district_in(address))[:LONGEST] for id, about, address in
            session.execute(query)}  # fmt: skip


def district_in(address: str) -> str:
    """The district, county, quarter or town that a Chinese address names."""
    for pattern in (_DISTRICT, _QUARTER):
        found = pattern.search(address)
        if found:
            return found[1]
    return ""
