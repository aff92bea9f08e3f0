/** watch with the real program: drops become results, whatever they are called, and each has exactly one. */
import { existsSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync, appendFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { logisticWorkspace, sampleWorkspace, type LifecycleWorkspace } from "./lifecycleWorkspace.ts";

interface DropJson {
  readonly file: string;
  readonly name: string;
  readonly status: string;
  readonly rows: number;
  readonly rejected: number;
  readonly logged: number | null;
  readonly model_version: number;
  readonly output: string | null;
  readonly reject_file: string | null;
  readonly log: string;
  readonly monitoring: Record<string, unknown> | null;
  readonly warnings: readonly string[];
  readonly error: { readonly message: string; readonly details: readonly string[] } | null;
}

let trained: LifecycleWorkspace;
let rows: string[];
const header = "corporation,lastmonth_activity,lastyear_activity,number_of_employees,exited";

beforeAll(() => {
  trained = logisticWorkspace();
  rows = trained.read("testdata/testdata.csv").trim().split("\n").slice(1, 41);
});

const csv = (some: readonly string[] = rows): string => `${[header, ...some].join("\n")}\n`;

function linesOf(text: string): DropJson[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as DropJson);
}

/** All files below the folder of drops, but for locks. */
function tree(workspace: LifecycleWorkspace): string[] {
  const entries = readdirSync(join(workspace.folder, "drops"), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(workspace.folder, "drops").length + 1))
    .filter((path) => !path.startsWith("processing/.watchers"))
    .toSorted();
}

const locks = (workspace: LifecycleWorkspace): string[] =>
  readdirSync(join(workspace.folder, "drops/processing/.watchers"));

it("removes the locks of watchers that were killed, on any machine, and not those of living or starting ones", async () => {
  const workspace = trained.copy();
  const started = async () => {
    const watcher = workspace.start("watch", "--json");
    let stderr = "";
    await new Promise<void>((resolve) => {
      watcher.child.stderr!.on("data", (chunk: Buffer) => {
        stderr += chunk.toString();
        if (stderr.includes("watching")) resolve();
      });
    });
    return watcher;
  };
  const [killed, living] = [await started(), await started()];
  // A living one may remove the locks of the killed one at any time.
  expect(locks(workspace).filter((name) => name.includes(`-${killed.child.pid}-`))).not.toEqual([]);
  killed.child.kill("SIGKILL");
  await killed.finished;
  workspace.write({
    "drops/processing/.watchers/elsewhere-7-aa.lock": "",
    "drops/processing/.watchers/elsewhere-7-aa.lock.json": "{}",
    "drops/processing/.watchers/starting-7-bb.lock": "",
  });
  expect(once(workspace).status).toBe(0);
  const left = locks(workspace).filter((name) => name !== "starting-7-bb.lock");
  expect(left.filter((name) => !name.includes(`-${living.child.pid}-`))).toEqual([]);
  expect(left).toHaveLength(locks(workspace).length - 1);
  living.child.kill("SIGTERM");
  await living.finished;
  expect(locks(workspace)).toEqual(["starting-7-bb.lock"]);
});

function once(
  workspace: LifecycleWorkspace,
  ...args: string[]
): { status: number | null; drops: DropJson[]; stderr: string } {
  const { status, stdout, stderr } = workspace.run(["watch", "--once", "--settle", "0s", "--json", ...args]);
  return { status, drops: linesOf(stdout), stderr };
}

