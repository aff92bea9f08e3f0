/** CSV in, CSV out: the columns that came, followed by their prediction. */
import { isEncoding } from "../../config/schema/ingestSchema.ts";
import type { Config } from "../../config/schema/schema.ts";
import type { Json } from "../../core/json.ts";
import type { RowFinding } from "../../lifecycle/predict/checkRows.ts";
import {
  csvLine,
  fileRows,
  REQUEST_ROWS,
  type RowBatch,
  type RowSelector,
} from "../../lifecycle/predict/inputStream.ts";
import { freeNames } from "../../lifecycle/predict/predictedValues.ts";
import { invalidRows, type RowPrediction, type ServedPredictor } from "./servedPredictor.ts";
import { HttpProblem } from "../http/problem.ts";
import { withPauses } from "../http/streamPieces.ts";
import { columnNaming, headerReader, rawColumns, type Header, type RowCells } from "./rowCells.ts";

/** Some rows as they came, and their cells in the model's order. `errors`: rows that are not as wide as the header. */
export interface CsvBatch extends RowCells {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  /** Of the first row, from 0. */
  readonly start: number;
}

/**
 * The configuration for one request, whose charset overrides `ingest.encoding`.
 * @throws {HttpProblem} 415 for an unknown charset
 */
export function withCharset(config: Config, contentType: string | undefined): Config {
  const charset = /;\s*charset="?([^\s";]+)/i.exec(contentType ?? "")?.[1];
  if (charset === undefined) return config;
  if (!isEncoding(charset)) throw new HttpProblem("unsupported-media-type", `unknown charset "${charset}"`);
  return { ...config, ingest: { ...config.ingest, encoding: charset } };
}

/** @throws {HttpProblem} 422 for a header that lacks columns, 413 for one that is too wide; {MlctlError} for what is no CSV */
export async function* csvBatches(
  pieces: AsyncIterable<Buffer>,
  { served, selector }: Pick<ServedPredictor, "served" | "selector">,
  config: Config,
): AsyncGenerator<CsvBatch> {
  const headerOf = headerReader(served, config);
  let header: Header | undefined;
  let start = 0;
  const source = { input: "-", stdin: pieces, batchSize: REQUEST_ROWS, name: "the body" };
  for await (const batch of fileRows(source, served.model, config)) {
    const { columns } = batch;
    if (columns.length > MOST_COLUMNS) throw tooWide(columns.length);
    const { rows, inputs } = selector === undefined ? batch : await selected(batch, selector, { served, config });
    header ??= headerOf(inputs?.columns ?? columns, 0);
    if (header.errors.length > 0) throw invalidRows(header.errors.map((each) => ({ row: 0, ...each })));
    const { positions } = header;
    const cells = rows.map(({ values }, row) =>
      positions.map((at) => (at < 0 ? null : ((inputs?.cells[row] ?? values)[at] ?? null))),
    );
    const errors = rows.flatMap(({ problem, line }, row): RowFinding[] =>
      problem === undefined ? [] : [{ row, column: "", check: "row", message: `line ${line}: ${problem}` }],
    );
    const found = summarized(header.warnings);
    const warnings = rows.flatMap((_, row) => found.map((finding): RowFinding => ({ row, ...finding })));
    yield { columns, rows: rows.map(({ values }) => values), cells, errors, warnings, start };
    start += rows.length;
  }
  if (start === 0 && header === undefined) throw new HttpProblem("bad-request", "the body is empty");
}

/** More would make each row of the response as long as a page. */
const MOST_FOUND = 20;

function summarized(warnings: Header["warnings"]): Header["warnings"] {
  const rest = warnings.length - MOST_FOUND;
  if (rest <= 0) return warnings;
  return [...warnings.slice(0, MOST_FOUND), { column: "", check: "extra", message: `and ${rest} other such columns` }];
}

/** More would delay other requests: every name is compared with those of the model. */
const MOST_COLUMNS = 20_000;

function tooWide(count: number): HttpProblem {
  const detail = `the header names ${count} columns, at most ${MOST_COLUMNS} are read`;
  return new HttpProblem("too-large", detail, { hint: "send the columns of the model" });
}

/** The batch with the columns that `ingest.select` computes, and without those that only its expressions read. */
async function selected(
  batch: RowBatch,
  selector: RowSelector,
  { served, config }: { served: ServedPredictor["served"]; config: Config },
): Promise<RowBatch> {
  const columns = batch.columns.map(columnNaming(served, config));
  const computed = await selector.apply({ ...batch, columns });
  const { inputs } = computed;
  if (inputs === undefined) return batch;
  const raw = rawColumns(inputs, served);
  const kept = [...inputs.columns.keys()].filter((at) => !raw.has(inputs.columns[at]!));
  const take = <T>(list: readonly T[]): T[] => kept.map((at) => list[at]!);
  return { ...computed, inputs: { columns: take(inputs.columns), cells: inputs.cells.map(take) } };
}

/** Longer than a lost packet takes to come again: the rows before the first pause decide how the CSV is read. */
const PAUSE_MS = 250;

/** @yields lines of the response */
export async function* csvResponse(
  pieces: AsyncIterable<Buffer>,
  predictor: ServedPredictor,
  config: Config,
  requestId: string,
): AsyncGenerator<string> {
  const { labels } = predictor.served;
  const names = [
    config.serve.response_key ?? "prediction",
    ...(labels === null ? [] : ["probability", ...labels.map((label) => `probability_${label}`)]),
    "prediction_id",
    "prediction_warning",
    "prediction_error",
  ];
  const none = names.slice(0, -2).map(() => null);
  const continueSeries = predictor.served.continueSeries();
  let isFirst = true;
  for await (const batch of csvBatches(withPauses(pieces, PAUSE_MS), predictor, config)) {
    const { columns, rows } = batch;
    const lines = predictor.predictEach({ ...batch, requestId, continueSeries }).map((each, i) => {
      const { prediction, warning, error } = each;
      const own = columns.map((_, at) => rows[i]![at] ?? null);
      return csvLine([...own, ...(prediction === null ? none : fieldsOf(prediction)), warning, error], true);
    });
    yield `${isFirst ? csvLine([...columns, ...freeNames(names, columns)], false) : ""}${lines.join("")}`;
    isFirst = false;
  }
}

function fieldsOf({ value, probability, shares, id }: RowPrediction): Json[] {
  return shares === null ? [value, id] : [value, probability, ...shares, id];
}
