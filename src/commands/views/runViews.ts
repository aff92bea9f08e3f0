/** Views of `mlctl runs list` and `show`. */
import { paramsText } from "../../core/text/recordText.ts";
import { formatNumber, shortTime } from "../../core/text/format.ts";
import { NAME_TAG, tagTexts, type Run } from "../../core/records/lineage.ts";
import type { View } from "../../core/view.ts";
import type { showRun } from "../../lifecycle/registry/models.ts";
import type { RunList } from "../../lifecycle/registry/runList.ts";
import type { TrialList } from "../../lifecycle/tune/tuneMemory.ts";
import { deploymentFields, metricsTable, paramFields } from "./modelViews.ts";
import { tableOf, type TableColumn } from "./tableOf.ts";

/** @param asked metrics that were asked for: each has columns of its own */
export function runsView(
  all: readonly Run[],
  { production, asked }: Pick<RunList, "production" | "asked">,
  settingsOf: (run: Run) => string,
): View {
  if (all.length === 0) return { title: "no runs yet", next: "`mlctl train`" };
  const settings = new Map(all.map((run) => [run, settingsOf(run)]));
  return {
    tables: [
      tableOf(all, [
        ["run", ({ runId }) => runId],
        all.some(({ tags }) => tags[NAME_TAG] !== undefined) && ["name", ({ tags }) => tags[NAME_TAG] ?? ""],
        [{ header: "created", leaveOut: 3 }, ({ createdAt }) => shortTime(createdAt)],
        ["family", ({ family }) => family],
        all.some((run) => tagTexts(run).length > 0) && [
          { header: "tags", leaveOut: 5 },
          (run) => tagTexts(run).join(", "),
        ],
        all.some(({ featureSet }) => featureSet !== "all") && ["features", ({ featureSet }) => featureSet],
        [{ header: "rank", leaveOut: 1 }, ({ rank }) => rank],
        ["version", ({ modelVersion }) => (modelVersion === null ? "" : `v${modelVersion}`)],
        ...asked.flatMap((name): TableColumn<Run>[] => [
          [`${name}, validation`, (run) => run.metrics[name] ?? null],
          [`${name}, test`, ({ score }) => score?.metrics[name] ?? null],
        ]),
        [{ header: "metric", leaveOut: 2 }, ({ metric }) => metric],
        all.some(({ selection }) => selection !== undefined) && [
          { header: "folds", leaveOut: 6 },
          ({ selection }) => selection?.value ?? null,
        ],
        [{ header: "validation", leaveOut: 4 }, ({ metrics, metric }) => metrics[metric] ?? null],
        ["test", ({ score }) => score?.value ?? null],
        ["status", ({ runId, status }) => (runId === production ? "in production" : status.toLowerCase())],
        [{ header: "parameters", overflow: "wrap", leaveOut: 0 }, (run) => settings.get(run)!],
      ]),
    ],
  };
}

function selectionFields({ selection, metric }: Run): [string, string][] {
  if (selection === undefined) return [];
  const { method, folds, aggregate, value, values, standardDeviation } = selection;
  const mean = `${metric} ${formatNumber(value)} ± ${formatNumber(standardDeviation)}`;
  const of = `${aggregate.replace("_", " ")} of ${folds} ${method} folds of the training rows`;
  return [
    ["ranked by", `${mean}, ${of}`],
    ["by fold", values.map(formatNumber).join(", ")],
  ];
}

export function runView({ run, deployments }: ReturnType<typeof showRun>): View {
  return {
    title: `run ${run.runId}: ${run.family} on ${run.trainingRows} training rows, ${shortTime(run.createdAt)}`,
    fields: [
      ["status", run.status.toLowerCase()],
      ["version", run.modelVersion === null ? "no model file" : `v${run.modelVersion}`],
      ["rank in its training", run.rank],
      run.note !== undefined && ["note", run.note],
      ...selectionFields(run),
      ["task", run.task],
      ...paramFields(run.params),
      ["seed", run.seed],
      ["model", run.model?.path ?? null],
      ["dataset", `${run.datasetId} (${run.datasetSha256.slice(0, 12)})`],
      ["configuration", run.configSha256.slice(0, 12)],
      ["mlctl", run.codeVersion],
      ["seconds", Number(run.seconds.toFixed(3))],
      ...deploymentFields(deployments),
      ...Object.entries(run.tags).map(([name, value]) => [name, value] as const),
    ],
    tables: [metricsTable(run.metrics, run.score)],
    notes: [...run.warnings, run.error ?? false],
  };
}

export function trialsView({ trials, more, unfinished }: TrialList): View {
  if (trials.length === 0) return { title: "no trials yet", next: "`mlctl tune`" };
  return {
    tables: [
      tableOf(trials, [
        ["trial", ({ trialId }) => trialId],
        [{ header: "created", leaveOut: 1 }, ({ createdAt }) => shortTime(createdAt)],
        ["family", ({ family }) => family],
        [{ header: "features", leaveOut: 4 }, ({ featureSet }) => featureSet],
        [{ header: "metric", leaveOut: 3 }, ({ metric }) => metric],
        [{ header: "folds", leaveOut: 2 }, ({ steps }) => steps.length],
        ["value", ({ value }) => value],
        ["status", ({ error, status }) => (error === undefined ? status : `failed: ${error}`)],
        [{ header: "parameters", overflow: "wrap" }, ({ params }) => paramsText(params)],
      ]),
    ],
    notes: [...unfinished.map(savedText), more > 0 && `${more} more; --limit ${trials.length + more} shows all`],
  };
}

function savedText({ family, featureSet, planned, trials }: TrialList["unfinished"][number]): string {
  const on = featureSet === "all" ? "" : ` on ${featureSet}`;
  const of = planned === null ? "" : ` of ${planned}`;
  return `${family}${on} has not ended: ${trials}${of} trials are saved; \`mlctl tune\` with the same data and settings goes on`;
}
