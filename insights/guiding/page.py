"""What stands on the page of a question and in its file: chart, tables and warnings, made once for both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from access import clock
from insights.comparison.table import told_share, told_spread
from insights.guiding import reading
from insights.guiding.chart import Chart, chart, ticks
from insights.guiding.curves import Curve, differ
from insights.guiding.definitions import FORMS, GROUPS, MEASURES, OBSTACLES, QUESTIONS, SPANS, Question
from insights.guiding.reading import Curves, Figures, Going, Key, Tried
from workflows.guidance.words import Domain

FEW, MUCH = 30, 4
"""Under so many people every difference can be chance; a group so many times as large as another is unequal to it."""
THIN = 10
"""Under so many people left the end of a curve is unsure."""


@dataclass
class Sheet:
    """A table: a title, heads, and rows of cells with a small line below each. The first cell names the row."""

    title: str
    heads: list[str]
    rows: list[list[tuple[str, str]]] = field(default_factory=list)
    note: str = ""
    key: str = ""

    @property
    def flat(self) -> list[list[str]]:
        """Rows for a file, with what stands below in brackets."""
        return [[f"{told} ({below})" if below else told for told, below in row] for row in self.rows]


@dataclass
class Answer:
    """Everything that answers a question. `people`: how many were guided, in words; empty where there were none."""

    question: Question
    by: str
    chart: Chart | None = None
    at_risk: Sheet | None = None
    sheets: list[Sheet] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    difference: str = ""
    people: str = ""
    lines: dict[str, object] | None = None
    empty: bool = False


def name(key: Key) -> str:
    """The name of a group."""
    return str(GROUPS.get(key, key[1]))


def number(value: float | Decimal, places: int = 0) -> str:
    """A number in the reader's language."""
    told: str = number_format(Decimal(value).quantize(Decimal(1).scaleb(-places)), places, force_grouping=True)
    return told


def percent(share: float) -> str:
    """A share as a whole number of per cent."""
    return f"{number(100 * share)}%"


def answer(question: Question, by: str, since: date, until: date, threshold: int) -> Answer:
    """The answer for a period. In: how people are told apart. At most three queries."""
    made = Answer(question, by)
    if question.key == "wellbeing":
        _wellbeing(made, reading.wellbeing(since, until, threshold), threshold)
        return made
    apart = by == "navigator"  # figures are kept of guidances alone: then only how many there are
    wanted = ["guided"] if apart else [*(figure.key for figure in question.figures), *question.parts]
    told = reading.figures(since, until, threshold, by, wanted)
    _curves(made, reading.curves(since, until, threshold, question.curve, by), threshold)
    if not apart:
        _figures(made, told, threshold)
    if question.key == "willingness":
        _parts(made, told, threshold, "obstacle", OBSTACLES, Sheet(
            _("What was in the way"), [_("Obstacle")],
            note=_("Of people whose stand was asked. Somebody can name several."),
        ))  # fmt: skip
        _measures(made, reading.measures(since, until, threshold, by), threshold)
    if question.key == "signs":
        _parts(made, told, threshold, "anew", FORMS, Sheet(
            _("Form of the new exploitation"), [_("Form")],
            note=_("Of people who were asked. Somebody can have several."),
        ))  # fmt: skip
    whole = told.numbers.get(("all", "all"), 0)
    made.people = "" if not whole else f"<{threshold}" if whole < threshold else number(whole)
    made.empty = not whole and not made.chart and not made.sheets
    return made


# -- The curve ---------------------------------------------------------------------------------------------------------


