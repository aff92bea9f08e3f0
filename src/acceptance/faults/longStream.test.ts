/** `mlctl predict -` reads streams of any length in constant memory. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { random } from "../../core/random.ts";
import { bin, environment, logisticWorkspace } from "../lifecycleWorkspace.ts";

const workspace = logisticWorkspace();

it("of a million rows takes no more memory than one of a tenth of that", async () => {
  const tenth = await stream(100_000);
  const whole = await stream(1_000_000);
  expect([tenth.status, tenth.rows, whole.status, whole.rows]).toEqual([0, 100_000, 0, 1_000_000]);
  // Measured: 106 MB and 160 to 180 MB, 157 MB at four million; 305 MB on a busy machine, where Node 24 collects later. A
  // million rows that stay take 400 MB and more: each has five strings of some 40 bytes, their headers and an array.
  expect(whole.peakMegabytes).toBeGreaterThan(50);
  expect(whole.peakMegabytes - tenth.peakMegabytes).toBeLessThan(350);
});

/** `count` rows through `mlctl predict -`, no faster than it takes them. */
async function stream(count: number): Promise<{ status: number | null; rows: number; peakMegabytes: number }> {
  const measured = `import { main } from ${JSON.stringify(join(bin, "../../dist/cli/main.js"))};
    process.on("exit", () => process.stderr.write("peak " + process.resourceUsage().maxRSS + "\\n"));
    await main(["predict", "-", "-q"]);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", measured], {
    cwd: workspace.folder,
    env: environment(),
  });
  let [rows, stderr] = [-1, ""];
  child.stdout.on("data", (chunk: Buffer) => {
    for (const byte of chunk) if (byte === 10) rows++;
  });
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = new Promise<number | null>((resolve) => void child.on("close", resolve));
  const { integer } = random(5);
  child.stdin.write("corporation,lastmonth_activity,lastyear_activity,number_of_employees\n");
  for (let row = 0; row < count; row += 1000) {
    let chunk = "";
    for (let i = 0; i < 1000; i++) chunk += `c${row + i},${integer(900)},${integer(5000)},${integer(2000)}\n`;
    if (!child.stdin.write(chunk))
      await new Promise<void>((resolve) => void child.stdin.once("drain", () => resolve()));
  }
  child.stdin.end();
  const status = await closed;
  return { status, rows, peakMegabytes: Number(/peak (\d+)/.exec(stderr)?.[1]) / 1024 };
}
