/** No secret of config.json is in anything that mlctl writes or prints: in every setting that the schema marks, a marker. */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../core/json.ts";
import { mapStrings } from "../config/jsonPath.ts";
import { configSchema } from "../config/schema/schema.ts";
import { isUnder, secretSettings } from "../config/schema/configJsonSchema.ts";
import { emptyWorkspace, temporaryFolder } from "./lifecycleWorkspace.ts";

const MARKER = /S3cret\d+Mark/;

/** An entry for every secret setting; nothing listens on port 9. */
const skeleton: Json = {
  serve: { token: "*", tokens: [{ name: "a", token: "*", scopes: ["read"] }], port: 0, workers: 2 },
  alerts: [
    {
      type: "webhook",
      url: "http://u:*@127.0.0.1:9/hooks/*?sig=*",
      headers: { "X-Key": "*" },
      level: "warn",
      retries: 0,
    },
    { type: "email", to: "ops@example.org", smtp: "smtp://ops:*@127.0.0.1:9", level: "warn", retries: 0 },
    { type: "command", command: "echo 'no * here' >&2; sleep 0.3; exit 3", level: "warn", retries: 0 },
    { type: "pagerduty", routing_key: "*", url: "http://127.0.0.1:9/v2/enqueue", level: "warn", retries: 0 },
  ],
  schedule: [{ name: "apicalls", args: ["--url", "http://u:*@127.0.0.1:9", "--token", "*"], cron: "0 4 * * *" }],
  ingest: {
    sources: ["http://u:*@127.0.0.1:9/a.csv?sig=*", { url: "http://u:*@127.0.0.1:9/b.csv", headers: { "X-Key": "*" } }],
    download: { retries: 0 },
  },
  watch: {
    source: "http://u:*@127.0.0.1:9/x.csv?sig=*",
    settle: "0s",
    retries: 0,
    download: { headers: { "X-Key": "*" } },
  },
};

/** The skeleton with a marker of its own in each secret setting. */
function marked(): JsonObject {
  const settings = secretSettings(configSchema());
  const used = new Set<number>();
  const config = mapStrings(skeleton, (text, path) => {
    const i = settings.findIndex((setting) => isUnder(path, setting.path));
    if (i >= 0 && text.includes("*")) used.add(i);
    return text.replaceAll(/\*(?! \*)/g, i < 0 ? "*" : `S3cret${i}MarkOfThisTest`);
  });
  const missing = settings.filter((_, i) => !used.has(i)).map(({ path }) => path.join("."));
  expect(missing, "add these settings to the skeleton").toEqual([]);
  return config as JsonObject;
}

/** Files with a marker, without config.json; compressed ones are read too. */
function leaks(folder: string): string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => path !== join(folder, "config.json") && !path.endsWith(".tgz"))
    .filter((path) => {
      const bytes = readFileSync(path);
      return MARKER.test((path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("latin1"));
    });
}

function processLeaks(): string[] {
  const words = readdirSync("/proc").flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) ? [readFileSync(join("/proc", pid, "cmdline"), "latin1")] : [];
    } catch {
      return []; // it has ended
    }
  });
  return words.filter((line) => MARKER.test(line));
}

