// Holds the numbers of the live page against the program: node Tests/TheoryPage/check.js LACUNA [SETTINGS] [SEED]
//
// Random settings over the ranges of the sliders; the program at d = 200000 (400000 with a spike), the page in the limit. Everything that the panels state is
// compared: errors, effective ridge, masks, the edge, thresholds, outliers and overlaps. Fails where one differs by 1e-4 of itself.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs"), os = require("os"), path = require("path");
const theory = require("../../Sources/LacunaFigures/TheoryPage/theory.js");

const [program, settings = "200", seed = "1"] = process.argv.slice(2);
if (!program) {
  console.error("usage: check.js LACUNA [SETTINGS] [SEED]");
  process.exit(64);
}
let state = BigInt(seed) * 0x9e3779b97f4a7c15n;
function uniform(low, high) {  // splitmix64
  state = (state + 0x9e3779b97f4a7c15n) & 0xffffffffffffffffn;
  let z = state;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & 0xffffffffffffffffn;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & 0xffffffffffffffffn;
  return low + ((high - low) * Number((z ^ (z >> 31n)) >> 11n)) / 2 ** 53;
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lacuna-page-"));
function ask(...words) {
  const out = execFileSync(program, ["theory", ...words, "--json"], { encoding: "utf8", maxBuffer: 1 << 26 });
  return JSON.parse(out).points[0];
}

let compared = 0, worst = { difference: 0 };
function compare(setting, name, page, expected, scale = Math.abs(expected)) {
  const difference = page === null || page === undefined || expected === null || expected === undefined
    ? (page ?? null) === (expected ?? null) ? 0 : Infinity : Math.abs(page - expected) / scale;
  compared++;
  if (!(difference <= worst.difference)) worst = { difference, name, page, expected, setting };
}

for (let k = 0; k < Number(settings); k++) {
  const isChain = k % 2 === 0, d = isChain ? 200000 : 400000, ratio = 10 ** uniform(-1, 1), n = Math.round(d * ratio), gamma = d / n;
  const lambda = 10 ** uniform(-3, 1), keep = uniform(0.05, 0.95);
  const common = [`data.coordinates=${d}`, `data.samples=${n}`, `model.ridge=${lambda}`];
  const rho = uniform(0, 0.95), spread = uniform(0.01, 2), strength = uniform(0.05, 6);
  const setting = isChain ? { ratio, lambda, keep, rho } : { ratio, lambda, keep, spread, strength };
  let population, data;
  if (isChain) {
    population = theory.chain(rho);
    data = ["example:ridge-path", `data.correlation=${rho}`];
  } else {
    population = theory.noise(spread);
    const mean = Math.sinh(spread) / spread, file = path.join(folder, "even.csv");
    if (!fs.existsSync(file)) fs.writeFileSync(file, new Array(d).fill(1 / Math.sqrt(d)).join("\n") + "\n");
    data = ["example:transition", `data.noise.variances={geometric: [${Math.exp(-spread) / mean}, ${Math.exp(spread) / mean}]}`,
      `data.spikes=[{strength: ${strength}, direction: {file: ${file}}}]`];
  }
  const point = ask(...data, ...common), at = theory.errors(population, gamma, lambda);
  compare(setting, "effective ridge", at.kappa, point.effective_ridge);
  compare(setting, "generalization", at.generalization, point.generalization_error.theory);
  compare(setting, "training", at.training, point.training_error.theory);
  compare(setting, "bayes", at.bayes, point.bayes_error);
  if (!isChain) {
    const here = theory.spike(theory.predictorFrame(population, gamma, lambda), strength);
    const rival = theory.spike(theory.gramFrame(population, gamma), strength), found = point.recovery;
    compare(setting, "edge", 1 - 1 / here.edge, found.edge_theory, 1);
    compare(setting, "threshold", here.threshold, found.threshold_theory);
    compare(setting, "pca threshold", rival.threshold, found.pca_threshold_theory);
    compare(setting, "outlier", here.outlier === null ? null : 1 - 1 / here.outlier, found.outlier.theory, 1);
    compare(setting, "overlap", here.overlap, found.overlap.theory, 1);
    compare(setting, "pca outlier", rival.outlier, found.pca_outlier.theory);
    compare(setting, "pca overlap", rival.overlap, found.pca_overlap.theory, 1);
  }
  // A spike moves the errors by 1/d; under masks by more of it than is compared here.
  const masked = ask(...data, ...common, ...(isChain ? [] : ["data.spikes.0.strength=0.001"]), `model.mask={bernoulli: {keep: ${keep}}}`, "measure=[errors]");
  const page = theory.maskedErrors(population, gamma, lambda, keep);
  compare(setting, "masked", page.hidden, masked.generalization_error.theory);
  compare(setting, "full context", page.fullContext, masked.full_context_error.theory);
}
fs.rmSync(folder, { recursive: true });
console.log(`${settings} settings, ${compared} numbers; greatest difference ${worst.difference.toExponential(1)} (${worst.name})`);
if (!(worst.difference < 1e-4)) {
  console.error(JSON.stringify(worst));
  process.exit(1);
}
