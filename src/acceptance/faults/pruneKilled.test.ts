/** mlctl prune leaves a sound workspace whichever change it is killed before, and goes on the next time. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { sampleWorkspace, temporaryFolder, type LifecycleWorkspace } from "../lifecycleWorkspace.ts";

const strict = { keep: 1, days: null };
const retention = { datasets: strict, models: strict, reports: strict, executions: strict };
const production = "production_deployment";

/** A workspace with so many deployed models, and runs that were not deployed. */
function deployedOften(deployments: number): LifecycleWorkspace {
  const workspace = sampleWorkspace();
  const train = { models: [{ family: "baseline" }, { family: "logistic_regression" }] };
  workspace.configure({ retention, train, promotion: { beat_baseline: false } });
  workspace.ok("ingest");
  for (let n = 1; n <= 6; n++) {
    workspace.ok("train", "--seed", String(n));
    if (n <= deployments) workspace.ok("deploy", "--force", "latest");
  }
  workspace.ok("report");
  return workspace;
}

const numbersOf = (of: LifecycleWorkspace): number[] =>
  of.names(`${production}/releases`).map((name) => Number(name.split("_")[0]));

it("takes deployments", () => {
  const preload = join(temporaryFolder(), "killAtDeployment.mjs");
  writeFileSync(preload, killAtDeployment);
  const base = deployedOften(6);
  base.configure({ retention: { models: strict, deployments: { keep: 4, days: null } } });
  const wanted = base.copy();
  wanted.ok("prune");
  expect(numbersOf(wanted)).toEqual([3, 4, 5, 6]);
  const content = (of: LifecycleWorkspace): unknown[] => [
    of.names("models"),
    of.names(`${production}/history`),
    numbersOf(of),
  ];
  let kills = 0;
  for (let killed = true; killed; kills += killed ? 1 : 0) {
    const copy = base.copy();
    const environment = { NODE_OPTIONS: `--import=${preload}`, KILL_AT: String(kills) };
    killed = copy.run(["prune", "-q"], { environment }).status === null;
    copy.ok("verify");
    copy.ok("prune");
    expect(content(copy), `killed before change ${kills}`).toEqual(content(wanted));
  }
  console.log(`prune of deployments was killed ${kills} times`);
  // Two deployments: a record, two copies and a folder each.
  expect(kills).toBeGreaterThanOrEqual(8);
}, 120_000);

/** Kills the process just before its n-th change of what belongs to a deployment. */
const killAtDeployment = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
let left = Number(process.env.KILL_AT);
for (const name of ["rmSync", "rmdirSync", "renameSync"]) {
  const real = fs[name];
  fs[name] = (...args) => {
    if (/production_deployment.(releases|history)/.test(String(args.at(name === "renameSync" ? 1 : 0))) && left-- === 0)
      process.kill(process.pid, "SIGKILL");
    return real(...args);
  };
}
syncBuiltinESMExports();
`;

it("takes files of the workspace", () => {
  const workspace = deployedOften(2);
  const preload = join(workspace.folder, "killAt.mjs");
  writeFileSync(preload, killAt);
  const wanted = workspace.copy();
  wanted.ok("prune");
  const content = (of: LifecycleWorkspace): string[] =>
    ["models", "ingesteddata", "production_deployment"].flatMap((folder) => of.names(folder));
  let kills = 0;
  for (let killed = true; killed; kills += killed ? 1 : 0) {
    const copy = workspace.copy();
    const environment = { NODE_OPTIONS: `--import=${preload}`, KILL_AT: String(kills) };
    killed = copy.run(["prune", "-q"], { environment }).status === null;
    const { findings } = JSON.parse(copy.run(["verify", "--json"]).stdout) as {
      findings: { status: string; name: string }[];
    };
    expect(
      findings.filter(({ status }) => status === "fail"),
      `killed before change ${kills}`,
    ).toEqual([]);
    copy.ok("prune");
    expect(content(copy)).toEqual(content(wanted));
  }
  console.log(`prune was killed ${kills} times`);
  expect(kills).toBeGreaterThan(3);
});

/** Kills the process just before its n-th removal of a file of the workspace. */
const killAt = `
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
let left = Number(process.env.KILL_AT);
const real = fs.rmSync;
fs.rmSync = (path, options) => {
  const name = String(path).split("/").at(-1);
  if (/^(run|dataset|search|monitor|trainedmodel|finaldata|ingestedfiles|report|latestscore|apireturns|confusionmatrix)_/.test(name) && left-- === 0)
    process.kill(process.pid, "SIGKILL");
  return real(path, options);
};
syncBuiltinESMExports();
`;
