/** Views of `mlctl models`. */
import type { Deployment, Run } from "../../core/records/lineage.ts";
import { MEMBERS, paramRows, paramsText, originText } from "../../core/text/recordText.ts";
import { dateText, formatNumber, intervalText, shortTime } from "../../core/text/format.ts";
import type { View, ViewTable } from "../../core/view.ts";
import type { DescribedInput } from "../../lifecycle/predict/servedModel.ts";
import type { DescribedModel } from "../../lifecycle/registry/describeModel.ts";
import type { ExportResult } from "../../lifecycle/registry/exportModel.ts";
import type { ModelRow, NoteResult } from "../../lifecycle/registry/models.ts";
import type { DeployResult } from "../../lifecycle/deploy/deploy.ts";
import type { BroughtModel } from "../../lifecycle/registry/bringModel.ts";
import { tableOf } from "./tableOf.ts";

export function modelsView(rows: readonly ModelRow[]): View {
  if (rows.length === 0) return { title: "no models yet", next: "`mlctl train`" };
  return {
    tables: [
      tableOf(rows, [
        ["version", ({ version }) => `v${version}`],
        ["run", ({ runId }) => runId],
        [{ header: "created", leaveOut: 1 }, ({ createdAt }) => shortTime(createdAt)],
        ["family", ({ family }) => family],
        [{ header: "metric", leaveOut: 3 }, ({ metric }) => metric ?? ""],
        ["test", ({ value }) => value],
        ["aliases", ({ aliases }) => aliases.map((name) => `@${name}`).join(" ")],
        [{ header: "deployed", leaveOut: 2 }, deployedText],
        rows.some(({ deployedBy }) => deployedBy !== null) && [
          { header: "deployed by", leaveOut: 0 },
          ({ deployedBy }) => deployedBy ?? "",
        ],
        rows.some(({ note }) => note !== null) && ["note", ({ note }) => note ?? ""],
      ]),
    ],
  };
}

function deployedText({ inProduction, lastDeployedAt }: ModelRow): string {
  if (inProduction) return "now";
  return lastDeployedAt === null ? "" : shortTime(lastDeployedAt);
}

export function deploymentFields(deployments: readonly Deployment[]): [string, string][] {
  return deployments.map((each) => {
    const { deploymentId, action, deployedAt } = each;
    return [`deployment ${deploymentId}`, `${shortTime(deployedAt)} ${action} ${originText(each)}`.trimEnd()];
  });
}

export function paramFields(params: Run["params"]): [string, string][] {
  if (Object.hasOwn(params, MEMBERS)) return paramRows(params);
  return [["parameters", paramsText(params, (_, value) => value !== null) || "none"]];
}

export function modelView({ path, sha256, model, run, deployments }: DescribedModel): View {
  const { target, family, params, threshold, calibration, transforms, lineage, importance, importanceMeasure } = model;
  const classes = target.classes === undefined ? "" : `: ${target.classes.join(", ")}`;
  const metrics = metricsTable(run?.metrics ?? model.metrics, run?.score ?? null);
  return {
    title: `${family} that predicts ${target.name} (${target.task}${classes})`,
    fields: [
      ["file", path],
      ["run", run?.runId ?? null],
      ["sha256", sha256],
      run?.note !== undefined && ["note", run.note],
      ...paramFields(params),
      threshold !== null && ["threshold", threshold],
      target.task === "binary" && ["calibration", calibration?.method ?? "none"],
      ["transforms", transforms.join(" → ")],
      ["training rows", lineage.trainingRows],
      ...deploymentFields(deployments),
    ],
    tables: [
      {
        title: "input columns",
        columns: ["column", "kind", "range or categories", "missing in training"],
        rows: model.inputs.map((spec) => [spec.name, spec.kind, rangeText(spec), spec.missingShare]),
      },
      { ...metrics, title: run?.score ? `metrics on ${run.score.rows} test rows and on validation rows` : "metrics" },
      {
        title: `importance by input column: ${importanceMeasure.toLowerCase()}, summed over its features (categories)`,
        columns: ["column", "importance"],
        rows: importance.slice(0, 20),
      },
    ],
    notes: [
      importance.length > 0 &&
        "the report and `mlctl explain` measure importance by SHAP values where the family has them: the order may differ",
    ],
  };
}

export function metricsTable(metrics: Run["metrics"], score: Run["score"]): ViewTable {
  const names = [...new Set([...Object.keys(metrics), ...Object.keys(score?.metrics ?? {})])];
  return tableOf(names, [
    ["metric", (name) => name],
    ["validation", (name) => metrics[name] ?? null],
    ["test", (name) => score?.metrics[name] ?? null],
    ["95 % interval", (name) => intervalText(score?.intervals[name]) ?? ""],
    ["baseline on test", (name) => score?.baseline[name] ?? null],
    score?.naive !== undefined && [`${score.naive.family} on test`, (name) => score.naive!.metrics[name] ?? null],
  ]);
}

function rangeText({ kind, minimum, maximum, categories, categoryCount, missingShare }: DescribedInput): string {
  if (categories !== undefined) {
    const shown = categories.slice(0, 8);
    const isAll = shown.length === categoryCount;
    return `${shown.join(", ")}${isAll ? "" : `${shown.length > 0 ? ", … " : ""}(${categoryCount})`}`;
  }
  if (minimum === undefined || maximum === undefined) return missingShare < 1 ? "any" : "no values seen";
  const edge = (value: number): string => (kind === "date" ? dateText(value) : formatNumber(value));
  return `${edge(minimum)} to ${edge(maximum)}`;
}

export function noteView({ runId, modelVersion, note, previous }: NoteResult): View {
  const of = modelVersion === null ? `run ${runId}` : `v${modelVersion} (run ${runId})`;
  if (note === null)
    return { title: previous === null ? `${of} has no note` : `removed the note of ${of}: ${previous}` };
  return { title: `${of}: ${note}`, notes: [previous !== null && `replaced the note: ${previous}`] };
}

export function promoteView(result: BroughtModel & DeployResult, to: string): View {
  const { status, runId, previousRunId, modelVersion, reasons, files, notes, metric, value } = result;
  const isThere = runId === previousRunId;
  const verdict = status !== "kept" ? "deployed" : isThere ? "already deployed" : "arrived, but not deployed";
  const version = modelVersion === null ? "" : `v${modelVersion} `;
  return {
    title: `${verdict} in ${to}: ${version}(run ${runId})`,
    fields: [
      metric !== null && [metric, formatNumber(value)],
      ...reasons.map((reason) => ["because", reason] as const),
      ...files.map((file) => ["copied and verified", file] as const),
    ],
    notes,
  };
}

export function exportView({ runId, family, format, output, bytes, sha256, inputs, outputs }: ExportResult): View {
  const of = runId === null ? family : `${family} of run ${runId}`;
  return {
    title: `wrote ${of} as ${format}${output === "-" ? "" : ` to ${output}`}`,
    fields: [
      ["bytes", bytes],
      ["sha256", sha256],
      ["inputs", listed(inputs)],
      ["outputs", listed(outputs)],
    ],
  };
}

function listed(values: ExportResult["inputs"]): string {
  return values
    .map(({ name, kind, width }) => `${name} (${kind}${(width ?? 1) === 1 ? "" : ` × ${width}`})`)
    .join(", ");
}
