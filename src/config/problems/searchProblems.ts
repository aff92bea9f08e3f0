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
  const unused = (["distribution", "low", "high", "step"] as const).filter((key) => given[key] !== undefined);
  const message = "found together with values; remove one of them";
  const problems =
    given.values === undefined
      ? rangeProblems(given, place)
      : unused.map((key) => ({ path: `${place.path}.${key}`, message }));
  return [...conditionProblems(given, place), ...problems];
}

/** At most one. */
function rangeProblems(given: Dimension, { path, search }: Place): ConfigProblem[] {
  const { low, high, step, distribution = "uniform" } = given;
  const isWhole = distribution.endsWith("integer");
  const problem = (message: string, at = path): ConfigProblem[] => [{ path: at, message }];
  if (low === undefined || high === undefined)
    return problem(`${low === undefined ? "low" : "high"} is missing; set low and high, or values`);
  if (low >= high) return problem(`found low ${low} and high ${high}; low must be below high`);
  if (distribution.startsWith("log_") && low <= 0)
    return problem(`found ${low}; ${distribution} needs a value above 0`, `${path}.low`);
  if (isWhole && ![low, high, step ?? 1].every(Number.isInteger))
    return problem(`found a fraction; ${distribution} takes whole numbers`);
  if (search.method === "grid" && !isWhole && step === undefined)
    return problem('a grid needs a step or a list of values; or set method to "random" or "tpe"');
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