describe("a dropped file", () => {
  it("is predicted as predict does, kept whole, judged and logged", () => {
    const workspace = trained.copy();
    workspace.write({ "drops/input/a.csv": csv() });
    workspace.ok("predict", "drops/input/a.csv", "-o", "answers.csv");
    const { status, drops } = once(workspace);
    expect(status).toBe(0);
    expect(tree(workspace)).toEqual(["logs/a.csv.log", "processed/a.csv", "processed/a_predictions_attrition_v1.csv"]);
    expect(workspace.read("drops/processed/a_predictions_attrition_v1.csv")).toBe(workspace.read("answers.csv"));
    expect(workspace.read("drops/processed/a.csv")).toBe(csv());
    expect(Object.keys(drops[0]!).join()).toBe(
      "file,name,status,at,seconds,attempts,run_id,model_version,log,output,reject_file,rows,rejected,logged,log_problem,warnings,monitoring,failed,warned,unjudged,error",
    );
    expect(Object.keys(drops[0]!.monitoring!).join()).toBe(
      "monitor_id,status,drift_share,drifted,drifted_columns,labelled,metrics,findings,alerts",
    );
    expect(drops[0]!.monitoring).toMatchObject({ labelled: 40 });
    const log = workspace.read("drops/logs/a.csv.log").trim().split("\n");
    expect(log.every((line) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \S/.test(line))).toBe(true);
    expect(log.at(-1)).toMatch(/processed: a_predictions_attrition_v1\.csv, a\.csv$/);
    const { windows } = workspace.json<{ windows: { label: string }[] }>("monitor", "--history");
    expect(windows.map(({ label }) => label)).toEqual(["a.csv"]);
    expect(workspace.json("monitor", "--show", "latest")).toMatchObject({
      source: "files",
      model_version: 1,
      window: { file: "a.csv", rows: 40 },
    });
  });

  it("needs no labels, and may be JSON, JSON lines, compressed, with other separators, or have a header alone", () => {
    const workspace = trained.copy();
    const cells = rows.map((row) => row.split(",").slice(0, 4));
    const names = header.split(",").slice(0, 4);
    const valueOf = (cell: string, i: number) => (i === 0 ? cell : cell === "" ? null : Number(cell));
    const objects = cells.map((row) => Object.fromEntries(row.map((cell, i) => [names[i], valueOf(cell, i)])));
    workspace.write({
      "drops/input/a.csv.gz": gzipSync([names.join(","), ...cells.map((row) => row.join(","))].join("\n")),
      "drops/input/b.json": JSON.stringify(objects),
      "drops/input/c.jsonl": objects.map((row) => JSON.stringify(row)).join("\n"),
      "drops/input/d.tsv": [names, ...cells].map((row) => row.join("\t")).join("\n"),
      "drops/input/e.csv": `${names.join(",")}\n`,
    });
    const { status, drops } = once(workspace);
    expect([status, drops.map(({ status: each, rows: count }) => `${each} ${count}`)]).toEqual([
      0,
      ["processed 40", "processed 40", "processed 40", "processed 40", "processed 0"],
    ]);
    const answers = "abcd".split("").map((name) =>
      workspace
        .read(`drops/processed/${name}_predictions_attrition_v1.csv`)
        .trim()
        .split("\n")
        .map((line) => line.split(",").slice(-2).join()),
    );
    expect(new Set(answers.map((each) => each.join("\n"))).size).toBe(1);
    expect(answers[0]).toHaveLength(41);
    expect(drops[0]!.monitoring).toMatchObject({ labelled: 0 });
    expect(drops[4]!.monitoring).toBe(null);
  });

  it("called .tsv may have commas: it is predicted and judged as a CSV", () => {
    const workspace = trained.copy();
    workspace.configure({ monitor: { minimum_rows: 1 } });
    workspace.write({ "drops/input/commas.tsv": csv(), "drops/input/tabs.tsv": csv().replaceAll(",", "\t") });
    const { drops } = once(workspace);
    const findings = drops.map(({ monitoring }) =>
      (monitoring!["findings"] as { name: string }[]).map((each) => each.name),
    );
    expect(drops.map(({ rows: count, monitoring }) => [count, monitoring!["labelled"]])).toEqual([
      [40, 40],
      [40, 40],
    ]);
    expect(findings[0]).toEqual(findings[1]);
    const answers = ["commas", "tabs"].map((name) =>
      workspace.read(`drops/processed/${name}_predictions_attrition_v1.csv`),
    );
    expect(answers[0]).toBe(answers[1]);
  });

  it("is refused with everything that is wrong at once, and stays as it is in errored", () => {
    const workspace = trained.copy();
    const bad = csv([rows[0]!, "x,many,1,2,0", rows[1]!, "y,1,2,0", "z,1,few,3,1"]);
    workspace.write({
      "drops/input/names.csv": csv().replace("lastmonth_activity,lastyear_activity", "last_month_activity,z"),
      "drops/input/rows.csv": bad,
      "drops/input/empty.csv": "",
      "drops/input/image.png": "png",
    });
    const { status, drops } = once(workspace);
    expect(status).toBe(3);
    const errors = Object.fromEntries(drops.map(({ file, error }) => [file, error!]));
    expect(errors["names.csv"]!.details).toEqual([
      'column "lastmonth_activity" is missing; did you rename it to "last_month_activity"?',
      'column "lastyear_activity" is missing; did you rename it to "last_month_activity"?',
    ]);
    expect(errors["rows.csv"]!.message).toMatch(/^rows\.csv: 3 rows cannot be predicted, first: line 3: /);
    expect(errors["rows.csv"]!.details.map((line) => line.split(":")[0])).toEqual(["line 3", "line 5", "line 6"]);
    expect(errors["empty.csv"]!.message).toBe("empty.csv is empty");
    expect(errors["image.png"]!.message).toBe("image.png is not a CSV, TSV, JSON, JSON lines or Parquet file");
    expect(workspace.names("drops/errored")).toEqual(["empty.csv", "image.png", "names.csv", "rows.csv"]);
    expect(workspace.names("drops/processed")).toEqual([]);
    expect(workspace.read("drops/errored/rows.csv")).toBe(bad);
    expect(workspace.read("drops/logs/names.csv.log")).toContain("did you rename it");
  });

  it("with guard writes rejected rows to their own file; --response-key names the predictions; the log has each once", () => {
    const workspace = trained.copy();
    workspace.configure({ watch: { guard: true, log: true }, monitor: { minimum_rows: 1 } });
    workspace.write({ "drops/input/rows.csv": csv([...rows.slice(0, 5), "x,many,1,2,0"]) });
    const { drops } = once(workspace, "--response-key", "exit_pred");
    expect(drops).toMatchObject([{ rows: 5, rejected: 1, logged: 5, reject_file: "processed/rows_rejected.csv" }]);
    expect(workspace.read("drops/processed/rows_predictions_attrition_v1.csv").split("\n")[0]).toBe(
      `${header},exit_pred,probability,prediction_id`,
    );
    expect(workspace.read("drops/processed/rows_rejected.csv").split("\n")[1]).toMatch(/^x,many,1,2,0,7,/);
    expect(workspace.json("predictions", "list")).toMatchObject({ total: 5 });
  });

  it("of a name that is there already is kept apart, also where only the ending differs", () => {
    const workspace = trained.copy();
    for (const name of ["a.csv", "a.csv", "a.txt"]) {
      workspace.write({ [`drops/input/${name}`]: csv(rows.slice(0, name === "a.txt" ? 3 : 5)) });
      expect(once(workspace).drops).toHaveLength(1);
    }
    const names = workspace.names("drops/processed");
    expect(names).toHaveLength(6);
    expect(
      names.filter((name) => /^a(_\d{8}T\d{9}Z)?(_predictions_attrition_v1\.csv|\.csv|\.txt)$/.test(name)),
    ).toEqual(names);
    expect(workspace.json<{ windows: object[] }>("monitor", "--history").windows).toHaveLength(3);
  });

  it("may be called anything and lie in folders; links and files in the making are left alone", () => {
    const workspace = trained.copy();
    const odd = [
      "a b.csv",
      "sub/dir/é 日本.csv",
      "two\nlines.csv",
      "quo\"te'[*].csv",
      `${"long".repeat(62)}.csv`,
      "-q.csv",
    ];
    workspace.write(Object.fromEntries(odd.map((name) => [`drops/input/${name}`, csv(rows.slice(0, 3))])));
    workspace.write({ "drops/input/x.csv.part": "a", "drops/input/.hidden.csv": csv(), "drops/input/y.tmp": "b" });
    writeFileSync(join(workspace.folder, "secret.csv"), csv());
    symlinkSync(join(workspace.folder, "secret.csv"), join(workspace.folder, "drops/input/link.csv"));
    symlinkSync(workspace.folder, join(workspace.folder, "drops/input/folder"));
    const { status, drops, stderr } = once(workspace);
    expect(drops.map(({ file }) => file).toSorted()).toEqual(odd.toSorted());
    expect([status, drops.every((drop) => drop.status === "processed")]).toEqual([0, true]);
    for (const { output, log, name } of drops) {
      for (const place of [output!, log, `processed/${name}`])
        expect(existsSync(join(workspace.folder, "drops", place)), place).toBe(true);
    }
    expect(stderr).toMatch(/link\.csv is a link and is left where it is/);
    expect(workspace.names("drops/input").toSorted()).toEqual([
      ".hidden.csv",
      "folder",
      "link.csv",
      "sub",
      "x.csv.part",
      "y.tmp",
    ]);
  });

  it("does not leave the folder through a link in the place of a folder", () => {
    const workspace = trained.copy();
    mkdirSync(join(workspace.folder, "drops/processed"), { recursive: true });
    mkdirSync(join(workspace.folder, "outside"));
    symlinkSync(join(workspace.folder, "outside"), join(workspace.folder, "drops/processed/sub"));
    workspace.write({ "drops/input/sub/a.csv": csv(rows.slice(0, 3)) });
    const { status, stderr } = once(workspace);
    expect(status).toBe(1);
    expect(stderr).toMatch(/leads out of/);
    expect(workspace.names("outside")).toEqual([]);
  });
});

