/** Seeded cases of training: every registered family, transform and parameter meets numbers that break arithmetic. */
import { estimators } from "../../dist/estimators/index.js";
import { transforms } from "../../dist/features/index.js";
import { random } from "../../dist/core/random.js";
import { categoryColumn } from "../../dist/core/table/table.js";

const NUMBERS = [
  NaN,
  Infinity,
  -Infinity,
  0,
  -0,
  1e308,
  -1e308,
  1.7e308,
  1e200,
  -1e200,
  1e154,
  3.5e38,
  3e38,
  1e20,
  1e-20,
];
const ODD = [...NUMBERS, 1e-160, 1e-200, 1e-310, -1e-310, 5e-324];
const ROWS = 40;
/** The number of trees and the like: larger ones only take longer. */
const LARGEST_COUNT = 12;

/** @returns what `fitCandidate` takes, and the family, transforms and odd numbers in words */
export function oddCase(seed) {
  const dice = diceOf(seed);
  const families = Object.values(estimators).flatMap((each) => each.tasks.map((task) => ({ estimator: each, task })));
  const { estimator, task } = families[seed % families.length];
  const known = Object.keys(transforms);
  const types = dice.chance(0.5) ? [known[seed % known.length]] : [known[seed % known.length], ...dice.some(known, 2)];
  const { columns, oddities } = oddColumns(dice);
  const features = dice.chance(0.3) ? null : requestsOf(types, columns, dice);
  const { y, words } = targetOf(task, columns, dice);
  const classes = { binary: ["a", "b"], multiclass: ["a", "b", "c"] }[task];
  const time = columns.at(-1);
  const history = {
    timeColumn: time.name,
    time: time.values,
    columns: { rowCount: ROWS, columns: [...columns, numbers("y", y)] },
  };
  const rows = Int32Array.from({ length: ROWS }, (_, row) => row);
  const candidate = {
    family: estimator.family,
    params: paramsOf(estimator, dice),
    featureSet: "all",
    featurePatterns: null,
    features,
    threshold: dice.chance(0.3) ? "tune" : 0.5,
    calibration: dice.one([null, "sigmoid"]),
    classWeight: dice.one([null, null, "balanced", { a: dice.one(ODD), b: dice.one(ODD) }]),
    metric: task === "regression" ? "rmse" : "log_loss",
    seed: 1,
  };
  return {
    candidate,
    data: { inputs: { rowCount: ROWS, columns }, y, target: { name: "y", task, classes }, history, dataRows: rows },
    split: { training: rows.filter((row) => row % 4 !== 3), validation: rows.filter((row) => row % 4 === 3) },
    types: features === null ? [] : types,
    words: JSON.stringify({ seed, task, ...candidate, oddities, target: words }, (_, value) =>
      typeof value === "number" && !Number.isFinite(value) ? String(value) : value,
    ),
  };
}

function diceOf(seed) {
  const { uniform, integer, normal } = random(seed);
  const one = (list) => list[integer(list.length)];
  return {
    normal,
    one,
    chance: (share) => uniform() < share,
    some: (list, most) => Array.from({ length: 1 + integer(most) }, () => one(list)),
  };
}

/** Three columns of numbers, one of text, one of dates; some constant, doubled, collinear or with odd numbers. */
function oddColumns(dice) {
  const oddities = [];
  const made = [];
  for (const name of ["a", "b", "c"]) {
    const kind = dice.one(["normal", "constant", "copy", "sum", "counts", "tiny"]);
    const first = made[0] ?? [];
    const last = made.at(-1) ?? [];
    const valueOf = {
      normal: () => dice.normal(),
      constant: () => 0.1,
      copy: (row) => first[row] ?? dice.normal(),
      sum: (row) => (first[row] ?? 1) + (last[row] ?? 2),
      counts: () => Math.round(2 * dice.normal()),
      tiny: () => dice.normal() * 1e-160,
    }[kind];
    const values = Float64Array.from({ length: ROWS }, (_, row) => valueOf(row));
    oddities.push(`${name}: ${kind}${spoil(values, dice)}`);
    made.push(values);
  }
  const word = categoryColumn(
    "word",
    Array.from({ length: ROWS }, () => dice.one(["red", "blue", "green", null])),
  );
  const days = Float64Array.from({ length: ROWS }, (_, row) => 86_400_000 * (dice.chance(0.02) ? NaN : row));
  const columns = [
    ...["a", "b", "c"].map((name, i) => numbers(name, made[i])),
    word,
    { kind: "date", name: "day", values: days },
  ];
  return { columns, oddities };
}

/** Puts an odd number in no, one, some or all rows. @returns how, in words */
function spoil(values, dice) {
  const share = dice.one([0, 0, 1 / ROWS, 0.3, 1]);
  if (share === 0) return "";
  const odd = dice.one(ODD);
  for (let row = dice.one([0, 1, 2]); row < ROWS; row += Math.round(1 / share)) values[row] = odd;
  return `, ${odd} in ${Math.ceil(share * ROWS)} rows`;
}

function numbers(name, values) {
  return { kind: "number", name, values };
}

