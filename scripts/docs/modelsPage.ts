/** docs/models-and-metrics.md: model families, transforms, metrics and drift tests, from their registries. */
import type { ParamSpec } from "../../src/core/paramSpec.ts";
import { driftTests } from "../../src/drift/index.ts";
import { estimators } from "../../src/estimators/index.ts";
import { transforms } from "../../src/features/index.ts";
import { metrics } from "../../src/metrics/index.ts";
import { bounds, capital, code, prose, table } from "./markdown.ts";

export function modelsPage(): string[] {
  return [
    "# Model families, transforms, metrics and drift tests",
    "The names that [config.json](configuration.md) may contain.",
    "## Model families",
    'In `train.models`: `{ "family": "ridge", "params": { "alpha": 0.1 } }`.',
    ...Object.values(estimators).flatMap(({ family, description, tasks, params }) => [
      `### ${family}`,
      `${prose(capital(description))}. Tasks: ${tasks.join(", ")}.`,
      specTable(params),
    ]),
    "## Transforms",
    'In `features`, applied in order: `{ "type": "one_hot", "column": "plan" }`. Each takes `column` (a name) or `columns` (a list; `*` matches any characters), and without them applies to all columns of its kinds.',
    ...Object.values(transforms).flatMap(({ type, description, kinds, options }) => [
      `### ${type}`,
      `${prose(capital(description))}. Kinds of column: ${kinds.join(", ")}.`,
      specTable(options),
    ]),
    "## Metrics",
    "In `train.metric`, `promotion.require` and `monitor.require`.",
    table(
      ["name", "metric", "tasks", "better"],
      Object.values(metrics).map(({ name, label, tasks, greaterIsBetter }) => [
        code(name),
        prose(label),
        tasks.join(", "),
        greaterIsBetter ? "higher" : "lower",
      ]),
    ),
    "## Drift tests",
    'In `monitor.drift.columns`: `{ "age": { "test": "psi", "limit": 0.2 } }`.',
    table(
      ["name", "test", "compares", "drift if"],
      Object.values(driftTests).map(({ name, label, input, measure, limit }) => [
        code(name),
        prose(label),
        input === "values" ? "numbers" : "shares of categories or deciles",
        measure === "p_value" ? `p-value < ${limit}` : `distance > ${limit}`,
      ]),
    ),
  ];
}

function specTable(specs: readonly ParamSpec[]): string {
  if (specs.length === 0) return "No options.";
  const rows = specs.map((spec) => [
    code(spec.name),
    valuesOf(spec),
    code(JSON.stringify(spec.default)),
    prose(spec.description),
  ]);
  return table(["name", "values", "default", "description"], rows);
}

function valuesOf(spec: ParamSpec): string {
  return spec.choices === undefined ? `${spec.type}${bounds(spec)}` : spec.choices.map(code).join(", ");
}
