// The page: sliders in, five panels out. The numbers come from theory.js, pictures from plot.js; `readings` holds those that the panels state.
"use strict";

const sliders = {
  ratio: { label: "samples, n/d", low: -1, high: 1, step: 0.01, start: 0.3, show: (x) => 10 ** x, place: Math.log10, digits: 2 },
  ridge: { label: "ridge λ", low: -3, high: 1, step: 0.02, start: -1.3, show: (x) => 10 ** x, place: Math.log10, digits: 3 },
  strength: { label: "spike strength θ", low: 0, high: 6, step: 0.02, start: 1, show: (x) => x, digits: 2, kind: "noise" },
  spread: { label: "noise spread s", low: 0, high: 2, step: 0.02, start: 1.36, show: (x) => x, digits: 2, kind: "noise" },
  correlation: { label: "correlation ρ", low: 0, high: 0.95, step: 0.01, start: 0.8, show: (x) => x, digits: 2, kind: "chain" },
  keep: { label: "visible share p", low: 0.05, high: 0.95, step: 0.01, start: 0.5, show: (x) => x, digits: 2 },
};
const spaced = (low, high, count) => Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1));

function settings() {
  const values = { kind: document.querySelector("[name=kind]:checked").value };
  for (const [name, slider] of Object.entries(sliders)) values[name] = slider.show(+element(name).value);
  return values;
}

// The settings as they stand in the address, `#kind=chain&ratio=2&ridge=0.1`, so that a link leads to what was seen.
function applyAddress() {
  const asked = new URLSearchParams(location.hash.slice(1));
  const kind = document.querySelector(`[name=kind][value="${asked.get("kind") === "chain" ? "chain" : "noise"}"]`);
  if (asked.has("kind")) kind.checked = true;
  for (const [name, slider] of Object.entries(sliders)) {
    const value = Number(asked.get(name) ?? NaN), place = slider.place ?? ((x) => x);
    if (Number.isFinite(value)) element(name).value = Math.min(slider.high, Math.max(slider.low, place(value)));
  }
}

let addressTimer = 0;
function keepAddress(s) {
  clearTimeout(addressTimer);
  addressTimer = setTimeout(() => {
    const words = Object.entries(s).map(([name, value]) => `${name}=${typeof value === "number" ? Number(value.toPrecision(6)) : value}`);
    history.replaceState(null, "", "#" + words.join("&"));
  }, 300);
}

// --- Panels --------------------------------------------------------------------------------------------------------

const panels = {
  errors: "Errors against the number of samples",
  spectrum: "Spectrum of the joint predictor",
  transition: "When a spike is seen",
  thresholds: "Masked regression against principal components",
  masking: "What the masking ratio does",
};

// As wide as the panels are, so that text is as large as elsewhere on the page.
function fit() {
  box.width = Math.max(330, Math.min(560, element("panels").firstElementChild.clientWidth || 560));
  box.height = Math.max(270, Math.round(box.width * 0.59));
  for (const id of Object.keys(panels)) element(id).setAttribute("viewBox", `0 0 ${box.width} ${box.height}`);
}

let readings = {};

// A curve as it was, until what it depends on changes: most sliders move but one or two of them.
const kept = new Map();
function keep(name, inputs, make) {
  const key = inputs.join(), old = kept.get(name);
  if (old?.key === key) return old.value;
  const value = make(old?.value);
  kept.set(name, { key, value });
  return value;
}
const data = (s) => (s.kind === "chain" ? ["chain", s.correlation] : ["noise", s.spread]);

function drawErrors(population, s) {
  const ratios = spaced(-1, 1, 70).map((e) => 10 ** e);
  const at = keep("errors", [...data(s), s.ridge], () => ratios.map((r) => errors(population, 1 / r, s.ridge)));
  const here = errors(population, 1 / s.ratio, s.ridge);
  Object.assign(readings, { kappa: here.kappa, generalization: here.generalization, training: here.training, bayes: here.bayes });
  const low = Math.min(here.bayes, ...at.map((e) => e.training)), high = Math.max(...at.map((e) => e.generalization));
  plot("errors", {
    x: [0.1, 10, true], y: [Math.max(1e-4, low * 0.8), high * 1.3, true], xTitle: "n/d", yTitle: "mean square error",
    curves: [
      { points: ratios.map((r, i) => [r, at[i].generalization]), color: "blue", name: "generalisation" },
      { points: ratios.map((r, i) => [r, at[i].training]), color: "orange", dash: "7 4", name: "training" },
      { points: [[0.1, here.bayes], [10, here.bayes]], color: "grey", dash: "2 3", name: "best possible" },
    ], marks: [{ x: s.ratio }],
  });
  element("errors-note").textContent = `At n/d = ${text(s.ratio)}: generalisation ${text(here.generalization, 4)}, training `
    + `${text(here.training, 4)}, best possible ${text(here.bayes, 4)}; effective ridge κ = ${text(here.kappa, 4)} for λ = ${text(s.ridge)}.`;
}

