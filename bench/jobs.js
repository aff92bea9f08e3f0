/** The jobs of the benchmark: how to prepare a folder, the mlctl command, the peer's script, and the ratio to reach. */
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));
const root = fileURLToPath(new URL("..", import.meta.url));
const peer = (name) => join(here, "peers", name);

export const jobs = [
  {
    name: "version",
    limit: 0.15,
    mlctl: () => ["--version"],
    peer: () => ["-c", "import pandas, sklearn, xgboost"],
  },
  {
    name: "fullprocess",
    limit: 0.6,
    prepare(folder) {
      for (const name of ["practicedata", "testdata", "config.json"])
        cpSync(join(root, name), join(folder, name), { recursive: true });
    },
    mlctl: () => ["fullprocess", "--force", "-q"],
    peer: (folder) => [peer("fullprocess.py"), folder],
  },
  {
    name: "ingest-1M",
    limit: 0.6,
    prepare(folder) {
      mkdirSync(join(folder, "in"));
      writeFileSync(join(folder, "in", "rows.csv"), millionRows());
      writeFileSync(join(folder, "config.json"), JSON.stringify({ input_folder_path: "in", target: "y" }));
    },
    mlctl: () => ["ingest", "--force", "-q"],
    peer: (folder) => [peer("ingest.py"), join(folder, "in", "rows.csv"), join(folder, "out.csv")],
  },
];

/** Numbers, a category and a time; one row in fifty is a copy. Made from a counter, so that it is always the same. */
function millionRows() {
  const lines = ["temp,rain,clouds,weather,time,y"];
  const weather = ["Clear", "Clouds", "Rain", "Snow", "Mist"];
  for (let i = 0; i < 1_000_000; i++) {
    const k = i % 50 === 49 ? i - 1 : i;
    const mixed = Math.imul(k, 2654435761) >>> 0;
    const time = new Date(Date.UTC(2012, 0, 1) + k * 60_000).toISOString().slice(0, 19).replace("T", " ");
    lines.push(
      `${(mixed % 4000) / 100 + 260},${(mixed >>> 7) % 30},${mixed % 101},${weather[mixed % 5]},${time},${mixed % 7281}`,
    );
  }
  return `${lines.join("\n")}\n`;
}
