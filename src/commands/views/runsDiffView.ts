/** View of `mlctl runs diff`. */
import { MEMBERS, memberChanges } from "../../core/text/recordText.ts";
import { formatNumber, listed } from "../../core/text/format.ts";
import type { Json } from "../../core/json.ts";
import type { Run } from "../../core/records/lineage.ts";
import type { Cell, View, ViewTable } from "../../core/view.ts";
import type { DiffResult } from "../../lifecycle/compare/diffRuns.ts";

export const verdicts = { real: "significant", within_noise: "within noise", cannot_tell: "inconclusive" } as const;

const LISTED = 12;

export function runsDiffView(result: DiffResult): View {
  const { a, b, rows, gates, notes } = result;
  const failed = gates.filter(({ passed }) => !passed);
  return {
    title: `${named(a)} compared with ${named(b)}${rows === null ? "" : ` on the same ${rows} test rows`}`,
    tables: [metricTable(result), settingTable(result)],
    fields: dataFields(result),
    notes: [
      ...notes,
      ...failed.map(
        ({ metric, drop, limit }) =>
          `gate failed: ${metric} is ${drop === null ? "undefined" : `worse by ${formatNumber(drop)}`}, allowed is ${limit}`,
      ),
    ],
  };
}

export function named({ runId, modelVersion, family }: Pick<Run, "runId" | "modelVersion" | "family">): string {
  return `${modelVersion === null ? runId : `v${modelVersion}`} (${family})`;
}

function metricTable({ differences }: DiffResult): ViewTable {
  return {
    columns: ["metric", "a", "b", "b − a", "low", "high", "verdict", "reason"],
    rows: differences.map(({ metric, a, b, difference, interval, verdict, greaterIsBetter, reason }) => {
      const better =
        difference === null || difference === 0 ? "" : difference > 0 === greaterIsBetter ? "b better" : "a better";
      const [low, high] = interval ?? [null, null];
      return [metric, a, b, difference, low, high, verdicts[verdict], verdict === "real" ? better : (reason ?? "")];
    }),
  };
}

function settingTable({ a, b, params, settings }: DiffResult): ViewTable {
  return {
    title: "settings that differ",
    columns: ["setting", "a", "b"],
    // Parameters of two families are not comparable.
    rows: [
      ...(a.family === b.family
        ? params.flatMap((each) =>
            each.key === MEMBERS ? memberChanges(each.a, each.b) : [row(`parameter ${each.key}`, each)],
          )
        : [["family", a.family, b.family]]),
      ...(a.featureSet === b.featureSet ? [] : [["feature set", a.featureSet, b.featureSet]]),
      // Chosen in training, so it may differ with the same settings.
      ...(a.threshold === b.threshold ? [] : [["threshold of the model", a.threshold, b.threshold]]),
      ...settings.map((each) => row(each.key, each)),
    ],
  };
}

function row(label: string, { a, b }: DiffResult["params"][number]): Cell[] {
  return [label, text(a), text(b)];
}

export function settingText(value: Json): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function text(value: Json): Cell {
  if (typeof value === "number") return value;
  const written = settingText(value);
  return written.length > 60 ? `${written.slice(0, 59)}…` : written;
}

function dataFields({ a, b, data, features, params, settings }: DiffResult): [string, Cell][] {
  const sides = `${data.a.rows ?? "?"} rows → ${data.b.rows ?? "?"} rows`;
  const drifted = (data.moved ?? []).map(({ column, psi }) => `${column} (PSI ${formatNumber(psi)})`);
  const optional: [string, readonly string[]][] = [
    ["columns added", data.added],
    ["columns removed", data.removed],
    ["columns with another type", data.changed.map(({ column, a: from, b: to }) => `${column} (${from} → ${to})`)],
    ["files added", data.filesAdded],
    ["files removed", data.filesRemoved],
    ["columns that drifted", data.movedReason === null ? drifted : [data.movedReason]],
    ["features added", features.added],
    ["features removed", features.removed],
  ];
  return [
    ["data", data.same ? `the same (${data.a.sha256.slice(0, 12)})` : sides],
    ...optional
      .filter(([, names]) => names.length > 0)
      .map(([label, names]): [string, Cell] => [label, listed(names, LISTED)]),
    ["features", `${features.common} in both`],
    ["seed", a.seed === b.seed ? a.seed : `${a.seed} → ${b.seed}`],
    ...(params.length + settings.length === 0 ? [["configuration", "the same"] as [string, string]] : []),
  ];
}
