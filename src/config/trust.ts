/** What a config.json runs needs `mlctl config trust`, remembered by hash outside the workspace. */
import { existsSync, mkdirSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { messageOf, MlctlError } from "../core/errors.ts";
import { isOn, userFolder, type Environment } from "../core/userFolder.ts";
import { sha256Json } from "./configSha256.ts";
import type { Hook } from "./hooks.ts";

export const TRUST_VARIABLE = "MLCTL_TRUST";

export type Trust = ReturnType<typeof trustOf>;

/** Whether hooks are allowed. The record is read when the first one is asked for. */
export function trustOf(hooks: readonly Hook[], path: string, environment: Environment) {
  const all = isOn(environment[TRUST_VARIABLE]);
  const isRemembered = (key: string): boolean => {
    const hook = hooks.find((each) => each.key === key);
    const record = recordPath(path, environment);
    return hook !== undefined && record !== null && allowed(record).includes(hook.sha256);
  };
  /** Why the hook of this key must not run; undefined: it may, or there is no such hook. */
  const refusal = (key: string): MlctlError | undefined => {
    if (all || !hooks.some((each) => each.key === key) || isRemembered(key)) return undefined;
    const record = recordPath(path, environment);
    const how = record === null ? noHome : "read what it does, then run `mlctl config trust`";
    // In another shell, XDG_STATE_HOME may name another folder.
    const place = record === null ? "" : `; what you allow is remembered in ${dirname(record)}`;
    return new MlctlError("notReady", `${key} of config.json is not trusted: ${how}`, {
      hint: `for one call, --trust or ${TRUST_VARIABLE}=1 allows all that config.json runs and calls${place}`,
    });
  };
  const require = (key: string): void => {
    const refused = refusal(key);
    if (refused !== undefined) throw refused;
  };
  /** The folder of what is remembered; undefined without a home folder. */
  const place = (): string | undefined => recordPath(path, environment)?.replace(/[^/\\]*$/, "");
  return { all, hooks, isRemembered, refusal, require, place };
}

const noHome = "there is no home folder to remember it in, so use --trust or MLCTL_TRUST=1";

/** Remembers the hooks of a config.json as allowed, and forgets its earlier ones; with none, forgets all. */
export function remember(hooks: readonly Hook[], path: string, environment: Environment): void {
  const record = recordPath(path, environment);
  if (record === null) throw new MlctlError("notReady", noHome);
  if (hooks.length === 0) return rmSync(record, { force: true });
  const content = { path: realpathSync(path), sha256: hooks.map(({ sha256 }) => sha256) };
  try {
    makeFolder(dirname(record));
    writeFileSync(`${record}.${process.pid}`, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600 });
    renameSync(`${record}.${process.pid}`, record);
  } catch (error) {
    const hint = "set XDG_STATE_HOME to a folder of this user, or use --trust or MLCTL_TRUST=1 for each call";
    const message = `cannot remember it in ${dirname(record)}: ${messageOf(error)}`;
    throw new MlctlError("failure", message, { hint, cause: error });
  }
}

/** One by one: mkdirSync with `recursive` never returns in /proc, see ensureFolder of storage. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}

/** Null without a home folder, as for a numeric user of a container. */
function recordPath(path: string, environment: Environment): string | null {
  const state = userFolder("XDG_STATE_HOME", ".local/state", environment);
  return state === null ? null : join(state, "mlctl", "trusted", `${sha256Json(realpathSync(path))}.json`);
}

function allowed(record: string): readonly string[] {
  try {
    const { sha256 } = JSON.parse(readFileSync(record, "utf8")) as { sha256?: unknown };
    return Array.isArray(sha256) ? sha256 : [];
  } catch {
    return []; // none yet, or damaged: ask again
  }
}
