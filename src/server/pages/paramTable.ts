/** Parameters of runs as text and as a table. */
import { isObject, type Json } from "../../core/json.ts";
import type { Run } from "../../core/records/run.ts";
import { percent } from "../../plots/displayNumber.ts";
import type { Html } from "../../reporting/html.ts";
import { emptyNote } from "../../reporting/section.ts";
import { familyName } from "../../reporting/summary.ts";
import { itemTable } from "./frame/parts.ts";

/** Models in a list are named by family, with their weight in an ensemble. */
export function paramText(value: Json): string {
  if (typeof value === "string") return value;
  if (value === null) return "not set";
  const models = Array.isArray(value) ? value.filter((each) => isObject(each) && typeof each.family === "string") : [];
  if (!Array.isArray(value) || models.length === 0 || models.length < value.length) return JSON.stringify(value);
  return (models as { family: string; weight?: number; params?: Json }[])
    .map(({ family, weight, params }) => {
      const own = isObject(params) && weight === undefined ? Object.entries(params) : [];
      const text = own.map(([name, each]) => `${name} ${paramText(each)}`).join(", ");
      return `${familyName(family)}${weight === undefined ? "" : ` ${percent(weight)}`}${text === "" ? "" : ` (${text})`}`;
    })
    .join("; ");
}

/** The parameters of a run; for an ensemble, those of each member. */
export function paramTable({ params }: Pick<Run, "params">, caption: string): Html {
  const rows = Object.entries(params);
  if (rows.length === 0) return emptyNote(`${caption}: no parameters.`);
  return itemTable(caption, rows, [
    ["Parameter", ([name]) => name],
    ["Value", ([, value]) => paramText(value)],
  ]);
}
