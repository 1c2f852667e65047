// Shortcuts. Off while somebody types, off in a dialog, and off altogether for who wants that (WCAG 2.1.4).

const session = document.querySelector("meta[name=loods-session]");
const dialog = document.getElementById("keys-dialog");
const typing = "input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select, [contenteditable]";
let before = "";
let beforeAt = 0;

const rows = () => [...document.querySelectorAll("table[data-list] > tbody > tr, [data-list]:not(table) > *")].filter((row) => row.offsetParent);
const here = () => document.querySelector(".is-here");

function move(step) {
  const all = rows();
  if (!all.length) return;
  const at = all.indexOf(here());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step))];
  here()?.classList.remove("is-here");
  next.classList.add("is-here");
  const link = next.querySelector("[data-open-row], a[href]") ?? next;
  if (!link.matches("a, button")) link.tabIndex = -1;
  link.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function go(keys) {
  const target = document.querySelector(`[data-keys="${CSS.escape(keys)}"]`);
  target?.click();
  return Boolean(target);
}

const acts = {
  j: () => move(1),
  k: () => move(-1),
  x: () => {
    const box = (here() ?? document.activeElement?.closest("tr, li"))?.querySelector(".row-choice");
    box?.click();
  },
  "/": () => {
    const field = document.querySelector("[data-search-field], main input[type=search]");
    field?.focus();
    field?.select();
  },
  "?": () => dialog?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (session?.dataset.shortcuts !== "on") return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (event.target.closest?.(typing) || document.querySelector("dialog[open]")) return;
  const pair = before && event.timeStamp - beforeAt < 1200 ? `${before} ${event.key}` : "";
  before = event.key === "g" ? "g" : "";
  beforeAt = event.timeStamp;
  if (pair && go(pair)) event.preventDefault();
  else if (!pair && acts[event.key]) {
    event.preventDefault();
    acts[event.key]();
  } else if (!pair && event.key.length === 1 && event.key !== "g") go(event.key);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-show-keys]")) {
    document.querySelector(":popover-open")?.hidePopover();
    dialog?.showModal();
  }
});
