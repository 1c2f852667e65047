"""My work: the list, what is done with its rows, and views kept under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from access import clock, log
from access.doors import acting, door
from access.models import Post
from access.roles import Role
from cases import numbers
from cases.models import Case, Search
from workflows.engine.acts import may_manage, may_work_on
from workflows.engine.models import Process, SavedView
from workflows.worklist import filters as asking
from workflows.worklist import queries, visits
from workflows.worklist.doing import Act, Chosen, Result, do, take_one
from workflows.worklist.filters import Filters, Who
from workflows.worklist.forms import HandOverForm, SnoozeForm, ViewForm
from workflows.worklist.groups import Group, Moments
from workflows.worklist.people import colleagues, people_at
from workflows.worklist.rows import Row, reference, rows_of, state_label

WORKERS = tuple(role for role in Role if role not in (Role.SUPERVISOR, Role.ADMINISTRATOR))
"""Roles that can have work of their own."""

BULK_MOST = 200
VIEW_MOST: int = SavedView._meta.get_field("query").max_length  # type: ignore[assignment, union-attr]


# -- The list ---------------------------------------------------------------------------------------------------------


@door(*Role)
@require_safe
def worklist(request: HttpRequest) -> HttpResponse:
    """Home. Who has work of their own sees it; others are led to what is theirs."""
    post = acting(request)
    if post.role == Role.SUPERVISOR:
        return redirect("workflows:board")
    if post.role == Role.ADMINISTRATOR:
        return redirect("admin:index")
    return listing(request, post)


def listing(
    request: HttpRequest,
    post: Post,
    query: QueryDict | None = None,
    results: list[Result] | None = None,
    act: str = "",
    status: int = 200,
) -> HttpResponse:
    """The list as a page, or only the part of it that htmx asks for. `results`: what was just done with rows."""
    moments = Moments.around(clock.now())
    views = list(SavedView.objects.for_post(post))
    if query is None:
        query = request.GET
        standard = next((view for view in views if view.is_default), None)
        if not query and standard is not None:
            query = QueryDict(standard.query)
    asked = asking.read(post, query)
    shown = asked.filters
    since = visits.since(request, post, moments.now)
    try:
        page = queries.page(post, shown, moments, after=asked.after, before=asked.before, since=since)
    except ValueError:
        asked.problems.append(_("The address names a place in the list that does not exist; this is the beginning."))
        page = queries.page(post, shown, moments, since=since)
    counts = queries.counts(post, shown, moments)
    told = [result.process for result in results or [] if result.process is not None]
    cases = queries.cases_of(post, [process.case_id for process in [*page.rows, *told]])
    rows = rows_of(post, page.rows, cases, moments)
    _log_read(request, shown, rows)
    here = shown.query(after=asked.after, before=asked.before)
    back = f"{reverse('workflows:worklist')}?{here or 'all=1'}"
    context = {
        "rows": _with_heads(rows, shown),
        "page": page,
        "asked": asked,
        "shown": shown,
        "sort": shown.sort,
        "tabs": _tabs(shown, counts),
        "views": _views(views, shown),
        "view_name": next((item["view"].name for item in _views(views, shown) if item["current"]), ""),
        "kinds": [(m.kind, str(m.label), m.kind in shown.kinds) for m in asking.machines_for(post)],
        "states": _states(post, shown),
        "regions": [(key, name, key in shown.regions) for key, name in asking.regions_for(post).items()],
        "whose": [(value, label, shown.link(who=value), value == shown.who) for value, label in Who.choices],
        "link_urgent": shown.link(urgent=not shown.urgent),
        "link_clear": _link(Filters(group="", sort=shown.sort, size=shown.size)),
        "link_snoozed": shown.link(group=Group.SNOOZED.value),
        "link_after": _onward(shown, after=page.after),
        "link_before": _onward(shown, before=page.before),
        "snoozed": counts.of[Group.SNOOZED],
        "columns": 8 if len(asking.regions_for(post)) > 1 else 7,
        "sizes": [(size, shown.link(size=size), size == shown.size) for size in asking.SIZES],
        "searched": queries.searched(post, shown.found) or shown.number,
        "can_search": not Case.objects.for_post(post).query.is_empty(),
        "names": not Case.objects.for_post(post).query.is_empty(),
        "people": colleagues(post),
        "back": back,
        "back_quoted": quote(back, safe=""),
        "results": _told(request, post, results, cases, act),
    }
    part = request.htmx and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    request.GET = QueryDict(here)  # what sort links are made from, also when the list answers a form
    template = "workflows/worklist/_list.html" if part else "workflows/worklist/page.html"
    return render(request, template, context, status=status)


def _link(filters: Filters) -> str:
    """An address that asks just this, even where a view to begin with is kept."""
    return f"?{filters.query() or 'all=1'}"


def _onward(shown: Filters, **place: str) -> str:
    return shown.link(**place) if all(place.values()) else ""


def _log_read(request: HttpRequest, shown: Filters, rows: list[Row]) -> None:
    """Names on a list are a read, and looking somebody up a search: one line for the page, with the cases shown."""
    keys = sorted({str(row.case.pk) for row in rows if row.case is not None})
    searched = bool(shown.number or shown.found)
    if keys or searched:
        detail: dict[str, Any] = {"cases": len(keys), "keys": keys}
        if searched:
            detail["search"] = str(shown.found or shown.number)
        log.record(request, log.Action.SEARCH if searched else log.Action.READ, "worklist", detail=detail)


def _with_heads(rows: list[Row], shown: Filters) -> list[tuple[str, Row]]:
    """Rows with the name of their group where a new one begins; only a list sorted by due date has such heads."""
    paired, last = [], None
    for row in rows:
        head = str(row.group.label) if shown.column == "due" and not shown.group and row.group != last else ""
        last = row.group
        paired.append((head, row))
    return paired


def _tabs(shown: Filters, counts: queries.Counts) -> list[dict[str, Any]]:
    def number(count: int, capped: bool) -> str:
        return _("more than %(n)s") % {"n": queries.COUNT_UP_TO} if capped else str(count)

    every = {"label": _("Everything"), "url": shown.link(group=""), "current": not shown.group}
    every["count"] = number(
        min(counts.shown, queries.COUNT_UP_TO), counts.shown > queries.COUNT_UP_TO or bool(counts.capped)
    )
    return [
        every,
        *(
            {
                "label": group.label,
                "url": shown.link(group=group.value),
                "current": shown.group == group,
                "count": number(counts.of[group], group in counts.capped),
            }
            for group in Group
        ),
    ]


def _views(views: list[SavedView], shown: Filters) -> list[dict[str, Any]]:
    now = shown.query(number="", found=None)
    return [
        {"view": view, "url": f"?{view.query}" if view.query else "?all=1", "current": view.query == now}
        for view in views
    ]


def _states(post: Post, shown: Filters) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    return [
        (
            str(m.label),
            [(f"{m.kind}.{code}", label, f"{m.kind}.{code}" in shown.states) for code, label in asking.states_of(m)],
        )
        for m in asking.machines_for(post)
        if not shown.kinds or m.kind in shown.kinds
    ]


# -- Searching --------------------------------------------------------------------------------------------------------


@door(*WORKERS)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """Look for a case number or a name. Sent as a form, so that a name never stands in an address."""
    post = acting(request)
    shown = asking.read(post, QueryDict(urlsplit(request.POST.get("next", "")).query)).filters
    text = request.POST.get("text", "").replace("\0", "").strip()[:100]
    target = {"number": "", "found": None}
    if numbers.beginning(text) is not None:
        target["number"] = numbers.beginning(text)  # type: ignore[assignment]
    elif text and not Case.objects.for_post(post).query.is_empty():
        target["found"] = Search.objects.create(user_id=post.user_id, text=text).pk  # type: ignore[assignment]
    query = shown.query(**target)
    return redirect(f"{reverse('workflows:worklist')}?{query}" if query else f"{reverse('workflows:worklist')}?all=1")


# -- Doing something with rows ----------------------------------------------------------------------------------------


@door(*WORKERS, Role.SUPERVISOR)
@require_POST
def act(request: HttpRequest) -> HttpResponse:
    """Do something with one row or with all that were chosen; the answer says what was done, what was not, and why."""
    post = acting(request)
    name, chosen = _read_chosen(request)
    to = _colleague(post, request.POST.get("to", "")) if name == Act.HAND_OVER else None
    problem = ""
    if name not in (Act.TAKE, Act.GIVE_BACK, Act.HAND_OVER, Act.WAKE):
        problem = _("Choose what must be done.")
    elif not chosen:
        problem = _("Choose at least one row.")
    elif len(chosen) > BULK_MOST:
        problem = _("Choose at most %(n)s rows at once.") % {"n": BULK_MOST}
    elif name == Act.HAND_OVER and to is None:
        problem = _("Choose the colleague to whom you hand over.")
    if problem:
        messages.error(request, problem)
        return redirect(_next(request))
    results = do(name, chosen, post, to=to, reason=request.POST.get("reason", "").replace("\0", "")[:2000])
    return _answer(request, post, name, results)


def _read_chosen(request: HttpRequest) -> tuple[str, list[Chosen]]:
    """What to do and with which rows: a row's own button names both, else the button below and the boxes say it."""
    one = request.POST.get("one", "")
    name, texts = (
        (one.partition(":")[0], [one.partition(":")[2]])
        if one
        else (request.POST.get("act", ""), request.POST.getlist("chosen"))
    )
    chosen = []
    for text in texts:
        try:
            chosen.append(Chosen.read(text))
        except ValueError:
            continue
    return name, chosen


