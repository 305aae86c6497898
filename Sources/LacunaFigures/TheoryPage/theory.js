// Deterministic equivalents of masked self-supervised regression for n, d → ∞ at d/n = gamma, for two kinds of coordinates.
//
//   chain(rho)     a stationary chain, Σ_jk = rho^|j−k|, through its spectral density at frequencies
//   noise(spread)  independent coordinates, variances geometric from e^−spread to e^spread over their mean
//
// A population is { values, weights, chain }: the eigenvalues of Σ, nodes of a quadrature over their distribution. The equations, with κ the effective
// ridge, R = (Σ + κI)⁻¹ and tr the mean over coordinates:
//
//   λ = κ (1 − γ tr ΣR),  E_gen = tr(RΣR)_kk/R_kk² / (1 − γ tr Σ²R²),  E_tr = (λ/κ)² E_gen
//
// The spectrum is that of W = D^½(S + λI)D^½ with D = (κ/λ) diag R; an eigenvalue μ of the predictor is 1 − 1/z, z one of W. With
// a = eigenvalues of D^½ΣD^½ and b = those of λD:  G(z) = tr 1/(ca + b − z),  1/c = 1 + γ tr a/(ca + b − z).
"use strict";

function chain(rho, count = 128) {
  const values = [];
  for (let j = 0; j < count; j++) {
    // Frequencies crowd where the density peaks: θ = 2 atan(((1−ρ)/(1+ρ)) tan(φ/2)) flattens it, with its Jacobian as weight.
    const phi = (Math.PI * (j + 0.5)) / count, r = (1 - rho) / (1 + rho);
    const theta = 2 * Math.atan(r * Math.tan(phi / 2));
    const density = (1 - rho * rho) / (1 + rho * rho - 2 * rho * Math.cos(theta));
    values.push({ value: density, weight: 1 / density });
  }
  return normalized(values, true);
}

function noise(spread, count = 128) {
  const mean = spread > 0 ? Math.sinh(spread) / spread : 1;
  return normalized(legendre(count).map(({ x, weight }) => ({ value: Math.exp(spread * x) / mean, weight })), false);
}

// Nodes and weights of Gauss and Legendre on [−1, 1]: exact where midpoints would miss the noisiest coordinates.
const rules = new Map();
function legendre(count) {
  if (rules.has(count)) return rules.get(count);
  const rule = Array.from({ length: count }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5)), slope = 1;
    for (let step = 0; step < 100; step++) {
      let p = 1, before = 0;
      for (let k = 1; k <= count; k++) [p, before] = [((2 * k - 1) * x * p - (k - 1) * before) / k, p];
      slope = (count * (x * p - before)) / (x * x - 1);
      const next = x - p / slope;
      if (Math.abs(next - x) < 1e-15) break;
      x = next;
    }
    return { x, weight: 2 / ((1 - x * x) * slope * slope) };
  });
  rules.set(count, rule);
  return rule;
}

function normalized(list, isChain) {
  const total = list.reduce((sum, item) => sum + item.weight, 0);
  return {
    values: Float64Array.from(list, (item) => item.value),
    weights: Float64Array.from(list, (item) => item.weight / total), chain: isChain,
  };
}

// Σ_j w_j f(v_j): the trace over d.
function trace(population, f) {
  const { values, weights } = population;
  let sum = 0;
  for (let j = 0; j < values.length; j++) sum += weights[j] * f(values[j]);
  return sum;
}

// The root of an increasing function in [low, high], f giving [value, slope]: Newton's step, bisection where it leaves the interval.
function root(f, low, high, start, tolerance = 1e-13) {
  let x = start > low && start < high ? start : (low + high) / 2;
  for (let i = 0; i < 200; i++) {
    const [value, slope] = f(x);
    if (value > 0) high = x; else low = x;
    const newton = x - value / slope, next = newton > low && newton < high ? newton : (low + high) / 2;
    if (Math.abs(next - x) <= tolerance * Math.abs(next)) return next;
    x = next;
  }
  return x;
}

