// The bed planner worked with the pointer and the keyboard. Each bar is a link to a form that does the same; what is
// chosen here is sent by an ordinary form, and the server decides.

const plan = document.querySelector("[data-plan]");
if (plan) begin(plan);

function begin(plan) {
  const form = document.querySelector("[data-plan-form]");
  const said = document.querySelector("[data-plan-said]");
  const rows = [...plan.querySelectorAll("[data-place]")];
  const first = new Date(`${plan.dataset.first}T12:00:00`);
  const DAYS = 56;
  const words = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric" });
  let held = null; // the bar that is being moved: { bar, row, place, until, end }

  const iso = (day) => `${day.getFullYear()}-${String(day.getMonth() + 1).padStart(2, "0")}-${String(day.getDate()).padStart(2, "0")}`;
  const plus = (day, n) => new Date(day.getFullYear(), day.getMonth(), day.getDate() + n, 12);
  const dayOf = (text) => new Date(`${text}T12:00:00`);
  const columnOf = (day) => Math.min(Math.max(Math.round((day - first) / 864e5), 0), DAYS) + 1;

  function take(bar) {
    if (held?.bar === bar) return held;
    if (held) put();
    const row = bar.closest("[data-place]");
    held = { bar, row, place: row.dataset.place, until: bar.dataset.until, before: bar.className };
    bar.classList.add("is-moving");
    return held;
  }

  /** Leave everything as it was. */
  function put(text = "") {
    if (!held) return;
    held.bar.className = held.before;
    clear();
    held = null;
    said.textContent = text;
  }

  function clear() {
    for (const row of rows) row.classList.remove("is-target", "is-refused");
    plan.classList.remove("is-dragging");
  }

  function show() {
    const { bar, row, place, until } = held;
    for (const one of rows) one.classList.toggle("is-target", one.dataset.place === place && one !== row);
    if (bar.hasAttribute("data-here")) {
      const column = until ? columnOf(dayOf(until)) : DAYS + 1;
      const start = Number([...bar.classList].find((name) => name.startsWith("c-")).slice(2));
      for (const name of [...bar.classList]) if (name.startsWith("e-")) bar.classList.remove(name);
      bar.classList.add(`e-${Math.max(column, start + 1)}`);
      bar.classList.toggle("is-open", !until);
      bar.classList.remove("is-short");
    }
  }

  function tell() {
    said.textContent = `${chosen()} ${plan.dataset.textKeep}`;
  }

  /** What is chosen, in words. */
  function chosen() {
    if (held.swap) return `${plan.dataset.textPlace} ${held.place}: ${plan.dataset.textSwap} ${held.swap.dataset.name}.`;
    const until = held.until ? `${plan.dataset.textUntil} ${words.format(dayOf(held.until))}` : plan.dataset.textOpen;
    return `${plan.dataset.textPlace} ${held.place}${held.bar.hasAttribute("data-here") ? `, ${until}` : ""}.`;
  }

  function keep() {
    const { bar, row, place, until } = held;
    if (place === row.dataset.place && until === bar.dataset.until) {
      put();
      return;
    }
    form.action = bar.href.split("?")[0];
    form.elements.to.value = held.swap ? held.swap.dataset.swap : `${plan.dataset.unit}:${place}`;
    form.elements.until.value = until;
    form.elements.seen.value = bar.dataset.seen;
    form.requestSubmit();
  }

  // Keyboard ------------------------------------------------------------------------------------------------------
  plan.addEventListener("keydown", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (!bar || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowUp: -1, ArrowDown: 1, ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      event.preventDefault();
      event.stopPropagation();
      take(bar);
      if (event.key === "ArrowUp" || event.key === "ArrowDown") another(step, event.shiftKey);
      else later(step);
    } else if (event.key === "Enter" && held?.bar === bar) {
      event.preventDefault();
      keep();
    } else if (event.key === "Escape" && held) {
      event.preventDefault();
      event.stopPropagation();
      put(plan.dataset.textBack);
    }
  });
  plan.addEventListener("focusout", (event) => {
    if (held && !held.pointer && event.target === held.bar) put();
  });

  /** Whether who is in a row can change places with who is held: both take a place now. */
  const swaps = (row) => Boolean(row && row !== held.row && row.dataset.swap && held.row.dataset.swap?.includes(held.bar.id.slice(5)));

  /** The next free place in a direction, or the one it is in; or, to change places, the next that somebody is in. */
  function another(step, others) {
    const open = rows.filter((row) => row === held.row || (others ? swaps(row) : row.hasAttribute("data-free")));
    if (open.length < 2) {
      put(plan.dataset.textNone);
      return;
    }
    const now = open.findIndex((row) => row.dataset.place === held.place);
    choose(open[(Math.max(now, 0) + step + open.length) % open.length]);
    show();
    tell();
  }

  function choose(row) {
    held.place = row.dataset.place;
    held.swap = swaps(row) ? row : null;
  }

  function later(step) {
    if (!held.bar.hasAttribute("data-here")) {
      put(plan.dataset.textArrival);
      return;
    }
    const today = plan.dataset.today;
    const next = iso(plus(dayOf(held.until || today), step));
    held.until = next < today ? today : next; // a day that has passed is no plan
    show();
    tell();
  }

  // Pointer: a mouse or a pen drags; a finger scrolls, and a tap opens the form. ------------------------------------
  const nearEnd = (bar, x) => bar.hasAttribute("data-here") && bar.getBoundingClientRect().right - x < 12;
  plan.addEventListener("pointermove", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (bar && !held) bar.classList.toggle("by-end", nearEnd(bar, event.clientX));
  });
  plan.addEventListener("pointerdown", (event) => {
    const bar = event.target.closest?.("[data-bar]");
    if (!bar || event.button !== 0 || event.pointerType === "touch") return;
    const from = { x: event.clientX, y: event.clientY, end: nearEnd(bar, event.clientX) };
    let dragged = false;

    function moved(move) {
      if (!dragged) {
        if (Math.hypot(move.clientX - from.x, move.clientY - from.y) < 5) return;
        dragged = true;
        bar.classList.remove("by-end");
        take(bar).pointer = true;
        plan.classList.add("is-dragging");
      }
      if (!held) return;
      if (from.end) held.until = dayAt(move.clientX);
      else place(move.clientY);
      said.textContent = held.refused ? "" : chosen();
    }

    function dayAt(x) {
      const lane = bar.parentElement.getBoundingClientRect();
      const column = Math.round(((x - lane.left) / lane.width) * DAYS);
      const begun = Number([...bar.classList].find((name) => name.startsWith("c-")).slice(2));
      const soonest = Math.max(begun, Math.round((dayOf(plan.dataset.today) - first) / 864e5));
      const until = iso(plus(first, Math.min(Math.max(column, soonest), DAYS)));
      held.until = until;
      show();
      return until;
    }

    function place(y) {
      const under = rows.find((row) => {
        const box = row.getBoundingClientRect();
        return y >= box.top && y < box.bottom;
      });
      const fits = under === held.row || under?.hasAttribute("data-free") || swaps(under);
      held.refused = !fits;
      choose(fits ? under : held.row);
      show();
      for (const row of rows) row.classList.toggle("is-refused", row === under && !fits);
    }

    function stop() {
      document.removeEventListener("pointermove", moved);
      document.removeEventListener("pointerup", up);
      document.removeEventListener("pointercancel", cancel);
      document.removeEventListener("keydown", escape, true);
    }
    function up() {
      stop();
      if (!dragged) return;
      swallow();
      if (held?.refused) put();
      else if (held) keep();
    }
    /** The click that ends a drag opens nothing. */
    function swallow() {
      const none = (click) => {
        click.preventDefault();
        click.stopImmediatePropagation();
      };
      window.addEventListener("click", none, { capture: true, once: true });
      setTimeout(() => window.removeEventListener("click", none, { capture: true }), 50);
    }
    function cancel() {
      stop();
      put();
    }
    function escape(key) {
      if (key.key !== "Escape" || !dragged) return;
      key.stopPropagation();
      document.addEventListener("pointerup", swallow, { once: true });
      cancel();
    }
    document.addEventListener("pointermove", moved);
    document.addEventListener("pointerup", up);
    document.addEventListener("pointercancel", cancel);
    document.addEventListener("keydown", escape, true);
  });
  plan.addEventListener("dragstart", (event) => event.preventDefault());

  // The weeks begin with today in sight, where not all of them fit.
  const today = plan.querySelector(".plan-head .is-today");
  if (today && plan.scrollWidth > plan.clientWidth) {
    const name = plan.querySelector(".plan-place")?.offsetWidth ?? 0;
    plan.scrollLeft = Math.max(today.offsetLeft - name - today.offsetWidth * 2, 0);
  }
}
