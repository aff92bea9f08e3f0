/** The time zone that this machine's cron goes by. */
import { spawnSync } from "node:child_process";
import { isZone } from "./localTime.ts";

/**
 * The zone of the machine (/etc/localtime), not that of this shell: a cron that was started with the machine knows
 * nothing of a TZ that somebody set for himself. Node reads TZ once, so a process without it is asked.
 */
export function systemZone(environment: NodeJS.ProcessEnv): string {
  const { TZ: zone, ...rest } = environment;
  if (zone === undefined) return processZone();
  const script = "Intl.DateTimeFormat().resolvedOptions().timeZone";
  const { stdout } = spawnSync(process.execPath, ["-p", script], { encoding: "utf8", env: rest });
  const found = stdout?.trim() ?? "";
  return isZone(found) ? found : processZone();
}

/** As this process has it: TZ, else that of the machine. */
export function processZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
