/** Tables that compare the data and inputs of two runs. */
import type { Dataset } from "../../core/records/dataset.ts";
import type { Run } from "../../core/records/run.ts";
import { displayNumber } from "../../plots/displayNumber.ts";
import { dataTable } from "../../reporting/dataTable.ts";
import { html, type Html } from "../../reporting/html.ts";
import type { PageRequest } from "./frame/page.ts";
import { inputNames } from "./recordedModel.ts";

/** @param sides the datasets of the runs; undefined if the record is missing */
export function compareData(runs: readonly [Run, Run], sides: readonly (Dataset | undefined)[]): Html {
  const fact = (
    name: string,
    of: (run: Run, dataset: Dataset | undefined) => string,
  ): { cells: string[]; marked: boolean } => {
    const [a, b] = [of(runs[0], sides[0]), of(runs[1], sides[1])];
    return { cells: [name, a, b, a === b ? "" : "differs"], marked: a !== b };
  };
  const [onlyA, onlyB] = [onlyIn(sides[0], sides[1]), onlyIn(sides[1], sides[0])];
  return html`${dataTable({
    caption: "Data of the two runs",
    columns: ["", "A", "B", ""],
    rows: [
      fact("Dataset", ({ datasetId }) => datasetId),
      fact("sha256", ({ datasetSha256 }) => `${datasetSha256.slice(0, 12)}…`),
      fact("Rows", (_, dataset) => displayNumber(dataset?.rows)),
      fact("Columns", (_, dataset) => displayNumber(dataset?.columns.length)),
      fact("Files", (_, dataset) => displayNumber(dataset?.files.length)),
      fact("Training rows", ({ trainingRows }) => displayNumber(trainingRows)),
      fact("Validation rows", ({ validationRows }) => displayNumber(validationRows)),
    ],
  })}
  ${onlyA.length > 0 && html`<p>Files only in A: ${onlyA.join(", ")}</p>`}
  ${onlyB.length > 0 && html`<p>Files only in B: ${onlyB.join(", ")}</p>`}`;
}

export function compareFeatures(request: PageRequest, a: Run, b: Run): Html {
  const [first, second] = [inputNames(request, a), inputNames(request, b)];
  const sets = html`<p>Feature sets: A ${a.featureSet}, B ${b.featureSet}.</p>`;
  if (first === null || second === null) {
    return html`${sets}
      <p class="note">Inputs can be compared only if both runs kept their model.</p>`;
  }
  const [onlyA, onlyB] = [difference(first, second), difference(second, first)];
  const shared = first.length - onlyA.length;
  return html`${sets}
    <p>
      ${displayNumber(shared)} inputs in
      both${
        shared === 0
          ? ""
          : `: ${first
              .filter((name) => second.includes(name))
              .slice(0, 50)
              .join(", ")}`
      }.
    </p>
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
