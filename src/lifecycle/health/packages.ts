/** Asks npm's registry for outdated and vulnerable dependencies of mlctl. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { projectRoot } from "../../core/projectRoot.ts";

/** Maximum wait for the registry. */
const TIMEOUT_MILLISECONDS = 20_000;

export interface PackageFinding {
  readonly name: string;
  readonly current: string | null;
  readonly wanted: string | null;
  readonly latest: string | null;
  /** Severity of the worst known vulnerability; null if there is none. */
  readonly vulnerability: string | null;
}

export interface PackageCheck {
  /** "unknown" if no registry responded; the packages were then not checked. */
  readonly status: "checked" | "unknown";
  readonly reason: string | null;
  readonly packages: readonly PackageFinding[];
}

/** Never throws: without a network, the status is "unknown". */
export async function checkPackages(signal: AbortSignal): Promise<PackageCheck> {
  const [outdated, audit] = await Promise.all([
    npm<Record<string, { current?: string; wanted?: string; latest?: string }>>("outdated", signal),
    npm<{ vulnerabilities?: Record<string, { severity: string }> }>("audit", signal),
  ]);
  if (outdated === null) return { status: "unknown", reason: "no package registry responded", packages: [] };
  const vulnerable = audit?.vulnerabilities ?? {};
  const names = [...new Set([...Object.keys(outdated), ...Object.keys(vulnerable)])].toSorted();
  const reason = audit === null ? "the registry did not report vulnerabilities" : null;
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

/** npm's JSON output; null if it fails. Exit code 1 with output means that there are findings. */
function npm<T extends object>(command: string, signal: AbortSignal): Promise<T | null> {
  const limits = { signal, timeout: TIMEOUT_MILLISECONDS, maxBuffer: 64 << 20 };
  const options = { ...limits, cwd: fileURLToPath(projectRoot), shell: process.platform === "win32" };
  return new Promise((resolve) => {
    execFile("npm", [command, "--json", "--omit=dev", "--fetch-retries=0"], options, (error, stdout) => {
      const output = parse<T & { error?: unknown }>(stdout);
      const failed =
        output === null || output.error !== undefined || (error !== null && typeof error.code !== "number");
      resolve(failed ? null : output);
    });
  });
}

function parse<T>(text: string): T | null {
  try {
    return JSON.parse(text.trim() === "" ? "{}" : text) as T;
  } catch {
    // npm prints plain text if it cannot start.
    return null;
  }
}
