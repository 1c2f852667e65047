// What somebody typed and did not get sent stays: over a time-out, a lost connection, a closed lid.
// It is kept in this tab only, encrypted with a key that the server gives to the signed-in person and that is stored
// nowhere. After a time-out nobody can read it until the same person has signed in again. Signing out wipes it.

const meta = document.querySelector("meta[name=loods-session]");
const PREFIX = "loods.draft.";
const SENT = "loods.sent";
const KINDS = "textarea, input:not([type=password], [type=hidden], [type=file], [type=submit], [type=button]), select";
const texts = document.getElementById("loods-texts")?.dataset ?? {};
const path = window.location.pathname;
let key = null;
let wiped = false;

const kept = (form) => form.method === "post" && form.dataset.keep !== "off" && form.querySelector(KINDS);
const forms = () => [...document.forms].filter(kept);
const address = (form) => new URL(form.getAttribute("action") || window.location.href, window.location.href).pathname;
const nameOf = (form) => `${PREFIX}${meta.dataset.person}.${path}#${address(form)}#${form.id}`;

async function theKey() {
  if (!key) {
    key = fetch(meta.dataset.key, { cache: "no-store" })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
      .then((found) => crypto.subtle.importKey("raw", Uint8Array.from(atob(found.key), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]));
    key.catch(() => { key = null; });
  }
  return key;
}

function values(form) {
  return [...form.querySelectorAll(KINDS)]
    .filter((field) => field.name && field.name !== "csrfmiddlewaretoken" && !field.disabled)
    .map((field) => [field.name, field.type === "checkbox" || field.type === "radio" ? [field.value, field.checked] : field.multiple ? [...field.selectedOptions].map((o) => o.value) : field.value]);
}

async function keep(form) {
  if (!meta || wiped || !form.dataset.touched) return;
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(values(form)));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await theKey(), plain));
  if (!wiped) sessionStorage.setItem(nameOf(form), btoa([...iv, ...sealed].map((code) => String.fromCharCode(code)).join("")));
}

async function open(text) {
  const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, await theKey(), bytes.slice(12));
  return JSON.parse(new TextDecoder().decode(plain));
}

/** Put kept values back; answers whether anything changed by it. */
function fillIn(form, saved) {
  let changed = false;
  const fields = [...form.querySelectorAll(KINDS)];
  const set = (field, value) => {
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked === value[1]) return;
      field.checked = value[1];
    } else if (field.multiple) {
      for (const option of field.options) option.selected = value.includes(option.value);
    } else {
      if (field.value === value) return;
      field.value = value;
    }
    changed = true;
    field.dispatchEvent(new Event("loods:restored"));
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  for (const [name, value] of saved) {
    const named = fields.filter((field) => field.name === name);
    const field = Array.isArray(value) && typeof value[1] === "boolean" ? named.find((f) => f.value === value[0]) : named[0];
    if (field) set(field, value);
  }
  return changed;
}

function note(form, discard) {
  const box = document.createElement("div");
  box.className = "utrecht-alert utrecht-alert--info draft-note";
  box.setAttribute("role", "status");
  const words = document.createElement("div");
  words.className = "utrecht-alert__content";
  words.append(texts.restored, " ");
  const away = document.createElement("button");
  away.type = "button";
  away.className = "button-text";
  away.textContent = texts.discard;
  away.addEventListener("click", () => {
    discard();
    form.reset();
    delete form.dataset.touched;
    box.remove();
  });
  words.append(away);
  box.append(words);
  form.prepend(box);
}

async function restore(form) {
  const name = nameOf(form);
  const text = sessionStorage.getItem(name);
  if (!text || form.querySelector(".error-summary")) return; // the server gave the text back itself
  try {
    if (fillIn(form, await open(text))) {
      form.dataset.touched = "1";
      note(form, () => sessionStorage.removeItem(name));
    }
  } catch (problem) {
    if (problem.name === "OperationError" || problem instanceof SyntaxError) sessionStorage.removeItem(name);
  }
}

/** A form that was sent and that the server answered by leading on arrived: its text is not needed any more. */
function forgetSent() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "null");
  sessionStorage.removeItem(SENT);
  if (!sent || !meta) return; // at the sign-in page: it did not arrive, and is kept
  // Who comes here by a link or by going back, from a page of a server in trouble, say, was not led on.
  const ledOn = performance.getEntriesByType("navigation")[0]?.redirectCount > 0;
  if (ledOn && !document.querySelector(".error-summary, [data-not-saved]")) sessionStorage.removeItem(sent);
}

function wipe() {
  wiped = true;
  for (const name of Object.keys(sessionStorage)) if (name.startsWith("loods.")) sessionStorage.removeItem(name);
  for (const name of Object.keys(localStorage)) if (name.startsWith("loods.note.")) localStorage.removeItem(name); // notes that wait for a connection
}

forgetSent();
if (meta) {
  // The key is fetched before it is needed: when it is, the session may be over.
  if (forms().length) theKey().catch(() => {});
  for (const form of forms()) restore(form);
  document.addEventListener("loods:added", (event) => {
    for (const form of event.detail.querySelectorAll("form")) if (kept(form)) restore(form);
  });

  let timer = 0;
  const later = (form) => {
    form.dataset.touched = "1";
    clearTimeout(timer);
    timer = setTimeout(() => keep(form).catch(() => {}), 400);
  };
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, (event) => {
      const { form } = event.target;
      if (form && event.isTrusted && kept(form)) later(form);
    });
  }
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") window.Loods.keepDrafts();
  });
  document.addEventListener("reset", (event) => {
    if (kept(event.target)) sessionStorage.removeItem(nameOf(event.target));
  });
}
document.addEventListener("loods:wipe", wipe);
window.Loods = Object.assign(window.Loods ?? {}, {
  keepDrafts: () => Promise.allSettled(forms().map(keep)),
});

// Before a form goes, ask whether the server is there and still knows us: a page that fails to load would take the
// text with it. The question also finds out that the session is over before anything is sent.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form.matches("[data-sign-out]")) {
    wipe();
    return;
  }
  if (event.defaultPrevented || !meta || !kept(form) || form.matches("[hx-post], [hx-put]")) return;
  if (form.dataset.sending) {
    if (form.dataset.sending === "asking") event.preventDefault(); // pressed twice
    return;
  }
  event.preventDefault();
  const { submitter } = event;
  form.dataset.sending = "asking";
  submitter?.setAttribute("aria-busy", "true");
  try {
    await keep(form).catch(() => {});
    const answer = await fetch(meta.dataset.here, { cache: "no-store", signal: AbortSignal.timeout(8000) });
    if (answer.status === 401) {
      document.dispatchEvent(new CustomEvent("loods:expired"));
      return;
    }
    if (!answer.ok) throw new Error(String(answer.status));
    sessionStorage.setItem(SENT, JSON.stringify(nameOf(form)));
    form.dataset.sending = "going";
    form.requestSubmit(submitter);
    setTimeout(() => delete form.dataset.sending, 5000); // a download or a stopped load leaves the page as it is
  } catch {
    delete form.dataset.sending;
    window.Loods.toast(texts.offline, { kind: "error", action: { label: texts.retry, act: () => form.requestSubmit(submitter) } });
  } finally {
    submitter?.removeAttribute("aria-busy");
  }
});
