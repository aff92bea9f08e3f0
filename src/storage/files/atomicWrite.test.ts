import { spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, openSync, readdirSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { MlctlError } from "../../core/errors.ts";
import { random } from "../../core/random.ts";
import { atomicWrite, commitFile, removeStaleTemporaries, temporaryPath, writeFailure } from "./atomicWrite.ts";
import { dist, temporaryFolder } from "../../testing/exampleRecords.ts";

/** Script of a child process whose write fails; prints the error. */
const tryWrite = `
  import { atomicWrite } from ${JSON.stringify(join(dist, "files/atomicWrite.js"))};
  const [path, length] = process.argv.slice(1);
  try { atomicWrite(path, "x".repeat(Number(length))); console.log("written"); }
  catch (error) { console.log(JSON.stringify({ kind: error.kind, message: error.message, hint: error.hint })); }`;

describe("atomicWrite", () => {
  it("replaces a file, creates its folder and leaves nothing else behind", () => {
    const folder = join(temporaryFolder(), "new", "folder");
    const path = join(folder, "a.txt");
    atomicWrite(path, "one");
    atomicWrite(path, "two ü");
    expect(readFileSync(path, "utf8")).toBe("two ü");
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });

  it("reports the path and a hint if the target cannot be replaced, and leaves no temporary file", () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, "a.txt"));
    expect(() => atomicWrite(join(folder, "a.txt"), "x")).toThrow(
      `cannot write ${join(folder, "a.txt")}: it is a folder`,
    );
    writeFileSync(join(folder, "file"), "");
    expect(() => atomicWrite(join(folder, "file", "b.txt"), "x")).toThrow(MlctlError);
    expect(readdirSync(folder).toSorted()).toEqual(["a.txt", "file"]);
  });

  it("explains a read-only folder and keeps the old file", () => {
    const folder = temporaryFolder();
    const path = join(folder, "a.txt");
    writeFileSync(path, "old");
    chmodSync(folder, 0o555);
    // Root may write anywhere, so the child runs as user nobody (65534) then.
    const unprivileged = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const { stdout } = spawnSync(process.execPath, ["--input-type=module", "-e", tryWrite, path, "3"], {
      ...unprivileged,
      cwd: "/",
      encoding: "utf8",
    });
    chmodSync(folder, 0o755);
    expect(JSON.parse(stdout)).toEqual({
      kind: "failure",
      message: `cannot write ${path}: permission denied`,
      hint: "check the permissions of the folder",
    });
    expect(readdirSync(folder)).toEqual(["a.txt"]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("keeps the old file and removes its temporary file if only a part could be written", () => {
    const folder = temporaryFolder();
    const path = join(folder, "a.txt");
    writeFileSync(path, "old");
    // A file size limit of 512 KiB (1,024 blocks of 512 bytes in dash) stops the write in the middle, as a full disk does.
    const command = `ulimit -f 1024; exec "$0" --input-type=module -e "$1" "$2" 4000000`;
    const { stdout } = spawnSync("/bin/sh", ["-c", command, process.execPath, tryWrite, path], { encoding: "utf8" });
    expect(JSON.parse(stdout)).toMatchObject({ kind: "failure", message: expect.stringContaining(path) as string });
    expect(readdirSync(folder)).toEqual(["a.txt"]);
    expect(readFileSync(path, "utf8")).toBe("old");
  });

  it("explains a full disk", () => {
    const full = openSync("/dev/full", "w");
    let failure: unknown;
    try {
      writeSync(full, "x");
    } catch (error) {
      failure = writeFailure(error, "models/a.json");
    }
    expect(failure).toMatchObject({
      kind: "failure",
      message: "cannot write models/a.json: no space left on the device",
      hint: "free some space and run the command again: existing files are unchanged",
    });
  });

  it("leaves the old or the new content complete when killed, and the next writer cleans up", async () => {
    const folder = temporaryFolder();
    const path = join(folder, "a.txt");
    const script = `
      import { atomicWrite } from ${JSON.stringify(join(dist, "files/atomicWrite.js"))};
      const start = performance.now();
      for (let i = 0; ; i++) {
        atomicWrite(${JSON.stringify(path)}, String(i % 10).repeat(2_000_000));
        if (i === 0) console.log(performance.now() - start);
      }`;
    const { uniform } = random(7);
    const found: boolean[] = [];
    let leftovers = 0;
    for (let round = 0; round < 20; round++) {
      const child = spawn(process.execPath, ["--input-type=module", "-e", script]);
      const [milliseconds] = (await once(child.stdout, "data")) as [Buffer];
      // Somewhere in the next three writes, however slow the disk is.
      await sleep(uniform() * 3 * Number(milliseconds));
      child.kill("SIGKILL");
      await once(child, "exit");
      leftovers += readdirSync(folder).filter((name) => name !== "a.txt").length;
      removeStaleTemporaries(folder);
      const text = readFileSync(path, "utf8");
      found.push(text.length === 2_000_000 && text === text[0]!.repeat(2_000_000));
    }
    expect(found.every(Boolean)).toBe(true);
    // Otherwise no kill hit a write, and the test proves nothing.
    expect(leftovers).toBeGreaterThan(0);
    expect(readdirSync(folder)).toEqual(["a.txt"]);
  });
});

describe("temporary files", () => {
  it("are kept while their process is running, and removed once it is gone", () => {
    const folder = temporaryFolder();
    const own = temporaryPath(join(folder, "a.csv"));
    writeFileSync(own, "");
    const deadPid = spawnSync(process.execPath, ["-e", ""]).pid;
    const foreign = own.replace(`-${process.pid}-`, `-${deadPid}-`);
    writeFileSync(foreign, "");
    // An earlier process with the same pid, as in a restarted container.
    writeFileSync(own.replace(/-\d+-(\d+-a\.csv)$/, "-1000-$1"), "");
    expect(removeStaleTemporaries(folder)).toBe(2);
    expect(readdirSync(folder)).toEqual([own.slice(folder.length + 1)]);
  });

  it("are committed by a rename after other code wrote them", () => {
    const folder = temporaryFolder();
    const temporary = temporaryPath(join(folder, "a.csv"));
    writeFileSync(temporary, "x,y\n");
    commitFile(temporary, join(folder, "a.csv"));
    expect(readdirSync(folder)).toEqual(["a.csv"]);
    expect(() => commitFile(temporary, join(folder, "a.csv"))).toThrow("its folder does not exist");
  });
});