// κ: the root ≥ λ of κ(1 − γ tr Σ(Σ+κ)⁻¹) = λ. The left side may fall before it rises; it is convex, and the root the last.
function effectiveRidge(population, gamma, lambda) {
  const high = lambda + gamma * trace(population, (v) => v);
  let k = high;
  for (let i = 0; i < 200; i++) {  // Newton from above on a convex function: it never passes the root
    const value = k - gamma * trace(population, (v) => (k * v) / (v + k)) - lambda;
    const next = k - value / (1 - gamma * trace(population, (v) => (v / (v + k)) ** 2));
    if (!(k - next > 1e-15 * k)) return k;
    k = Math.max(next, lambda);
  }
  return k;
}

function errors(population, gamma, lambda) {
  const kappa = effectiveRidge(population, gamma, lambda);
  const df2 = gamma * trace(population, (v) => (v / (v + kappa)) ** 2);
  const r = trace(population, (v) => 1 / (v + kappa));
  // Independent coordinates: (RΣR)_kk/R_kk² is the variance of the coordinate.
  const bare = population.chain ? trace(population, (v) => v / (v + kappa) ** 2) / (r * r) : trace(population, (v) => v);
  const generalization = bare / (1 - df2);
  return {
    kappa, generalization, training: (lambda / kappa) ** 2 * generalization,
    bayes: population.chain ? 1 / trace(population, (v) => 1 / v) : trace(population, (v) => v),
  };
}

// Bernoulli masks that show a coordinate with probability p, a cell counted by its chance 1 − p of being hidden; and the error
// with every other coordinate visible. S̃ = pS + Γ, Γ = (1−p) diag Σ + λ/(p(1−p)): the matrix ridge, M the form of a new sample.
function maskedErrors(population, gamma, lambda, p, start = 0.5) {
  const { values, weights, chain } = population, count = values.length, q = 1 - p, extra = lambda / (p * q);
  const ridges = new Float64Array(count);
  for (let j = 0; j < count; j++) ridges[j] = (chain ? q : q * values[j]) + extra;
  // c(1 + γ tr pΣQ̄) = 1, Q̄ = 1/(cpΣ + Γ).
  const c = root((c) => {
    let sum = 0, slope = 0;
    for (let j = 0; j < count; j++) {
      const r = 1 / (c * p * values[j] + ridges[j]), s = p * values[j] * r;
      sum += weights[j] * s;
      slope += weights[j] * s * ridges[j] * r;
    }
    return [c + c * gamma * sum - 1, 1 + gamma * slope];
  }, 0, 1, start);
  // The error of Â = (1/p)(I − diag(Q)⁻¹Q) under the quadratic form of samples whose coordinates are Σ, seen through T = tp²Σ + pq diag Σ
  // where cells are hidden, and Σ where all others are shown. Traces of ΣQ, (ΣQ)², ΣQ² and so on, D being diag Σ:
  let t0 = 0, q1 = 0, q2 = 0, s1 = 0, sq1 = 0, sq2 = 0, ssq2 = 0;
  for (let j = 0; j < count; j++) {
    const v = values[j], w = weights[j], r = 1 / (c * p * v + ridges[j]);
    t0 += w;
    q1 += w * r;
    q2 += w * r * r;
    s1 += w * v;
    sq1 += w * v * r;
    sq2 += w * v * r * r;
    ssq2 += w * v * v * r * r;
  }
  const loss = 1 - c * c * gamma * p * p * ssq2;
  function error(shown) {
    // T = x Σ + y D; of independent coordinates D = Σ.
    const [x, y] = shown ? [1, 0] : chain ? [p * p, p * q] : [p, 0];
    const spread = (c * c * gamma * p * (x * ssq2 + y * sq2)) / loss;
    if (!chain) return s1 + (spread / p) * s1;  // hollow and uncorrelated: only the noise of the fit is left
    const cross = (1 - sq1 / q1) / p;
    const form = x * s1 + y * t0 - (2 * (x * sq1 + y * q1)) / q1 + (x * sq2 + y * q2 + p * spread * sq2) / (q1 * q1);
    return 1 - 2 * (shown ? 1 : p) * cross + form / (p * p);
  }
  return { hidden: q * error(false), fullContext: error(true), c };
}

