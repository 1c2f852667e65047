// Small behaviour of the components. Everything here improves a page that works without it.

document.documentElement.classList.add("js");

const texts = document.getElementById("loods-texts")?.dataset ?? {};
const icons = document.querySelector("svg.icon use")?.getAttribute("href")?.split("#")[0] ?? "";

function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${icons}#${name}`);
  svg.append(use);
  return svg;
}

function button(label, css, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = `utrecht-button ${css}`;
  made.append(label);
  made.addEventListener("click", act);
  return made;
}

/** Say something at the edge of the page. kind: "info" or "error"; an error stays until it is closed. */
function toast(text, { kind = "info", action = null } = {}) {
  const place = document.getElementById("toasts");
  const box = document.createElement("div");
  box.className = `toast toast--${kind}`;
  const words = document.createElement("div");
  words.append(text);
  if (action) words.append(document.createElement("br"), button(action.label, "utrecht-button--secondary-action button-small", () => { box.remove(); action.act(); }));
  const close = button(icon("cross"), "utrecht-button--subtle button-small button-icon", () => box.remove());
  close.setAttribute("aria-label", texts.close);
  box.append(icon(kind === "error" ? "alert" : "info"), words, close);
  place.append(box);
  if (kind !== "error") setTimeout(() => box.remove(), 8000);
  return box;
}

window.Loods = { toast, texts, icon, button };

// Dialogs ---------------------------------------------------------------------------------------------------------
document.addEventListener("click", async (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener) {
    document.getElementById(opener.dataset.open)?.showModal();
    return;
  }
  const link = event.target.closest("a[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
    event.preventDefault();
    await openPage(link);
    return;
  }
  const close = event.target.closest("dialog [data-close]");
  if (close) {
    event.preventDefault();
    close.closest("dialog").close();
  }
});

/** Open the page behind a link in a dialog: its heading and whatever stands in [data-dialog-content] or in main. */
async function openPage(link) {
  let page;
  try {
    const answer = await fetch(link.href, { headers: { "X-Loods-Dialog": "1" } });
    if (!answer.ok || answer.redirected) throw new Error(String(answer.status));
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    window.location.assign(link.href);
    return;
  }
  const source = page.querySelector("[data-dialog-content]") ?? page.querySelector("main form:not(.exit-form)");
  const heading = page.querySelector("main h1");
  if (!source) {
    window.location.assign(link.href);
    return;
  }
  const dialog = document.createElement("dialog");
  const head = document.createElement("div");
  head.className = "dialog-head";
  const title = document.createElement("h2");
  title.id = "page-dialog-title";
  title.textContent = heading?.textContent ?? link.textContent;
  const close = button(icon("cross"), "utrecht-button--subtle button-icon", () => dialog.close());
  close.setAttribute("aria-label", texts.close);
  head.append(title, close);
  const body = document.createElement("div");
  body.className = "dialog-body";
  body.append(document.adoptNode(source));
  for (const form of body.querySelectorAll("form")) {
    // Without an address of its own the form belongs to the page it came from.
    if (!form.hasAttribute("action")) form.action = link.href;
  }
  dialog.setAttribute("aria-labelledby", title.id);
  dialog.append(head, body);
  document.body.append(dialog);
  dialog.addEventListener("close", () => {
    dialog.remove();
    link.focus();
  });
  dialog.showModal();
  window.htmx?.process(dialog);
  enhance(dialog);
  document.dispatchEvent(new CustomEvent("loods:added", { detail: dialog }));
  body.querySelector("input:not([type=hidden]), select, textarea, button")?.focus();
}

// Rows that are chosen --------------------------------------------------------------------------------------------
document.addEventListener("change", (event) => {
  const all = event.target.closest(".choose-all");
  if (all) {
    const rows = all.closest("table").querySelectorAll(".row-choice");
    for (const row of rows) row.checked = all.checked;
  }
  if (all || event.target.closest(".row-choice")) countChosen(event.target.closest("form, table"));
  const sender = event.target.closest("form[data-auto-submit]");
  // A date that is typed changes with each figure, so it waits for Enter or the button.
  if (sender && !event.target.matches("[type=search], [type=text], [type=date]")) sender.requestSubmit();
});

function countChosen(around) {
  const rows = [...around.querySelectorAll(".row-choice")];
  const chosen = rows.filter((row) => row.checked).length;
  const all = around.querySelector(".choose-all");
  if (all) {
    all.checked = rows.length > 0 && chosen === rows.length;
    all.indeterminate = chosen > 0 && chosen < rows.length;
  }
  const words = around.closest("form")?.querySelector("[data-chosen-count]");
  if (words) words.textContent = chosen === 1 ? words.dataset.one : words.dataset.many.replace("{n}", chosen);
}