def _colleague(post: Post, key: str) -> Post | None:
    if not key.isdecimal() or len(key) > 18:
        return None
    return Post.objects.for_post(post).select_related("user", "organisation").filter(pk=int(key)).first()


def _next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure()) and target.startswith("/")
    return target if safe else reverse("workflows:worklist")


DONE = {
    Act.TAKE: lambda n: ngettext("%(n)d row is yours now.", "%(n)d rows are yours now.", n),
    Act.TAKE_OVER: lambda n: ngettext("%(n)d row is yours now.", "%(n)d rows are yours now.", n),
    Act.GIVE_BACK: lambda n: ngettext("%(n)d row went back to the queue.", "%(n)d rows went back to the queue.", n),
    Act.HAND_OVER: lambda n: ngettext("%(n)d row was handed over.", "%(n)d rows were handed over.", n),
    Act.SNOOZE: lambda n: ngettext("%(n)d row is out of sight for now.", "%(n)d rows are out of sight for now.", n),
    Act.WAKE: lambda n: ngettext("%(n)d row is back in sight.", "%(n)d rows are back in sight.", n),
}


def _answer(request: HttpRequest, post: Post, name: str, results: list[Result]) -> HttpResponse:
    done = [result for result in results if result.done]
    refused = [result for result in results if not result.done]
    for result in done:
        log.record(request, log.Action.WRITE, "process", result.process_id, detail={"act": name})
    target = urlsplit(_next(request))
    on_list = target.path == reverse("workflows:worklist")
    if request.htmx and on_list and post.role in WORKERS:  # type: ignore[attr-defined]
        status = refused[0].error.status if len(results) == 1 and refused and refused[0].error else 200
        status = 409 if status in (404, 422) else status
        answer = listing(request, post, QueryDict(target.query), results, name, status)
        answer["HX-Push-Url"] = "false"
        return answer
    if len(results) == 1 and refused:
        return clash(request, post, refused[0], _next(request))
    cases = queries.cases_of(post, [r.process.case_id for r in refused if r.process])
    told = _told(request, post, results, cases, name)
    if told and told["done"]:
        messages.success(request, told["said"])
    if told and refused:
        lines = [f"{item['name']}: {item['why']}" for item in told["refused"]]
        messages.warning(request, " ".join([told["title"], *lines]))
    return redirect(_next(request))


