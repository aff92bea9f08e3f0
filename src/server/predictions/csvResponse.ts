/** CSV in, CSV out: the columns that came, followed by their prediction. */
import type { Config } from "../../config/schema/schema.ts";
import type { Json } from "../../core/json.ts";
import type { RowFinding } from "../../lifecycle/predict/checkRows.ts";
import { csvLine, requestBatches } from "../../lifecycle/predict/requestBatches.ts";
import { refuseTaken } from "../../lifecycle/predict/rowPredictor.ts";
import { invalidRows, refusingRows, type ServedPredictor } from "./servedPredictor.ts";
import { HttpProblem } from "../http/problem.ts";
import { namePositions, rowCells } from "./rowCells.ts";

/** The cells of some rows in the model's order, beside what came. */
export interface CsvBatch {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Json[])[];
  readonly cells: readonly (readonly unknown[])[];
  /** Rows that are not as wide as the header. */
  readonly errors: readonly RowFinding[];
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
  { served }: ServedPredictor,
  config: Config,
): AsyncGenerator<CsvBatch> {
  let positions: readonly number[] | undefined;
  let start = 0;
  for await (const { columns, rows } of requestBatches(pieces, served, config)) {
    positions ??= headerPositions(columns, served, config);
    const cells = rows.map(({ values }) => positions!.map((at) => (at < 0 ? null : (values[at] ?? null))));
    const errors = rows.flatMap(({ problem, line }, row): RowFinding[] =>
      problem === undefined ? [] : [{ row, column: "", check: "row", message: `line ${line}: ${problem}` }],
    );
    yield { columns, rows: rows.map(({ values }) => values), cells, errors, start };
    start += rows.length;
  }
  if (start === 0 && positions === undefined) throw new HttpProblem("bad-request", "the body is empty");
}

/** More would delay other requests: every name is compared with those of the model. */
const MOST_COLUMNS = 20_000;

/** For each column of the model, and each that names a row, its position in the file; −1 where it may be missing. */
function headerPositions(columns: readonly string[], served: ServedPredictor["served"], config: Config): number[] {
  if (columns.length > MOST_COLUMNS) {
    const detail = `the header names ${columns.length} columns, at most ${MOST_COLUMNS} are read`;
    throw new HttpProblem("too-large", detail, { hint: "send the columns of the model" });
  }
  const header = Object.assign(
    Object.create(null) as Record<string, unknown>,
    Object.fromEntries(columns.map((name) => [name, ""])),
  );
  const { errors } = rowCells(served, config)([header]);
  if (errors.length > 0) throw invalidRows(errors);
  const known = namePositions(served, config);
  const found = columns.map((name) => known.get(name) ?? known.get(served.columnName(name)) ?? -1);
  return [...served.inputs, ...served.names].map((_, position) => found.indexOf(position));
}

/** @yields lines of the response */
export async function* csvResponse(
  pieces: AsyncIterable<Buffer>,
  predictor: ServedPredictor,
  config: Config,
): AsyncGenerator<string> {
  const isClass = predictor.served.labels !== null;
  const added = [
    config.serve.response_key ?? "prediction",
    ...(isClass ? ["probability"] : []),
    "prediction_id",
    "prediction_warning",
    "prediction_error",
  ];
  let isFirst = true;
  for await (const { columns, rows, cells, errors } of csvBatches(pieces, predictor, config)) {
    if (isFirst) refusingRows(() => refuseTaken(columns, added));
    const predictions = predictor.predictEach(cells, { errors, warnings: [] });
    const lines = predictions.map(({ value, probability, predictionId, warning, error }, i) => {
      const own = columns.map((_, at) => rows[i]![at] ?? null);
      return csvLine([...own, value, ...(isClass ? [probability] : []), predictionId, warning, error], true);
    });
    yield `${isFirst ? csvLine([...columns, ...added], false) : ""}${lines.join("")}`;
    isFirst = false;
  }
}
