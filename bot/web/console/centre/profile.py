"""What a centre says about itself, its photo, and the list of centres of who works at several."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import FileResponse, Response

from bot.core.staff.model import Action, Actor
from bot.pictures.photo import NotAPhoto, folder_of, keep_photo, photo_file
from bot.web.console.centre import fields
from bot.web.console.centre.desk import CentreDesk, status_of
from bot.web.console.forms import Form
from bot.web.console.frame import CheckedForm
from scheduler.care.centre_side import profile as own_profile
from scheduler.care.centre_side.day import missing_today
from scheduler.care.centre_side.profile import Profile
from scheduler.care.model.centre import LEGAL
from scheduler.care.model.errors import CareError, NotAllowed
from scheduler.care.service.reading import facts

LANGUAGES = ("zh", "en")


def profile_pages(desk: CentreDesk) -> APIRouter:
    router = APIRouter()
    console = desk.console
    folder = folder_of(console.house.settings.data_dir)

    @router.get("/centres")
    def centres(request: Request) -> Response:
        actor = console.require(request, Action.CENTRE_DAY)
        ids = sorted(int(i) for i in actor.centre_ids if i.isdecimal())
        if len(ids) == 1:
            return console.redirect(f"/console/centres/{ids[0]}/today")
        now = console.now()
        with console.read() as session:
            places = [(f.centre, missing_today(session, [i], now)) for i, f in facts(session, ids).items()]
        return console.page(request, "centre/list.html", actor, places=places)

    def shown(
        request: Request,
        actor: Actor,
        centre_id: int,
        *,
        said: Profile | None = None,
        wrong: str = "",
        status: int = 200,
    ) -> Response:
        with console.read() as session:
            known = own_profile.profile(session, actor, centre_id)
            now_kept = own_profile.kept_profile(session, actor, centre_id)
            by_address, all_districts = own_profile.known_districts(session, actor, centre_id)
        kept = photo_file(known.centre.photo, folder)
        return desk.page(
            request, "profile.html", actor, known.centre, "profile", status=status, facts=known, law=LEGAL, wrong=wrong,
            said=said or now_kept, photo=kept.name if kept else "", seen=now_kept.mark, by_address=by_address,
            districts=all_districts,
        )  # fmt: skip

    @router.get("/centres/{centre_id}/profile")
    def profile(request: Request, centre_id: int) -> Response:
        return shown(request, console.require(request, Action.CENTRE_CHANGE, centre_id), centre_id)

    @router.post("/centres/{centre_id}/profile")
    def keep(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        said = said_in(form)
        try:
            said = replace(said, fever_limit=_fever(form), well_for_hours=_well(form))
            with console.begin() as session:
                own_profile.keep_profile(session, actor, centre_id, said, console.now(), seen=form["seen"])
        except CareError as error:  # what was typed stays; the next save knows what a colleague has kept
            wrong = desk.refusal(request, error)
            return shown(request, actor, centre_id, said=said, wrong=wrong, status=status_of(error))
        return console.redirect(f"/console/centres/{centre_id}/profile", "console_centre.kept", request=request)

    @router.post("/centres/{centre_id}/rooms/{room_id}")
    def room(request: Request, centre_id: int, room_id: int, form: CheckedForm) -> Response:
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        try:
            with console.begin() as session:
                own_profile.keep_room(
                    session, actor, centre_id, room_id, console.now(), name_en=form["name_en"].strip(),
                    from_months=fields.number(form, "from_months"), to_months=fields.number(form, "to_months"),
                )  # fmt: skip
        except NotAllowed as error:
            return shown(request, actor, centre_id, wrong=desk.refusal(request, error), status=400)
        return console.redirect(f"/console/centres/{centre_id}/profile", "console_centre.kept", request=request)

    @router.post("/centres/{centre_id}/photo")
    def photo(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        sent = form.file("photo")
        try:
            name = keep_photo(sent.file.read() if sent is not None else b"", folder)
        except NotAPhoto as error:
            wrong = console.texts(console.language(request))(f"console_centre.photo_{error.why}")
            return shown(request, actor, centre_id, wrong=wrong, status=400)
        with console.begin() as session:
            own_profile.keep_photo(session, actor, centre_id, name, console.now())
        return console.redirect(f"/console/centres/{centre_id}/profile", "console_centre.kept", request=request)

    @router.post("/centres/{centre_id}/photo/remove")
    def no_photo(request: Request, centre_id: int, form: CheckedForm) -> Response:
        actor = console.require(request, Action.CENTRE_CHANGE, centre_id)
        with console.begin() as session:
            own_profile.keep_photo(session, actor, centre_id, "", console.now())
        return console.redirect(f"/console/centres/{centre_id}/profile", "console_centre.kept", request=request)

    @router.get("/centres/{centre_id}/photo/{name}")
    def photo_itself(request: Request, centre_id: int, name: str) -> Response:
        console.require(request, Action.CENTRE_DAY, centre_id)
        kept = photo_file(name, folder) if name == desk.centre(centre_id).photo else None
        if kept is None:
            raise HTTPException(404)
        return FileResponse(kept, media_type="image/jpeg")

    return router


def said_in(form: Form) -> Profile:
    """Everything that can be read as it stands."""
    return Profile(
        name_en=form["name_en"].strip(),
        phone=form["phone"].strip(),
        website=form["website"].strip(),
        facilities=fields.words(form["facilities"]),
        languages=tuple(code for code in LANGUAGES if code in form.all("language")),
        bring={code: fields.lines(form[f"bring_{code}"]) for code in LANGUAGES},
        rules={code: fields.lines(form[f"rules_{code}"]) for code in LANGUAGES},
        routine={code: form[f"routine_{code}"].strip() for code in LANGUAGES},
        district=form["district"].strip(),
    )


def _fever(form: Form) -> float | None:
    try:
        return float(form["fever_limit"]) if form["fever_limit"].strip() else None
    except ValueError:
        raise NotAllowed("fever") from None


def _well(form: Form) -> int | None:
    return fields.number(form, "well_for_hours") if form["well_for_hours"].strip() else None
