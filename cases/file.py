"""Reading a whole file at once: referrals, consents, documents and notes of a case in one query.

A case page shows all of them, twice: in their own lists and along the timeline. Four queries would be a third of
what a page may cost, so their rows come together, each as a JSON object, and become model instances again here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import CharField, F, Model, QuerySet, Value
from django.db.models.functions import JSONObject

from access.models import Organisation, Post, User
from cases.models import Case, Consent, Document, Referral, TimelineEntry


@dataclass(frozen=True)
class Part:
    """One kind of row in a file: when it happened, who wrote it, which organisation it names."""

    model: type[Model]
    moment: str
    author: str
    organisation: str = ""


PARTS = {
    part.model.__name__: part
    for part in (
        Part(Referral, "received_at", "registered_by", "source_organisation"),
        Part(Consent, "given_at", "recorded_by", "recipient"),
        Part(Document, "uploaded_at", "uploaded_by"),
        Part(TimelineEntry, "at", "by"),
    )
}


@dataclass
class File:
    """What lies in the file of a case, each list oldest first."""

    referrals: list[Referral] = field(default_factory=list)
    consents: list[Consent] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    entries: list[TimelineEntry] = field(default_factory=list)

    @property
    def documents_present(self) -> list[Document]:
        """Documents that were not removed, newest first."""
        return [document for document in reversed(self.documents) if document.removed_at is None]

    @property
    def consents_now(self) -> list[Consent]:
        """For every recipient and purpose what the person said last, newest first."""
        said: dict[tuple[Any, ...], Consent] = {}
        for consent in sorted(self.consents, key=lambda c: (c.given_at, c.recorded_at, c.pk)):
            said[(consent.recipient_id, consent.recipient_name.lower(), consent.purpose)] = consent
        return sorted(said.values(), key=lambda c: c.given_at, reverse=True)


def read(case: Case) -> File:
    """The file of a case that the caller may see; read once and remembered on the instance."""
    known: File | None = case.__dict__.get("_file")
    if known is None:
        known = case.__dict__["_file"] = File()
        lists: dict[str, list[Any]] = {
            "Referral": known.referrals,
            "Consent": known.consents,
            "Document": known.documents,
            "TimelineEntry": known.entries,
        }
        for kind, row in _rows(case):
            lists[kind].append(_instance(PARTS[kind], row, case))
    return known


def _rows(case: Case) -> Iterator[tuple[str, dict[str, Any]]]:
    first, *others = (_part(case, part) for part in PARTS.values())
    for kind, __, row in first.union(*others, all=True).order_by("moment"):
        yield kind, row


def _part(case: Case, part: Part) -> QuerySet[Any, Any]:
    columns = {f.attname: f.attname for f in part.model._meta.concrete_fields if f.name != "case"}
    columns |= {"author": f"{part.author}__user__name", "house": f"{part.author}__organisation__name"}
    if part.organisation:
        columns["organisation"] = f"{part.organisation}__name"
    return (
        part.model._default_manager.filter(case=case)
        .order_by()
        .annotate(
            part=Value(part.model.__name__, output_field=CharField()),
            moment=F(part.moment),
            row=JSONObject(**columns),
        )
        .values_list("part", "moment", "row")
    )


def _instance(part: Part, row: dict[str, Any], case: Case) -> Model:
    fields = [f for f in part.model._meta.concrete_fields if f.attname in row]
    made = part.model.from_db("default", [f.attname for f in fields], [f.to_python(row[f.attname]) for f in fields])
    author = Post(
        pk=row[f"{part.author}_id"], user=User(name=row["author"]), organisation=Organisation(name=row["house"])
    )
    setattr(made, part.author, author)
    if part.organisation:
        key = row[f"{part.organisation}_id"]
        setattr(made, part.organisation, Organisation(pk=key, name=row["organisation"]) if key else None)
    made.case = case  # type: ignore[attr-defined]
    return made
