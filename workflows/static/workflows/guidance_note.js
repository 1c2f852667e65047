// The quick note: it goes at once, or is kept on this device until there is a connection again. What is kept is
// encrypted with the key that the server gives to the signed-in person and that is stored nowhere (see draft.js); after
// a time-out nobody reads it until the same person has signed in. Signing out and the quick exit wipe it.

const form = document.querySelector("[data-quick-note]");
const meta = document.querySelector("meta[name=loods-session]");
const PREFIX = `loods.note.${meta.dataset.person}.`;
const AGAIN = 15_000;
const told = form.querySelector("[data-told]");
let key = null;
let wiped = false;
let sending = false;

function theKey() {
  key ??= fetch(meta.dataset.key, { cache: "no-store" })
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)))))
    .then((found) => crypto.subtle.importKey("raw", Uint8Array.from(atob(found.key), (c) => c.charCodeAt(0)), "AES-GCM", false, ["encrypt", "decrypt"]));
  key.catch(() => { key = null; });
  return key;
}

const waiting = () => Object.keys(localStorage).filter((name) => name.startsWith(PREFIX));

async function keep(note) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await theKey(), new TextEncoder().encode(JSON.stringify(note))));
  if (!wiped) localStorage.setItem(PREFIX + note.key, btoa([...iv, ...sealed].map((code) => String.fromCharCode(code)).join("")));
}

async function open(name) {
  const bytes = Uint8Array.from(atob(localStorage.getItem(name)), (c) => c.charCodeAt(0));
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: bytes.slice(0, 12) }, await theKey(), bytes.slice(12));
  return JSON.parse(new TextDecoder().decode(plain));
}

/** Send a note; answers the status, 0 without a connection, and why it was refused. Sent twice it is written once. */
async function send(note) {
  const body = new FormData();
  for (const [name, value] of Object.entries(note)) body.append(name, value);
  body.append("csrfmiddlewaretoken", form.elements.csrfmiddlewaretoken.value);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const refused = answer.status === 422 || answer.status === 404;
    const why = answer.status === 422 ? (await answer.json()).told : form.dataset.failed;
    return { status: answer.status, refused: refused ? why : "" };
  } catch {
    return { status: 0, refused: "" };
  }
}

function say(word) {
  const count = waiting().length;
  told.textContent = word === "waiting" ? form.dataset.waiting.replace("{n}", String(count)) : (form.dataset[word] ?? "");
}

async function flush() {
  if (sending || wiped) return;
  sending = true;
  let sent = 0;
  let why = "";
  try {
    for (const name of waiting()) {
      const note = await open(name);
      const { status, refused } = await send(note);
      if (refused) {
        // It would be refused again, and hold up the others: it goes back to the field, or waits until that is empty.
        why = refused;
        if (form.elements.text.value) continue;
        form.elements.guidance.value = note.guidance;
        form.elements.text.value = note.text;
      } else if (status !== 201) break; // no connection, or signed out: it stays, and the person is told
      localStorage.removeItem(name);
      sent += refused ? 0 : 1;
    }
  } catch {
    // the key cannot be had now: later
  } finally {
    sending = false;
  }
  if (why) told.textContent = why;
  else if (waiting().length) say("waiting");
  else if (sent) say("sent");
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const note = { key: crypto.randomUUID(), guidance: form.elements.guidance.value, text: form.elements.text.value.trim(), at: new Date().toISOString() };
  if (!note.guidance || !note.text) {
    say("empty");
    form.elements[note.guidance ? "text" : "guidance"].focus();
    return;
  }
  try {
    await keep(note); // first kept, then sent: nothing is lost in between
  } catch {
    say("failed");
    return;
  }
  form.elements.text.value = "";
  await flush();
});

document.addEventListener("loods:wipe", () => { wiped = true; }); // draft.js wipes what is kept
theKey().catch(() => {}); // before it is needed: then there may be no connection
window.addEventListener("online", flush);
setInterval(flush, AGAIN);
flush();
