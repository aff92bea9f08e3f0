/** Outdated and vulnerable packages that this mlctl was built from, as npm's registry tells. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../../core/projectRoot.ts";

/** A registry that does not answer in time is as good as none. */
const TIMEOUT_MILLISECONDS = 20_000;

export interface PackageFinding {
  readonly name: string;
  readonly current: string | null;
  readonly wanted: string | null;
  readonly latest: string | null;
  /** Severity of the worst known vulnerability; null where none is known. */
  readonly vulnerability: string | null;
}

export interface PackageCheck {
  /** "unknown": no registry answered, which says nothing about the packages. */
  readonly status: "checked" | "unknown";
  readonly reason: string | null;
  readonly packages: readonly PackageFinding[];
}

interface Outdated {
  readonly current?: string;
  readonly wanted?: string;
  readonly latest?: string;
}

interface Audit {
  readonly vulnerabilities?: Readonly<Record<string, { readonly severity: string }>>;
}

/** Never throws: a missing network is told, not an error. */
export async function checkPackages(signal: AbortSignal): Promise<PackageCheck> {
  const [outdated, audit] = await Promise.all([
    npm<Record<string, Outdated>>("outdated", signal),
    npm<Audit>("audit", signal),
  ]);
  if (outdated === null) return { status: "unknown", reason: "no package registry answered", packages: [] };
  const vulnerable = audit?.vulnerabilities ?? {};
  const names = [...new Set([...Object.keys(outdated), ...Object.keys(vulnerable)])].toSorted();
  const reason = audit === null ? "the registry tells no vulnerabilities" : null;
  return {
    status: "checked",
    reason,
    packages: names.map((name) => ({
      name,
      current: outdated[name]?.current ?? null,
      wanted: outdated[name]?.wanted ?? null,
      latest: outdated[name]?.latest ?? null,
      vulnerability: vulnerable[name]?.severity ?? null,
    })),
  };
}

/** npm's answer; null where it has none. Exit 1 with an answer means "there are findings". */
function npm<T extends object>(command: string, signal: AbortSignal): Promise<T | null> {
  const cwd = fileURLToPath(projectRoot);
  const options = {
    cwd,
    signal,
    timeout: TIMEOUT_MILLISECONDS,
    maxBuffer: 64 << 20,
    shell: process.platform === "win32",
  };
  return new Promise((resolve) => {
    execFile("npm", [command, "--json", "--omit=dev", "--fetch-retries=0"], options, (error, stdout) => {
      const answer = parse<T & { error?: unknown }>(stdout);
      const failed =
        answer === null || answer.error !== undefined || (error !== null && typeof error.code !== "number");
      resolve(failed ? null : answer);
    });
  });
}

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text.trim() === "" ? "{}" : text) as T;
  } catch {
    // npm prints its error as text where it cannot even start.
    return null;
  }
}
