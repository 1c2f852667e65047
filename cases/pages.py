"""What a page about a case shows of its file; the page itself is put together where processes are known."""

from __future__ import annotations

from typing import Any

from access.models import Post
from cases import file, policy, timeline
from cases.models import Case


def case_context(case: Case, acting: Post) -> dict[str, Any]:
    """Values for the partial templates ``cases/_*.html``, for a case that `acting` sees (with person and region).

    Costs one query, and one more for a restricted case. The names of values: ``case``, ``person``, ``minor``,
    ``referrals``, ``consents`` (those that count), ``documents``, ``named`` (people
    named for a restricted case), ``events`` (the timeline, newest first), ``may_edit``, ``may_close``, ``may_manage``.
    """
    found = file.read(case)
    person = case.person
    return {
        "case": case,
        "person": person,
        "minor": person.age_group == "minor",
        "referrals": found.referrals,
        "consents": found.consents_now,
        "documents": found.documents_present,
        "named": list(case.named.in_force().select_related("user").order_by("user__name")) if case.restricted else [],
        "events": timeline.entries(case, acting),
        "may_edit": case.is_open and acting.role in policy.WORK,
        "may_close": policy.may_close(acting),
        "may_manage": policy.may_manage(acting),
    }