// Fields ----------------------------------------------------------------------------------------------------------
function counter(area) {
  const limit = area.maxLength;
  const note = document.createElement("div");
  note.className = "field-count";
  note.setAttribute("aria-live", "polite");
  area.removeAttribute("maxlength"); // a pasted text is not cut off in silence; the server says what is too long
  const count = () => {
    const left = limit - area.value.length;
    note.classList.toggle("is-over", left < 0);
    note.textContent = left > limit / 4 && left > 50 ? "" : (left < 0 ? texts.over : texts.left).replace("{n}", Math.abs(left));
  };
  area.addEventListener("input", count);
  area.after(note);
  count();
}

function measure(field) {
  const limit = Number(field.dataset.maxBytes);
  field.addEventListener("change", () => {
    const big = [...field.files].some((file) => file.size > limit);
    const size = `${Math.floor(limit / 1048576)} MB`;
    field.setCustomValidity(big ? texts.tooBig.replace("{s}", size) : "");
    if (big) {
      field.reportValidity();
      field.value = "";
      toast(texts.tooBig.replace("{s}", size), { kind: "error" });
    }
  });
}

/** A long list gets a field in which one types; the list itself stays and is what is sent. */
function searchable(select) {
  const list = document.createElement("datalist");
  list.id = `${select.id}_list`;
  const options = new Map();
  for (const option of select.options) {
    const label = option.textContent.trim();
    if (!option.value || options.has(label)) continue;
    options.set(label, option.value);
    list.append(new Option(label, label));
  }
  const field = document.createElement("input");
  field.className = "utrecht-textbox utrecht-textbox--html-input";
  field.setAttribute("list", list.id);
  field.autocomplete = "off";
  field.placeholder = texts.search;
  field.id = `${select.id}_search`;
  for (const name of ["aria-describedby", "aria-invalid"]) {
    if (select.hasAttribute(name)) field.setAttribute(name, select.getAttribute(name));
  }
  const show = () => { field.value = select.value ? (select.selectedOptions[0]?.textContent.trim() ?? "") : ""; };
  show();
  field.addEventListener("change", () => {
    const typed = field.value.trim().toLowerCase();
    const fits = [...options.keys()].filter((label) => label.toLowerCase() === typed);
    const near = fits.length ? fits : [...options.keys()].filter((label) => typed && label.toLowerCase().includes(typed));
    const found = near.length === 1 ? near[0] : "";
    select.value = found ? options.get(found) : "";
    if (found) field.value = found;
    field.setCustomValidity(typed && !found ? texts.notListed : "");
    field.reportValidity();
    select.dispatchEvent(new Event("change", { bubbles: true }));
  });
  select.addEventListener("loods:restored", show);
  document.querySelector(`label[for="${CSS.escape(select.id)}"]`)?.setAttribute("for", field.id);
  select.hidden = true;
  select.before(field, list);
}

/** Tables that are laid out as sheets keep being tables for a screen reader. */
function roles(table) {
  table.setAttribute("role", "table");
  const give = (selector, role) => {
    for (const part of table.querySelectorAll(selector)) part.setAttribute("role", role);
  };
  give("thead, tbody, tfoot", "rowgroup");
  give("tr", "row");
  give("td", "cell");
  give("thead th", "columnheader");
  give("tbody th", "rowheader");
}

function enhance(root) {
  for (const area of root.querySelectorAll("textarea[maxlength]")) counter(area);
  for (const field of root.querySelectorAll("input[type=file][data-max-bytes]")) measure(field);
  for (const select of root.querySelectorAll("select[data-search]:not([multiple], [hidden])")) searchable(select);
  for (const table of root.querySelectorAll(".data-table:not([role])")) roles(table);
}

enhance(document);
// The errors of a form that came back are what a person must hear first.
document.querySelector(".error-summary")?.focus();

// htmx --------------------------------------------------------------------------------------------------------------
document.addEventListener("htmx:load", (event) => enhance(event.detail.elt));
for (const kind of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(kind, (event) => {
    const { elt } = event.detail;
    toast(texts.offline, { kind: "error", action: { label: texts.retry, act: () => retry(elt) } });
  });
}
document.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 401) document.dispatchEvent(new CustomEvent("loods:expired"));
  else toast(texts.failed, { kind: "error" });
});

function retry(elt) {
  if (elt.matches("form")) elt.requestSubmit();
  else elt.click();
}
