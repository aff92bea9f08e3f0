/** What else is wrong where something is wrong already: the checks of a whole configuration, made on what is left of it. */
import type { Json } from "../../core/json.ts";
import { consistencyProblems } from "./consistencyProblems.ts";
import { withoutValueAt, type Path } from "../jsonPath.ts";
import type { Config, ConfigProblem, KnownNames } from "../schema/schema.ts";

export interface FurtherChecks {
  /** What has the shape of a configuration, or undefined. */
  readonly parse: (given: Json) => Config | undefined;
  readonly known: KnownNames | undefined;
  /** Of one caller: jobs, which other commands look at when they run. */
  readonly check: ((config: Config) => Promise<readonly ConfigProblem[]>) | undefined;
}

/** Sections that no other section is judged by: without one of them nothing untrue is said of the others. */
const ownSections = new Set("ingest features train promotion serve monitor alerts schedule retention watch".split(" "));

/** @param found what the schema and unset variables say */
export async function furtherProblems(
  given: Json,
  found: readonly ConfigProblem[],
  { parse, known, check }: FurtherChecks,
): Promise<ConfigProblem[]> {
  const whole = parse(given);
  const config = whole ?? repaired(given, found, parse);
  if (config === undefined) return [];
  const sections = new Set(found.map(({ path }) => sectionOf(path)));
  const isTrue = whole !== undefined || [...sections].every((section) => ownSections.has(section));
  const between = isTrue
    ? consistencyProblems(config).filter(({ path }) => whole !== undefined || !sections.has(sectionOf(path)))
    : [];
  const named = isTrue ? (known?.problems?.(config) ?? []) : [];
  const problems: ConfigProblem[] = [];
  for (const problem of [...between, ...named, ...((await check?.(config)) ?? [])]) {
    // Of one place the first says enough.
    if (between.includes(problem) || ![...found, ...problems].some(({ path }) => overlap(path, problem.path)))
      problems.push(problem);
  }
  return problems;
}

/** What is wrong falls back to its default; where that is not enough, its whole section does. */
function repaired(given: Json, found: readonly ConfigProblem[], parse: FurtherChecks["parse"]): Config | undefined {
  const keys = found.map(({ path }) => path.split("."));
  const left: string[] = [];
  const attempt = (own: readonly string[]): Config | undefined => {
    const paths = keys.map((path): Path => (own.includes(path[0]!) ? path : path.slice(0, 1)));
    return parse(paths.reduce(withoutValueAt, given));
  };
  for (const section of new Set(keys.map(([first]) => first!))) {
    if (attempt([...left, section]) !== undefined) left.push(section);
  }
  return attempt(left);
}

function sectionOf(path: string): string {
  return path.split(".")[0]!;
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
