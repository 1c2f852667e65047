// Charts of the national picture, drawn by Apache ECharts from the numbers that stand in the page's own tables.
// Colours come from the design tokens; patterns tell the bars apart without colour; nothing moves when that is not wanted.

const charts = new Map();
const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

function token(name) {
  const probe = document.createElement("span");
  probe.style.color = `var(${name})`;
  document.querySelector(".loods-theme").append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  return colour;
}

function option(data, kind) {
  const text = { color: token("--ink"), fontFamily: getComputedStyle(document.body).fontFamily };
  const axis = { axisLabel: { color: token("--ink-soft") }, axisLine: { lineStyle: { color: token("--line-strong") } } };
  const colours = ["--water", "--waiting", "--overdue-line", "--done", "--today", "--soon", "--alarm"].map(token);
  const lines = kind === "lines";
  const one = (part, stack) => ({
    name: part.name,
    type: lines ? "line" : "bar",
    stack: lines ? undefined : stack,
    showSymbol: false,
    data: part.values,
    barMaxWidth: 28,
  });
  return {
    animation: !still,
    aria: { enabled: true, decal: { show: !lines } },
    backgroundColor: token("--surface"),
    color: colours,
    textStyle: text,
    legend: { top: 0, textStyle: text, type: "scroll" },
    tooltip: { trigger: "axis", appendTo: () => document.body, renderMode: "richText" },
    grid: { left: 8, right: 16, bottom: 8, top: 48, containLabel: true },
    xAxis: { type: "category", data: data.names, ...axis, axisLabel: { ...axis.axisLabel, interval: "auto", rotate: lines ? 0 : 45 } },
    yAxis: { type: "value", ...axis, splitLine: { lineStyle: { color: token("--line") } } },
    series: [...data.parts.map((part) => one(part, "supply")), ...(data.demand || []).map((part) => one(part))],
  };
}

function draw(figure) {
  const data = JSON.parse(figure.dataset.chart);
  const canvas = figure.querySelector("[data-canvas]");
  const chart = globalThis.echarts.init(canvas);
  const made = option(data, figure.dataset.kind);
  chart.setOption(made);
  charts.set(figure, { chart, made });
  new ResizeObserver(() => chart.resize()).observe(canvas);
}

function save(name, href) {
  const link = document.createElement("a");
  link.download = name;
  link.href = href;
  link.click();
}

function saved(figure, kind) {
  const { chart, made } = charts.get(figure);
  if (kind === "png") {
    save("loods-chart.png", chart.getDataURL({ pixelRatio: 2, backgroundColor: made.backgroundColor }));
    return;
  }
  const plain = globalThis.echarts.init(null, null, { renderer: "svg", ssr: true, width: chart.getWidth(), height: chart.getHeight() });
  plain.setOption({ ...made, animation: false });
  const url = URL.createObjectURL(new Blob([plain.renderToSVGString()], { type: "image/svg+xml" }));
  save("loods-chart.svg", url);
  URL.revokeObjectURL(url);
}

// The map as a file of its own: what the style sheet says is written into it, since it goes without.
function saveMap(map) {
  const copy = map.cloneNode(true);
  const shapes = "path, text, rect, circle";
  const styled = [...map.querySelectorAll(shapes)];
  copy.querySelectorAll(shapes).forEach((shape, index) => {
    const style = getComputedStyle(styled[index]);
    for (const name of ["fill", "stroke", "stroke-width", "opacity", "font-size", "font-weight"])
      shape.setAttribute(name, style.getPropertyValue(name).replace(/url\(.*#/, "url(#").replace(/"\)$/, ")"));
  });
  copy.setAttribute("xmlns", "http://www.w3.org/2000/svg");
  const url = URL.createObjectURL(new Blob([copy.outerHTML], { type: "image/svg+xml" }));
  save("loods-map.svg", url);
  URL.revokeObjectURL(url);
}

function begin() {
  for (const figure of document.querySelectorAll("[data-chart]")) if (!charts.has(figure)) draw(figure);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-save]");
  if (button) saved(button.closest("[data-chart]"), button.dataset.save);
  if (event.target.closest("[data-save-map]")) saveMap(document.querySelector(".map svg"));
  const province = event.target.closest(".map a");
  if (province) document.querySelector(province.getAttribute("href"))?.setAttribute("open", "");
});
document.addEventListener("htmx:afterSettle", begin);
begin();
