/** Map: replaces categories by numbers or strings from a list. */
import { graphColumn, replaceColumns } from "../core/onnx.ts";
import { categoryColumn } from "../core/table/categoryColumn.ts";
import { MlctlError } from "../core/errors.ts";
import type { CategoryColumn, Column } from "../core/table/table.ts";
import type { Transform, TransformOption } from "../core/transform.ts";
import { codeLookup } from "./codeLookup.ts";
import { mapColumns, namesOf } from "./mapColumns.ts";
import { chooseColumns, option, readOptions } from "./readOptions.ts";
import { lookUp, MISSING } from "./onnx/lookUp.ts";

type Scalar = number | string;

interface MapOptions {
  readonly values: Readonly<Record<string, Scalar>> | null;
  readonly otherwise: Scalar | null;
  readonly missing: Scalar | null;
}

type MapState = {
  readonly columns: readonly string[];
  readonly values: readonly (readonly [string, Scalar])[];
  /** For categories that are not in `values`; null: missing. */
  readonly otherwise: Scalar | null;
  /** For missing categories; null: missing. */
  readonly missing: Scalar | null;
};

const options: readonly TransformOption[] = [
  option("values", { type: "object", default: null }, "number or string for each category"),
  option("otherwise", { type: "scalar", default: null }, "value for all other categories; default: missing"),
  option("missing", { type: "scalar", default: null }, "value for missing categories; default: missing"),
];

/** E.g. `{ "values": { "None": 0 }, "otherwise": 1 }` makes a 0/1 column of holidays. Values are all numbers or all strings. */
export const map: Transform<MapState> = {
  type: "map",
  description: "replaces categories by numbers or strings from a list",
  kinds: ["category"],
  options,
  fit(table, given) {
    const { values, otherwise, missing } = readOptions<MapOptions>(given, options);
    const pairs = Object.entries(values ?? {});
    const made = [...pairs.map(([, value]) => value), otherwise, missing].filter((value) => value !== null);
    if (made.length === 0) throw new MlctlError("usage", "no values given", { hint: 'set "values"' });
    const type = typeof made[0];
    if (!made.every((value) => typeof value === type && (type === "number" || type === "string"))) {
      throw new MlctlError("usage", "the new values have different types", {
        hint: "use only numbers or only strings",
      });
    }
    const columns = chooseColumns(table, given, ["category"]).map((column) => column.name);
    return { columns, values: pairs, otherwise, missing };
  },
  inputNames: namesOf,
  outputNames: namesOf,
  load(state) {
    const toNumbers = makesNumbers(state);
    return mapColumns("category", state.columns, () => {
      const lookup = codeLookup<Scalar | null>(new Map(state.values), state.otherwise);
      return (column) => [mapped(column, lookup(column), { toNumbers, missing: state.missing })];
    });
  },
  toOnnx(graph, state, columns) {
    const kind = makesNumbers(state) ? "number" : "category";
    const of = (value: Scalar | null): Scalar => (kind === "number" ? numberOf(value) : String(value ?? MISSING));
    const valueOf = new Map(state.values.map(([text, value]) => [text, of(value)]));
    const lookup = { valueOf, missing: of(state.missing), otherwise: of(state.otherwise) };
    return replaceColumns(columns, state.columns, (from) => [
      graphColumn(from.name, lookUp(graph, from, lookup), kind),
    ]);
  },
};

function makesNumbers({ values, otherwise, missing }: MapState): boolean {
  return [...values.map(([, value]) => value), otherwise, missing].some((value) => typeof value === "number");
}

function numberOf(value: Scalar | null): number {
  return value === null ? NaN : Number(value);
}

function mapped(
  column: CategoryColumn,
  valueOf: (code: number) => Scalar | null,
  { toNumbers, missing }: { readonly toNumbers: boolean; readonly missing: Scalar | null },
): Column {
  const { name, codes } = column;
  const cells = Array.from(codes, (code) => (code < 0 ? missing : valueOf(code)));
  if (toNumbers) return { kind: "number", name, values: Float64Array.from(cells, numberOf) };
  const texts = cells.map((cell) => (cell === null ? null : String(cell)));
  return categoryColumn(name, texts);
}