function drawSpectrum(population, s) {
  const { frame, edge: start, mus, heights } = keep("spectrum", [...data(s), s.ratio, s.ridge], (old) => {
    const frame = predictorFrame(population, 1 / s.ratio, s.ridge), start = upperEdge(frame, old?.edge);
    const edge = 1 - 1 / start, least = 1 - 1 / Math.max(1e-9, Math.min(...frame.b));
    const at = (mus) => {
      const z = mus.map((m) => 1 / (1 - m));
      return density(frame, z).map((v, i) => v * z[i] * z[i]);
    };
    // Denser towards both ends, where the density rises steeply.
    const down = (low, count) => spaced(0, Math.PI / 2, count).map((t) => edge - (edge - low) * Math.sin(t) ** 2);
    // Where the bulk begins, roughly: below it there is nothing to see.
    const rough = down(Math.max(least - 0.06 * (edge - least), edge - 6), 60), seen = at(rough), tall = Math.max(...seen);
    const last = seen.findLastIndex((v) => v > 1e-3 * tall), low = rough[Math.min(rough.length - 1, Math.max(last, 0) + 1)];
    const mus = down(low - 0.04 * (edge - low), 170);
    return { frame, edge: start, mus, heights: at(mus) };
  });
  const found = s.kind === "noise" ? spike(frame, s.strength, start) : { edge: start, threshold: null, outlier: null, overlap: 0 };
  const edge = 1 - 1 / found.edge, outlier = found.outlier === null ? null : 1 - 1 / found.outlier;
  const low = mus[mus.length - 1], high = Math.max(edge, outlier ?? edge) + 0.06 * (edge - low);
  const top = 1.05 * Math.min(Math.max(...heights, 1e-6), 12 / (edge - low));
  Object.assign(readings, { edge, threshold: found.threshold, outlier, overlap: found.overlap });
  plot("spectrum", {
    x: [low, high, false], y: [0, top, false], xTitle: "eigenvalue of Â", yTitle: "density", fill: true,
    curves: [{ points: [[high, 0], [edge, 0], ...mus.slice(1).map((m, i) => [m, heights[i + 1]])].reverse(), color: "blue" }],
    marks: [{ x: edge, color: "grey", dash: "2 3", name: "edge of the bulk" }, { x: outlier, color: "orange", name: s.kind === "noise" ? "spike" : null }],
  });
  element("spectrum-note").textContent = `The bulk ends at ${text(edge, 4)}. ` + (s.kind === "chain" ? "A chain has no spike."
    : outlier === null ? `The spike of strength ${text(s.strength)} is not seen: it needs ${text(found.threshold)}.`
    : `The spike shows at ${text(outlier, 4)}, its eigenvector overlaps with the truth by ${text(found.overlap)}.`);
}

function overlaps(frame, edge, strengths) {
  // Along z rather than along θ: each z gives its strength at once.
  const curve = [[threshold(frame, edge), 0]];
  for (let z = edge * (1 + 1e-4), step = 1e-4; curve.length < 70; z *= 1 + step, step *= 1.12) {
    const at = outlierAt(frame, z);
    curve.push([at.strength, Math.max(0, at.overlap)]);
    // The last one lies beyond the frame, where the curve is cut.
    if (at.strength > strengths) break;
  }
  return [[0, 0], ...curve];
}

