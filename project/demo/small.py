"""The small set: the stories of `project.demo.stories`, told through the engine with the clock moved.

Everything goes through the doors the pages use (`take_in`, `open_process`, `perform`, the engine's acts), in the order
of time over all stories, and between two deeds the minute sweep runs at every moment something was due. So log,
routing, terms and notices are what they would have been.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import connection

from access import clock, configuration, log
from access.clock import AMSTERDAM
from access.models import Post
from access.roles import Role
from access.wall import Side, current_side, taken
from cases import closing, consenting, documents, merging, restricting
from cases.filetypes import of_content_type
from cases.intake import take_in
from cases.models import Case, TimelineEntry
from cases.models import Referral as Report
from project.demo import guided, learned, people
from project.demo.actions import Actions
from project.demo.determinations import Determinations
from project.demo.glass import Glass
from project.demo.ground import Ground, lay
from project.demo.handovers import Handovers
from project.demo.keeping import Keeping
from project.demo.statements import Statements
from project.demo.stories import STORIES, Deed, Story, When
from shelters import inventory
from shelters.matching.find import find
from shelters.models import OTHER_SCHEME, Unit
from workflows.casepage.circumstances import circumstances
from workflows.engine import acts
from workflows.engine.errors import EngineError
from workflows.engine.machine import Machine, registry
from workflows.engine.models import Delivery, Notice, NoticeSeen, Process
from workflows.engine.steps import open_process, perform
from workflows.engine.sweep import sweep
from workflows.matching.asking import keep as keep_choice
from workflows.matching.asking import seen_in, with_said
from workflows.matching.forms import WantedForm
from workflows.referral.machine import Referral

UNITS: tuple[tuple[str, str, str, str, str, str, int, list[str]], ...] = (
    ("vuurtoren-crisis", "vuurtoren", "Alkmaar", "De Vuurtoren, crisis", "crisis", "", 12, ["woman", "man", "other"]),
    ("vuurtoren-long", "vuurtoren", "Alkmaar", "De Vuurtoren, lang verblijf", "long_stay", "", 6, ["woman"]),
    ("vuurtoren-bed", "vuurtoren", "Den Helder", "De Vuurtoren, noodbed", "emergency", "", 2, []),
    ("ankertouw-crisis", "ankertouw", "Zaanstad", "Het Ankertouw, crisis", "crisis", "cosm", 5, ["woman", "man"]),
    ("ankertouw-long", "ankertouw", "Haarlem", "Het Ankertouw, lang verblijf", "long_stay", "", 4, ["woman"]),
    ("lichtboei-crisis", "lichtboei", "Rotterdam", "De Lichtboei, crisis", "crisis", "cosm", 8, ["man"]),
    ("lichtboei-move-on", "lichtboei", "Rotterdam", "De Lichtboei, doorstroom", "move_on", "", 4, []),
    ("kompasroos-crisis", "kompasroos", "Utrecht", "De Kompasroos, crisis", "crisis", "omm", 4, ["woman", "man"]),
    ("kompasroos-supervised", "kompasroos", "Amersfoort", "De Kompasroos, begeleid wonen", "supervised", "", 3, []),
)  # fmt: skip
SIDES = (Side.CARE, Side.DETERMINATION, Side.JUSTICE)
"""The sides on which something happens; each sees the common ground besides."""
OFFERS: dict[str, dict[str, Any]] = {
    "vuurtoren-crisis": {"children": "yes", "psychiatric": "consult", "addiction": "no", "age_from": 16},
    "vuurtoren-long": {"children": "yes", "psychiatric": "yes", "mild_intellectual_disability": "yes", "age_from": 18},
    "vuurtoren-bed": {"addiction": "yes", "age_from": 18},
    "ankertouw-crisis": {"psychiatric": "consult", "addiction": "no", "wheelchair": "yes", "age_from": 18},
    "ankertouw-long": {"children": "yes", "pregnant": "yes", "somatic": "yes", "age_from": 18},
    "lichtboei-crisis": {"addiction": "consult", "behaviour": "yes", "forms": ["labour", "criminal"], "age_from": 18},
    "lichtboei-move-on": {"psychiatric": "no", "addiction": "no", "age_from": 18},
    "kompasroos-crisis": {"psychiatric": "yes", "addiction": "yes", "behaviour": "consult", "age_from": 18},
    "kompasroos-supervised": {"mild_intellectual_disability": "yes", "wheelchair": "yes", "age_from": 18},
}
"""What units of the set say of whom they are for, beside the gender."""
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def make(chance: random.Random, as_of: date) -> dict[str, int]:
    """Make the set in the caller's transaction. Out: how many cases and processes there are."""
    until = datetime.combine(as_of, time(0), AMSTERDAM)
    with clock.at(until), taken(Side.COMMON):
        ground = lay(chance, as_of, as_of - timedelta(days=4 * 365))
        configuration.refresh()
    with taken(Side.CARE):
        units = _units(ground, as_of - timedelta(days=4 * 365))
        Teller(chance, ground, units, as_of, until).tell((*STORIES, *guided.STORIES))
        learned.write(ground, as_of)
        return {"cases": Case.objects.count(), "processes": Process.objects.count()}


