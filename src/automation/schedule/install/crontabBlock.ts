/** Edits the marked block in a crontab. Lines outside the block are never changed. */
import { MlctlError } from "../../../core/errors.ts";

export interface CrontabChange {
  /** The whole new crontab. */
  readonly text: string;
  readonly changed: boolean;
}

/**
 * Replaces the block of `owner`, or appends one at the end; an empty `lines` removes the block. Idempotent.
 * @param owner the path of config.json, so that each workspace has its own block
 * @throws {MlctlError} kind "data" if one of the markers is missing or occurs twice
 */
export function withBlock(crontab: string, owner: string, lines: readonly string[]): CrontabChange {
  const [begin, end] = markers(owner);
  const before = crontab === "" ? [] : crontab.replace(/\n$/, "").split("\n");
  const [first, last] = [before.indexOf(begin), before.indexOf(end)];
  const marked = before.filter((line) => line === begin || line === end).length;
  if (marked !== 0 && (marked !== 2 || first > last || first < 0)) {
    throw new MlctlError("data", `the crontab block of ${owner} is damaged: it needs one begin and one end marker`, {
      hint: "run `crontab -e`, remove the lines that begin with `# >>> mlctl` and `# <<< mlctl`, then install again",
    });
  }
  const block = lines.length === 0 ? [] : [begin, ...lines, end];
  const after = marked === 0 ? [...before, ...block] : [...before.slice(0, first), ...block, ...before.slice(last + 1)];
  const text = after.length === 0 ? "" : `${after.join("\n")}\n`;
  return { text, changed: after.join("\n") !== before.join("\n") };
}

/** The lines in the block of `owner`; empty if there is no block. */
export function blockLines(crontab: string, owner: string): string[] {
  const [begin, end] = markers(owner);
  const lines = crontab.split("\n");
  const [first, last] = [lines.indexOf(begin), lines.indexOf(end)];
  return first < 0 || last < first ? [] : lines.slice(first + 1, last);
}

export function blockOwners(crontab: string): string[] {
  return crontab.split("\n").flatMap((line) => {
    const [, owner] = /^# >>> mlctl (.+) >>> by mlctl /.exec(line) ?? [];
    return owner !== undefined && line === markers(owner)[0] ? [owner] : [];
  });
}

/** The zone of the last CRON_TZ line above the block of `owner`, which some crons use; undefined if there is none. */
export function crontabZone(crontab: string, owner: string): string | undefined {
  const lines = crontab.split("\n");
  const block = lines.indexOf(markers(owner)[0]);
  return lines
    .slice(0, block < 0 ? lines.length : block)
    .flatMap((line) => /^\s*CRON_TZ\s*=\s*["']?([^"'\s]+)["']?\s*$/.exec(line)?.[1] ?? [])
    .at(-1);
}

function markers(owner: string): [string, string] {
  return [
    `# >>> mlctl ${owner} >>> by mlctl schedule install; taken out by mlctl schedule remove`,
    `# <<< mlctl ${owner} <<<`,
  ];
}
