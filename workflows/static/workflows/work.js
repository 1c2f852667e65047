// Lists of work: panels that close, the place in the list kept, what was done said aloud. All of it works without.

/** A panel closes when one goes elsewhere, and with Escape. */
document.addEventListener("click", (event) => {
  for (const open of document.querySelectorAll("details.pick[open]")) {
    if (!open.contains(event.target) || event.target.closest("[data-dialog]")) open.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const open = document.querySelector("details.pick[open]");
  if (!open) return;
  event.stopPropagation();
  open.open = false;
  open.querySelector("summary").focus();
}, true);

// Letters that act on the row one stands on: t takes, w wakes.
const typing = "input:not([type=checkbox], [type=radio]), textarea, select";
document.addEventListener("keydown", (event) => {
  if (document.querySelector("meta[name=loods-session]")?.dataset.shortcuts !== "on") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.(typing) || document.querySelector("dialog[open]")) return;
  const act = document.querySelector(`.is-here [data-act="${CSS.escape(event.key)}"]`);
  if (!act) return;
  event.preventDefault();
  act.click();
});

// After a part was renewed: stand on the same line, say what was done.
let line = -1;
const lines = () => [...document.querySelectorAll("#work [data-list] > tr")];
document.addEventListener("htmx:beforeSwap", (event) => {
  if (event.detail.target?.id === "work") line = lines().findIndex((row) => row.matches(".is-here, :focus-within"));
});
document.addEventListener("htmx:afterSettle", () => {
  const said = document.getElementById("work-said");
  if (said && !said.dataset.told) {
    said.dataset.told = "yes";
    window.Loods?.toast(said.dataset.say);
  }
  const refused = document.getElementById("work-refused");
  if (refused) {
    refused.focus();
    refused.scrollIntoView({ block: "nearest" });
  } else if (line >= 0) {
    const rows = lines();
    const row = rows[Math.min(line, rows.length - 1)];
    if (row) {
      row.classList.add("is-here");
      row.querySelector("[data-open-row]")?.focus({ preventScroll: true });
      row.scrollIntoView({ block: "nearest" });
    }
  }
  line = -1;
});

// A notice that is opened has been seen; the page it leads to does not wait for that.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-seen]");
  const form = link && document.getElementById(link.dataset.seen);
  if (form) fetch(form.action, { method: "POST", body: new FormData(form), keepalive: true });
});