def _told(
    request: HttpRequest, post: Post, results: list[Result] | None, cases: dict[UUID, Case], act: str
) -> dict[str, Any] | None:
    """What was done and what was not, in words for the page."""
    if not results:
        return None
    refused = []
    people = {person.pk: person.name for person in people_at(post)}
    for result in results:
        process = result.process
        if result.done:
            continue
        if process is None:
            refused.append({"name": _("A row that is not there any more"), "why": result.why})
            continue
        case = cases.get(process.case_id) if process.case_id else None
        holder = people.get(process.assignee_id or 0, "")
        can_take_over = act == Act.TAKE and process.assignee_id is not None and may_work_on(process, post)
        link = f"{reverse('workflows:take_over', args=[process.pk])}?{urlencode({'next': _next(request)})}"
        refused.append(
            {
                "name": f"{case.number if case else reference(process)} ({state_label(process)})",
                "why": result.why,
                "now": _("Now with %(name)s.") % {"name": holder} if holder and process.assignee_id != post.pk else "",
                "take_over": link if can_take_over else "",
            }
        )
    done = sum(result.done for result in results)
    title = ngettext("%(n)d row was not done.", "%(n)d rows were not done.", len(refused)) % {"n": len(refused)}
    said = DONE[Act(act)](done) % {"n": done} if done else ""
    return {"done": done, "said": said, "title": title, "refused": refused}