describe("the secrets of config.json", () => {
  const workspace = emptyWorkspace();
  const printed: string[] = [];
  const run = (...args: string[]): string => {
    const { stdout, stderr } = workspace.run(args);
    printed.push(...`${stdout}${stderr}`.split("\n").map((line) => `${args.join(" ")}: ${line}`));
    return stderr;
  };
  const isPrinted = (): string[] => printed.filter((line) => MARKER.test(line));

  it("are in nothing that the commands write or print", async () => {
    workspace.ok("init");
    const drifted = workspace
      .read("testdata/testdata.csv")
      .split("\n")
      .map((line, i) => (i === 0 ? line : line.replace(/^(\w+),(\d+)/, "$1,9$2")))
      .join("\n");
    workspace.configure({
      ...marked(),
      train: { models: [{ family: "baseline" }, { family: "logistic_regression" }] },
    });
    workspace.write({ "drifted.csv": drifted, "drops/input/a.csv": drifted });
    run("fullprocess");
    const monitor = workspace.start("monitor", "drifted.csv", "--json");
    const seen: string[] = [];
    const watching = setInterval(() => seen.push(...processLeaks()), 50);
    const monitored = await monitor.finished;
    clearInterval(watching);
    expect(seen).toEqual([]);
    const { alerts } = JSON.parse(monitored.stdout) as { alerts: { channel: string; error: string | null }[] };
    expect(new Set(alerts.map(({ channel }) => channel.split(" ")[0]))).toEqual(
      new Set(["webhook", "email", "command", "pagerduty"]),
    );
    expect(alerts.find(({ channel }) => channel === "command echo")?.error).toContain("exit code 3: no *** here");
    printed.push(monitored.stdout, monitored.stderr);
    expect(run("watch", "--once")).toContain("cannot be fetched");
    for (const args of ["alerts test", "alerts list", "config show", "config show --json", "config validate", "doctor"])
      run(...args.split(" "));
    for (const args of ["reindex", "runs list", "schedule list", "schedule now apicalls"]) run(...args.split(" "));
    expect(run("apicalls", "--url", "http://127.0.0.1:9")).not.toBe("");
    run("backup", "b.tgz");
    expect(isPrinted()).toEqual([]);
    expect(leaks(workspace.folder)).toEqual([]);
    const unpacked = join(temporaryFolder(), "b");
    mkdirSync(unpacked);
    execFileSync("tar", ["-xzf", join(workspace.folder, "b.tgz"), "-C", unpacked]);
    // config.json is in a backup as its user wrote it, because the backup must restore the whole workspace.
    expect(MARKER.test(readFileSync(join(unpacked, "config.json"), "utf8"))).toBe(true);
    expect(leaks(unpacked)).toEqual([]);
  });

  it("are not in the words, the output and the log of a server", async () => {
    const { child, finished } = workspace.start("serve", "-v");
    const url = await new Promise<string>((resolve, reject) => {
      let text = "";
      for (const stream of [child.stdout!, child.stderr!])
        stream.on("data", (chunk: Buffer) => {
          text += chunk.toString();
          const [found] = /http:\/\/127\.0\.0\.1:\d+/.exec(text) ?? [];
          if (found !== undefined) resolve(found);
        });
      child.once("close", () => reject(new Error(text)));
    });
    const secret = JSON.stringify(marked()).match(/S3cret\d+MarkOfThisTest/)![0];
    for (const token of [secret, "wrong"]) {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      expect((await fetch(`${url}/model`, { headers })).status).toBe(token === secret ? 200 : 401);
      await fetch(`${url}/predict`, { method: "POST", headers, body: "{" });
    }
    if (existsSync("/proc")) expect(processLeaks()).toEqual([]);
    child.kill("SIGTERM");
    const { stdout, stderr } = await finished;
    printed.push(stdout, stderr);
    expect(isPrinted()).toEqual([]);
    expect(leaks(workspace.folder)).toEqual([]);
  });

  it.each([
    ["a token without quotes", '{ "serve": { "token": S3cret1Mark } }', "S3cret1Mark"],
    ["a number as token", { serve: { token: 53_370_001 } }, "53370001"],
    ["a token in place of a list", { serve: { tokens: "S3cret1Mark" } }, "S3cret1Mark"],
    ["an entry that is no object", { alerts: ["http://u:S3cret1Mark@h"] }, "S3cret1Mark"],
    ["a token that is a list", { serve: { token: ["S3cret1Mark"] } }, "S3cret1Mark"],
    ["a source that is a folder", { watch: { source: "ftp://u:S3cret1Mark@h/x" } }, "S3cret1Mark"],
  ])("are not in the error about %s", (_, config, secret) => {
    const text = typeof config === "string" ? config : JSON.stringify({ target: "y", ...config });
    workspace.write({ "config.json": text });
    for (const args of [
      ["config", "validate"],
      ["watch", "--once"],
      ["train", "--json"],
    ]) {
      const { stdout, stderr } = workspace.run(args);
      expect(stdout + stderr).not.toContain(secret);
    }
  });
});