def _curves(made: Answer, found: Curves, threshold: int) -> None:
    order = list(GROUPS)
    drawn = sorted(found.of(made.by), key=lambda curve: order.index((made.by, curve.key)))
    named = [(name((made.by, curve.key)), curve) for curve in drawn]
    made.chart = chart(named)
    for key in sorted(found.small):
        if key[0] == made.by:
            made.warnings.append(
                _(
                    "“%(group)s” has fewer than %(n)s people, or would give away a group that has: nothing is said "
                    "of it."
                )
                % {"group": name(key), "n": threshold}
            )
    for key, curve in found.made.items():
        if key[0] == made.by and not curve.points:
            made.warnings.append(
                _("“%(group)s”: too little happened to draw a curve in which nobody can be recognised.")
                % {"group": name(key)}
            )
    if made.chart is None:
        return
    _warn(made, named)
    if made.by == "navigator" and len(named) == 2:
        made.difference = _difference(named)
    last = max(curve.points[-1].day for _label, curve in named)
    days = ticks(last)
    made.at_risk = Sheet(_("Still followed"), [_("Day"), *(number(day) for day in days)], [
        [(label, ""), *((number(point.at_risk) if (point := curve.at(day)) else "–", "") for day in days)]
        for label, curve in named
    ])  # fmt: skip
    steps = Sheet(
        _("The curve in numbers"),
        [_("Group"), _("Day"), str(made.question.axis), _("Interval"), _("Since the step before"), _("Still followed")],
    )
    for label, curve in named:
        for point in curve.points:
            between = "–" if point.interval is None or not point.day else "–".join(percent(e) for e in point.interval)
            cells = (label, number(point.day), percent(point.share), between, number(point.happened))
            steps.rows.append([(text, "") for text in (*cells, number(point.at_risk))])
    made.sheets.append(steps)


def _warn(made: Answer, named: Sequence[tuple[str, Curve]]) -> None:
    """Small groups, unequal groups and thin ends, in plain words."""
    for label, curve in named:
        if curve.number < FEW:
            made.warnings.append(
                _("“%(group)s” has only %(n)s people: every difference can be chance.")
                % {"group": label, "n": curve.number}
            )
        thin = next((point for point in curve.points if point.at_risk < THIN), None)
        if thin is not None and curve.number >= FEW:
            made.warnings.append(
                _(
                    "“%(group)s”: from day %(day)s on fewer than %(n)s people are followed. The end of the curve is "
                    "unsure."
                )
                % {"group": label, "day": thin.day, "n": THIN}
            )
    ordered = sorted(named, key=lambda pair: pair[1].number)
    if len(ordered) > 1 and ordered[-1][1].number >= MUCH * ordered[0][1].number:
        (small, few), (large, many) = ordered[0], ordered[-1]
        made.warnings.append(
            _("The groups are very unequal: %(many)s people in “%(large)s” against %(few)s in “%(small)s”. What is "
              "seen of "
              "the small one is far less sure.")
            % {"many": many.number, "large": large, "few": few.number, "small": small}
        )  # fmt: skip


def _difference(named: Sequence[tuple[str, Curve]]) -> str:
    chance = differ(named[0][1], named[1][1])
    if chance is None:
        return _("Too little happened to say whether the curves differ.")
    told = _("p < 0.001") if chance < 0.001 else _("p = %(p)s") % {"p": number(chance, 3)}
    if chance < 0.05:
        return _("Chance alone does not easily make curves that differ so much (logrank, %(p)s).") % {"p": told}
    return _("The difference between the curves may be chance (logrank, %(p)s).") % {"p": told}


# -- Figures -----------------------------------------------------------------------------------------------------------


def _groups(numbers: dict[Key, int], by: str) -> list[Key]:
    """The groups of a cut in the order in which they are declared."""
    return [key for key in GROUPS if key[0] == by and key in numbers]


def _figures(made: Answer, told: Figures, threshold: int) -> None:
    groups = _groups(told.numbers, made.by)
    if not groups:
        return
    sheet = Sheet(_("In figures"), [_("Figure"), *(name(key) for key in groups)])
    sheet.rows.append([
        (_("People for whom a navigator was asked"), ""),
        *((f"<{threshold}" if told.numbers[k] < threshold else "–" if k in told.small else number(told.numbers[k]), "")
          for k in groups),
    ])  # fmt: skip
    for figure in made.question.figures:
        cells = [
            told_share(told.shares.get((figure.key, key)), threshold)
            if figure.sort == "share"
            else told_spread(told.spreads.get((figure.key, key)))
            for key in groups
        ]
        sheet.rows.append([(str(figure.label), ""), *cells])
    made.sheets.insert(0, sheet)


