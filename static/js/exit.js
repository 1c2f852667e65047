// The way out: by the button or by pressing Esc twice. The page is gone first, the sign-out follows on its own.

const form = document.querySelector("[data-exit]");
const TWICE = 600; // milliseconds between the two presses

function leave() {
  document.documentElement.hidden = true;
  document.dispatchEvent(new CustomEvent("loods:wipe"));
  fetch(form.action, { method: "POST", keepalive: true, headers: { "X-Loods-Exit": "1" } }).catch(() => {});
  window.location.replace(form.dataset.exit);
}

if (form) {
  let last = -Infinity; // a page that came a moment ago has seen no first press
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    leave();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.repeat) return;
      // An Esc that closes a dialog or the menu is not half of an exit.
      if (document.querySelector("dialog[open], :popover-open")) return;
      if (event.timeStamp - last < TWICE) leave();
      last = event.timeStamp;
    },
    true,
  );
}
