/** A program `crontab` that keeps one table in a file, as the real one does for a user. */
import { chmodSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./lifecycleWorkspace.ts";

/** CRONTAB_BROKEN is what it says instead of reading; CRONTAB_SLOW lets seconds pass after it read. */
const program = `#!/bin/sh
file="$FAKE_CRONTAB"
case "$1" in
  -l) if [ -n "$CRONTAB_BROKEN" ]; then echo "$CRONTAB_BROKEN" >&2; exit 1; fi
      if [ -f "$file" ]; then cat "$file"; else echo "no crontab for me" >&2; exit 1; fi
      if [ -n "$CRONTAB_SLOW" ]; then sleep "$CRONTAB_SLOW"; fi ;;
  -r) rm "$file" ;;
  -) cat > "$file" ;;
  *) exit 2 ;;
esac
`;

export interface FakeCrontab {
  /** "" where there is none. */
  text(): string;
  /** "" takes it away. */
  write(text: string): void;
  /** What mlctl needs to find it. */
  readonly environment: Readonly<Record<string, string>>;
}

export function fakeCrontab(): FakeCrontab {
  const folder = temporaryFolder();
  const table = join(folder, "table");
  writeFileSync(join(folder, "crontab"), program);
  chmodSync(join(folder, "crontab"), 0o755);
  return {
    text: () => (existsSync(table) ? readFileSync(table, "utf8") : ""),
    write: (text) => (text === "" ? rmSync(table, { force: true }) : writeFileSync(table, text)),
    environment: {
      PATH: `${folder}:${process.env["PATH"]}`,
      FAKE_CRONTAB: table,
      XDG_STATE_HOME: join(folder, "state"),
      XDG_CONFIG_HOME: join(folder, "config"),
    },
  };
}
