// On a narrow page the diagram is scrolled: begin where the process is, or where it starts.
const frame = document.querySelector(".machine-scroll");
const box = frame?.querySelector(".machine-state.is-here") ?? frame?.querySelector(".machine-state");
if (box) {
  const [part, whole] = [box.getBoundingClientRect(), frame.getBoundingClientRect()];
  frame.scrollLeft += part.left + part.width / 2 - whole.left - whole.width / 2;
}
