/** After a schema error, removes the invalid sections and checks the rest, so that one run reports all problems. */
import type { Json } from "../../core/json.ts";
import { consistencyProblems } from "./consistencyProblems.ts";
import { withoutValueAt } from "../jsonPath.ts";
import type { Config, ConfigProblem, KnownNames } from "../schema/schema.ts";

interface FurtherChecks {
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
  const wrong = new Set(found.map(({ path }) => sectionOf(path)));
  const config = parse([...wrong].reduce<Json>((rest, section) => withoutValueAt(rest, [section]), given));
  if (config === undefined) return [];
  const isReliable = [...wrong].every((section) => independentSections.has(section));
  const ofAll = isReliable ? [...consistencyProblems(config, configPath), ...(known?.problems?.(config) ?? [])] : [];
  const problems = [...ofAll, ...((await check?.(config)) ?? [])].filter(({ path }) => !wrong.has(sectionOf(path)));
  // One problem per key is enough: the first.
  return problems.filter(({ path }, i) => !problems.slice(0, i).some((each) => overlap(path, each.path)));
}

function sectionOf(path: string): string {
  return path.split(".")[0]!;
}

function overlap(a: string, b: string): boolean {
  return a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`);
}
