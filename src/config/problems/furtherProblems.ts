/** After a schema error, removes the invalid keys and checks the rest, so that one run reports all problems. */
import type { Json } from "../../core/json.ts";
import { consistencyProblems } from "./consistencyProblems.ts";
import { withoutValueAt, type Path } from "../jsonPath.ts";
import type { Config, ConfigProblem, KnownNames } from "../schema/schema.ts";

export interface FurtherChecks {
  readonly parse: (given: Json) => Config | undefined;
  readonly known: KnownNames | undefined;
  readonly configPath: string;
  readonly check: ((config: Config) => Promise<readonly ConfigProblem[]>) | undefined;
}

/** Sections that checks of other sections do not read, so that resetting one gives no false problems elsewhere. */
const independentSections = new Set(
  "ingest features train promotion serve monitor alerts schedule workers retention watch".split(" "),
);

export async function furtherProblems(
  given: Json,
  found: readonly ConfigProblem[],
  { parse, known, configPath, check }: FurtherChecks,
): Promise<ConfigProblem[]> {
  const whole = parse(given);
  const config = whole ?? repaired(given, found, parse);
  if (config === undefined) return [];
  const sections = new Set(found.map(({ path }) => sectionOf(path)));
  const isReliable = whole !== undefined || [...sections].every((section) => independentSections.has(section));
  const between = isReliable
    ? consistencyProblems(config, configPath).filter(
        ({ path }) => whole !== undefined || !sections.has(sectionOf(path)),
      )
    : [];
  const named = isReliable ? (known?.problems?.(config) ?? []) : [];
  const problems: ConfigProblem[] = [];
  for (const problem of [...between, ...named, ...((await check?.(config)) ?? [])]) {
    // One problem per key is enough: the first.
    if (between.includes(problem) || ![...found, ...problems].some(({ path }) => overlap(path, problem.path)))
      problems.push(problem);
  }
  return problems;
}

/** Resets invalid keys to their defaults; if that is not enough, resets the whole section. */
function repaired(given: Json, found: readonly ConfigProblem[], parse: FurtherChecks["parse"]): Config | undefined {
  const keys = found.map(({ path }) => path.split("."));
  const fixed: string[] = [];
  const attempt = (own: readonly string[]): Config | undefined => {
    const paths = keys.map((path): Path => (own.includes(path[0]!) ? path : path.slice(0, 1)));
    return parse(paths.reduce(withoutValueAt, given));
  };
  for (const section of new Set(keys.map(([first]) => first!))) {
    if (attempt([...fixed, section]) !== undefined) fixed.push(section);
  }
  return attempt(fixed);
}

function sectionOf(path: string): string {
  return path.split(".")[0]!;
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
