/**
 * How often either set of rules calls it drift where nothing has changed, and how often where something has.
 * `npm run build && node bench/driftFalseAlarms.js [TRIALS]`: the shares of alarms in percent, with a limit of 8 %
 * for the calibrated rules in every cell, and at least 95 % found of half a standard deviation at 1000 × 300.
 */
import { categoryColumn } from "../dist/core/table/table.js";
import { random } from "../dist/core/random.js";
import { driftReport } from "../dist/monitoring/driftReport.js";
import { referenceOf } from "../dist/stats/referenceOf.js";

const trials = Number(process.argv[2] ?? 400);
const rows = [
  [1000, 100],
  [1000, 1000],
  [1000, 5000],
  [5000, 50],
  [5000, 100],
  [5000, 300],
  [5000, 1000],
  [5000, 5000],
];
const kinds = ["normal", 2, 4, 20, 100];

function column(kind, count, { normal, integer }, shift = 0) {
  if (kind === "normal")
    return { kind: "number", name: "x", values: Float64Array.from({ length: count }, () => normal() + shift) };
  return categoryColumn(
    "x",
    Array.from({ length: count }, () => `c${integer(kind)}`),
  );
}

/** Share of trials with an alarm, by rules. */
function alarms(kind, [referenceRows, currentRows], shift) {
  const found = { calibrated: 0, evidently: 0 };
  for (let trial = 0; trial < trials; trial++) {
    const source = random(trial * 7919 + referenceRows + currentRows);
    const before = { rowCount: referenceRows, columns: [column(kind, referenceRows, source)] };
    const now = { rowCount: currentRows, columns: [column(kind, currentRows, source, shift)] };
    for (const rules of Object.keys(found)) {
      const all = rules === "evidently" ? { sampleSize: referenceRows } : {};
      if (driftReport(referenceOf(before, { seed: 1, ...all }), now, { rules }).dataset.drifted > 0) found[rules]++;
    }
  }
  return { calibrated: found.calibrated / trials, evidently: found.evidently / trials };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`.padStart(8);
let failed = false;
process.stdout.write(`alarms without drift, ${trials} trials: calibrated | evidently\n`);
process.stdout.write(`${"rows".padEnd(12)}${kinds.map((kind) => String(kind).padStart(19)).join("")}\n`);
for (const size of rows) {
  const cells = kinds.map((kind) => {
    const { calibrated, evidently } = alarms(kind, size);
    failed ||= calibrated > 0.08;
    return `${percent(calibrated)} |${percent(evidently)}`.padStart(19);
  });
  process.stdout.write(`${size.join(" x ").padEnd(12)}${cells.join("")}\n`);
}
const power = alarms("normal", [1000, 300], 0.5).calibrated;
failed ||= power < 0.95;
process.stdout.write(`found of a shift by half a standard deviation at 1000 x 300: ${percent(power).trim()}\n`);
process.exitCode = failed ? 1 : 0;