def _parts(
    made: Answer, told: Figures, threshold: int, figure: str, labels: Mapping[str, object], sheet: Sheet
) -> None:
    """A row for each part of a figure of which somebody can have several, after the figures."""
    groups, parts = _groups(told.numbers, made.by), told.parts.get(figure, {})
    if not parts or not groups:
        return
    sheet.heads += [name(key) for key in groups]
    for code, label in labels.items():
        if code in parts:
            sheet.rows.append([(str(label), ""), *(told_share(parts[code].get(key), threshold) for key in groups)])
    made.sheets.insert(1, sheet)


def _measures(made: Answer, found: dict[str, dict[Key, Tried]], threshold: int) -> None:
    sheet = Sheet(
        _("Before and after each measure"),
        [_("Measure"), _("Tried"), _("Not wanted"), _("Willing before"), _("Willing after"), _("Came to it"),
         _("Came off it")], key="measures",
    )  # fmt: skip
    small = f"<{threshold}"

    def count(value: int | None) -> tuple[str, str]:
        return (small if value is None else number(value)), ""

    for code, label in MEASURES.items():
        for key in GROUPS:
            if key[0] != made.by or key not in found.get(code, {}):
                continue
            tried = found[code][key]
            group = "" if made.by == "all" else name(key)
            if tried.few:
                told = [count(tried.tried), *[("–", "")] * 5]
                told[2] = ("–", _("too few known"))
            else:
                told = [count(tried.tried), count(tried.declined), told_share(tried.before, threshold),
                        told_share(tried.after, threshold), count(tried.gained), count(tried.fell)]  # fmt: skip
            sheet.rows.append([(str(label), group), *told])
    if sheet.rows:
        made.sheets.insert(0, sheet)


def _wellbeing(made: Answer, found: dict[str, dict[int, Going]], threshold: int) -> None:
    made.empty = not found
    if not found:
        return
    sheet = Sheet(_("On average, since the first contact"), [_("Part of life"), *(str(span) for span in SPANS)])
    parts = []
    for domain in Domain:
        spans = found.get(str(domain))
        if not spans:
            continue
        cells, values = [], []
        for place in range(len(SPANS)):
            going = spans.get(place)
            values.append(going.mean if going else None)
            cells.append(_going(going, threshold))
        sheet.rows.append([(str(domain.label), ""), *cells])
        if any(value is not None for value in values):
            parts.append({"name": str(domain.label), "values": values})
    made.sheets.append(sheet)
    if parts:
        made.lines = {"names": [str(span) for span in SPANS], "parts": parts}
    elif sheet.rows:
        made.warnings.append(
            _("In every span fewer than %(n)s people were asked: too few to say anything.") % {"n": threshold}
        )


def _going(going: Going | None, threshold: int) -> tuple[str, str]:
    if going is None:
        return "–", ""
    if going.number is None or going.mean is None:
        return f"<{threshold}", _("left out")
    of = _("n = %(n)d") % {"n": going.number}
    if going.paired is None or going.rose is None:
        return number(going.mean, 1), of
    sign = "+" if going.rose > 0 else ""
    rose = _("rose by %(by)s (n = %(n)d)") % {"by": f"{sign}{number(going.rose, 1)}", "n": going.paired}
    return number(going.mean, 1), f"{of}; {rose}"


# -- The overview ------------------------------------------------------------------------------------------------------


def headlines(since: date, until: date, threshold: int) -> Sheet | None:
    """The figures of everybody together, in one table; None where nobody was guided. One query."""
    wanted = [figure.key for question in QUESTIONS for figure in question.figures]
    told = reading.figures(since, until, threshold, "all", wanted)
    whole: Key = ("all", "all")
    if whole not in told.numbers:
        return None
    sheet = Sheet(_("Everybody together"), [_("Figure"), _("Value")])
    small = whole in told.small
    sheet.rows.append([
        (_("People for whom a navigator was asked"), ""),
        (f"<{threshold}" if small else number(told.numbers[whole]), ""),
    ])  # fmt: skip
    for question in QUESTIONS:
        for figure in question.figures:
            share = told_share(told.shares.get((figure.key, whole)), threshold)
            spread = told_spread(told.spreads.get((figure.key, whole)))
            sheet.rows.append([(str(figure.label), question.key), share if figure.sort == "share" else spread])
    return sheet


def today() -> date:
    """Today, on the clock of the program."""
    return clock.today()
