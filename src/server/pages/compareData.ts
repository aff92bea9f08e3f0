/** Tables that compare the data and inputs of runs. */
import type { Run } from "../../core/records/run.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { html, type Html } from "../../reporting/html.ts";
import type { PageRequest } from "./frame/page.ts";
import { itemTable } from "./frame/parts.ts";
import { recordedModel } from "./lookups.ts";

/** Names of the runs in tables and curves. */
export const letters = ["A", "B", "C", "D", "E", "F"] as const;

export interface Compared {
  readonly name: string;
  readonly values: readonly string[];
  readonly differs: boolean;
}

export function compareRow(name: string, values: readonly string[]): Compared {
  return { name, values, differs: new Set(values).size > 1 };
}

/** One column for each run; marks what differs, unless the table has nothing else. @param places of the runs */
export function sideBySide(
  caption: string,
  rows: readonly Compared[],
  heading: string,
  places: readonly number[],
): Html {
  const all = rows.every(({ differs }) => differs);
  return itemTable({ caption, isMarked: ({ differs }) => differs && !all }, rows, [
    [heading, ({ name }) => name],
    ...places.map((place, i) => [letters[place]!, ({ values }: Compared) => values[i]!] as const),
    !all && ["Same?", ({ differs }) => (differs ? "differs" : "")],
  ]);
}

export function compareData(request: PageRequest, runs: readonly Run[]): Html {
  const datasets = runs.map(({ datasetId }) => request.session.store.dataset(datasetId));
  const ofRuns = (name: string, of: (run: Run) => string): Compared => compareRow(name, runs.map(of));
  const ofData = (name: string, of: (dataset: NonNullable<(typeof datasets)[number]>) => number): Compared =>
    compareRow(
      name,
      datasets.map((each) => displayNumber(each && of(each))),
    );
  const facts = [
    ofRuns("Dataset", ({ datasetId }) => datasetId),
    ofRuns("sha256", ({ datasetSha256 }) => `${datasetSha256.slice(0, 12)}…`),
    ofData("Rows", ({ rows }) => rows),
    ofData("Columns", ({ columns }) => columns.length),
    ofData("Files", ({ files }) => files.length),
    ofRuns("Training rows", ({ trainingRows }) => displayNumber(trainingRows)),
    ofRuns("Validation rows", ({ validationRows }) => displayNumber(validationRows)),
    ofRuns("Feature set", ({ featureSet }) => featureSet),
  ];
  const files = datasets.map((dataset) => new Map(dataset?.files.map(({ sha256, path }) => [sha256, path])));
  const table = sideBySide("Data of the runs", facts, "Fact", [...runs.keys()]);
  return html`${table} ${onlyIn("Files", files)} ${inputs(request, runs)}`;
}

function inputs(request: PageRequest, runs: readonly Run[]): Html {
  const sides = runs.map((run) =>
    recordedModel(request, run)?.signature.inputs.map(({ name }) => [name, name] as const),
  );
  if (sides.includes(undefined))
    return html`<p class="note">Inputs can be compared only if all of the runs kept their model.</p>`;
  const names = sides.map((side) => new Map(side));
  const shared = [...names[0]!.keys()].filter((name) => names.every((side) => side.has(name)));
  const list = shared.length > 0 && `: ${shared.slice(0, 50).join(", ")}`;
  return html`<p>${displayNumber(shared.length)} inputs in all${list}.</p>
    ${onlyIn("Inputs", names)}`;
}

/** What some sides have and others have not. */
function onlyIn(what: string, sides: readonly ReadonlyMap<string, string>[]): Html[] {
  return sides.flatMap((side, i) => {
    const own = [...side].flatMap(([key, name]) => (sides.some((other) => !other.has(key)) ? [name] : []));
    return own.length === 0 ? [] : [html`<p>${what} in ${letters[i]!} but not in all: ${own.join(", ")}.</p>`];
  });
}
