/** `mlctl engine` and what it does where libraries are absent or broken. */
import { existsSync, mkdirSync, readdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { findLibraries, libraryName } from "../estimators/xgboost/engines/native/findLibrary.ts";
import { availableWheel } from "../estimators/xgboost/engines/native/releases.ts";
import {
  emptyWorkspace,
  repository,
  sampleWorkspace,
  temporaryFolder,
  type LifecycleWorkspace,
} from "./lifecycleWorkspace.ts";

const library = findLibraries()[0]?.path;
const release = availableWheel();

const contains = (text: string): string => expect.stringContaining(text) as string;

/** A native library that every machine has, for any platform. */
function sqlite(platform: string): string {
  return join(repository, "node_modules/better-sqlite3/prebuilds", `${platform}.node`);
}

/** A wheel with these files. */
function wheel(files: Readonly<Record<string, Uint8Array>>): string {
  const path = join(temporaryFolder(), "xgboost_cpu-1.0.0-py3-none-any.whl");
  writeFileSync(path, zipSync(files, { level: 0 }));
  return path;
}

/** The engines of this machine in a data folder. */
const engines = (data: string): string => join(data, "mlctl", "engines", `${process.platform}-${process.arch}`);

const inLibrary = `xgboost/lib/${libraryName()}`;

describe("mlctl engine install --from", () => {
  it.skipIf(library === undefined)("installs, is listed as what is used, and is removed (needs libxgboost)", () => {
    const [workspace, data] = [emptyWorkspace(), temporaryFolder()];
    const engine = (...args: string[]) => workspace.run(["engine", ...args], { environment: { XDG_DATA_HOME: data } });
    const file = wheel({
      [inLibrary]: readFileSync(library!),
      "xgboost_cpu.libs/libnothing.so": new Uint8Array(1),
      "xgboost/__init__.py": new Uint8Array(1),
      "../../evil": new Uint8Array(1),
    });
    const installed = engine("install", "--from", file, "--json");
    expect(installed).toMatchObject({ status: 0 });
    expect(installed.stderr).toContain("unknown checksum of");
    const { version, library: path } = JSON.parse(installed.stdout) as { version: string; library: string };
    const folder = join(engines(data), `xgboost-${version}`);
    expect(path).toBe(join(folder, inLibrary));
    expect(readdirSync(folder, { recursive: true }).toSorted()).toEqual(
      [
        "wheel.sha256",
        "xgboost",
        "xgboost/lib",
        inLibrary,
        "xgboost_cpu.libs",
        "xgboost_cpu.libs/libnothing.so",
      ].toSorted(),
    );
    expect(readdirSync(engines(data))).toEqual([`xgboost-${version}`]);
    expect(JSON.parse(engine("list", "--json").stdout)).toMatchObject({
      engine: "native",
      used: { path, version, origin: "mlctl engine install" },
    });
    // Again, over the one that is there.
    expect(engine("install", "--from", file)).toMatchObject({ status: 0 });
    expect(engine("remove", "9.9.9")).toMatchObject({
      status: 2,
      stderr: contains(`installed: ${version}`),
    });
    expect(engine("remove")).toMatchObject({
      status: 0,
      stderr: contains(`removed XGBoost ${version}`),
    });
    expect(readdirSync(engines(data))).toEqual([]);
    expect(engine("remove").stderr).toContain("nothing to remove");
  });

  it.each<[string, () => string, string, number]>([
    ["is not there", () => "absent.whl", "the file does not exist", 2],
    ["is a folder", () => repository, "it is a folder", 2],
    ["is not a zip file", () => join(repository, "README.md"), "is not a zip file, or is damaged", 3],
    ["is of something else", () => wheel({ "six.py": new Uint8Array(1) }), "is not an XGBoost wheel", 3],
    [
      "is for another system",
      () => wheel({ "xgboost/lib/xgboost.other": new Uint8Array(1) }),
      "is for another system",
      3,
    ],
    ["has text for a library", () => wheel({ [inLibrary]: Buffer.from("text") }), "cannot be used on this machine", 1],
    [
      "has a library of another kind",
      () => wheel({ [inLibrary]: readFileSync(sqlite(`${process.platform}-${process.arch}`)) }),
      "cannot be used on this machine",
      1,
    ],
  ])("refuses a file that %s, and installs nothing", (_what, file, message, status) => {
    const data = temporaryFolder();
    const environment = { XDG_DATA_HOME: data };
    const finished = emptyWorkspace().run(["engine", "install", "--from", file()], { environment });
    expect(finished).toMatchObject({ status, stderr: contains(message) });
    const parent = engines(data);
    expect(existsSync(parent) ? readdirSync(parent) : []).toEqual([]);
  });

  it.skipIf(release === null)(
    "refuses what an index has changed (needs a machine that XGBoost has a wheel for)",
    async () => {
      const { filename } = release!;
      const server = createServer(
        (request, response) =>
          void response.end(request.url!.endsWith(".whl") ? "changed" : `<a href="/${filename}">it</a>`),
      );
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as AddressInfo;
      const variables = { XDG_DATA_HOME: temporaryFolder(), PIP_INDEX_URL: `http://127.0.0.1:${port}` };
      const { finished } = emptyWorkspace().startWith(variables, "engine", "install");
      expect(await finished).toMatchObject({ status: 3, stderr: contains("not that of the release") });
      expect(readdirSync(engines(variables.XDG_DATA_HOME))).toEqual([]);
      server.close();
    },
  );

  it("finds out before it downloads that it cannot write", async () => {
    let requests = 0;
    const server = createServer((_request, response) => {
      requests += 1;
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    // A file in place of a folder, because root may write everywhere.
    const data = join(temporaryFolder(), "file");
    writeFileSync(data, "");
    const variables = { XDG_DATA_HOME: data, PIP_INDEX_URL: `http://127.0.0.1:${port}` };
    const { finished } = emptyWorkspace().startWith(variables, "engine", "install");
    expect(await finished).toMatchObject({ status: 1, stderr: contains("to a folder that you can write") });
    expect(requests).toBe(0);
    server.close();
  });
});

describe.skipIf(library === undefined || release === null)("mlctl engine install (needs libxgboost)", () => {
  const unreachable = { PIP_INDEX_URL: "http://127.0.0.1:9/simple" };

  /** An engine that was there before. */
  function placed(data: string, version: string, sha256?: string): void {
    const folder = join(engines(data), `xgboost-${version}`);
    mkdirSync(dirname(join(folder, inLibrary)), { recursive: true });
    writeFileSync(join(folder, inLibrary), readFileSync(library!));
    if (sha256 !== undefined) writeFileSync(join(folder, "wheel.sha256"), `${sha256}\n`);
  }

  const install = (environment: Record<string, string>, ...args: string[]) =>
    emptyWorkspace().run(["engine", "install", "--json", ...args], { environment });

  it("takes as installed only what came from the wheel of the release", async () => {
    const { nativeLibraries } = await import("../estimators/xgboost/engines/chooseEngine.ts");
    const { version } = (await nativeLibraries()).used!;
    const data = temporaryFolder();
    const environment = { ...unreachable, XDG_DATA_HOME: data };
    placed(data, version);
    expect(install(environment)).toMatchObject({ status: 1, stderr: contains("could not be downloaded") });
    placed(data, version, "0".repeat(64));
    expect(install(environment)).toMatchObject({ status: 1, stderr: contains("could not be downloaded") });
    placed(data, version, release!.sha256);
    const installed = install(environment);
    expect(installed).toMatchObject({ status: 0, stderr: expect.not.stringContaining("will not train") as string });
    expect(JSON.parse(installed.stdout)).toMatchObject({ status: "already_installed", sha256: release!.sha256 });
  });

  it.each([
    ["a newer one", {}, "mlctl engine remove 99.0.0"],
    ["no library at all", { MLCTL_XGBOOST_LIBRARY: "none" }, "MLCTL_XGBOOST_LIBRARY is none: unset it"],
    ["another one", { MLCTL_XGBOOST_LIBRARY: library ?? "" }, "MLCTL_XGBOOST_LIBRARY is /"],
  ])("warns if %s is what will train", (_what, variables, warning) => {
    const data = temporaryFolder();
    placed(data, "99.0.0");
    const file = wheel({ [inLibrary]: readFileSync(library!) });
    const installed = install({ XDG_DATA_HOME: data, ...variables }, "--from", file);
    expect(installed).toMatchObject({ status: 0, stderr: contains("is installed, but will not train: ") });
    expect(installed.stderr.replace(/\s+/g, " ")).toContain(warning);
  });
});

/** A file in the place of a library, in a Python environment that is active. */
function broken(content: Uint8Array): { VIRTUAL_ENV: string; path: string } {
  const VIRTUAL_ENV = temporaryFolder();
  const path = join(VIRTUAL_ENV, process.platform === "win32" ? "Library/bin" : "lib", libraryName());
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return { VIRTUAL_ENV, path };
}

/** Ready to train xgboost alone. */
function ingested(params: object = {}): LifecycleWorkspace {
  const workspace = sampleWorkspace();
  workspace.ok("ingest");
  workspace.configure({ train: { models: [{ family: "xgboost", params: { n_estimators: 5, ...params } }] } });
  return workspace;
}

describe.each([
  ["a text file", () => Buffer.from("not a library\n")],
  ["an empty file", () => new Uint8Array()],
  ["a library for another machine", () => readFileSync(sqlite(process.arch === "arm64" ? "linux-x64" : "linux-arm64"))],
  ["a library of something else", () => readFileSync(sqlite(`${process.platform}-${process.arch}`))],
])("%s in the place of libxgboost", (_what, content) => {
  const XDG_DATA_HOME = temporaryFolder();

  it("is passed over with a warning where any engine will do", () => {
    const workspace = ingested();
    const { VIRTUAL_ENV, path } = broken(content());
    const environment = { XDG_DATA_HOME, VIRTUAL_ENV };
    const trained = workspace.run(["train", "--json"], { environment });
    expect(trained).toMatchObject({ status: 0 });
    const { warnings } = JSON.parse(trained.stdout) as { warnings: string[] };
    expect(warnings.filter((warning) => warning.includes(`${path} cannot be used`))).toHaveLength(1);
    const { findings } = JSON.parse(workspace.run(["doctor", "--json"], { environment }).stdout) as {
      findings: { name: string; status: string; message: string }[];
    };
    expect(findings.find(({ name }) => name === "XGBoost")).toMatchObject({ status: "warn", message: contains(path) });
  });

  it("is an error where it was named", () => {
    const MLCTL_XGBOOST_LIBRARY = broken(content()).path;
    const trained = ingested().run(["train"], { environment: { XDG_DATA_HOME, MLCTL_XGBOOST_LIBRARY } });
    expect(trained).toMatchObject({ status: 2, stderr: contains(`${MLCTL_XGBOOST_LIBRARY} cannot be used`) });
  });
});

it("MLCTL_XGBOOST_LIBRARY is relative to where the user is, not to -C", () => {
  const workspace = sampleWorkspace();
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "mine.so"), "not a library\n");
  const environment = { MLCTL_XGBOOST_LIBRARY: "mine.so" };
  const { stdout } = workspace.run(["doctor", "--json", "-C", workspace.folder], { environment, cwd });
  expect(stdout).toContain(`${join(realpathSync(cwd), "mine.so")} cannot be used`);
});

describe("where there is no libxgboost", () => {
  const environment = { MLCTL_XGBOOST_LIBRARY: "none" };

  it("WebAssembly trains, and the training says once how to get the faster engine: an installation would not help", () => {
    const workspace = ingested();
    const models = [1, 2].map((depth) => ({ family: "xgboost", params: { n_estimators: 5, max_depth: depth } }));
    workspace.configure({ train: { models } });
    const { status, stdout } = workspace.run(["train", "--json"], { environment });
    expect(status).toBe(0);
    const { notes } = JSON.parse(stdout) as { notes: string[] };
    expect(notes.filter((note) => note.includes("unset it to use the native engine"))).toHaveLength(1);
  });

  it("engine native is an error that says how to get it", () => {
    const trained = ingested({ engine: "native" }).run(["train"], { environment });
    expect(trained).toMatchObject({ status: 2, stderr: contains('MLCTL_XGBOOST_LIBRARY is "none": unset it') });
  });
});
