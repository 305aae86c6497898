// Pictures of curves as SVG, in the colours of the page.
"use strict";

const element = (id) => document.getElementById(id);
const text = (x, digits = 3) => (x === null || !Number.isFinite(x) ? "–" : Number(x.toPrecision(digits)).toString().replace(/^-/, "−"));

const box = { width: 560, height: 330, left: 66, right: 14, top: 32, bottom: 44 };

// A scale from values to pixels: linear, or logarithmic in decades.
function scale(low, high, from, to, isLogarithmic) {
  const f = isLogarithmic ? Math.log10 : (x) => x;
  const at = (x) => from + ((to - from) * (f(x) - f(low))) / (f(high) - f(low));
  let ticks = [];
  if (isLogarithmic) {
    const wide = f(high) - f(low) > 1.6;
    for (let e = Math.floor(f(low)); e <= f(high); e++)
      for (const m of wide ? [1] : [1, 2, 5]) ticks.push(m * 10 ** e);
    ticks = ticks.filter((x) => x >= low * 0.999 && x <= high * 1.001);
  } else {
    const rough = (high - low) / 5, unit = 10 ** Math.floor(Math.log10(rough));
    const step = [1, 2, 5, 10].map((m) => m * unit).find((s) => s >= rough);
    for (let x = Math.ceil(low / step) * step; x <= high + step * 1e-9; x += step) ticks.push(x);
  }
  return { at, ticks, low, high };
}

// Where the names of a legend stand: a new row where one would leave the picture.
function legend(named) {
  let left = box.left, row = 0;
  return named.map(({ name }) => {
    const width = 48 + 7 * name.length;
    if (left > box.left && left + width - 18 > box.width) [left, row] = [box.left, row + 1];
    const place = { left, row };
    left += width;
    return place;
  });
}

// curves: {points: [[x, y]], color, dash, name}; marks: {x, color, name, dash}.
function plot(id, { x, y, curves, marks = [], xTitle, yTitle, fill }) {
  const named = [...curves, ...marks.filter((m) => m.name)].filter((c) => c.name);
  const places = legend(named), top = box.top + 18 * (places.length ? places[places.length - 1].row : 0);
  const X = scale(x[0], x[1], box.left, box.width - box.right, x[2]);
  const Y = scale(y[0], y[1], box.height - box.bottom, top, y[2]);
  // Curves are cut at the frame; what lies far beyond it is drawn just beyond, so that no number is too large for a path.
  const clamp = (v) => Math.min(2 * box.height, Math.max(-box.height, v));
  let out = `<clipPath id="${id}-frame"><rect x="${box.left}" y="${top}" width="${box.width - box.right - box.left}" height="${box.height - box.bottom - top}"/></clipPath>`;
  for (const t of Y.ticks) out += `<line class="grid" x1="${box.left}" x2="${box.width - box.right}" y1="${Y.at(t)}" y2="${Y.at(t)}"/>`
    + `<text x="${box.left - 7}" y="${Y.at(t) + 4}" text-anchor="end">${text(t)}</text>`;
  for (const t of X.ticks) out += `<line class="axis" x1="${X.at(t)}" x2="${X.at(t)}" y1="${box.height - box.bottom}" y2="${box.height - box.bottom + 5}"/>`
    + `<text x="${X.at(t)}" y="${box.height - box.bottom + 19}" text-anchor="middle">${text(t)}</text>`;
  out += `<path class="axis" d="M${box.left} ${top}V${box.height - box.bottom}H${box.width - box.right}"/>`;
  out += `<text x="${(box.left + box.width) / 2}" y="${box.height - 6}" text-anchor="middle">${xTitle}</text>`;
  out += `<text transform="translate(11 ${(top + box.height - box.bottom) / 2}) rotate(-90)" text-anchor="middle">${yTitle}</text>`;
  for (const mark of marks) if (mark.x !== null && mark.x >= X.low && mark.x <= X.high)
    out += `<line class="here" x1="${X.at(mark.x)}" x2="${X.at(mark.x)}" y1="${top}" y2="${box.height - box.bottom}"`
      + (mark.color ? ` style="stroke:var(--${mark.color});stroke-dasharray:${mark.dash ?? "6 3"}"` : "") + "/>";
  for (const c of curves) {
    const points = c.points.filter(([, v]) => v !== null && Number.isFinite(v)).map(([u, v]) => `${X.at(u).toFixed(1)},${clamp(Y.at(v)).toFixed(1)}`);
    if (fill && points.length) out += `<polygon clip-path="url(#${id}-frame)" points="${X.at(X.low)},${Y.at(Y.low)} ${points.join(" ")} ${X.at(X.high)},${Y.at(Y.low)}" style="fill:var(--${c.color});opacity:.18"/>`;
    out += `<polyline class="curve" clip-path="url(#${id}-frame)" points="${points.join(" ")}" style="stroke:var(--${c.color});stroke-dasharray:${c.dash ?? "none"}"/>`;
  }
  named.forEach((c, i) => {
    const { left, row } = places[i];
    out += `<line x1="${left}" x2="${left + 24}" y1="${12 + 18 * row}" y2="${12 + 18 * row}" style="stroke:var(--${c.color});stroke-width:2.4;stroke-dasharray:${c.dash ?? "none"}"/>`
      + `<text x="${left + 30}" y="${16 + 18 * row}">${c.name}</text>`;
  });
  if (drawn.get(id) !== out) element(id).innerHTML = out;
  drawn.set(id, out);
}
const drawn = new Map();
