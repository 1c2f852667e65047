// The grid of a statement, worked with the keyboard as a spreadsheet: arrows, Enter, paste, totals and differences live.
// Without this script it is a form with the same fields and the same answers.

const form = document.querySelector("[data-grid]");
if (form && form.querySelector("[data-cell]")) begin(form);

function begin(form) {
  const rows = [...form.querySelectorAll("tr[data-line]")];
  const cells = rows.map((row) => [...row.querySelectorAll("input[data-cell]")]);
  const said = form.querySelector("[data-said]");
  const popover = document.querySelector("[data-past-values]");
  const heads = new Set(form.dataset.unitHeads.toLowerCase().split("|"));
  let asked = null;

  const number = (input) => (/^\d+$/.test(input.value.trim()) ? Number(input.value.trim()) : null);
  const cell = (row, name) => row.querySelector(`input[data-cell="${name}"]`);
  const changed = (row) => [...row.querySelectorAll("input[data-cell]")].some((i) => i.value.trim() !== i.dataset.kept);

  function refresh(row) {
    for (const input of row.querySelectorAll("input[data-cell]")) {
      const before = input.dataset.before;
      const now = number(input);
      const diff = input.closest("td").querySelector("[data-diff]");
      const by = before === undefined || now === null ? 0 : now - Number(before);
      diff.textContent = by ? (by > 0 ? `+${by}` : `−${-by}`) : "";
    }
    const parts = ["places", "occupied", "reserved", "out_of_service"].map((name) => number(cell(row, name)));
    const free = parts.includes(null) ? null : Math.max(parts[0] - parts[1] - parts[2] - parts[3], 0);
    row.querySelector("[data-free]").textContent = free === null ? "–" : free;
    row.querySelector("[data-out]").hidden = !number(cell(row, "out_of_service"));
  }

  function total() {
    const beds = rows.filter((row) => row.dataset.kind !== "ambulatory");
    for (const output of form.querySelectorAll("[data-total]")) {
      const name = output.dataset.total;
      const values = beds.map((row) =>
        name === "free" ? parse(row.querySelector("[data-free]").textContent) : number(cell(row, name)),
      );
      const known = values.filter((value) => value !== null);
      const missing = output.parentElement.querySelector("[data-missing]");
      if (missing) {
        missing.hidden = known.length === values.length;
        missing.querySelector("span").textContent = values.length - known.length;
      }
      output.textContent = known.length ? known.reduce((sum, value) => sum + value, 0) : "–";
    }
  }

  function parse(text) {
    return /^\d+$/.test(text.trim()) ? Number(text) : null;
  }

  function tell() {
    const open = rows.filter((row) => !row.querySelector("[data-confirm]").checked).length;
    said.textContent = open ? `${form.dataset.textUnconfirmed} ${open}` : form.dataset.textAll;
  }

  function confirm(row, on = true) {
    row.querySelector("[data-confirm]").checked = on;
    row.classList.toggle("carried", !on);
  }

  function confirmUnchanged() {
    for (const row of rows) if (!changed(row)) confirm(row);
    tell();
    form.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function go(row, column) {
    const to = cells[Math.min(Math.max(row, 0), rows.length - 1)]?.[column];
    if (to) {
      to.focus();
      to.select();
    }
  }

  function where(input) {
    const row = rows.indexOf(input.closest("tr"));
    return [row, cells[row].indexOf(input)];
  }

  function showPast(input) {
    asked = input;
    const list = document.createElement("ul");
    for (const pair of input.dataset.past.split(";").filter(Boolean)) {
      const [period, value] = pair.split("=");
      const item = document.createElement("li");
      const button = document.createElement("button");
      button.type = "button";
      button.className = "utrecht-button utrecht-button--subtle";
      button.textContent = `${period}: ${value || "–"}`;
      button.addEventListener("click", () => {
        asked.value = value;
        asked.dispatchEvent(new Event("input", { bubbles: true }));
        popover.hidePopover();
      });
      item.append(button);
      list.append(item);
    }
    const head = document.createElement("strong");
    head.textContent = `${form.dataset.textPast}: ${input.getAttribute("aria-label")}`;
    popover.replaceChildren(head, list);
    popover.showPopover();
    popover.querySelector("button")?.focus();
  }
  popover.addEventListener("toggle", (event) => event.newState === "closed" && asked?.focus());

  form.addEventListener("keydown", (event) => {
    const input = event.target;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector("button[name=do][value=submit]").click();
      return;
    }
    if (input.matches("[data-other]") && input.tagName === "INPUT" && event.key === "Enter") event.preventDefault();
    if (!input.matches("[data-cell]")) return;
    const [row, column] = where(input);
    if (event.altKey && event.key !== "ArrowDown") return;
    const start = input.selectionStart === 0;
    const end = input.selectionEnd === input.value.length;
    const all = start && end;
    switch (event.key) {
      case "ArrowDown":
      case "Enter":
        if (event.altKey) {
          showPast(input);
          break;
        }
        go(row + (event.shiftKey ? -1 : 1), column);
        break;
      case "ArrowUp":
        go(row - 1, column);
        break;
      case "ArrowRight":
        if (!end) return;
        go(row, column + 1);
        break;
      case "ArrowLeft":
        if (!start && !all) return;
        go(row, column - 1);
        break;
      case "Escape":
        if (input.value === input.dataset.kept) return;
        input.value = input.dataset.kept;
        input.dispatchEvent(new Event("input", { bubbles: true }));
        if (!changed(rows[row])) confirm(rows[row], rows[row].querySelector("[data-confirm]").defaultChecked);
        tell();
        break;
      case "F2":
        showPast(input);
        break;
      case "b":
        confirm(rows[row]);
        tell();
        go(row + 1, column);
        break;
      case "B":
        confirmUnchanged();
        break;
      default:
        return;
    }
    event.preventDefault();
    event.stopPropagation();
  });

  form.addEventListener("input", (event) => {
    const row = event.target.closest?.("tr[data-line]");
    if (!row) return;
    if (event.target.matches("[data-cell]")) {
      confirm(row);
      refresh(row);
      total();
    }
    tell();
  });
  form.addEventListener("change", (event) => event.target.matches("[data-confirm]") && tell());

  form.addEventListener("paste", (event) => {
    const input = event.target;
    const text = event.clipboardData.getData("text/plain");
    if (!input.matches("[data-cell]") || !/[\t\n]/.test(text.trim())) return;
    event.preventDefault();
    const table = text
      .replace(/\r\n?/g, "\n")
      .replace(/\n$/, "")
      .split("\n")
      .map((line) => line.split("\t"));
    if (table[0].some((cell) => heads.has(cell.trim().toLowerCase()))) {
      takeIn(text);
      return;
    }
    const [row, column] = where(input);
    let count = 0;
    let over = 0;
    table.forEach((line, down) => {
      line.forEach((value, right) => {
        const to = cells[row + down]?.[column + right];
        if (to) {
          to.value = value.trim();
          to.dispatchEvent(new Event("input", { bubbles: true }));
          count += 1;
        } else if (value.trim()) {
          over += 1;
        }
      });
    });
    said.textContent = `${form.dataset.textPasted} ${count}${over ? `; ${form.dataset.textOver} ${over}` : ""}`;
  });

  /** A whole table, titles included, goes to the page that shows what it would change. */
  async function takeIn(text) {
    await window.Loods?.keepDrafts?.();
    const sent = document.createElement("form");
    sent.method = "post";
    sent.action = form.dataset.import;
    sent.dataset.keep = "off";
    sent.hidden = true;
    sent.append(form.querySelector("[name=csrfmiddlewaretoken]").cloneNode());
    const field = document.createElement("textarea");
    field.name = "text";
    field.value = text;
    sent.append(field);
    document.body.append(sent);
    sent.submit();
  }

  form.addEventListener("reset", () => setTimeout(() => {
    rows.forEach((row) => {
      refresh(row);
      confirm(row, row.querySelector("[data-confirm]").checked);
    });
    total();
    tell();
  }));

  form.querySelector("[data-confirm-all]").addEventListener("click", confirmUnchanged);
  const titles = [...form.querySelectorAll("thead th")].map((head) => head.textContent.trim());
  form.querySelectorAll("tfoot td").forEach((td, index) => (td.dataset.head = titles[index + 1] || ""));
  rows.forEach(refresh);
  total();
  tell();
}
