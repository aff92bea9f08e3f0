import { expect, it } from "vitest";
import { categoryColumn, type Column } from "../../core/table/table.ts";
import { random } from "../../core/random.ts";
import { numbersGroups } from "./groupColumn.ts";

const { integer, uniform } = random(4);
const rows = 900;
/** 200 patients with about five visits each. */
const patients = Array.from({ length: rows }, () => integer(200));
const number = (values: readonly number[]): Column => ({
  kind: "number",
  name: "x",
  values: Float64Array.from(values),
});
const text = (values: readonly number[]): Column =>
  categoryColumn(
    "x",
    values.map((value) => `P${value}`),
  );
const ofPatient = (share: number) => {
  const ill = Array.from({ length: 200 }, () => Number(uniform() < share));
  return Float64Array.from(patients, (patient) => ill[patient]!);
};
const ofVisit = (share: number) => Float64Array.from(patients, () => Number(uniform() < share));
const weights = Array.from({ length: 200 }, () => 50 + 50 * uniform());
const near = Float64Array.from(patients, (patient) => weights[patient]! + uniform());
const wrong = (y: Float64Array) => y.map((code) => (uniform() < 0.05 ? 1 - code : code));

it.each([
  ["one class a patient", patients, ofPatient(0.4), "binary", true],
  ["one class a patient, few of them ill", patients, ofPatient(0.1), "binary", true],
  ["one value a patient", patients, Float64Array.from(patients, (patient) => weights[patient]!), "regression", true],
  ["one class a patient, one row in 20 of them wrong", patients, wrong(ofPatient(0.4)), "binary", true],
  ["nearly one value a patient", patients, near, "regression", true],
  ["values that differ as much within", patients, near.map((value) => value + 40 * uniform()), "regression", false],
  ["a class a visit", patients, ofVisit(0.4), "binary", false],
  ["a class a visit, few of them ill", patients, ofVisit(0.05), "binary", false],
  ["a value a visit", patients, Float64Array.from(patients, () => uniform()), "regression", false],
  ["a value in every row", [...patients.keys()], ofPatient(0.4), "binary", false],
  ["few values", patients.map((patient) => patient % 10), ofPatient(0.4), "binary", false],
] as const)("%s", (_, values, y, task, expected) => {
  for (const column of [text(values), number(values)]) expect(numbersGroups(column, y, task)).toBe(expected);
});

it("looks at some of many groups, with all their rows", () => {
  const codes = Array.from({ length: 60_000 }, (_, row) => (row * 7) % 15_000);
  const byGroup = Float64Array.from(codes, (code) => Number(code % 7 < 2));
  const byRow = Float64Array.from(codes, () => Number(uniform() < 0.3));
  expect([byGroup, byRow].map((y) => numbersGroups(text(codes), y, "binary"))).toEqual([true, false]);
});

it("does not take measures for numbers of groups", () => {
  const y = ofPatient(0.4);
  expect(numbersGroups(number(patients.map((patient) => patient + 0.5)), y, "binary")).toBe(false);
});

it("does not take a quantity that the target follows for the number of a group, unless its name says so", () => {
  const minutes = Array.from({ length: rows }, () => integer(200));
  const points = Float64Array.from(minutes, (minute) => 3 * minute + 5 * uniform());
  const named = (name: string): Column => ({ ...number(minutes), name });
  expect(["minutes", "player_id"].map((name) => numbersGroups(named(name), points, "regression"))).toEqual([
    false,
    true,
  ]);
  // Numbers given out by site, where the target of the sites differs: each patient still has a level of its own.
  const bySite = minutes.map((patient) => 1000 * (1 + (patient % 4)) + Math.floor(patient / 4));
  const levels = Array.from({ length: 200 }, () => 16 * uniform());
  const y = Float64Array.from(minutes, (patient) => 50 * (patient % 4) + levels[patient]! + uniform());
  expect(numbersGroups(number(bySite), y, "regression")).toBe(true);
});
