/** Seeded example columns and their drift, for the example report. */
import type { ColumnDrift } from "../core/records/monitoring.ts";
import type { Random } from "../core/random.ts";
import type { ColumnReference } from "../core/records/model.ts";
import type { Column } from "../core/table/table.ts";
import { columnDistribution } from "../monitoring/columnDistribution.ts";
import { LONG_NAMES } from "./exampleRun.ts";
import type { ReportInput } from "../reporting/reportInput.ts";

export function exampleColumns(chance: Random, shift: number): Readonly<Record<string, ColumnReference>> {
  const numbers = (kind: "number" | "date", mean: number, deviation: number): ColumnReference => {
    const sample = Array.from({ length: 400 }, () => Math.round(mean + deviation * (chance.normal() + shift))).toSorted(
      (a, b) => a - b,
    );
    const quantiles = Array.from({ length: 101 }, (_, i) => sample[Math.round((i / 100) * 399)]!);
    return { kind, count: 2550, missing: 50, mean, standardDeviation: deviation, quantiles, sample };
  };
  const counts = LONG_NAMES.map((name, i) => [name, 300 - 20 * i + Math.round(shift * 20 * i)] as const);
  return {
    corporation: { kind: "category", count: 2600, missing: 0, counts },
    lastmonth_activity: numbers("number", 120, 30),
    number_of_employees: numbers("number", 52_000, 9000),
    signed_up: numbers("date", 1.62e12, 8e9),
  };
}

export function exampleDrift(chance: Random): Pick<ReportInput, "drift" | "distributions"> {
  const [reference, current] = [exampleColumns(chance, 0), exampleColumns(chance, 0.8)];
  const columns = {
    corporation: tested("chi_square", 1.3e-9, true),
    lastmonth_activity: tested("ks", 2.2e-12, true),
    number_of_employees: tested("ks", 0.31, false),
    signed_up: { ...tested("ks", NaN, false), skipped: "dates are not tested" },
  };
  return {
    drift: {
      rules: "calibrated" as const,
      referenceRows: 2600,
      currentRows: 900,
      columns,
      dataset: { tested: 3, drifted: 2, share: 2 / 3, limit: 0.5, detected: true },
    },
    distributions: Object.fromEntries(
      Object.keys(columns).map((name) => [name, columnDistribution(reference[name]!, rowsOf(name, current[name]!))!]),
    ),
  };
}

/** A column with the values of a reference. */
function rowsOf(name: string, column: ColumnReference): Column {
  if (column.kind !== "category") return { kind: column.kind, name, values: Float64Array.from(column.sample) };
  const codes = Int32Array.from(column.counts.flatMap(([, count], code) => Array.from({ length: count }, () => code)));
  return { kind: "category", name, codes, categories: column.counts.map(([category]) => category) };
}

function tested(test: string, value: number, drifted: boolean): ColumnDrift {
  const psi = drifted ? 0.31 : 0.04;
  return { test, measure: "p_value", statistic: 0.21, value, limit: 0.05, direction: "below", psi, drifted };
}
