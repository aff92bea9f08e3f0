/** Reproduces drift values that other systems recorded on real data; tests are skipped if the data is missing. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { categoryColumn, type Column, type Table } from "../core/table/table.ts";
import type { DriftReport } from "../core/records/monitoring.ts";
import { referenceOf } from "../stats/referenceOf.ts";
import { PYTHON } from "../testing/python.ts";
import { driftReport, type DriftOptions } from "./driftReport.ts";

const data = (path: string): string => fileURLToPath(new URL(`../../../shared/data/${path}`, import.meta.url));

function numbers(name: string, values: Iterable<number>): Column {
  return { kind: "number", name, values: Float64Array.from(values) };
}

describe("churn: the 210 hold-out rows of file 0 as reference", () => {
  /** The test set of scikit-learn's train_test_split(test_size=0.2, random_state=42). */
  const script = "import numpy; print(*numpy.random.RandomState(42).permutation(1050)[:210])";
  const held = spawnSync(PYTHON, ["-c", script], { encoding: "utf8" });
  const first = data("churn/customer_churn_0.csv");
  const canRun = existsSync(first) && held.status === 0;

  function rowsOf(path: string): { names: string[]; rows: number[][] } {
    const [head, ...lines] = readFileSync(path, "utf8").trim().split(/\r?\n/);
    const names = head!.split(",").map((name) => name.toLowerCase().replace(/\s+/g, " ").trim());
    return { names, rows: lines.map((line) => line.split(",").map(Number)) };
  }

  /** Without tariff_plan and age, which that system drops; the target separately. */
  function tableOf(rows: number[][], names: string[]): { table: Table; target: Column } {
    const column = (name: string): Column => {
      const at = names.indexOf(name);
      return numbers(name, Array.from(rows, (row) => row[at]!)); // prettier-ignore
    };
    const inputs = names.filter((name) => !["tariff plan", "age", "churn"].includes(name));
    return { table: { rowCount: rows.length, columns: inputs.map(column) }, target: column("churn") };
  }

  function against(file: string, options: DriftOptions = {}): DriftReport {
    const { names, rows } = rowsOf(first);
    const reference = tableOf(held.stdout.trim().split(" ").map((row) => rows[Number(row)]!), names); // prettier-ignore
    const drop = rowsOf(data(`churn/${file}`));
    const current = tableOf(drop.rows, names);
    const before = referenceOf(reference.table, { seed: 1, target: reference.target });
    return driftReport(before, current.table, { rules: "evidently", target: current.target, ...options });
  }

  it.runIf(canRun)("equals SciPy's p-values on customer_churn_1, column by column", () => {
    // r, c = the columns; ks_2samp(r, c).pvalue above five distinct values, else chisquare(counts of c, counts of r
    // scaled), and for two the z-test: 2 * norm.sf(|z|). The system casts to float: charge amount is tested as numbers.
    const expected = {
      "call failure": 7.419710571865002e-14,
      complains: 0.16545329188568747,
      "subscription length": 4.41906296829629e-8,
      "charge amount": 1.4559055358820548e-7,
      "seconds of use": 0.42466567741664785,
      "frequency of use": 0.9462420639081071,
      "frequency of sms": 0.004413669612029459,
      "distinct called numbers": 0.37203331112166804,
      "age group": 2.6526971593890802e-39,
      status: 0.8161339868436528,
      "customer value": 0.6674784710558248,
    };
    const { columns, target, dataset } = against("customer_churn_1.csv", {
      columns: { "charge amount": { test: "ks" } },
    });
    for (const [name, value] of Object.entries(expected)) {
      expect(Math.abs(columns[name]!.value - value), name).toBeLessThan(1e-9);
    }
    expect(Math.abs(target!.value - 0.15564869116805338)).toBeLessThan(1e-9);
    expect(dataset).toMatchObject({ tested: 12, drifted: 5 });
  });

  it.runIf(canRun && existsSync(data("churn/customer_churn_2.csv")))(
    "reproduces what was recorded for customer_churn_2 (needs that file in ../shared/data/churn)",
    () => {
      const { columns, target } = against("customer_churn_2.csv");
      const drifted = Object.entries(columns).flatMap(([name, column]) => (column.drifted ? [name.replaceAll(" ", "_")] : [])); // prettier-ignore
      expect(drifted).toEqual("call_failure subscription_length charge_amount seconds_of_use frequency_of_use frequency_of_sms age_group customer_value".split(" ")); // prettier-ignore
      const shown = (name: string): string => columns[name]!.value.toFixed(4);
      expect(["complains", "status", "distinct called numbers", "customer value"].map(shown)).toEqual([
        "0.7817",
        "0.7708",
        "0.1471",
        "0.0470",
      ]);
      expect(["seconds of use", "frequency of use"].map(shown)).toEqual(["0.0155", "0.0095"]);
      expect(target!.value.toFixed(4)).toBe("0.0616");
    },
  );
});