// The two diagonals whose resolvent describes a spectrum: of the predictor, or of the Gram (principal components).
function predictorFrame(population, gamma, lambda) {
  const kappa = effectiveRidge(population, gamma, lambda), { values, weights } = population;
  const mean = trace(population, (v) => 1 / (v + kappa));
  const D = Float64Array.from(values, (v) => (kappa / lambda) * (population.chain ? mean : 1 / (v + kappa)));
  return { gamma, weights, D, a: values.map((v, j) => v * D[j]), b: D.map((x) => lambda * x) };
}

function gramFrame(population, gamma) {
  const { values, weights } = population;
  return { gamma, weights, D: values.map(() => 1), a: values, b: values.map(() => 0) };
}

// Sums over the spectrum at real c and z: m = tr a r, with r = 1/(ca + b − z), its slopes in c and z; g = tr D r likewise.
function sums(frame, c, z) {
  const { a, b, D, weights } = frame;
  let m = 0, mc = 0, mcc = 0, mz = 0, g = 0, gc = 0, gz = 0;
  for (let j = 0; j < a.length; j++) {
    const r = 1 / (c * a[j] + b[j] - z), w = weights[j] * r, ar = a[j] * r;
    m += w * a[j];
    mc -= w * ar * a[j];
    mcc += 2 * w * ar * ar * a[j];
    mz += w * ar;
    g += w * D[j];
    gc -= w * ar * D[j];
    gz += w * r * D[j];
  }
  return { m, mc, mcc, mz, g, gc, gz };
}

// Real z above the bulk: h(c) = 1/c − 1 − γm(c) is convex on 0 < c < min (z − b)/a. Where it is least, and how much.
function leastExcess(frame, z, start) {
  const { a, b, weights, gamma } = frame;
  let high = Infinity;
  for (let j = 0; j < a.length; j++) high = Math.min(high, (z - b[j]) / a[j]);
  if (!(high > 0)) return { excess: Infinity, c: 0, slope: -1 };
  const c = root((c) => {
    let mc = 0, mcc = 0;
    for (let j = 0; j < a.length; j++) {
      const r = 1 / (c * a[j] + b[j] - z), ar = a[j] * r, term = weights[j] * ar * ar;
      mc -= term;
      mcc += 2 * term * ar;
    }
    return [-1 / (c * c) - gamma * mc, 2 / (c * c * c) - gamma * mcc];
  }, 0, high, start, 1e-8);  // the least value itself is right to the square of that
  const { m, mz } = sums(frame, c, z);
  return { excess: 1 / c - 1 - gamma * m, c, slope: -gamma * mz };
}

// The upper edge of the bulk, in z: where the least excess, which falls with z, is 0; `start` is a guess of it.
function upperEdge(frame, start) {
  let high = 0, low = 0, c;
  for (let j = 0; j < frame.a.length; j++) {
    high = Math.max(high, frame.b[j] + frame.a[j] * (1 + Math.sqrt(frame.gamma)) ** 2 * 4);
    low = Math.max(low, frame.b[j]);
  }
  return root((z) => {
    const least = leastExcess(frame, z, c);
    c = least.c;
    return [-least.excess, -least.slope];
  }, low, high, start ?? high / 2);
}

// The strength at which the outlier of a spike spread over all coordinates touches the bulk. At the edge c is where the excess is least;
// a little beyond it c differs by the root of that little, which 1e-4 of the threshold would feel.
function threshold(frame, edge) {
  const { c } = leastExcess(frame, edge);
  return -1 / (c * sums(frame, c, edge).g);
}

