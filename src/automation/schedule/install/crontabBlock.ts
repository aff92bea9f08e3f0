/** The marked block in a crontab: only what stands between its marks is ever changed. */
import { MlctlError } from "../../../core/errors.ts";

export interface CrontabChange {
  /** The whole crontab as it should be. */
  readonly text: string;
  readonly changed: boolean;
}

/**
 * Puts `lines` in the block of `owner`, in the place of what stood there, else at the end; no lines: takes it out.
 * The same lines again change nothing.
 * @param owner the path of config.json, so that workspaces keep out of each other's way
 * @throws {MlctlError} kind "data" where one of the marks is missing or stands twice
 */
export function withBlock(crontab: string, owner: string, lines: readonly string[]): CrontabChange {
  const [begin, end] = marks(owner);
  const before = crontab === "" ? [] : crontab.replace(/\n$/, "").split("\n");
  const [first, last] = [before.indexOf(begin), before.indexOf(end)];
  const marked = before.filter((line) => line === begin || line === end).length;
  if (marked !== 0 && (marked !== 2 || first > last || first < 0)) {
    throw new MlctlError("data", `the crontab's block of ${owner} is damaged: its marks are not one pair`, {
      hint: "run `crontab -e`, take out the lines that begin with `# >>> mlctl` and `# <<< mlctl`, then install again",
    });
  }
  const block = lines.length === 0 ? [] : [begin, ...lines, end];
  const after = marked === 0 ? [...before, ...block] : [...before.slice(0, first), ...block, ...before.slice(last + 1)];
  const text = after.length === 0 ? "" : `${after.join("\n")}\n`;
  return { text, changed: after.join("\n") !== before.join("\n") };
}

/** The lines in the block of `owner`; none where there is no block. */
export function blockLines(crontab: string, owner: string): string[] {
  const [begin, end] = marks(owner);
  const lines = crontab.split("\n");
  const [first, last] = [lines.indexOf(begin), lines.indexOf(end)];
  return first < 0 || last < first ? [] : lines.slice(first + 1, last);
}

/** Whose blocks stand there. */
export function blockOwners(crontab: string): string[] {
  return crontab.split("\n").flatMap((line) => {
    const [, owner] = /^# >>> mlctl (.+) >>> by mlctl /.exec(line) ?? [];
    return owner !== undefined && line === marks(owner)[0] ? [owner] : [];
  });
}

/** The zone that a CRON_TZ line above the block of `owner` names, by which some crons go; undefined where none does. */
export function crontabZone(crontab: string, owner: string): string | undefined {
  const lines = crontab.split("\n");
  const block = lines.indexOf(marks(owner)[0]);
  return lines
    .slice(0, block < 0 ? lines.length : block)
    .flatMap((line) => /^\s*CRON_TZ\s*=\s*["']?([^"'\s]+)["']?\s*$/.exec(line)?.[1] ?? [])
    .at(-1);
}

function marks(owner: string): [string, string] {
  return [
    `# >>> mlctl ${owner} >>> by mlctl schedule install; taken out by mlctl schedule remove`,
    `# <<< mlctl ${owner} <<<`,
  ];
}