def clash(request: HttpRequest, post: Post, result: Result, back: str) -> HttpResponse:
    """The page for one row that was not done: why, how it stands now, and what can be done about it."""
    if result.process is None:
        raise Http404
    error = result.error
    assert error is not None
    row = rows_of(
        post, [result.process], queries.cases_of(post, [result.process.case_id]), Moments.around(clock.now())
    )[0]
    link = f"{reverse('workflows:take_over', args=[row.process.pk])}?{urlencode({'next': back})}"
    context = {"reason": error.message, "row": row, "back": back, "take_over": link}
    return render(
        request, "workflows/worklist/clash.html", context, status=409 if error.status == 422 else error.status
    )


@door(*WORKERS)
@require_POST
def take_first(request: HttpRequest) -> HttpResponse:
    """Take the most urgent row of the queue and open it; what the list is narrowed to counts."""
    post = acting(request)
    shown = asking.read(post, QueryDict(urlsplit(_next(request)).query)).filters
    process = take_one(post, shown, Moments.around(clock.now()))
    if process is None:
        messages.info(request, _("There is nothing in the queue to take."))
        return redirect(_next(request))
    log.record(request, log.Action.WRITE, "process", process.pk, detail={"act": "take"})
    return redirect(queries.address(process, "worklist"))


def _visible(post: Post, pk: UUID) -> Process:
    process = Process.objects.for_post(post).open().filter(pk=pk).first()
    if process is None:
        raise Http404
    return process


def _one(request: HttpRequest, post: Post, process: Process) -> Row:
    row = rows_of(post, [process], queries.cases_of(post, [process.case_id]), Moments.around(clock.now()))[0]
    _log_read(request, Filters(), [row])
    return row


def _version(request: HttpRequest, process: Process) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 10 else process.version


def _single(request: HttpRequest, post: Post, name: str, process: Process, **more: Any) -> HttpResponse:
    results = do(name, [Chosen(process.pk, _version(request, process))], post, **more)
    return _answer(request, post, name, results)


@door(*WORKERS)
@require_http_methods(["GET", "POST"])
def take_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take work over from a colleague, after the question whether that is meant."""
    post = acting(request)
    process = _visible(post, pk)
    if request.method == "POST":
        return _single(request, post, Act.TAKE_OVER, process)
    row = _one(request, post, process)
    if not row.can_take_over:
        return redirect(_next(request))
    return render(request, "workflows/worklist/take_over.html", {"row": row, "next": _next(request)})


@door(*WORKERS, Role.SUPERVISOR)
@require_http_methods(["GET", "POST"])
def hand_over(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Hand one process over to a colleague."""
    post = acting(request)
    process = _visible(post, pk)
    today = clock.today()
    people = [
        person
        for person in people_at(post)
        if person.does(process.owner_role, process.owner_organisation_id, process.region_id)
        and person.held_on(today)
        and person.pk != process.assignee_id
    ]
    form = HandOverForm(request.POST or None, people=people)
    if request.method == "POST" and form.is_valid():
        to = _colleague(post, str(form.cleaned_data["to"]))
        return _single(request, post, Act.HAND_OVER, process, to=to, reason=form.cleaned_data["reason"])
    row = _one(request, post, process)
    if not (row.can_hand_over or may_manage(process, post)):
        raise Http404
    context = {"row": row, "form": form, "people": people, "next": _next(request)}
    return render(request, "workflows/worklist/hand_over.html", context, status=422 if form.is_bound else 200)


