/** POST /labels: joins labels to logged predictions, as `mlctl labels` does. */
import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { counted } from "../../core/text/format.ts";
import { labels, type LabelsOptions, type LabelsResult } from "../../lifecycle/labels/labels.ts";
import { endpoint, json } from "../http/endpoint.ts";
import { sendJson, type App, type Request } from "../http/http.ts";
import { HttpProblem } from "../http/problem.ts";
import { byName, list, named, object, oneOf, shaped, text, whole, type Shaped } from "../http/shapes.ts";
import { streamPieces } from "../http/streamPieces.ts";
import { withCharset } from "../predictions/csvResponse.ts";
import { requestRows } from "../predictions/requestRows.ts";
import type { ServerState } from "../state/serverState.ts";

const MOST_ERRORS = 100;

export function registerLabels(app: App, state: ServerState): void {
  app.post("/labels", LABELS, async (request, reply) => {
    const { workspace, serving, log } = state;
    // The labels of predictions that were just returned find them.
    await log.flush();
    const { workers, log: settings } = workspace.config.serve;
    if (workers > 1) await sleep(settings.flush_ms);
    const errors: LabelError[] = [];
    const { id, label, force = false } = (request.parameters ?? {}) as Partial<LabelsOptions>;
    const config = withCharset(workspace.config, request.headers["content-type"]);
    const context = { ...workspace.context, emit: () => {} };
    const result = await labels(
      { ...workspace, config, context, store: state.store.current() },
      {
        ...labelRows(request, state),
        input: "-",
        id,
        label,
        force,
        examples: MOST_ERRORS,
        byRow: true,
        names: { id: "?id=COLUMN", label: "?label=COLUMN" },
        ...(serving && { signature: serving.served.model.signature }),
        onReject: (row, message) => errors.length < MOST_ERRORS && errors.push({ row, check: "row", message }),
      },
    );
    return sendJson(reply, report(result, errors));
  });
}

function labelRows(request: Request, { workspace, bodies }: ServerState): Pick<LabelsOptions, "stdin" | "inputFormat"> {
  const { body } = request;
  if (body instanceof Readable) {
    const isCsv = (request.headers["content-type"] ?? "").toLowerCase().startsWith("text/csv");
    return { stdin: Readable.from(streamPieces(request, bodies)), inputFormat: isCsv ? "csv" : "jsonl" };
  }
  const { rows } = requestRows(body, { inputs: new Set(), mostRows: workspace.config.serve.limits.rows });
  return { stdin: Readable.from(rows.map((row) => `${JSON.stringify(row)}\n`)), inputFormat: "jsonl" };
}

const labelError = object({
  row: { ...whole, description: "from 0" },
  check: oneOf("unmatched", "conflict", "invalid", "row"),
  message: text,
});
type LabelError = Shaped<typeof labelError>;

const labelReport = named(
  "Labelled",
  object({
    by: { ...list(text), description: "the columns that the rows were joined by" },
    label: text,
    rows: whole,
    matched: whole,
    unmatched: whole,
    labelled: { ...whole, description: "predictions that got a label" },
    unchanged: { ...whole, description: "predictions that had this label already" },
    replaced: whole,
    duplicates: whole,
    conflicts: whole,
    invalid: whole,
    respelled: { ...whole, description: "labels that were read as a class that is written differently" },
    without_label: whole,
    rejected: whole,
    errors: { ...list(labelError), description: `in the order of the rows; at most ${MOST_ERRORS} of each kind` },
    warnings: { ...list(object({ row: whole, message: text })), description: `of respelled; at most ${MOST_ERRORS}` },
  }),
);

/** @throws {HttpProblem} if no label was joined: 409 if some contradict each other or those given before, else 422 */
function report(result: LabelsResult, rejected: readonly LabelError[]): Shaped<typeof labelReport> {
  const { examples, withoutLabel } = result;
  const by = result.by.join(" and ");
  const errors = [
    ...rejected,
    ...examples.unmatched.map(({ line: row, key }): LabelError => ({
      row,
      check: "unmatched",
      message: `no logged prediction has ${by} ${key}`,
    })),
    ...examples.conflicts.map(({ line: row, key, label, known, other }): LabelError => {
      const recorded = known === undefined ? "has no recorded label" : `has the recorded label ${known}`;
      const rest = other === undefined ? "; ?force=true replaces it" : `, and ${other.label} in row ${other.line}`;
      return { row, check: "conflict", message: `${key} ${recorded}, here ${label}${rest}` };
    }),
    ...examples.invalid.map(({ line: row, label, problem }): LabelError => {
      return { row, check: "invalid", message: `${JSON.stringify(label)} ${problem}` };
    }),
  ];
  const warnings = examples.respelled.map(({ line: row, label, readAs }) => {
    return { row, message: `${JSON.stringify(label)} was read as ${JSON.stringify(readAs)}` };
  });
  const inOrder = errors.toSorted((a, b) => a.row - b.row);
  const { conflicts, labelled: added, unchanged, replaced, unmatched, invalid, rejected: unread } = result;
  const count = conflicts + unmatched + invalid + unread + withoutLabel;
  if (count === 0 || added + unchanged + replaced > 0)
    return shaped(labelReport, { ...result, errors: inOrder, warnings });
  const members = { errors: inOrder, error_count: count };
  if (conflicts === 0) {
    const [first] = inOrder;
    const rest = count === 1 ? "" : `, and ${count - 1} more`;
    throw new HttpProblem("invalid-rows", `no label was joined: row ${first!.row}: ${first!.message}${rest}`, {
      members,
    });
  }
  const within = examples.conflicts.some(({ other }) => other !== undefined);
  const what = within ? "other rows or those given before" : "those given before";
  const detail = `no label was joined: ${counted(conflicts, "label")} contradict${conflicts === 1 ? "s" : ""} ${what}`;
  const hint = within ? "send one label for each prediction" : "add ?force=true to replace known labels";
  throw new HttpProblem("conflict", detail, { hint, members });
}

const rows = byName({ type: ["string", "number", "boolean", "null"] });
const labelled = { ...rows, example: { prediction_id: "1a2250ff04dd534897e00000000", label: "1" } };

const several = { ...list(labelled), minItems: 1 };

const LABELS = endpoint({
  id: "addLabels",
  tag: "labels",
  scopes: ["predict"],
  summary: "Joins labels that arrive later to logged predictions",
  description:
    "Each row has prediction_id, or the id_columns and time_column of config.json, and the label in the target column or in label; not different ones in both. Rows that cannot be joined are errors of the response; the others are joined. Rows that give one prediction different labels are not joined, with force neither. If no row is joined, the status is 409 if some contradict each other or labels given before, else 422. Joining the same labels again changes nothing.",
  query: {
    id: { type: "string", minLength: 1, description: "column of prediction ids" },
    label: { type: "string", minLength: 1, description: "column of labels" },
    force: { type: "boolean", description: "replace known labels that differ" },
  },
  body: {
    "application/json": { anyOf: [labelled, several, object({ data: several })] },
    "text/csv": text,
    "application/x-ndjson": text,
  },
  returns: json(labelReport),
  problems: ["not-ready", "conflict"],
});
