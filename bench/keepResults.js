/** Keeps the newest result of every job in RESULTS.md, each with its machine and day. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";

const HEADER = ["job", "mlctl s", "peer s", "ratio", "must be", "mlctl MB", "peer MB", "day", "machine"];

/** @param rows cells of the jobs that ran now; those of other jobs stay as they were */
export function keepResults(path, jobs, rows) {
  const machine = `${cpus().length} × ${cpus()[0].model.trim()}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const day = new Date().toISOString().slice(0, 10);
  const kept = new Map(before(path).map((cells) => [cells[0], cells]));
  for (const row of rows) kept.set(row[0], [...row, day, machine]);
  const table = jobs.flatMap(({ name }) => (kept.has(name) ? [kept.get(name)] : []));
  const meanings = jobs.map(({ name, what }) => `- **${name}**: ${what}`);
  writeFileSync(
    path,
    [
      "# Measured beside the peers",
      "",
      "`npm run bench` writes this file: medians of whole processes, start-up included, both sides in turn in the same run.",
      "",
      line(HEADER),
      line(HEADER.map(() => "---")),
      ...table.map(line),
      "",
      ...meanings,
      "",
      "`node bench/growth.js` measures seconds by rows: ten times the rows never take more than 1.3 × ten times as long.",
      "",
    ].join("\n"),
  );
}

function line(cells) {
  return `| ${cells.join(" | ")} |`;
}

function before(path) {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n");
  return lines
    .filter((text) => text.startsWith("| "))
    .slice(2)
    .map((text) => text.slice(2, -2).split(" | "));
}