@door(*WORKERS)
@require_http_methods(["GET", "POST"])
def snooze(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a row out of sight until a moment before its term ends."""
    post = acting(request)
    process = _visible(post, pk)
    form = SnoozeForm(request.POST or None, now=clock.now(), due_at=process.due_at)
    if request.method == "POST" and form.is_valid():
        return _single(request, post, Act.SNOOZE, process, until=form.cleaned_data["until"])
    row = _one(request, post, process)
    if not row.can_snooze:
        return redirect(_next(request))
    context = {"row": row, "form": form, "next": _next(request)}
    return render(request, "workflows/worklist/snooze.html", context, status=422 if form.is_bound else 200)


# -- Saved views ------------------------------------------------------------------------------------------------------


@door(*WORKERS)
@require_http_methods(["GET", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """The views a post keeps: GET lists them, POST keeps the filters that are on now under a name."""
    post = acting(request)
    kept = list(SavedView.objects.for_post(post))
    if request.method == "GET":
        return render(
            request,
            "workflows/worklist/views.html",
            {
                "kept": [
                    (v, ViewForm(prefix=f"v{v.pk}", initial={"name": v.name, "default": v.is_default})) for v in kept
                ]
            },
        )
    target = _next(request)
    shown = asking.read(post, QueryDict(urlsplit(target).query)).filters
    query = shown.query(number="", found=None)
    form = ViewForm(request.POST)
    if form.is_valid() and len(query) > VIEW_MOST:
        form.add_error(None, _("These are too many filters to keep. Choose fewer of them."))
    if not form.is_valid():
        return render(request, "workflows/worklist/view_new.html", {"form": form, "next": target}, status=422)
    name = form.cleaned_data["name"].strip()
    if form.cleaned_data["default"]:
        SavedView.objects.for_post(post).filter(is_default=True).update(is_default=False)
    SavedView.objects.update_or_create(
        post=post, name=name, defaults={"query": query, "is_default": form.cleaned_data["default"]}
    )
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": name})
    return redirect(f"{reverse('workflows:worklist')}?{query}" if query else f"{reverse('workflows:worklist')}?all=1")


@door(*WORKERS)
@require_POST
def view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename a view, make it the one to begin with, or drop it."""
    post = acting(request)
    kept = SavedView.objects.for_post(post).filter(pk=pk).first()
    if kept is None:
        raise Http404
    if "delete" in request.POST:
        kept.delete()
        messages.success(request, _("The view “%(name)s” is gone.") % {"name": kept.name})
        return redirect("workflows:views")
    form = ViewForm(request.POST, prefix=f"v{kept.pk}")
    others = SavedView.objects.for_post(post).exclude(pk=kept.pk)
    if form.is_valid() and others.filter(name=form.cleaned_data["name"].strip()).exists():
        form.add_error("name", _("You have a view of this name already."))
    if not form.is_valid():
        rest = [
            (v, form if v.pk == pk else ViewForm(prefix=f"v{v.pk}", initial={"name": v.name, "default": v.is_default}))
            for v in SavedView.objects.for_post(post)
        ]
        return render(request, "workflows/worklist/views.html", {"kept": rest}, status=422)
    if form.cleaned_data["default"]:
        others.filter(is_default=True).update(is_default=False)
    kept.name, kept.is_default = form.cleaned_data["name"].strip(), form.cleaned_data["default"]
    kept.save(update_fields=["name", "is_default"])
    messages.success(request, _("The view “%(name)s” is kept.") % {"name": kept.name})
    return redirect("workflows:views")
