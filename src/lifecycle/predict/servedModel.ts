/** A model, ready for requests: everything that can be done once is done. */
import { dateText } from "../../core/text/format.ts";
import type { Deployment } from "../../core/records/lineage.ts";
import { MlctlError } from "../../core/errors.ts";
import { frequentCategories, type Model } from "../../core/records/model.ts";
import type { Prediction } from "../../core/metric.ts";
import type { ColumnSpec, Table } from "../../core/table/table.ts";
import { composed, normalizeName } from "../../data/columnNames.ts";
import { wantedExpressions } from "../../data/stream/boundSelect.ts";
import { predictor } from "../../pipeline/predict/predictor.ts";
import { deployedModel } from "../loadModel.ts";
import { keyColumns, withMissing } from "../settings.ts";
import { checkRows, type CheckRows } from "./checkRows.ts";
import { seriesContinuer, type ContinueSeries } from "./continueSeries.ts";
import { jsonLabels } from "./predictedValues.ts";
import type { Workspace } from "../workspace.ts";

export interface ServedModel {
  readonly runId: string;
  readonly sha256: string;
  readonly model: Model;
  /** The model's columns, in the order in which `check` takes cells. */
  readonly inputs: readonly string[];
  /** Columns that identify a row and are not inputs: their cells follow, so that labels can be joined to the prediction log. */
  readonly names: readonly string[];
  /** The same check and prediction as in `mlctl predict`, with the policy of `serve.validation`. */
  readonly check: CheckRows;
  readonly predict: (table: Table) => Prediction;
  /** For the rows of one request. */
  readonly continueSeries: () => ContinueSeries;
  /** The model's name of a column that has this name in the request. */
  readonly columnName: (given: string) => string;
  /** Columns of the model that `ingest.select` computes where a request has the columns of its expression. */
  readonly computed: Readonly<Record<string, string>>;
  /** A class by its code, as JSON has it: numbers where every class is one. */
  readonly labels: readonly (string | number)[] | null;
}

export interface DeployedServedModel extends ServedModel {
  readonly deployment: Deployment;
}

/** Calls of `predict` before it is trusted with requests: compiled code is faster than interpreted code. */
const WARM_UP_CALLS = 300;

/**
 * Loads what deployment.json names, verifies its hash and predicts with it; undefined where nothing is deployed.
 * @throws {MlctlError} where the deployment or its model is damaged, or the model cannot predict
 */
export function deployedServedModel(workspace: Workspace): DeployedServedModel | undefined {
  const deployed = deployedModel(workspace.paths);
  if (deployed === undefined) return undefined;
  const { model, deployment, sha256 } = deployed;
  return { ...servedModel(workspace, { model, runId: deployment.runId, sha256 }), deployment };
}

export function servedModel(
  workspace: Workspace,
  { model: trained, runId, sha256 }: Pick<ServedModel, "model" | "runId" | "sha256">,
): ServedModel {
  const model = withMissing(trained, workspace.config);
  const { inputs, target, reading: how } = model.signature;
  const { serve, ingest } = workspace.config;
  const { select } = ingest;
  const names = inputs.map(({ name }) => name);
  const served: ServedModel = {
    runId,
    sha256,
    model,
    inputs: names,
    names: keyColumns(workspace.config).filter((name) => !names.includes(name)),
    check: checkRows(model, names, serve.validation),
    predict: predictor(model),
    continueSeries: seriesContinuer(model, serve.validation),
    columnName: how.normalizeNames ? normalizeName : composed,
    computed: Object.fromEntries(wantedExpressions({ select, wanted: inputs }).map(({ name, sql }) => [name, sql])),
    labels: jsonLabels(target),
  };
  warmUp(served);
  return served;
}

function warmUp({ model, check, predict }: ServedModel): void {
  const row = exampleRow(model);
  try {
    for (let i = 0; i < WARM_UP_CALLS; i++) predict(check([row.map(({ value }) => value)]).table);
  } catch (error) {
    // A model with lag features may refuse this row. That shows that it works.
    if (!(error instanceof MlctlError) || error.kind !== "data") throw error;
  }
}

export interface DescribedInput extends ColumnSpec {
  /** Number of categories; `categories` has those of at least ten training rows. Absent for numbers and dates. */
  readonly categoryCount?: number;
}

export function describedInput(spec: ColumnSpec, { reference }: Pick<Model, "reference">): DescribedInput {
  const { categories } = spec;
  if (categories === undefined) return spec;
  const frequent = new Map(frequentCategories(reference.columns[spec.name]));
  return { ...spec, categories: categories.filter((name) => frequent.has(name)), categoryCount: categories.length };
}

/** The most frequent categories and medians; null where every category may be that of a person. */
export function exampleRow({ signature, reference }: Model): { name: string; value: string | number | null }[] {
  return signature.inputs.map((spec) => ({ name: spec.name, value: exampleValue(spec, reference) }));
}

function exampleValue(spec: ColumnSpec, { columns }: Model["reference"]): string | number | null {
  const known = columns[spec.name];
  if (spec.kind === "category") return frequentCategories(known)[0]?.[0] ?? null;
  const middle = (known?.kind === "category" ? undefined : known?.quantiles[50]) ?? spec.maximum;
  if (spec.kind === "date") return middle === undefined ? null : dateText(middle);
  if (middle === undefined) return null;
  return spec.integer === true ? Math.round(middle) : middle;
}
