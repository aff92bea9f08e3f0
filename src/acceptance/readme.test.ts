/** The README's session, typed as it stands there. */
import { execFileSync, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";

const root = resolve(import.meta.dirname, "../..");
const scratch = mkdtempSync(join(tmpdir(), "mlctl-readme-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

/** `script` (util-linux) gives the program a terminal; the session was written on one of 110 columns. */
const hasTerminal = spawnSync("script", ["--version"]).status === 0;

describe("README", () => {
  it.skipIf(!hasTerminal)(
    "opens with a session that runs word for word (skipped without `script` of util-linux)",
    () => {
      const session = /```console\n([\s\S]*?)```/.exec(readFileSync(join(root, "README.md"), "utf8"))![1]!;
      const commands = session.split("\n").filter((line) => line.startsWith("$ "));
      expect(commands.length).toBeGreaterThan(5);
      expect(normalized(typed(commands.map((line) => line.slice(2))))).toBe(normalized(session));
    },
  );
});

/** One shell for all of them, so that `cd` counts; each command is echoed as the README shows it. */
function typed(commands: readonly string[]): string {
  chmodSync(join(root, "bin/mlctl.js"), 0o755);
  symlinkSync(join(root, "bin/mlctl.js"), join(scratch, "mlctl"));
  const lines = commands.map((command) => `printf '%s\\n' ${quoted(`$ ${command}`)}\n{ ${command}; } 2>/dev/null`);
  const shell = `stty cols 110; cd ${quoted(scratch)}\n${lines.join("\n")}`;
  const env = {
    ...process.env,
    PATH: `${scratch}:${process.env["PATH"]}`,
    NO_COLOR: "1",
    TERM: "xterm",
    FORCE_COLOR: "",
  };
  return execFileSync("script", ["-qec", shell, "/dev/null"], {
    env,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Ids, times and hashes of configuration differ from run to run, and with them the width of columns. */
function normalized(text: string): string {
  return text
    .replaceAll("\r", "")
    .replace(/\d{8}T\d{9}Z/g, "STAMP")
    .replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "TIME")
    .replace(/\b[0-9a-f]{12}\b/g, "ID")
    .replace(/\b\d+\.\d\d(?= )/g, "SECONDS")
    .replace(/ by \S+ on \S+$/gm, " by USER on HOST")
    .replace(/ +/g, " ")
    .trim();
}