describe("course", () => {
  it("reproduces the recorded Jensen–Shannon distance between the predictions for training and validation rows", () => {
    // 4087 and 1913 predictions of 6000, 2063 and 937 of 3000; 0.004944859198471582 was recorded.
    const predictions = (zeros: number, ones: number): Column =>
      categoryColumn("prediction", [...Array.from({ length: zeros }, () => "0"), ...Array.from({ length: ones }, () => "1")]); // prettier-ignore
    const reference = referenceOf({ rowCount: 6000, columns: [] }, { seed: 1, prediction: predictions(4087, 1913) });
    const options = { rules: "evidently", prediction: predictions(2063, 937) } as const;
    const { columns, dataset } = driftReport(reference, { rowCount: 3000, columns: [] }, options);
    expect(columns["prediction"]).toMatchObject({ test: "jensen_shannon", limit: 0.1, drifted: false });
    expect(Math.abs(columns["prediction"]!.value - 0.004944859198471582)).toBeLessThan(1e-15); // a sum of four terms
    expect(dataset).toMatchObject({ tested: 1, drifted: 0 });
  });
});

describe("crs", () => {
  const feed = data("crs/ee_rounds_123_en.json");

  it.runIf(existsSync(feed))("reproduces the recorded energy distance of a rolling 90-day window", () => {
    const { rounds } = JSON.parse(readFileSync(feed, "utf8")) as { rounds: Record<string, string>[] };
    const general = rounds
      .map(({ drawName, drawDate, drawCRS }) => ({
        isGeneral: ["General", "No Program Specified"].includes(drawName!),
        day: Date.parse(drawDate!) / 86_400_000,
        crs: Number(drawCRS!.replaceAll(",", "")),
      }))
      .filter(({ isGeneral, crs }) => isGeneral && crs > 100 && crs < 700);
    const dayOf = (date: string): number => Date.parse(date) / 86_400_000;
    const between = (from: number, to: number): Column =>
      numbers(
        "crs",
        general.flatMap(({ day, crs }) => (day >= from && day <= to ? [crs] : [])),
      );
    // Training rows have a round in the 180 days before and three rounds before it; the one after the gap of 2021 has none.
    const training = general.filter(({ day }) => day >= dayOf("2015-06-12") && day < dayOf("2023-01-01"));
    const reachable = training.filter(({ day }) => day !== dayOf("2022-07-06"));
    expect(reachable).toHaveLength(141);
    const target = numbers("crs", reachable.map(({ crs }) => crs)); // prettier-ignore
    const reference = referenceOf({ rowCount: 141, columns: [] }, { seed: 1, target });
    const distance = (date: string): number => {
      const column = between(dayOf(date) - 90, dayOf(date));
      const options = { columns: { crs: { test: "ed", limit: 20 } }, minimumRows: 0, target: column };
      return driftReport(reference, { rowCount: 0, columns: [] }, options).target!.value;
    };
    // scipy.stats.energy_distance(reference, window); the system recorded 11.854, 10.587 and 10.428
    expect(Math.abs(distance("2024-01-10") - 11.854388759888886)).toBeLessThan(1e-12);
    expect(Math.abs(distance("2024-03-25") - 10.587315769987113)).toBeLessThan(1e-12);
    expect(Math.abs(distance("2024-04-23") - 10.428206973892108)).toBeLessThan(1e-12);
  });
});