function drawTransition(population, s) {
  if (s.kind === "chain") return drawRidges(population, s);
  const widest = sliders.strength.high;
  function curve(name, frame, inputs) {
    return keep(name, [...data(s), ...inputs], (old) => {
      const edge = upperEdge(frame, old?.edge);
      return { frame, edge, points: overlaps(frame, edge, widest) };
    });
  }
  const own = curve("masked", predictorFrame(population, 1 / s.ratio, s.ridge), [s.ratio, s.ridge]);
  const rival = curve("principal", gramFrame(population, 1 / s.ratio), [s.ratio]);
  const here = spike(own.frame, s.strength, own.edge), pca = spike(rival.frame, s.strength, rival.edge);
  Object.assign(readings, { pcaThreshold: pca.threshold, pcaOverlap: pca.overlap, pcaOutlier: pca.outlier });
  plot("transition", {
    x: [0, widest, false], y: [0, 1, false], xTitle: "strength θ of the spike", yTitle: "squared overlap with the truth",
    curves: [
      { points: own.points, color: "blue", name: "masked regression" },
      { points: rival.points, color: "orange", dash: "7 4", name: "principal components" },
    ], marks: [{ x: s.strength }],
  });
  element("transition-note").textContent = `Seen above θ = ${text(here.threshold)} by the masked regression, above ${text(pca.threshold)} `
    + `by principal components; at ${text(s.strength)} they overlap by ${text(here.overlap)} and ${text(pca.overlap)}.`;
}

function drawRidges(population, s) {
  const ridges = spaced(-3, 1, 60).map((e) => 10 ** e);
  const at = keep("ridges", [...data(s), s.ratio], () => ridges.map((r) => errors(population, 1 / s.ratio, r)));
  const best = at.reduce((least, e, i) => (e.generalization < at[least].generalization ? i : least), 0);
  plot("transition", {
    x: [1e-3, 10, true], y: [at[best].bayes * 0.9, Math.max(...at.map((e) => e.generalization)) * 1.05, true], xTitle: "ridge λ", yTitle: "mean square error",
    curves: [
      { points: ridges.map((r, i) => [r, at[i].generalization]), color: "blue", name: "generalisation" },
      { points: [[1e-3, at[best].bayes], [10, at[best].bayes]], color: "grey", dash: "2 3", name: "best possible" },
    ], marks: [{ x: s.ridge }, { x: ridges[best], color: "green", name: "best ridge" }],
  });
  element("transition-note").textContent = `The best ridge at n/d = ${text(s.ratio)} is about ${text(ridges[best], 2)}, with error ${text(at[best].generalization, 4)}.`;
}

const chains = [], noises = [];
function drawThresholds(population, s) {
  const isChain = s.kind === "chain";
  const grid = isChain ? spaced(0, 0.95, 40) : spaced(0, 2, 26);
  if (isChain) {
    const at = keep("correlations", [s.ratio, s.ridge], () => grid.map((rho, i) => errors((chains[i] ??= chain(rho, 128)), 1 / s.ratio, s.ridge)));
    plot("thresholds", {
      x: [0, 0.95, false], y: [0, Math.max(1.05, ...at.map((e) => e.generalization)) * 1.05, false], xTitle: "correlation ρ of neighbours", yTitle: "mean square error",
      curves: [
        { points: grid.map((r, i) => [r, at[i].generalization]), color: "blue", name: "masked regression" },
        { points: [[0, 1], [0.95, 1]], color: "orange", dash: "7 4", name: "predicting the mean" },
        { points: grid.map((r, i) => [r, at[i].bayes]), color: "grey", dash: "2 3", name: "best possible" },
      ], marks: [{ x: s.correlation }],
    });
    element("thresholds-note").textContent = "Correlation without low rank: no few components hold a chain, but the neighbours of a hidden coordinate do.";
    return;
  }
  // From spread to spread, and from frame to frame, edges differ little: each is where the next search starts.
  function thresholds(name, inputs, make) {
    return keep(name, inputs, (old) => grid.map((spread, i) => {
      const frame = make((noises[i] ??= noise(spread, 96))), edge = upperEdge(frame, old?.[i].edge);
      return { edge, point: [spread, threshold(frame, edge)] };
    })).map(({ point }) => point);
  }
  const masked = thresholds("masked thresholds", [s.ratio, s.ridge], (population) => predictorFrame(population, 1 / s.ratio, s.ridge));
  const pca = thresholds("principal thresholds", [s.ratio], (population) => gramFrame(population, 1 / s.ratio));
  plot("thresholds", {
    x: [0, 2, false], y: [0, Math.min(8, Math.max(...pca.map((p) => p[1])) * 1.1), false], xTitle: "spread s of the noise: variances from e⁻ˢ to eˢ", yTitle: "threshold strength",
    curves: [
      { points: masked, color: "blue", name: "masked regression" },
      { points: pca, color: "orange", dash: "7 4", name: "principal components" },
      { points: [[0, s.strength], [2, s.strength]], color: "grey", dash: "2 3", name: "this spike" },
    ], marks: [{ x: s.spread }],
  });
  element("thresholds-note").textContent = "With equal noise both see a spike from √(d/n) on. Unequal noise draws principal components to the "
    + "noisiest coordinates; the masked regression weighs each by how badly the others predict it.";
}

