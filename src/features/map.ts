/** Map: replaces categories by numbers or strings from a list. */
import { param } from "../core/paramSpec.ts";
import { graphColumn } from "../core/onnx.ts";
import { categoryColumn } from "../core/table/table.ts";
import { MlctlError } from "../core/errors.ts";
import { columnTransform, codeLookup, nameOf } from "./mapColumns.ts";
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

/** E.g. `{ "values": { "None": 0 }, "otherwise": 1 }` makes a 0/1 column of holidays. Values are all numbers or all strings. */
export const map = columnTransform<MapState, "category", MapOptions>({
  type: "map",
  description: "replaces categories by numbers or strings from a list",
  kind: "category",
  options: [
    param("values", { type: "object", default: null }, "number or string for each category"),
    param("otherwise", { type: "scalar", default: null }, "value for all other categories; default: missing"),
    param("missing", { type: "scalar", default: null }, "value for missing categories; default: missing"),
  ],
  fit(columns, { values, otherwise, missing }) {
    const state = { columns: columns.map(nameOf), values: Object.entries(values ?? {}), otherwise, missing };
    const types = new Set(newValues(state).map((value) => typeof value));
    if (types.size === 0) throw new MlctlError("usage", "no values given", { hint: 'set "values"' });
    if (types.size === 1 && (types.has("number") || types.has("string"))) return state;
    const hint = "use only numbers or only strings";
    throw new MlctlError("usage", "the new values have different types", { hint });
  },
  replace(name, state) {
    const lookup = codeLookup<Scalar | null>(new Map(state.values), state.otherwise);
    const toNumbers = makesNumbers(state);
    return (column) => {
      const valueOf = lookup(column);
      const cells = Array.from(column.codes, (code) => (code < 0 ? state.missing : valueOf(code)));
      if (toNumbers) return [{ kind: "number", name, values: Float64Array.from(cells, numberOf) }];
      const texts = cells.map((cell) => (cell === null ? null : String(cell)));
      return [categoryColumn(name, texts)];
    };
  },
  toOnnx(graph, from, name, state) {
    const kind = makesNumbers(state) ? "number" : "category";
    const of = (value: Scalar | null): Scalar => (kind === "number" ? numberOf(value) : String(value ?? MISSING));
    const valueOf = new Map(state.values.map(([text, value]) => [text, of(value)]));
    const made = lookUp(graph, from, { valueOf, missing: of(state.missing), otherwise: of(state.otherwise) });
    return [graphColumn(name, made, kind)];
  },
});

function newValues({ values, otherwise, missing }: MapState): Scalar[] {
  return [...values.map(([, value]) => value), otherwise, missing].filter((value) => value !== null);
}

function makesNumbers(state: MapState): boolean {
  return newValues(state).some((value) => typeof value === "number");
}

function numberOf(value: Scalar | null): number {
  return value === null ? NaN : Number(value);
}
