/** CSV in, CSV out: the columns that came, followed by their prediction. */
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
import { invalidRows, type ServedPredictor } from "./servedPredictor.ts";
import { HttpProblem } from "../http/problem.ts";
import { withPauses } from "../http/streamPieces.ts";
import { columnNaming, namePositions, rawColumns, rowCells } from "./rowCells.ts";

/** The cells of some rows in the model's order, beside what came. */
export interface CsvBatch {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  readonly cells: readonly (readonly unknown[])[];
  /** Rows that are not as wide as the header. */
  readonly errors: readonly RowFinding[];
  /** Columns that the model does not have, or that are missing, for each row as in JSON. */
  readonly warnings: readonly RowFinding[];
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
  try {
    void new TextDecoder(charset);
  } catch {
    throw new HttpProblem("unsupported-media-type", `unknown charset "${charset}"`);
  }
  return { ...config, ingest: { ...config.ingest, encoding: charset } };
}

/** @throws {HttpProblem} 422 for a header that lacks columns, 413 for one that is too wide; {MlctlError} for what is no CSV */
export async function* csvBatches(
  pieces: AsyncIterable<Buffer>,
  { served, selector }: Pick<ServedPredictor, "served" | "selector">,
  config: Config,
): AsyncGenerator<CsvBatch> {
  let header: Header | undefined;
  let start = 0;
  const source = { input: "-", stdin: pieces, batchSize: REQUEST_ROWS, name: "the body" };
  for await (const batch of fileRows(source, served.model, config)) {
    const { columns } = batch;
    if (columns.length > MOST_COLUMNS) throw tooWide(columns.length);
    const { rows, inputs } = selector === undefined ? batch : await selected(batch, selector, { served, config });
    header ??= readHeader(inputs?.columns ?? columns, served, config);
    const { positions, found } = header;
    const cells = rows.map(({ values }, row) =>
      positions.map((at) => (at < 0 ? null : ((inputs?.cells[row] ?? values)[at] ?? null))),
    );
    const errors = rows.flatMap(({ problem, line }, row): RowFinding[] =>
      problem === undefined ? [] : [{ row, column: "", check: "row", message: `line ${line}: ${problem}` }],
    );
    const warnings = rows.flatMap((_, row) => found.map((finding): RowFinding => ({ ...finding, row })));
    yield { columns, rows: rows.map(({ values }) => values), cells, errors, warnings, start };
    start += rows.length;
  }
  if (start === 0 && header === undefined) throw new HttpProblem("bad-request", "the body is empty");
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

interface Header {
  /** Of each column of the model, and each that names a row, in the file; −1 where it may be missing. */
  readonly positions: readonly number[];
  readonly found: readonly RowFinding[];
}

/** More would make each row of the response as long as a page. */
const MOST_FOUND = 20;

function readHeader(columns: readonly string[], served: ServedPredictor["served"], config: Config): Header {
  const header = Object.assign(
    Object.create(null) as Record<string, unknown>,
    Object.fromEntries(columns.map((name) => [name, ""])),
  );
  const { errors, warnings } = rowCells(served, config)([header]);
  if (errors.length > 0) throw invalidRows(errors);
  const known = namePositions(served, config);
  const given = columns.map((name) => known.get(name) ?? known.get(served.columnName(name)) ?? -1);
  const positions = [...served.inputs, ...served.names].map((_, position) => given.indexOf(position));
  const found = warnings.slice(0, MOST_FOUND);
  const rest = warnings.length - found.length;
  if (rest > 0) found.push({ row: 0, column: "", check: "extra", message: `and ${rest} other such columns` });
  return { positions, found };
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
  const continueSeries = predictor.served.continueSeries();
  let isFirst = true;
  let added: readonly string[] = names;
  for await (const { columns, rows, cells, errors, warnings } of csvBatches(
    withPauses(pieces, PAUSE_MS),
    predictor,
    config,
  )) {
    if (isFirst) added = freeNames(names, columns);
    const predictions = predictor.predictEach(cells, { errors, warnings, requestId, continueSeries });
    const lines = predictions.map(({ value, probability, shares, predictionId, warning, error }, i) => {
      const own = columns.map((_, at) => rows[i]![at] ?? null);
      return csvLine(
        [
          ...own,
          value,
          ...(labels === null ? [] : [probability, ...labels.map((_, code) => shares?.[code] ?? null)]),
          predictionId,
          warning,
          error,
        ],
        true,
      );
    });
    yield `${isFirst ? csvLine([...columns, ...added], false) : ""}${lines.join("")}`;
    isFirst = false;
  }
}
