// What a browser shows of the live page: node Tests/TheoryPage/browser.js PAGE.html [BROWSER]
//
// Headless, at the widths of a phone and of a desk, for settings given in the address: the numbers it states are those of theory.js,
// every panel has its curves, and nothing that is not a number is drawn. Then what a frame takes while sliders are dragged.
"use strict";
const { execFileSync } = require("child_process");
const fs = require("fs"), os = require("os"), path = require("path");
const theory = require("../../Sources/LacunaFigures/TheoryPage/theory.js");

const [page, browser = "chromium"] = process.argv.slice(2);
if (!page) {
  console.error("usage: browser.js PAGE.html [BROWSER]");
  process.exit(64);
}
// On the steps of the sliders.
const settings = [
  { kind: "noise", ratio: 10 ** 0.3, ridge: 0.1, strength: 1.5, spread: 1, keep: 0.3 },
  { kind: "noise", ratio: 10 ** -0.7, ridge: 1, strength: 0, spread: 0, keep: 0.9 },
  { kind: "chain", ratio: 1, ridge: 0.01, correlation: 0.9, keep: 0.5 },
];
const failures = [];
let read = 0;
for (const s of settings) for (const width of [400, 1400]) {
  const address = "file://" + path.resolve(page) + "#" + Object.entries(s).map(([k, v]) => `${k}=${v}`).join("&");
  const dom = execFileSync(browser, ["--headless", "--no-sandbox", "--disable-gpu", `--window-size=${width},2400`,
    "--virtual-time-budget=4000", "--dump-dom", address], { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] });
  const where = `${JSON.stringify(s)} at ${width}`, check = (holds, what) => { if (!holds) failures.push(`${where}: ${what}`); };
  const body = dom.slice(dom.lastIndexOf("<main"), dom.indexOf("</main>"));
  check(!/NaN|undefined|Infinity/.test(body), "something that is no number is drawn");
  const panels = body.split("<section").slice(1);
  check(panels.length === 5, `${panels.length} panels`);
  for (const panel of panels) check((panel.match(/class="curve"/g) ?? []).length >= 1, "a panel without a curve");
  const at = theory.errors(s.kind === "chain" ? theory.chain(s.correlation) : theory.noise(s.spread), 1 / s.ratio, s.ridge);
  const note = /<p id="errors-note">([^<]*)</.exec(body)?.[1] ?? "";
  for (const [name, value] of [["generalisation ", at.generalization], ["training ", at.training], ["possible ", at.bayes], ["κ = ", at.kappa]]) {
    const shown = Number(new RegExp(name + "([0-9.e+-]*[0-9])").exec(note)?.[1]);
    read++;
    // Four digits are shown.
    check(Math.abs(shown - value) <= 6e-4 * Math.abs(value), `${name}${shown} for ${value}`);
  }
}
console.log(`${settings.length} settings at two widths, ${read} numbers read, ${failures.length} wrong`);

// Every slider dragged over its range, the first rounds to warm up. Real time, which the runs above do not have; it is reported, as a
// busy machine says little of the page.
const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lacuna-frames-")), dragged = path.join(folder, "page.html");
fs.writeFileSync(dragged, fs.readFileSync(page, "utf8") + `<script>
  const frames = [];
  for (const kind of ["noise", "chain"]) {
    document.querySelector('[name=kind][value="' + kind + '"]').checked = true;
    for (const [name, slider] of Object.entries(sliders)) {
      if (slider.kind && slider.kind !== kind) continue;
      const start = element(name).value;
      for (let i = 0; i < 24; i++) {
        element(name).value = slider.low + (i / 23) * (slider.high - slider.low);
        draw();
        document.body.getBoundingClientRect();
        frames.push(readings.milliseconds);
      }
      element(name).value = start;
    }
  }
  frames.splice(0, 24);
  frames.sort((a, b) => a - b);
  document.title = "frames " + [frames.length, ...[0.1, 0.5, 0.95].map((q) => frames[Math.floor(q * frames.length)].toFixed(1))].join(" ");
</script>`);
const timed = execFileSync(browser, ["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom", "file://" + dragged],
  { encoding: "utf8", maxBuffer: 1 << 26, stdio: ["ignore", "pipe", "ignore"] });
fs.rmSync(folder, { recursive: true });
const found = /<title>frames ([0-9]+) ([0-9.]+) ([0-9.]+) ([0-9.]+)</.exec(timed);
if (found) console.log(`${found[1]} frames: a tenth within ${found[2]} ms, half within ${found[3]} ms, 95 of 100 within ${found[4]} ms`);
else failures.push("the sliders could not be dragged");
for (const failure of failures) console.error(failure);
process.exit(failures.length ? 1 : 0);
