"""A machine as text: for a terminal, for GraphViz, and as a page of the documentation."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.machines.describe import FieldSaid, MachineSaid, StateSaid, StepSaid, TermSaid


def plain(machine: MachineSaid) -> Iterator[str]:
    """Lines for a terminal."""
    yield f"{machine.label} ({machine.kind}, side: {machine.side})"
    if machine.about:
        yield f"  {machine.about}"
    if machine.opened_by:
        yield f"  Started on a case by: {', '.join(machine.opened_by)}"
    yield ""
    yield "  States"
    for state in machine.states:
        yield f"    {state.code}: {state.label} [{state.sort}{', initial' if state.initial else ''}]"
        yield from (f"      {line}" for line in _state_lines(state))
    yield ""
    yield "  Steps"
    for step in machine.steps:
        yield f"    {step.action}: {step.label}"
        yield f"      {', '.join(step.sources)} -> {step.target}"
        yield f"      who: {_who(step)}"
        yield from (f"      only if: {condition}" for condition in step.conditions)
        if step.fields:
            yield f"      asks: {', '.join(_field(asked) for asked in step.fields)}"
    for sentence in machine.closes:
        yield f"  {sentence}"


def _state_lines(state: StateSaid) -> Iterator[str]:
    if state.owner:
        yield f"who must act: {state.owner}; escalates to: {state.escalates_to}"
    if state.waits_for:
        yield f"waits for: {state.waits_for}"
    if state.term:
        yield f"term: {_term(state.term)}"
    if state.urgent:
        yield f"term in an emergency: {_term(state.urgent)}"
    for other in state.others:
        yield f"or, where another rule holds: {_term(other)}"
    if state.reopens_to:
        yield f"opens again to: {state.reopens_to}"


def _term(term: TermSaid) -> str:
    law = ", set by law" if term.statutory else ""
    changed = " (changed by an administrator)" if term.changed else ""
    ladder = f"remind {term.remind} before, escalate {term.escalate} after and again {term.again} later"
    return f"{term.length}{law}{changed} [{term.key}], from: {term.starts_with}; {ladder}. Source: {term.source}"


def _who(step: StepSaid) -> str:
    return "the program itself" if step.system else ", ".join(step.roles_labels)


def _field(asked: FieldSaid) -> str:
    return asked.label if asked.required else f"{asked.label} (optional)"


def dot(machines: list[MachineSaid]) -> Iterator[str]:
    """A GraphViz text, a cluster for each machine."""
    yield "digraph processes {"
    yield '  node [shape=box, style=rounded, fontname="sans-serif"]; edge [fontname="sans-serif", fontsize=10];'
    for machine in machines:
        yield f"  subgraph cluster_{machine.kind} {{"
        yield f"    label={_quoted(machine.label)};"
        for state in machine.states:
            lines = [state.label, state.owner, state.term.length if state.term else ""]
            shape = {"end": ", peripheries=2", "waiting": ", style=dashed"}.get(state.sort, "")
            label = _quoted("\\n".join(filter(None, lines)))
            yield f"    {machine.kind}_{state.code} [label={label}{shape}];"
        for step in machine.steps:
            style = ", style=dashed" if step.system else ""
            for source in step.sources:
                arrow = f"{machine.kind}_{source} -> {machine.kind}_{step.target}"
                yield f"    {arrow} [label={_quoted(step.label)}{style}];"
        yield "  }"
    yield "}"


def _quoted(text: str) -> str:
    escaped = text.replace('"', '\\"')
    return f'"{escaped}"'


HEAD = """# The processes

This page is made from the declarations by `manage.py machines --markdown > docs/processes.md`; a test keeps it up to
date. Terms are those the program brings; an administrator may have changed them, which the page "How it works" shows.
"""


def markdown(machines: list[MachineSaid]) -> Iterator[str]:
    """The page of the documentation."""
    yield HEAD
    for machine in machines:
        yield f"## {machine.label} (`{machine.kind}`)\n"
        if machine.about:
            yield f"{machine.about}\n"
        if machine.opened_by:
            yield f"Started on a case by: {', '.join(machine.opened_by)}.\n"
        yield "| State | Who must act | Term | In an emergency | Remind, escalate, again | Source |"
        yield "|---|---|---|---|---|---|"
        for state in machine.states:
            yield _state_row(state)
        yield ""
        yield "| Step | From | To | Who | Asks | Only if |"
        yield "|---|---|---|---|---|---|"
        for step in machine.steps:
            cells = [
                f"{step.label} (`{step.action}`)", ", ".join(step.sources_labels), step.target_label, _who(step),
                ", ".join(_field(asked) for asked in step.fields), " ".join(step.conditions),
            ]  # fmt: skip
            yield _row(cells)
        yield ""
        for sentence in machine.closes:
            yield f"{sentence}\n"


def _state_row(state: StateSaid) -> str:
    name = f"{state.label} (`{state.code}`)"
    if state.sort == "end":
        again = f"Over; opens again to {state.reopens_to_label}" if state.reopens_to else "Over"
        return _row([name, again, "", "", "", ""])
    who = f"{state.owner}, waiting for {state.waits_for}" if state.waits_for else state.owner
    term, urgent = state.term, state.urgent
    ladder = f"{term.remind}, {term.escalate}, {term.again}; to {state.escalates_to}" if term else ""
    either = " or ".join(one.length for one in (term, *state.others) if one)
    length = f"{either}, from when {term.starts_with}" if term else ""
    sources = "; ".join(dict.fromkeys(one.source for one in (term, *state.others) if one))
    return _row([name, who, length, urgent.length if urgent else "", ladder, sources])


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"
