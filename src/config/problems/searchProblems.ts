/** Checks of train.models.*.search that do not depend on the family. */
import { didYouMean } from "../../core/text/suggest.ts";
import type { Config, ConfigProblem } from "../schema/schema.ts";

type Search = NonNullable<NonNullable<Config["train"]["models"]>[number]["search"]>;
type Dimension = Exclude<Search["space"][string], readonly unknown[]>;

/** A larger grid is most likely a mistake: it would take days. */
const MAX_GRID_POINTS = 100_000;

export function searchProblems({ train }: Config): ConfigProblem[] {
  return (train.models ?? []).flatMap(({ search }, i) => {
    if (search === undefined) return [];
    const path = `train.models.${i}.search.space`;
    const problems = Object.entries(search.space).flatMap(([name, given]) =>
      Array.isArray(given) ? [] : dimensionProblems(given as Dimension, { path: `${path}.${name}`, name, search }),
    );
    if (Object.keys(search.space).length === 0) return [{ path, message: "found no parameters; add at least one" }];
    return problems.length > 0 ? problems : [...circles(search, path), ...tooLarge(search, path)];
  });
}

interface Place {
  readonly path: string;
  readonly name: string;
  readonly search: Search;
}

function dimensionProblems(given: Dimension, place: Place): ConfigProblem[] {
  const { path } = place;
  const { values, low, high, step, distribution = "uniform" } = given;
  const conditions = conditionProblems(given, place);
  if (values !== undefined) {
    const unused = (["distribution", "low", "high", "step"] as const).filter((key) => given[key] !== undefined);
    return [
      ...conditions,
      ...unused.map((key) => ({ path: `${path}.${key}`, message: "found together with values; remove one of them" })),
    ];
  }
  if (low === undefined || high === undefined) {
    const missing = low === undefined ? "low" : "high";
    return [...conditions, { path, message: `${missing} is missing; set low and high, or values` }];
  }
  return [...conditions, ...rangeProblems({ low, high, step, distribution }, place)];
}

function rangeProblems(
  { low, high, step, distribution }: { low: number; high: number; step: number | undefined; distribution: string },
  { path, search }: Place,
): ConfigProblem[] {
  const isWhole = distribution === "integer" || distribution === "log_integer";
  if (low >= high) return [{ path, message: `found low ${low} and high ${high}; low must be below high` }];
  if (distribution.startsWith("log_") && low <= 0) {
    return [{ path: `${path}.low`, message: `found ${low}; ${distribution} needs a value above 0` }];
  }
  if (isWhole && ![low, high, step ?? 1].every(Number.isInteger)) {
    return [{ path, message: `found a fraction; ${distribution} takes whole numbers` }];
  }
  if (search.method === "grid" && !isWhole && step === undefined) {
    return [{ path, message: 'a grid needs a step or a list of values; or set method to "random" or "tpe"' }];
  }
  return [];
}

function conditionProblems({ when = {} }: Dimension, { path, name, search }: Place): ConfigProblem[] {
  const others = Object.keys(search.space).filter((other) => other !== name);
  return Object.entries(when).flatMap(([other, allowed]) => {
    const place = `${path}.when.${other}`;
    const condition = other === name ? undefined : search.space[other];
    if (condition === undefined) {
      const advice = didYouMean(other, others, "name another parameter of the space");
      return [{ path: place, message: `the space has no other parameter "${other}"; ${advice}` }];
    }
    const values = Array.isArray(condition) ? condition : (condition as Dimension).values;
    const unknown = values && allowed.find((value) => !values.includes(value));
    return unknown === undefined
      ? []
      : [{ path: place, message: `found ${JSON.stringify(unknown)}, which is not a value of "${other}"` }];
  });
}

/** Circular conditions can never be met. */
function circles({ space }: Search, path: string): ConfigProblem[] {
  const open = new Map(
    Object.entries(space).map(([name, given]) => [
      name,
      Array.isArray(given) ? [] : Object.keys((given as Dimension).when ?? {}),
    ]),
  );
  for (let before = -1; open.size !== before;) {
    before = open.size;
    for (const [name, needed] of open) if (!needed.some((other) => open.has(other))) open.delete(name);
  }
  const names = [...open.keys()];
  return names.length === 0 ? [] : [{ path, message: `the conditions of ${names.join(" and ")} depend on each other` }];
}

function tooLarge({ method, space }: Search, path: string): ConfigProblem[] {
  if (method !== "grid") return [];
  const count = Object.values(space).reduce<number>((product, given) => {
    if (Array.isArray(given)) return product * given.length;
    const { values, low = 0, high = 0, step = 1 } = given as Dimension;
    return product * (values?.length ?? Math.floor((high - low) / step + 1e-6) + 1);
  }, 1);
  if (count <= MAX_GRID_POINTS) return [];
  return [{ path, message: `the grid has up to ${count} points; use larger steps, or set method to "tpe"` }];
}