def _units(ground: Ground, since: date) -> dict[str, Unit]:
    with clock.at(datetime.combine(since, time(8), AMSTERDAM)):
        return _add_units(ground, since)


def _add_units(ground: Ground, since: date) -> dict[str, Unit]:
    return {
        key: inventory.add_unit(
            organisation=ground.houses[house], region=ground.regions[region], name=name, kind=kind,
            since=since, scheme_id=scheme or OTHER_SCHEME, places=places, genders=genders, as_of=since, **OFFERS[key],
        )
        for key, house, region, name, kind, scheme, places, genders in UNITS
    }  # fmt: skip


class Due:
    """When something is due next on each side: asked again only where a process was written since.

    Between some 1,200 deeds that is one question instead of four, with the side to be taken and left for each.
    """

    def __init__(self) -> None:
        self._at: dict[Side, datetime | None] = {}

    def watching(self, execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
        """Every statement passes by here (`connection.execute_wrapper`)."""
        if "engine_process" in (text := str(sql)) and not text.startswith("SELECT"):
            self._at.pop(current_side(), None)  # type: ignore[arg-type]  # nobody's side: nothing is remembered
        return execute(sql, params, many, context)

    def on(self, side: Side) -> datetime | None:
        """The moment at which something is due first; None where nothing is."""
        if side not in self._at:
            with taken(side), connection.cursor() as cursor:
                cursor.execute("SELECT min(next_notice_at) FROM engine_process WHERE side = %s", [str(side)])
                [self._at[side]] = cursor.fetchone()
        return self._at[side]


@dataclass
class Told:
    """A story as it is told: its case (there is none before the report came) and the latest process of each kind."""

    story: Story
    begun: Case | None = None
    processes: dict[str, Any] = field(default_factory=dict)

    @property
    def case(self) -> Case:
        """The case. Errors: ValueError when something was to happen before the report came in."""
        if self.begun is None:
            raise ValueError(f"Nothing can happen yet in the story “{self.story.shows}”.")
        return self.begun


class Teller:
    """Tells stories in the order of time, with the sweep in between."""

    def __init__(
        self, chance: random.Random, ground: Ground, units: dict[str, Unit], as_of: date, until: datetime
    ) -> None:
        self.chance, self.ground, self.units, self.as_of, self.until = chance, ground, units, as_of, until
        self.by_title: dict[str, Told] = {}
        self.due = Due()

    def tell(self, stories: tuple[Story, ...]) -> None:
        """Everything up to the as-of date, and then what the outbox would have sent by then."""
        with connection.execute_wrapper(self.due.watching):
            for moment, happen in sorted(self._events(stories), key=lambda event: event[0]):
                self._sweep_until(moment)
                with clock.at(moment):
                    happen()
            self._sweep_until(self.until)
        for side in SIDES:
            with taken(side):
                self._send()
                self._look()

    def _events(self, stories: tuple[Story, ...]) -> Iterator[tuple[datetime, Callable[[], None]]]:
        yield from Statements(self.chance, self.ground, self.as_of).events()
        yield from Actions(self.ground, self.as_of).events()
        yield from Handovers(self.as_of, self._post, self._case).events()
        yield from Glass(self.as_of, self._post, self._case).events()
        yield from guided.profiles(self.ground, self.as_of)
        yield from Determinations(self.as_of, self._post, self.ground.regions["Alkmaar"]).events()
        yield from Keeping(self.ground, self.units, self.as_of).events()
        for story in stories:
            for _ in range(story.times):
                later = timedelta(minutes=self.chance.randrange(12))
                told = Told(story)
                self.by_title[story.shows] = told
                yield story.arrives.on(self.as_of) + later, partial(self._arrive, told)
                for deed in story.deeds:
                    moment = deed.when.on(self.as_of) + later
                    yield moment, partial(self._do, told, deed)

    def _case(self, shows: str) -> Case:
        """The case of a story, as it stands now."""
        return Case.objects.select_related("person").get(pk=self.by_title[shows].case.pk)

    def _sweep_until(self, moment: datetime) -> None:
        while (first := min((at for side in Side if (at := self.due.on(side)) is not None), default=moment)) < moment:
            at = _next_minute(first)
            if at >= moment:
                return
            for side in Side:
                if (since := self.due.on(side)) is not None and since <= at:
                    sweep(side, now=at)

    def _post(self, key: str) -> Post:
        """A post as a request would have it now: with its regions and whom it acts for."""
        post = copy(self.ground.posts[key])
        post.__dict__.pop("acts_for", None)
        today = clock.today()
        post.held_absent = [  # type: ignore[attr-defined]
            d.absent_id for d in self.ground.deputies if d.deputy_id == post.pk and d.starts_on <= today < d.ends_on
        ]
        post.held_regions = self.ground.regions_of[post.pk]  # type: ignore[attr-defined]
        return post

    def _arrive(self, told: Told) -> None:
        story = told.story
        # Age and form decide the route: by chance only among those that no routing rule names.
        about = people.person(self.chance, self.as_of, **{"years": self.chance.randrange(19, 52), **story.person})
        case = people.case(self.chance, **{"forms": [self.chance.choice(("sexual", "labour"))], **story.case})
        told.begun = self._report(told, story.by, person=about, case=case | {"region": self._region(story)}).case

    def _region(self, story: Story) -> Any:
        return self.ground.regions[story.region]

    def _report(self, told: Told, by: str, *, person: Any, case: Any, source: str = "") -> Report:
        story, acting = told.story, self._post(by)
        values = people.report(self.chance, source or story.source)
        referral = {**values, "received_at": clock.now(), "urgent": story.urgent}
        report = take_in(acting, person=person, case=case, referral=referral)
        process = open_process(
            Referral,
            acting=acting,
            case_id=report.case_id,
            region_id=report.case.region_id,
            restricted=report.case.restricted,
            urgent=report.urgent,
            facts={"forms": report.case.forms, "age_group": str(report.case.person.age_group), "scheme": ""},
            record={"report": report},
        )
        told.processes["referral"] = process.pk
        self._logged(acting, report.case, log.Action.WRITE)
        return report

    def _do(self, told: Told, deed: Deed) -> None:
        acting = self._post(deed.by or told.story.by)
        if acting.role != Role.SHELTER_PROVIDER:  # providers see no file
            self._logged(acting, told.case, log.Action.READ)
        if deed.on == "file":
            getattr(self, f"_file_{deed.act}")(told, acting, **deed.data)
            return
        if deed.on == "guided":
            guided.write(told.case, acting, deed.act, dict(deed.data))
            return
        machine = registry[deed.on]
        if deed.act == "start":
            self._start(told, acting, machine, self._typed(deed))
            return
        process_id = told.processes.get(deed.on) or guided.beside(told.case, deed.on)
        try:
            if deed.act in machine.actions():
                outcome = perform(process_id, deed.act, acting, self._typed(deed))
                told.processes |= {opened.kind: opened.pk for opened in outcome.opened}
            else:
                self._act(process_id, acting, deed)
        except EngineError as refusal:
            refusal.add_note(f"Story “{told.story.shows}”: {acting} {deed.act} {getattr(refusal, 'form', '')}")
            raise

    def _start(self, told: Told, acting: Post, machine: type[Machine], data: dict[str, Any]) -> None:
        """Another process on the case, through the form that the case page shows."""
        assert machine.opening_form is not None
        form = machine.opening_form(data, needs=told.case.needs)
        if not form.is_valid():
            raise ValueError(f"Story “{told.story.shows}”: {form.errors}")
        opened = open_process(
            machine, acting=acting, case_id=told.case.pk, region_id=told.case.region_id,
            restricted=told.case.restricted, urgent=form.cleaned_data.get("urgent", False),
            facts=circumstances(told.case), record=form.record(),
        )  # fmt: skip
        told.processes[machine.kind] = opened.pk

    def _typed(self, deed: Deed) -> dict[str, Any]:
        """The data of a deed as somebody would have typed it."""
        data = dict(deed.data)
        for name in ("unit", "second", "third"):
            if name in data:
                data[name] = str(self.units[data[name]].pk)
        if "region" in data:
            data["region"] = str(self.ground.regions[data["region"]].pk)
        if "planned_until" in data:
            data["planned_until"] = data["planned_until"].on(self.as_of).date().isoformat()
        if "organisation" in data:
            data["organisation"] = str(self.ground.houses[data["organisation"]].pk)
        for name in ("navigator", "deputy"):
            if name in data:
                data[name] = str(self.ground.posts[data[name]].pk)
        return {k: guided.typed(v.on(self.as_of)) if isinstance(v, When) else v for k, v in data.items()}

    def _act(self, process_id: Any, acting: Post, deed: Deed) -> None:
        data = dict(deed.data)
        if deed.act == "snooze":
            acts.snooze(process_id, acting, self.until + timedelta(days=data["days"], hours=8))
        elif deed.act == "hand_over":
            acts.hand_over(process_id, acting, self._post(data.pop("to")), **data)
        else:
            getattr(acts, deed.act)(process_id, acting, **data)

    # -- deeds on the file -------------------------------------------------------------------------------------

    def _file_note(self, told: Told, acting: Post, text: str, kind: str) -> None:
        TimelineEntry.objects.create(case=told.case, kind=kind, text=f"Verzonnen: {text}", by=acting)

    def _file_choose(self, told: Told, acting: Post, unit: str) -> None:
        """A unit was chosen from the answer of the matching, which is kept with the case."""
        case = with_said(Case.objects.filter(pk=told.case.pk)).get()
        wanted, dates = WantedForm(None, case, acting).asked()
        seen = seen_in(find(wanted, acting, dates))
        keep_choice(case.pk, acting, wanted, dates, seen, self.units[unit].pk)

    def _file_report(self, told: Told, acting: Post, source: str) -> None:
        by = next(key for key, post in self.ground.posts.items() if post.pk == acting.pk)
        self._report(told, by, person={}, case=told.case, source=source)

    def _file_consent(
        self, told: Told, acting: Post, purpose: str, recipient: str = "", recipient_name: str = "",
        state: str = "given",
    ) -> None:  # fmt: skip
        consenting.record(
            told.case,
            acting,
            recipient=self.ground.houses[recipient] if recipient else None,
            recipient_name=recipient_name or ("" if recipient else "Politie (demonstratie)"),
            purpose=purpose,
            state=state,
            form="oral" if state == "withdrawn" else "written",
        )

    def _file_document(self, told: Told, acting: Post, title: str, kind: str) -> None:
        type_ = of_content_type("application/pdf")
        assert type_ is not None
        documents.store(told.case, acting, content=PDF, type=type_, title=title, kind=kind)

    def _file_restrict(self, told: Told, acting: Post, named: tuple[str, ...]) -> None:
        case = Case.objects.select_for_update().get(pk=told.case.pk)
        restricting.restrict(case, acting, "Verzonnen: de betrokkene kent een medewerker.")
        for key in named:
            restricting.name(case, self.ground.posts[key].user, acting)
        Process.objects.filter(case_id=case.pk).update(restricted=True)

    def _file_close(self, told: Told, acting: Post, reason: str) -> None:
        closing.close(Case.objects.select_for_update().get(pk=told.case.pk), acting, reason)

    def _file_merge(self, told: Told, acting: Post, into: str) -> None:
        other = self.by_title[into].case
        merging.merge(other.person_id, told.case.person_id, acting, "Verzonnen: dezelfde persoon, naam omgedraaid.")

    # -- what else a month leaves behind ---------------------------------------------------------------------------

    def _logged(self, acting: Post, case: Case, action: str) -> None:
        line = log.line(acting, action, "case", case.pk, subject=case.person_id, access_point="demo_data")
        line.side = Side.CARE
        line.save(force_insert=True)

    def _send(self) -> None:
        """Mails planned before the as-of date have gone out, but for one that nobody can decide and one refused."""
        mails = list(Delivery.objects.filter(state=Delivery.State.PLANNED).order_by("not_before", "pk"))
        for mail in mails:
            mail.state = Delivery.State.SENT
            mail.attempt = 1
            mail.changed_at = mail.not_before + timedelta(seconds=20)
            mail.message_id = f"<demo-{mail.pk}@loods.example.invalid>"
        if len(mails) > 2 and current_side() is Side.CARE:
            mails[-1].state, mails[-2].state = Delivery.State.UNCERTAIN, Delivery.State.FAILED
        Delivery.objects.bulk_update(mails, ["state", "attempt", "changed_at", "message_id"])

    def _look(self) -> None:
        """Everybody has seen what they were told until the day before yesterday."""
        seen = Notice.objects.filter(at__lt=self.until - timedelta(days=2), seen=None).order_by("pk")
        rows = []
        for notice in seen:
            posts = (
                [p for p in self.ground.posts.values() if p.pk == notice.to_post_id]
                if notice.to_post_id
                else [
                    p
                    for p in self.ground.posts.values()
                    if p.role == notice.to_role and p.organisation_id == notice.to_organisation_id
                ]
            )
            rows += [
                NoticeSeen(side=notice.side, notice=notice, user_id=user, at=notice.at + timedelta(hours=3))
                for user in sorted({p.user_id for p in posts})
            ]
        NoticeSeen.objects.bulk_create(rows)


def _next_minute(moment: datetime) -> datetime:
    """The full minute at or after a moment, which is when the sweep comes by."""
    floor = moment.replace(second=0, microsecond=0)
    return floor if floor == moment else floor + timedelta(minutes=1)
