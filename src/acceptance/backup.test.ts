/** A workspace in one file and back, while others write, and what is refused. */
import { spawnSync } from "node:child_process";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip, gunzipSync, gzipSync } from "node:zlib";
import { extract, pack, type Header } from "tar-stream";
import { beforeAll, describe, expect, it } from "vitest";
import {
  deployedWorkspace,
  emptyWorkspace,
  sampleWorkspace,
  sha256,
  snapshot,
  temporaryFolder,
  workspaceIn,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

let workspace: LifecycleWorkspace;
let archive: string;
beforeAll(() => {
  workspace = deployedWorkspace();
  workspace.ok("predict", "testdata/testdata.csv", "--log", "-o", "answers.csv");
  archive = join(temporaryFolder(), "backup.tar.gz");
  workspace.ok("backup", archive);
});

it("says that mlctl.env is not in it, and what to do", () => {
  const copy = workspace.copy();
  copy.write({ "mlctl.env": "TOKEN='abc'\n" });
  const { status, stderr } = copy.run(["backup", join(temporaryFolder(), "b.tar.gz")]);
  expect([status, stderr]).toEqual([0, expect.stringContaining("mlctl.env is not in the backup, because it has")]);
  expect(stderr).toContain(`cp -p ${join(copy.folder, "mlctl.env")} <new folder>`);
});

/** Name and hash of every file in the folders that were copied. */
function content(of: LifecycleWorkspace): string[] {
  const folders = ["models", "ingesteddata", "production_deployment"];
  return folders.flatMap((folder) =>
    of.names(folder, /\.(json|csv|txt|html|png)$/).map((name) => `${name} ${sha256(of.read(`${folder}/${name}`))}`),
  );
}

describe("backup and restore", () => {
  it("bring back every record, artifact, logged prediction and the deployed model", () => {
    const restored = emptyWorkspace();
    const { next, ...result } = restored.json<{ next: string }>("restore", archive);
    const places = { input_folder_path: "practicedata", test_data_path: "testdata" };
    const absent = Object.entries(places).map(([key, name]) => ({ key, path: join(restored.folder, name) }));
    expect(result).toMatchObject({ damaged: [], files: expect.any(Number), absent });
    expect(next).toBe(
      `copy the data to ${absent[0]!.path} and ${absent[1]!.path}, or change input_folder_path and test_data_path in config.json; then run \`mlctl doctor\`, then \`mlctl schedule install\` if jobs should run here`,
    );
    expect(content(restored)).toEqual(content(workspace));
    expect(restored.read("config.json")).toBe(workspace.read("config.json"));
    restored.ok("verify");
    expect(restored.ok("runs", "list")).toBe(workspace.ok("runs", "list"));
    expect(restored.ok("predictions", "list", "--limit", "5")).toBe(
      workspace.ok("predictions", "list", "--limit", "5"),
    );
    const rows = "corporation,lastmonth_activity,lastyear_activity,number_of_employees\nabc,53,472,1074\n";
    const answer = (of: LifecycleWorkspace): string => of.run(["predict", "-"], { input: rows }).stdout;
    expect(answer(restored)).toBe(answer(workspace));
    // Input files stay where they were, unless asked for.
    expect(restored.names("practicedata")).toEqual([]);
  });

  it("take the input files along with --inputs, so that all goes on", () => {
    const whole = join(temporaryFolder(), "whole.tar.gz");
    const said = workspace.run(["backup", whole, "--inputs"]).stderr.replaceAll(/\s+/g, " ");
    expect(said).toContain(`next: \`mlctl restore ${whole} <new folder>\` restores it`);
    const restored = emptyWorkspace();
    expect(restored.json("restore", whole)).toMatchObject({
      absent: [],
      next: expect.stringMatching(/^run `mlctl doctor/),
    });
    expect(restored.json<{ status: string }>("fullprocess").status).toBe("nothing_new");
  });

  it("take what was dropped for watch along, a test file without its neighbours, and data that looks like a record", () => {
    const from = workspace.copy();
    const drops = ["input/waiting.csv", "processed/old.csv", "errored/bad.json", "logs/old.csv.log"];
    from.write(Object.fromEntries(drops.map((name) => [`drops/${name}`, `{"kind":"run" ${name}`])));
    from.write({ "tests.csv": from.read("testdata/testdata.csv"), "practicedata/bad.json": '{"kind":"run"' });
    from.configure({ test_data_path: "tests.csv", input_folder_path: "." });
    const path = join(from.folder, "whole.tar.gz");
    const { damaged } = from.json<{ damaged: string[] }>("backup", path, "--inputs");
    expect(damaged).toEqual([]);
    const restored = emptyWorkspace();
    restored.ok("restore", path);
    for (const name of [...drops.map((each) => `drops/${each}`), "tests.csv", "practicedata/bad.json"])
      expect(restored.read(name)).toBe(from.read(name));
    expect(content(restored)).toEqual(content(from));
    expect(restored.names(".", /tar\.gz$/)).toEqual([]);
    restored.ok("verify");
  });

  it("leave out files that vanish after they were listed, and report those that a record names", () => {
    const copy = workspace.copy();
    const [report] = copy.names("models", /^report_.*html$/);
    const [model] = copy.names("models", /^trainedmodel/);
    const preload = join(temporaryFolder(), "vanish.mjs");
    writeFileSync(preload, vanish);
    const path = join(temporaryFolder(), "vanished.tar.gz");
    const environment = {
      NODE_OPTIONS: `--import=${preload}`,
      VANISH: [report, model].map((name) => join(copy.folder, "models", name!)).join(),
    };
    const { status, stdout, stderr } = copy.run(["backup", path, "--json"], { environment });
    expect(status, stderr).toBe(0);
    expect(existsSync(join(copy.folder, "models", report!))).toBe(false);
    expect((JSON.parse(stdout) as { damaged: string[] }).damaged).toEqual([`models/${model!}`]);
    const restored = emptyWorkspace();
    restored.ok("restore", path);
    expect(restored.names("models", /^(report_.*html|trainedmodel.*)$/)).toHaveLength(
      copy.names("models", /^(report_.*html|trainedmodel.*)$/).length,
    );
  });

  it("go into no device, no pipe, no folder, nothing that is no backup, and none of what they are copies of", () => {
    const copy = workspace.copy();
    spawnSync("mkfifo", [join(copy.folder, "pipe")]);
    symlinkSync("models", join(copy.folder, "linked"));
    symlinkSync("/dev/null", join(copy.folder, "nothing"));
    copy.write({ "notes.txt": "mine", empty: "" });
    const refused = {
      "/dev/null": "is a device or a pipe",
      nothing: "is a device or a pipe",
      pipe: "is a device or a pipe",
      "/dev/stdout": "is a device or a pipe",
      ".": "is a folder",
      testdata: "is a folder",
      models: "is a folder",
      "models/b.tar.gz": "that folder is backed up",
      "linked/b.tar.gz": "that folder is backed up",
      "linked/new/b.tar.gz": "that folder is backed up",
      "config.json": "is not a backup, so it was not replaced",
      "mlctl.db": "is not a backup, so it was not replaced",
      "mlctl.db.lock": "is not a backup, so it was not replaced",
      "testdata/testdata.csv": "is not a backup, so it was not replaced",
      "notes.txt": "is not a backup, so it was not replaced",
      empty: "is not a backup, so it was not replaced",
    };
    // Each command that takes the lock opens the index for writing.
    const files = (): object => ({ ...snapshot(copy.folder), "": null, "/mlctl.db": null });
    const before = files();
    for (const [path, message] of Object.entries(refused)) {
      const { status, stdout, stderr } = copy.run(["backup", path]);
      expect([status, stdout, stderr], path).toEqual([2, "", expect.stringContaining(message)]);
    }
    expect(files()).toEqual(before);
    copy.ok("backup", "b.tar.gz");
    copy.ok("backup", "b.tar.gz");
    symlinkSync("notes.txt", join(copy.folder, "link.tar.gz"));
    copy.ok("backup", "link.tar.gz");
    expect(copy.read("notes.txt")).toBe("mine");
  });

  it("keep the name of the configuration", () => {
    for (const name of ["my.conf", "config 2.json", "settings"]) {
      const named = workspace.copy();
      named.write({ [name]: named.read("config.json"), "config.json": null });
      const path = join(temporaryFolder(), "named.tar.gz");
      named.ok("backup", path, "-c", name);
      const restored = emptyWorkspace();
      restored.ok("restore", path);
      expect(restored.read(name)).toBe(named.read(name));
      restored.ok("verify", "-c", name);
    }
  });

  it("hold a configuration and what it extends as one, which needs no other file", () => {
    const extending = workspace.copy();
    const elsewhere = join(temporaryFolder(), "base.json");
    writeFileSync(elsewhere, extending.read("config.json"));
    writeFileSync(join(extending.folder, "config.json"), JSON.stringify({ extends: elsewhere, name: "prod" }));
    const file = join(temporaryFolder(), "extending.tar.gz");
    expect(extending.run(["backup", file]).stderr.replace(/\s+/g, " ")).toContain(
      "the backup has both as one config.json",
    );
    rmSync(elsewhere);
    const restored = emptyWorkspace();
    restored.ok("restore", file);
    restored.ok("verify");
    expect(JSON.parse(restored.read("config.json"))).toMatchObject({ name: "prod", target: "exited" });
  });

  it("say what was damaged before", () => {
    const copy = workspace.copy();
    const [model] = copy.names("models", /^trainedmodel/);
    copy.write({ [`models/${model!}`]: "{}" });
    const path = join(temporaryFolder(), "damaged.tar.gz");
    const { status, stdout, stderr } = copy.run(["backup", path, "--json", "-q"]);
    expect((JSON.parse(stdout) as { damaged: string[] }).damaged).toEqual([`models/${model!}`]);
    expect([status, stderr]).toEqual([
      0,
      expect.stringContaining(
        `warning: models/${model!} is missing or changed, also in the backup\nhint: run \`mlctl verify\``,
      ),
    ]);
    const restored = emptyWorkspace();
    expect(restored.json<{ damaged: string[] }>("restore", path).damaged).toEqual([`artifact models/${model!}`]);
  });
});

describe("restore", () => {
  it("makes a new folder with those above it, and none if it fails", () => {
    const parent = emptyWorkspace();
    expect(parent.run(["restore", "nothing.tar.gz", "new/deep"]).status).toBe(2);
    expect(parent.names(".")).toEqual([]);
    parent.ok("restore", archive, "new/deep");
    expect([parent.names("."), parent.names("new")]).toEqual([["new"], ["deep"]]);
    parent.ok("verify", "-C", "new/deep");
  });

  it("fills an empty folder beside the archive, without replacing the folder", () => {
    const empty = emptyWorkspace();
    empty.write({ "b.tar.gz": readFileSync(archive) });
    const { ino } = statSync(empty.folder);
    empty.ok("restore", "b.tar.gz");
    expect(statSync(empty.folder).ino).toBe(ino);
    expect(content(empty)).toEqual(content(workspace));
  });

  it.each(["new", "."])("killed at any time leaves no configuration in %s before all files are there", (place) => {
    const preload = join(temporaryFolder(), "killAt.mjs");
    writeFileSync(preload, killAt);
    let kills = 0;
    for (let change = 1; ; change++) {
      const parent = emptyWorkspace();
      const environment = { NODE_OPTIONS: `--import=${preload}`, KILL_AT: String(change) };
      const { status, stderr } = parent.run(["restore", archive, place, "-q"], { environment });
      if (status === 0) break;
      expect(status, stderr).toBe(null);
      const restored = workspaceIn(join(parent.folder, place));
      if (existsSync(join(restored.folder, "config.json"))) expect(content(restored)).toEqual(content(workspace));
      kills++;
    }
    expect(kills).toBeGreaterThan(0);
  });
});

describe("restore refuses", () => {
  it("a folder that holds something, and one whose path is a file; nothing is changed", () => {
    const other = sampleWorkspace();
    const before = other.names(".");
    const { status, stderr } = other.run(["restore", archive]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("is not empty: it contains .gitignore, config.json")]);
    expect(stderr).toContain("restore into a new folder, as `mlctl restore FILE FOLDER`, then rename it");
    const file = other.run(["restore", archive, "config.json"]);
    expect([file.status, file.stderr]).toEqual([1, expect.stringContaining("is a file, not a folder")]);
    const below = other.run(["restore", archive, "config.json/deep"]);
    expect([below.status, below.stderr]).toEqual([1, expect.stringContaining("is a file, not a folder")]);
    expect(other.names(".")).toEqual(before);
  });

  it("a damaged or cut archive, and what is none; nothing is left behind", () => {
    const bytes = readFileSync(archive);
    const tar = gunzipSync(bytes);
    const flipped = Buffer.from(tar);
    const at = tar.indexOf('"datasetSha256"');
    flipped[at + 20] = flipped[at + 20]! ^ 1;
    for (const broken of [
      bytes.subarray(0, bytes.length / 2),
      gzipSync(flipped),
      Buffer.from("no archive"),
      Buffer.alloc(0),
      gzipSync("text"),
      gzipSync(tar.subarray(0, 5000)),
    ]) {
      const target = emptyWorkspace();
      const path = join(temporaryFolder(), "broken.tar.gz");
      writeFileSync(path, broken);
      const { status, stderr } = target.run(["restore", path]);
      expect([status, stderr.split("\n")[0]]).toEqual([
        3,
        expect.stringMatching(/^error: .*(is not an mlctl backup|is damaged)/),
      ]);
      expect(target.names(".")).toEqual([]);
    }
    const missing = emptyWorkspace().run(["restore", "nowhere.tar.gz"]);
    expect([missing.status, missing.stderr]).toEqual([
      2,
      expect.stringContaining("hint: give the path of a file that `mlctl backup` wrote"),
    ]);
  });

  it.each<[string, Partial<Header>]>([
    ["a name that leads out", { name: "models/../../evil.txt" }],
    ["an absolute name", { name: "/tmp/mlctl-evil.txt" }],
    ["a name of another place", { name: ".ssh/authorized_keys" }],
    ["a name with a backslash", { name: "models/..\\evil.txt" }],
    ["a symbolic link", { name: "models/link", type: "symlink", linkname: "/etc/passwd" }],
    ["a hard link", { name: "models/link", type: "link", linkname: "/etc/passwd" }],
    ["a name that comes twice", { name: "config.json" }],
  ])("%s", async (_what, header) => {
    const path = join(temporaryFolder(), "evil.tar.gz");
    await withEntry(path, header);
    const parent = temporaryFolder();
    const target = workspaceIn(parent);
    const { status, stderr } = target.run(["restore", path, "-C", join(parent, "inside")]);
    expect([status, stderr.split("\n")[0]]).toEqual([3, expect.stringContaining("which is never part of a backup")]);
    expect(existsSync(join(parent, "evil.txt"))).toBe(false);
    expect(existsSync("/tmp/mlctl-evil.txt")).toBe(false);
    expect(target.names("inside")).toEqual([]);
  });

  it("a configuration that puts folders elsewhere", () => {
    const outside = temporaryFolder();
    const copy = workspace.copy();
    copy.configure({ output_model_path: join(outside, "models") });
    const path = join(temporaryFolder(), "outside.tar.gz");
    copy.ok("backup", path);
    const { status, stderr } = emptyWorkspace().run(["restore", path]);
    expect([status, stderr]).toEqual([2, expect.stringContaining("has folders outside the workspace")]);
    expect(existsSync(join(outside, "models"))).toBe(false);
  });
});

/** Kills the process just before its n-th rename of a file or folder that it does not only unpack. */
const killAt = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const real = fs.renameSync;
let left = Number(process.env.KILL_AT);
fs.renameSync = (from, to) => {
  if (!from.includes("/unpacked/") && --left === 0) process.kill(process.pid, "SIGKILL");
  return real(from, to);
};
syncBuiltinESMExports();
`;

/** Takes files away once the first byte of an archive is to be written. */
const vanish = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
const real = fs.createWriteStream;
fs.createWriteStream = (path, ...rest) => {
  for (const file of process.env.VANISH.split(",")) fs.rmSync(file, { force: true });
  return real(path, ...rest);
};
syncBuiltinESMExports();
`;

/** The archive with one more file in front. */
async function withEntry(path: string, header: Partial<Header>): Promise<void> {
  const out = pack();
  const written = pipeline(out as unknown as NodeJS.ReadableStream, createGzip(), createWriteStream(path));
  const body = header.type === undefined ? "evil" : undefined;
  out.entry({ ...header, size: body?.length ?? 0 } as Header, body ?? "");
  const source = extract();
  const read = pipeline(createReadStream(archive), createGunzip(), source as unknown as NodeJS.WritableStream);
  for await (const entry of source) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    out.entry({ name: entry.header.name }, Buffer.concat(chunks));
  }
  await read;
  out.finalize();
  await written;
}
