/** Tables that compare the data and inputs of runs. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Run } from "../../core/records/run.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { html, type Html } from "../../reporting/html.ts";
import { itemTable } from "./frame/parts.ts";
import type { PageRequest } from "./frame/page.ts";
import { inputNames } from "./lookups.ts";

/** Names of the runs in tables and curves. */
export const letters = ["A", "B", "C", "D", "E", "F"] as const;

export const MOST_COMPARED = letters.length;

export function compareData({ session }: PageRequest, runs: readonly Run[]): Html {
  const datasets = runs.map(({ datasetId }) => session.store.dataset(datasetId));
  const fact = (name: string, of: (run: Run, dataset: Dataset | undefined) => string): Compared => {
    const values = runs.map((run, i) => of(run, datasets[i]));
    return { name, values, differs: new Set(values).size > 1 };
  };
  const facts = [
    fact("Dataset", ({ datasetId }) => datasetId),
    fact("sha256", ({ datasetSha256 }) => `${datasetSha256.slice(0, 12)}…`),
    fact("Rows", (_, dataset) => displayNumber(dataset?.rows)),
    fact("Columns", (_, dataset) => displayNumber(dataset?.columns.length)),
    fact("Files", (_, dataset) => displayNumber(dataset?.files.length)),
    fact("Training rows", ({ trainingRows }) => displayNumber(trainingRows)),
    fact("Validation rows", ({ validationRows }) => displayNumber(validationRows)),
    fact("Feature set", ({ featureSet }) => featureSet),
  ];
  return html`${sideBySide("Data of the runs", facts, "Fact", [...runs.keys()])}
  ${onlyIn(
    "Files",
    datasets.map((dataset) => new Map(dataset?.files.map(({ sha256, path }) => [sha256, path]))),
  )}`;
}

export interface Compared {
  readonly name: string;
  readonly values: readonly string[];
  readonly differs: boolean;
}

/** One column for each run; marks what differs, unless the table has nothing else. @param places of the runs */
export function sideBySide(
  caption: string,
  rows: readonly Compared[],
  heading: string,
  places: readonly number[],
): Html {
  const all = rows.every(({ differs }) => differs);
  return itemTable(
    caption,
    rows,
    [
      [heading, ({ name }) => name],
      ...places.map((place, i) => [letters[place]!, ({ values }: Compared) => values[i]!] as const),
      !all && ["Same?", ({ differs }) => (differs ? "differs" : "")],
    ],
    { isMarked: ({ differs }) => differs && !all },
  );
}

export function compareFeatures(request: PageRequest, runs: readonly Run[]): Html {
  const inputs = runs.map((run) => inputNames(request, run));
  if (inputs.includes(null)) {
    return html`<p class="note">Inputs can be compared only if all of the runs kept their model.</p>`;
  }
  const sides = inputs.map((names) => new Map(names!.map((name) => [name, name])));
  const shared = [...sides[0]!.keys()].filter((name) => sides.every((side) => side.has(name)));
  return html`<p>
      ${displayNumber(shared.length)} inputs in all${shared.length > 0 && `: ${shared.slice(0, 50).join(", ")}`}.
    </p>
    ${onlyIn("Inputs", sides)}`;
}

/** What some sides have and others have not. */
function onlyIn(what: string, sides: readonly ReadonlyMap<string, string>[]): Html[] {
  return sides.flatMap((side, i) => {
    const own = [...side].flatMap(([key, name]) => (sides.some((other) => !other.has(key)) ? [name] : []));
    return own.length === 0 ? [] : [html`<p>${what} in ${letters[i]!} but not in all: ${own.join(", ")}.</p>`];
  });
}
