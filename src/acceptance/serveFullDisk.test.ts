/** serve on a full disk: what is answered, what is logged, what is told. Other disks and programs: faults/diskServers. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { logMetric, logProblem, predictMany, smallDisk, warningsIn } from "./faults/smallDisk.ts";
import { bin, environment, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";
import { ask, served } from "./servedWorkspace.ts";

const small = smallDisk({ serve: { log: { queue_rows: 100, flush_ms: 20 } } });
let workspace: LifecycleWorkspace;
beforeEach(() => void (workspace = small.workspace()));

describe("serve", () => {
  it("on a full disk answers, says so once, writes what waited, and counts what is lost", async () => {
    const server = await served(workspace);
    await predictMany(server, 10);
    await expect.poll(small.logged, { timeout: 10_000 }).toBe(10);
    small.fill();
    await predictMany(server, 60);
    await expect.poll(() => logProblem(server)).toMatch(/^cannot write mlctl\.db\.predictions: no space left/);
    await predictMany(server, 150);
    expect(await logMetric(server, "failing")).toBe(1);
    expect(await logMetric(server, "dropped_total")).toBeGreaterThan(0);
    for (const path of ["/ready", "/ui", "/ui/predictions"]) expect((await server.get(path)).status, path).toBe(200);
    small.free();
    await expect.poll(() => logProblem(server), { timeout: 5000 }).toBeNull();
    expect(await logMetric(server, "failing")).toBe(0);
    small.fill();
    await predictMany(server, 60);
    await expect.poll(() => logProblem(server), { timeout: 5000 }).not.toBeNull();
    const { status, stderr } = await server.stop();
    expect(status).toBe(143);
    small.free();
    // A few may have found space in the last page of the file.
    const lost = 280 - (await small.logged());
    expect(lost).toBeGreaterThan(100);
    const told = warningsIn(stderr);
    expect(told).toHaveLength(3);
    expect(told[0]).toMatch(/not logged: cannot write .*: no space left on the device; up to 100 are kept/);
    expect(told[1]).toMatch(/100 wait in memory \(serve\.log\.queue_rows\), others are lost/);
    expect(told[2]).toMatch(new RegExp(`^warning: ${lost} predictions were not logged: cannot write .*no space left`));
  });

  it("outlives a full disk under its own messages, and counts those that are lost", async () => {
    const path = join(workspace.folder, "serve.log");
    const args = [bin, "serve", "--port", "0", "--json", "--verbose"];
    const stderr = openSync(path, "a");
    const child: ChildProcess = spawn(process.execPath, args, {
      cwd: workspace.folder,
      env: environment(),
      stdio: ["ignore", "pipe", stderr],
    });
    closeSync(stderr);
    const ended = once(child, "exit");
    const [line] = (await once(child.stdout!, "data")) as [Buffer];
    const { url } = JSON.parse(line.toString()) as { url: string };
    small.fill();
    // A line for each: more than the last page of the file takes.
    for (let i = 0; i < 200; i++) expect((await ask(`${url}/health`, { method: "GET", headers: {} })).status).toBe(200);
    small.free();
    child.kill("SIGTERM");
    expect(await ended).toEqual([143, null]);
    expect(workspace.read("serve.log")).toMatch(/^warning: \d+ messages could not be written here$/m);
  });
});