function targetOf(task, [first], dice) {
  if (task === "regression") {
    const y = Float64Array.from(
      { length: ROWS },
      (_, row) => (dice.chance(0.5) ? first.values[row] : 0) + dice.normal(),
    );
    // encodeTarget leaves out rows without a target.
    const words = spoil(y, dice);
    return { y: y.map((value) => (Number.isNaN(value) ? 0 : value)), words };
  }
  const kind = dice.one(["random", "by column", "rare", "one class"]);
  const count = task === "binary" ? 2 : 3;
  const codes = Array.from({ length: count }, (_, code) => code);
  const codeOf = {
    random: () => dice.one(codes),
    "by column": (row) => (first.values[row] > 0 ? count - 1 : 0),
    rare: (row) => (row === 5 ? 1 : 0),
    "one class": () => 0,
  }[kind];
  return { y: Float64Array.from({ length: ROWS }, (_, row) => codeOf(row)), words: kind };
}

function paramsOf(estimator, dice) {
  const params = {};
  for (const spec of estimator.params)
    if (dice.chance(1.5 / estimator.params.length)) params[spec.name] = paramOf(spec, dice);
  // All engines have this one: a hundred trees for each case take long.
  const rounds = estimator.params.find(({ name }) => name === estimator.stages?.param);
  return rounds === undefined ? params : { [rounds.name]: LARGEST_COUNT, ...params };
}

function paramOf(spec, dice) {
  const { type, minimum = -Infinity, maximum = Infinity, choices = [] } = spec;
  if (type === "boolean") return dice.chance(0.5);
  if (type === "choice") return dice.one(choices);
  if (type === "directions") return { a: dice.one([1, 0, -1]) };
  if (type === "groups") return [["a", "b"]];
  const limit = type === "integer" ? Math.min(maximum, Math.max(minimum, 0) + LARGEST_COUNT) : maximum;
  const inside = [...ODD, minimum, 1, 2, limit].filter(
    (value) => Number.isFinite(value) && value >= minimum && value <= limit,
  );
  const allowed = inside.filter(
    (value) => (type !== "integer" || Number.isInteger(value)) && !(spec.exclusiveMinimum && value <= minimum),
  );
  return dice.one(allowed.map((value) => value + 0));
}

/** The transforms, and then what makes numbers of the other columns. */
function requestsOf(types, columns, dice) {
  const requests = types.map((type) => ({ type, options: optionsOf(transforms[type], columns, dice) }));
  const last = [
    "one_hot",
    "date_parts",
    ...(dice.chance(0.8) ? ["impute"] : []),
    ...(dice.chance(0.5) ? ["standardize"] : []),
  ];
  return [...requests, ...last.map((type) => ({ type, options: {} }))];
}

function optionsOf(transform, columns, dice) {
  const fitting = columns.filter(({ kind }) => (transform.kinds ?? [kind]).includes(kind));
  const names = fitting.map(({ name }) => name);
  const options = dice.chance(0.5) ? {} : { columns: dice.some(names, 2) };
  for (const { name, type, choices = [], minimum, maximum } of transform.options) {
    if (type !== "object" && !dice.chance(0.5)) continue;
    const number = Math.min(Math.max(dice.one(ODD.filter(Number.isFinite)), minimum ?? -Infinity), maximum ?? Infinity);
    const count = Math.min(Math.max(dice.one([-3, 1, 2, 4]), minimum ?? -Infinity), maximum ?? Infinity);
    const value = {
      number: () => number + 0,
      integer: () => count,
      integers: () => [Math.max(1, count)],
      boolean: () => dice.chance(0.5),
      choice: () => dice.one(choices),
      choices: () => dice.some(choices, 2),
      text: () => dice.one(names),
      texts: () => [dice.one(["3d", "36h", "red"])],
      scalar: () => number + 0,
      object: () => ({ red: dice.one([number + 0, "blue", ["green"]]) }),
    }[type];
    options[name] = value();
  }
  return options;
}

/** Two samples, probabilities and labels: what drift tests, metrics, calibrations and thresholds are given. */
export function oddSamples(seed) {
  const dice = diceOf(seed);
  const sample = () => {
    const values = Float64Array.from({ length: dice.one([1, 2, 5, ROWS]) }, () => dice.normal());
    spoil(values, dice);
    return values;
  };
  const probabilities = Float64Array.from({ length: ROWS }, () => dice.one([0, 0.2, 0.5, 1 - 1e-17, 1]));
  spoil(probabilities, dice);
  const y = Float64Array.from({ length: ROWS }, () => dice.one([0, 1]));
  const yTrue = Float64Array.from({ length: ROWS }, () => dice.normal());
  const yPred = yTrue.map(() => dice.normal());
  spoil(yTrue, dice);
  spoil(yPred, dice);
  return {
    left: sample(),
    right: sample(),
    probabilities,
    y,
    yTrue,
    yPred,
    counts: [1, 2].map(() => Float64Array.from({ length: 4 }, () => dice.one([0, 1, 30, 1e9]))),
  };
}