describe("watch", () => {
  it("waits for a file that still grows, follows deployments, and finishes on SIGHUP", async () => {
    const workspace = trained.copy();
    workspace.write({ "drops/input/slow.csv": csv(rows.slice(0, 20)) });
    const path = join(workspace.folder, "drops/input/slow.csv");
    const { child, finished } = workspace.start("watch", "--settle", "700ms", "--poll", "100ms", "--json");
    let stdout = "";
    child.stdout!.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
    for (const row of rows.slice(20)) {
      appendFileSync(path, `${row}\n`);
      await sleep(60);
    }
    const until = async (count: number): Promise<void> => {
      while (linesOf(stdout.slice(0, stdout.lastIndexOf("\n") + 1)).length < count) {
        expect(child.exitCode).toBe(null);
        await sleep(50);
      }
    };
    await until(1);
    expect(linesOf(stdout)).toMatchObject([{ file: "slow.csv", rows: 40, model_version: 1 }]);
    workspace.configure({ train: { models: [{ family: "baseline" }] } });
    for (const step of [
      ["train", "-q"],
      ["score", "-q"],
      ["deploy", "--force", "-q"],
    ]) {
      const { status, stderr } = await workspace.start(...step).finished;
      expect(status, stderr).toBe(0);
    }
    workspace.write({ "drops/input/next.csv": csv() });
    await until(2);
    expect(linesOf(stdout)[1]).toMatchObject({
      file: "next.csv",
      output: "processed/next_predictions_attrition_v2.csv",
    });
    child.kill("SIGHUP");
    expect((await finished).status).toBe(143);
    expect(tree(workspace).filter((name) => name.startsWith("processing/"))).toEqual([]);
  });

  it("several at once take each file once", async () => {
    const workspace = trained.copy();
    const names = Array.from({ length: 14 }, (_, i) => `f${i}.csv`);
    workspace.write(Object.fromEntries(names.map((name) => [`drops/input/${name}`, csv(rows.slice(0, 5))])));
    const watchers = [1, 2].map(() => workspace.start("watch", "--once", "--settle", "0s", "--json"));
    const ended = await Promise.all(watchers.map(({ finished }) => finished));
    expect(ended.map(({ status }) => status)).toEqual([0, 0]);
    const each = ended.map(({ stdout }) => linesOf(stdout));
    expect(
      each
        .flat()
        .map(({ name }) => name)
        .toSorted(),
    ).toEqual(names.toSorted());
    console.log(`two watchers took ${each.map((some) => some.length).join(" and ")} of 14 files`);
    expect(workspace.names("drops/processed")).toHaveLength(28);
  });

  it("leaves files where they are while nothing is deployed, with a message", () => {
    const workspace = sampleWorkspace();
    workspace.write({ "drops/input/a.csv": csv() });
    const { status, stderr } = once(workspace);
    expect([status, workspace.names("drops/input")]).toEqual([4, ["a.csv"]]);
    expect(stderr).toMatch(/no model is deployed: files are left where they are/);
  });

  it("--once waits until each file had the time to settle, however often it looks, also after a takeover", () => {
    const workspace = trained.copy();
    const claim = `drops/processing/${"0".repeat(20)}`;
    const note = { owner: "gone-1-0", origin: "folder", given: "left.csv", name: "left.csv", nonce: "0", starts: 1 };
    workspace.write({
      "drops/input/a.csv": csv(),
      [`${claim}/claim.json`]: JSON.stringify({ ...note, claimedAt: "2026-01-01T00:00:00.000Z" }),
      [`${claim}/original.csv`]: csv(),
    });
    const args = ["watch", "--once", "--settle", "600ms", "--poll", "50ms", "--json"];
    const { status, stdout, stderr } = workspace.run(args);
    expect([status, linesOf(stdout).map(({ file }) => file)]).toEqual([0, ["left.csv", "a.csv"]]);
    expect(stderr).not.toContain("still being written");
    // It ends by itself.
    expect(stderr).not.toContain("Ctrl-C");
  });

  it("--once leaves a file that does not stop growing for the next time", async () => {
    const workspace = trained.copy();
    workspace.write({ "drops/input/slow.csv": csv() });
    const { child, finished } = workspace.start("watch", "--once", "--settle", "800ms", "--poll", "100ms", "--json");
    for (let i = 0; child.exitCode === null; i++) {
      appendFileSync(join(workspace.folder, "drops/input/slow.csv"), `${rows[i % rows.length]!}\n`);
      await sleep(50);
    }
    const { status, stdout, stderr } = await finished;
    expect([status, stdout]).toEqual([0, ""]);
    expect(stderr).toContain("1 file is still being written and left for the next time");
  }, 30_000);

  it("says what is wrong with a folder as source, and with --fail-on where nothing ends", () => {
    const { status, stderr } = trained.run(["watch", "./drops"]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("hint: a folder is named with --folder ./drops")]);
    const forever = trained.run(["watch", "--fail-on", "drift"]);
    expect([forever.status, forever.stderr]).toEqual([2, expect.stringContaining("--fail-on needs --once")]);
  });

  it("takes the oldest first, and exits as --fail-on asks", () => {
    const workspace = trained.copy();
    workspace.configure({ monitor: { require: { f1: { min: 0.999 } }, minimum_rows: 1 } });
    workspace.write({ "drops/input/b.csv": csv(), "drops/input/a.csv": csv() });
    utimesSync(join(workspace.folder, "drops/input/b.csv"), 1, 1);
    const { status, drops } = once(workspace, "--fail-on", "performance");
    expect([status, drops.map(({ file }) => file)]).toEqual([13, ["b.csv", "a.csv"]]);
    expect(dirname(drops[0]!.output!)).toBe("processed");
  });
});
