/** Tables that compare the data and inputs of two runs. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Run } from "../../core/records/run.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { html, type Html } from "../../reporting/html.ts";
import { itemTable } from "./frame/itemTable.ts";
import type { PageRequest } from "./frame/page.ts";
import { inputNames } from "./recordedModel.ts";

/** @param sides the datasets of the runs; undefined if the record is missing */
export function compareData(runs: readonly [Run, Run], sides: readonly (Dataset | undefined)[]): Html {
  const fact = (name: string, of: (run: Run, dataset: Dataset | undefined) => string) => {
    const [a, b] = [of(runs[0], sides[0]), of(runs[1], sides[1])];
    return { name, a, b, differs: a !== b };
  };
  const facts = [
    fact("Dataset", ({ datasetId }) => datasetId),
    fact("sha256", ({ datasetSha256 }) => `${datasetSha256.slice(0, 12)}…`),
    fact("Rows", (_, dataset) => displayNumber(dataset?.rows)),
    fact("Columns", (_, dataset) => displayNumber(dataset?.columns.length)),
    fact("Files", (_, dataset) => displayNumber(dataset?.files.length)),
    fact("Training rows", ({ trainingRows }) => displayNumber(trainingRows)),
    fact("Validation rows", ({ validationRows }) => displayNumber(validationRows)),
  ];
  const [onlyA, onlyB] = [onlyIn(sides[0], sides[1]), onlyIn(sides[1], sides[0])];
  return html`${sideBySide("Data of the two runs", facts, "")}
  ${onlyA.length > 0 && html`<p>Files only in A: ${onlyA.join(", ")}</p>`}
  ${onlyB.length > 0 && html`<p>Files only in B: ${onlyB.join(", ")}</p>`}`;
}

interface Compared {
  readonly name: string;
  readonly a: string;
  readonly b: string;
  readonly differs: boolean;
}

/** Marks what differs, unless the table has nothing else. */
export function sideBySide(caption: string, rows: readonly Compared[], heading: string, onlyDifferent = false): Html {
  return itemTable(
    caption,
    rows,
    [
      [heading, ({ name }) => name],
      ["A", ({ a }) => a],
      ["B", ({ b }) => b],
      ["", ({ differs }) => (differs ? "differs" : "")],
    ],
    { isMarked: ({ differs }) => differs && !onlyDifferent },
  );
}

export function compareFeatures(request: PageRequest, a: Run, b: Run): Html {
  const [first, second] = [inputNames(request, a), inputNames(request, b)];
  const sets = html`<p>Feature sets: A ${a.featureSet}, B ${b.featureSet}.</p>`;
  if (first === null || second === null) {
    return html`${sets}
      <p class="note">Inputs can be compared only if both runs kept their model.</p>`;
  }
  const [onlyA, onlyB] = [difference(first, second), difference(second, first)];
  const shared = first.filter((name) => second.includes(name));
  return html`${sets}
    <p>${displayNumber(shared.length)} inputs in both${shared.length > 0 && `: ${shared.slice(0, 50).join(", ")}`}.</p>
    <p>
      ${onlyA.length === 0 ? "None is only in A." : `Only in A: ${onlyA.join(", ")}.`}
      ${onlyB.length === 0 ? "None is only in B." : `Only in B: ${onlyB.join(", ")}.`}
    </p>`;
}

/** Files of `from` whose content is not in `other`. */
function onlyIn(from: Dataset | undefined, other: Dataset | undefined): string[] {
  const known = new Set(other?.files.map(({ sha256 }) => sha256));
  return (from?.files ?? []).filter(({ sha256 }) => !known.has(sha256)).map(({ path }) => path);
}

/** Names of `one` that are not in `other`. */
function difference(one: readonly string[], other: readonly string[]): string[] {
  return one.filter((name) => !other.includes(name));
}