function drawMasking(population, s) {
  const keeps = spaced(0.03, 0.97, 48);
  const at = keep("masks", [...data(s), s.ratio, s.ridge], () => {
    let c = 0.5;
    return keeps.map((p) => {
      const found = maskedErrors(population, 1 / s.ratio, s.ridge, p, c);
      c = found.c;
      return found;
    });
  });
  const here = maskedErrors(population, 1 / s.ratio, s.ridge, s.keep), plain = errors(population, 1 / s.ratio, s.ridge).generalization;
  Object.assign(readings, { hidden: here.hidden, fullContext: here.fullContext });
  const values = at.map((e) => e.fullContext), high = Math.min(Math.max(...values), 3 * Math.min(...values));
  plot("masking", {
    x: [0, 1, false], y: [0.9 * Math.min(plain, ...values), 1.1 * Math.max(high, plain), false], xTitle: "chance p that a coordinate is visible in training", yTitle: "mean square error",
    curves: [
      { points: keeps.map((p, i) => [p, at[i].fullContext]), color: "blue", name: "masked, all visible" },
      { points: [[0, plain], [1, plain]], color: "grey", dash: "2 3", name: "one hidden at a time" },
    ], marks: [{ x: s.keep }],
  });
  element("masking-note").textContent = `Hiding is a ridge that the data choose: trained with p = ${text(s.keep)} and asked with every other `
    + `coordinate visible, the error is ${text(here.fullContext, 4)}; hiding one at a time gives ${text(plain, 4)}.`;
}

function draw() {
  const s = settings(), started = performance.now();
  readings = {};
  for (const [name, slider] of Object.entries(sliders)) {
    element(name + "-row").hidden = slider.kind !== undefined && slider.kind !== s.kind;
    element(name + "-value").textContent = text(s[name], slider.digits);
    element(name).setAttribute("aria-valuetext", text(s[name], slider.digits));
  }
  element("transition-title").textContent = s.kind === "chain" ? "Error against the ridge" : panels.transition;
  element("thresholds-title").textContent = s.kind === "chain" ? "What correlation is worth" : panels.thresholds;
  const population = s.kind === "chain" ? chain(s.correlation, 128) : noise(s.spread, 128);
  for (const panel of [drawErrors, drawSpectrum, drawTransition, drawThresholds, drawMasking]) panel(population, s);
  readings.milliseconds = performance.now() - started;
  element("footer").textContent = `Deterministic equivalents, computed here in ${readings.milliseconds.toFixed(0)} ms. The spike is spread evenly over the `
    + "coordinates; the dotted line is where the sliders stand. After Wortsman Zurich, Gerace, Loureiro, Lu, A Random Matrix Theory of Masked "
    + "Self-Supervised Regression, arXiv:2601.23208.";
}

function build() {
  for (const [name, slider] of Object.entries(sliders)) {
    const row = document.createElement("div");
    row.className = "slider";
    row.id = name + "-row";
    row.innerHTML = `<label for="${name}">${slider.label}</label><input type="range" id="${name}" min="${slider.low}" max="${slider.high}" `
      + `step="${slider.step}" value="${slider.start}"><output id="${name}-value" for="${name}"></output>`;
    element("controls").append(row);
  }
  for (const [id, title] of Object.entries(panels)) {
    const section = document.createElement("section");
    section.innerHTML = `<h2 id="${id}-title">${title}</h2><svg id="${id}" role="img" aria-labelledby="${id}-title" aria-describedby="${id}-note"></svg><p id="${id}-note"></p>`;
    element("panels").append(section);
  }
  let isWaiting = false;
  const later = () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; draw(); });
  };
  const changed = () => { keepAddress(settings()); later(); };
  element("controls").addEventListener("input", changed);
  element("controls").addEventListener("reset", () => setTimeout(changed));
  addEventListener("hashchange", () => { applyAddress(); later(); });
  addEventListener("resize", () => { fit(); later(); });
  applyAddress();
  fit();
  draw();
}

build();
