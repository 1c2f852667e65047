// Signed out after a while without a sign of life, announced before, with the typed text kept (draft.js).
// Every tab tells the others, so that work in one keeps the rest alive.

const { person, idle, warn, here, signin } = document.querySelector("meta[name=loods-session]").dataset;
const IDLE = Number(idle) * 1000;
const WARN = Number(warn) * 1000;
const PING_EVERY = Math.min(60_000, IDLE / 4);
const dialog = document.getElementById("timeout-dialog");
const left = dialog.querySelector("[data-timeout-left]");
const channel = new BroadcastChannel(`loods-${person}`);
let contact = Date.now(); // the last time the server heard of us
let active = 0; // the last time the person did something here

function heard(at = Date.now()) {
  contact = Math.max(contact, at);
  if (dialog.open && contact + IDLE - Date.now() > WARN) dialog.close();
}

/** Ask the server whether we are still signed in, which keeps us so. */
async function ping() {
  try {
    const answer = await fetch(here, { cache: "no-store" });
    if (answer.status === 401) expired();
    else if (answer.ok) {
      heard();
      channel.postMessage({ contact });
    }
  } catch {
    // no network: the clock goes on, and the text is kept in any case
  }
}

async function expired() {
  await window.Loods?.keepDrafts?.();
  const back = window.location.pathname + window.location.search;
  window.location.replace(`${signin}?next=${encodeURIComponent(back)}&expired=1`);
}

channel.addEventListener("message", (event) => {
  if (event.data.contact) heard(event.data.contact);
  if (event.data.gone) expired();
});
for (const kind of ["keydown", "pointerdown", "wheel", "touchstart"]) {
  document.addEventListener(
    kind,
    () => {
      active = Date.now();
      // Someone who types for long without sending is not away.
      if (!dialog.open && active - contact > PING_EVERY) {
        contact += PING_EVERY / 2; // not twice while the answer is under way
        ping();
      }
    },
    { passive: true },
  );
}
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.successful) heard();
});
document.addEventListener("loods:expired", expired);
document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-sign-out]")) channel.postMessage({ gone: true });
});
dialog.querySelector("[data-stay]").addEventListener("click", async () => {
  await ping();
  if (dialog.open) dialog.close();
});
dialog.querySelector("[data-leave]").addEventListener("click", () => {
  document.querySelector("form[data-sign-out]").requestSubmit();
});

function tick() {
  const rest = contact + IDLE - Date.now();
  if (rest <= 0) {
    ping(); // another computer or a slept lid may have been faster or slower: the server knows
    if (rest < -10_000) expired();
  } else if (rest <= WARN) {
    if (!dialog.open) dialog.showModal();
    const seconds = Math.ceil(rest / 1000);
    const text = left.dataset.text.replace("{s}", `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`);
    if (left.textContent !== text) left.textContent = text;
  }
}
setInterval(tick, 1000);
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") tick();
});