// c at a real z beyond the upper edge: the lesser root of h. Newton from the left of it, where h is convex and falls: no step passes it.
function companion(frame, z) {
  let c = 1 / (1 + frame.gamma * sums(frame, 0, z).m);
  for (let i = 0; i < 100; i++) {
    const { m, mc } = sums(frame, c, z);
    const next = c + (1 / c - 1 - frame.gamma * m) / (1 / (c * c) + frame.gamma * mc);
    if (!(next - c > 1e-14 * c)) return c;
    c = next;
  }
  return c;
}

// At z beyond the edge: the strength whose outlier lies there, and the squared overlap with it; a spike spread over all coordinates.
function outlierAt(frame, z) {
  const c = companion(frame, z), { mc, mz, g, gc, gz } = sums(frame, c, z);
  const dc = (-frame.gamma * mz) / (1 / (c * c) + frame.gamma * mc);  // from 1/c = 1 + γm(c, z)
  const strength = -1 / (c * g), derivative = dc * g + c * (gc * dc + gz);
  const length = frame.weights.reduce((sum, w, j) => sum + w * frame.D[j], 0);
  return { strength, overlap: -g / (strength * derivative * length), slope: derivative / (c * g) ** 2 };
}

// The threshold of a spike spread over the coordinates, and what one of strength θ does: its outlier (z) and squared overlap.
function spike(frame, theta, edge = upperEdge(frame)) {
  const least = threshold(frame, edge);
  if (!(theta > least)) return { edge, threshold: least, outlier: null, overlap: 0 };
  let high = edge * 2;
  while (outlierAt(frame, high).strength < theta) high *= 2;
  const z = root((z) => {
    const { strength, slope } = outlierAt(frame, z);
    return [strength - theta, slope];
  }, edge, high, high / 2);
  return { edge, threshold: least, outlier: z, overlap: outlierAt(frame, z).overlap };
}

// Im tr G(x + i0)/π on given points, descending: Newton from point to point in the upper half-plane.
function density(frame, points) {
  const { a, b, weights, gamma } = frame;
  let cr = 1, ci = 0.1;
  return points.map((x) => {
    const y = 1e-6 * Math.abs(x) + 1e-12;
    for (let i = 0; i < 200; i++) {
      // F(c) = c(1 + γ m(c)) − 1, F' = 1 + γ m + cγ m'; damped towards the contraction where Newton leaves the half-plane.
      let mr = 0, mi = 0, sr = 0, si = 0;
      for (let j = 0; j < a.length; j++) {
        const p = cr * a[j] + b[j] - x, q = ci * a[j] - y, s = p * p + q * q, rr = p / s, ri = -q / s, w = weights[j] * a[j];
        mr += w * rr;
        mi += w * ri;
        sr -= w * a[j] * (rr * rr - ri * ri);
        si -= w * a[j] * 2 * rr * ri;
      }
      const ur = 1 + gamma * mr, ui = gamma * mi, fr = cr * ur - ci * ui - 1, fi = cr * ui + ci * ur;
      const tr = ur + gamma * (cr * sr - ci * si), ti = ui + gamma * (cr * si + ci * sr), t = tr * tr + ti * ti;
      let nr = cr - (fr * tr + fi * ti) / t, ni = ci - (fi * tr - fr * ti) / t;
      if (!(ni <= 0) || !Number.isFinite(nr)) {  // c lies in the lower half-plane for z in the upper
        const u = ur * ur + ui * ui;
        nr = (cr + ur / u) / 2;
        ni = Math.min((ci - ui / u) / 2, -1e-14);
      }
      const change = Math.abs(nr - cr) + Math.abs(ni - ci);
      cr = nr;
      ci = ni;
      if (change < 1e-10 * (Math.abs(cr) + Math.abs(ci))) break;
    }
    let g = 0;
    for (let j = 0; j < a.length; j++) {
      const p = cr * a[j] + b[j] - x, q = ci * a[j] - y;
      g += (weights[j] * -q) / (p * p + q * q);
    }
    return Math.max(0, g / Math.PI);
  });
}

if (typeof module !== "undefined") {
  module.exports = {
    chain, noise, trace, effectiveRidge, errors, maskedErrors, predictorFrame, gramFrame, upperEdge, threshold, outlierAt, spike, density };
}
