/** Transforms that replace each of their columns without looking at the others. */
import type { ParamSpec } from "../core/paramSpec.ts";
import type { JsonObject } from "../core/json.ts";
import { replaceColumns, type GraphBuilder, type GraphColumn } from "../core/onnx.ts";
import type { Column, ColumnKind, Table } from "../core/table/table.ts";
import type { Transform, TransformContext, TransformOptions } from "../core/transform.ts";
import { mapColumns, namesOf, type ColumnOf, type FittedColumn } from "./mapColumns.ts";
import { chooseColumns, readOptions } from "./readOptions.ts";

interface ColumnTransform<State, K extends ColumnKind, Options, Fitted> {
  readonly type: string;
  readonly description: string;
  readonly kind: K;
  readonly options?: readonly ParamSpec[];
  fit(
    columns: readonly ColumnOf<K>[],
    options: Options,
    from: { readonly table: Table; readonly given: TransformOptions; readonly context: TransformContext },
  ): State;
  /** Names of the columns that replace a column; default: its own. */
  outputs?(fitted: Fitted, state: State): readonly string[];
  /** Called once per fitted column, so that lookups are built once. */
  replace(fitted: Fitted, state: State): (column: ColumnOf<K>) => readonly Column[];
  toOnnx?(graph: GraphBuilder, from: GraphColumn, fitted: Fitted, state: State): readonly GraphColumn[];
}

export function columnTransform<
  State extends JsonObject & { readonly columns: readonly FittedColumn[] },
  K extends ColumnKind,
  Options = unknown,
>({
  type,
  description,
  kind,
  options = [],
  fit,
  outputs,
  replace,
  toOnnx,
}: ColumnTransform<State, K, Options, State["columns"][number]>): Transform<State> {
  return {
    type,
    description,
    kinds: [kind],
    options,
    fit(table, given, context) {
      const read = readOptions<Options>(given, options);
      return fit(chooseColumns(table, given, [kind]), read, { table, given, context });
    },
    inputNames: namesOf,
    outputNames: (state) =>
      outputs === undefined ? namesOf(state) : state.columns.flatMap((fitted) => outputs(fitted, state)),
    load: (state) => mapColumns(kind, state.columns, (fitted) => replace(fitted, state)),
    ...(toOnnx && {
      toOnnx: (graph, state, columns) =>
        replaceColumns(columns, state.columns, (from, fitted) => toOnnx(graph, from, fitted, state)),
    }),
  };
}
