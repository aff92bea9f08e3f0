import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { Deployment } from "../../core/records/lineage.ts";
import { random } from "../../core/random.ts";
import { dist, exampleRequest, exampleWorkspace } from "../../testing/exampleRecords.ts";
import { killAtChange } from "../../testing/interruptions.ts";
import { truthOf } from "../../testing/folderTruth.ts";
import { sha256Text, type WorkspacePaths } from "../files/workspacePaths.ts";
import { verify } from "../verify.ts";
import type { DeploymentRequest } from "../records/records.ts";
import { commitDeployment } from "./commitDeployment.ts";
import { copies, repairDeployment } from "./repairDeployment.ts";
import { currentDeployment, deploymentHistory, rollbackTarget } from "./currentDeployment.ts";

function deploy(paths: WorkspacePaths, runId: string, minute = 1): Deployment {
  return commitDeployment(paths, exampleRequest(paths, runId, minute));
}

function rollback(paths: WorkspacePaths): string {
  const {
    kind: _,
    deploymentId: __,
    previousRunId: ___,
    ...target
  } = rollbackTarget(deploymentHistory(paths.production));
  return commitDeployment(paths, { ...target, action: "rollback", reasons: ["asked for"] }).runId;
}

/** Names of the deployed artifacts that are missing or changed, and of the copies that differ from them. */
function damage(paths: WorkspacePaths, { withCopies }: { withCopies: boolean }): string[] {
  const current = currentDeployment(paths.production);
  if (current === undefined) return [];
  return copies(current).flatMap(([name, artifact]) => {
    const kept = artifact === null || hashOf(join(paths.workspace, artifact.path)) === artifact.sha256;
    const copied = !withCopies || hashOf(join(paths.production, name)) === artifact?.sha256;
    return [kept ? [] : [artifact.path], copied ? [] : [name]].flat();
  });
}

function hashOf(path: string): string | undefined {
  return existsSync(path) ? sha256Text(readFileSync(path)) : undefined;
}

/** Checks what must hold after repair in every case. */
async function expectWhole(paths: WorkspacePaths): Promise<void> {
  const { production } = paths;
  expect(damage(paths, { withCopies: false })).toEqual([]);
  repairDeployment(paths);
  expect(damage(paths, { withCopies: true })).toEqual([]);
  const history = deploymentHistory(production);
  expect(history.map(({ deploymentId }) => deploymentId)).toEqual(history.map((_, i) => history.length - i));
  const releases = history.map(({ model }) => model.path.split("/").at(-2)).toReversed();
  expect(existsSync(join(production, "releases")) ? readdirSync(join(production, "releases")) : []).toEqual(releases);
  const known = /^(deployment\.json|history|ingestedfiles\.txt|latestscore\.txt|releases|trainedmodel\.json)$/;
  expect(readdirSync(production).filter((name) => !known.test(name))).toEqual([]);
  const findings = await verify(truthOf(paths));
  expect(findings.filter(({ status }) => status === "fail")).toEqual([]);
}

describe("commitDeployment", () => {
  it("copies the artifacts to a new folder, archives the previous deployment and refreshes the copies", async () => {
    const paths = exampleWorkspace();
    const first = deploy(paths, "a", 1);
    const second = deploy(paths, "b", 2);
    expect(second).toMatchObject({
      deploymentId: 2,
      runId: "b",
      previousRunId: "a",
      model: { path: "production_deployment/releases/000002_b/trainedmodel.json" },
    });
    expect(currentDeployment(paths.production)).toEqual(second);
    expect(deploymentHistory(paths.production)).toEqual([second, first]);
    expect(readFileSync(join(paths.production, "latestscore.txt"), "utf8")).toBe("0.571 b\n");
    await expectWhole(paths);
  });

  it("removes a copy that the new deployment does not have", async () => {
    const paths = exampleWorkspace();
    deploy(paths, "a");
    commitDeployment(paths, { ...exampleRequest(paths, "b", 2), latestScore: null });
    expect(existsSync(join(paths.production, "latestscore.txt"))).toBe(false);
    await expectWhole(paths);
  });

  it("refuses a model that changed since it was recorded, and keeps the old deployment", async () => {
    const paths = exampleWorkspace();
    const before = deploy(paths, "a");
    const request = exampleRequest(paths, "b", 2);
    writeFileSync(join(paths.workspace, request.model.path), "{}");
    expect(() => commitDeployment(paths, request)).toThrow("it changed since it was recorded");
    rmSync(join(paths.workspace, request.model.path));
    expect(() => commitDeployment(paths, request)).toThrow("it cannot be read");
    expect(currentDeployment(paths.production)).toEqual(before);
    await expectWhole(paths);
  });

  it("reports a copy that could not be written after the commit, and repairs it later", async () => {
    const paths = exampleWorkspace();
    mkdirSync(join(paths.production, "latestscore.txt"));
    expect(() => deploy(paths, "a")).toThrow("run a is deployed, but not all of its copies were written");
    expect(currentDeployment(paths.production)?.runId).toBe("a");
    rmSync(join(paths.production, "latestscore.txt"), { recursive: true });
    await expectWhole(paths);
  });

  it("names a damaged deployment.json, and repair changes nothing then", () => {
    const paths = exampleWorkspace();
    deploy(paths, "a");
    writeFileSync(join(paths.production, "deployment.json"), '{"kind": "depl');
    expect(() => currentDeployment(paths.production)).toThrow("cannot be read: it is not JSON");
    expect(repairDeployment(paths)).toEqual([]);
    expect(() => deploy(paths, "b")).toThrow("cannot be read: it is not JSON");
    rmSync(join(paths.production, "deployment.json"));
    const releases = readdirSync(join(paths.production, "releases"));
    repairDeployment(paths);
    expect(readdirSync(join(paths.production, "releases"))).toEqual(releases);
    expect(deploy(paths, "b").runId).toBe("b");
  });
});

describe("a damaged release", () => {
  it("is restored from any file with the same bytes, and otherwise left unchanged", async () => {
    const paths = exampleWorkspace();
    const { model } = deploy(paths, "a");
    const release = join(paths.workspace, model.path);
    const copy = join(paths.production, "trainedmodel.json");
    const bytes = readFileSync(release);
    writeFileSync(release, bytes.subarray(0, 10));
    rmSync(copy);
    expect(repairDeployment(paths)).toEqual([model.path]);
    expect([readFileSync(release), readFileSync(copy)]).toEqual([bytes, bytes]);
    writeFileSync(release, "other");
    for (const folder of [paths.models, paths.datasets]) rmSync(folder, { recursive: true });
    expect(repairDeployment(paths)).toEqual([model.path]);
    rmSync(copy);
    writeFileSync(release, "other");
    expect(repairDeployment(paths)).toEqual([]);
    expect(readFileSync(release, "utf8")).toBe("other");
  });
});

describe("rollback", () => {
  it("goes further back each time and never returns to a deployment that was rolled back", () => {
    const paths = exampleWorkspace();
    for (const runId of ["a", "b", "c"]) deploy(paths, runId);
    expect([rollback(paths), rollback(paths)]).toEqual(["b", "a"]);
    expect(() => rollback(paths)).toThrow("there is no deployment before that of run a");
    deploy(paths, "d");
    expect(rollback(paths)).toBe("a");
    expect(deploymentHistory(paths.production).map(({ runId }) => runId)).toEqual(["a", "d", "a", "b", "c", "b", "a"]);
  });

  it("skips deployments of the active run", () => {
    const paths = exampleWorkspace();
    for (const runId of ["a", "b", "b"]) deploy(paths, runId);
    expect(rollback(paths)).toBe("a");
  });

  it("works if the run's own files are gone, because releases are kept", async () => {
    const paths = exampleWorkspace();
    for (const runId of ["a", "b"]) deploy(paths, runId);
    rmSync(paths.models, { recursive: true });
    expect(rollback(paths)).toBe("a");
    await expectWhole(paths);
  });

  it("reports that nothing is deployed", () => {
    expect(() => rollbackTarget([])).toThrow("no model is deployed");
  });
});

const load = `
  import { commitDeployment } from ${JSON.stringify(join(dist, "deployment/commitDeployment.js"))};
  const { paths, requests, killAt } = JSON.parse(process.argv[1]);`;

const killedAt = `${load}
  ${killAtChange()}
  commitDeployment(paths, requests[0]);`;

function child(script: string, given: { paths: WorkspacePaths; requests: DeploymentRequest[]; killAt?: number }) {
  return spawn(process.execPath, ["--input-type=module", "-e", script, JSON.stringify(given)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

describe("a killed deploy", () => {
  it("leaves the old or the new deployment complete, before whichever step it is killed", async () => {
    const outcomes = new Set<string>();
    let killAt = 0;
    for (let killed = true; killed; killAt++) {
      const paths = exampleWorkspace();
      deploy(paths, "a");
      const process = child(killedAt, { paths, requests: [exampleRequest(paths, "b", 2)], killAt });
      const [code] = (await once(process, "exit")) as [number | null];
      killed = code === null;
      const current = currentDeployment(paths.production)!.runId;
      outcomes.add(`${current} ${damage(paths, { withCopies: true }).length === 0 ? "with" : "without"} its copies`);
      await expectWhole(paths);
      expect(deploy(paths, "c", 3).deploymentId).toBe(current === "a" ? 2 : 3);
      await expectWhole(paths);
    }
    // A deploy makes more changes than this; otherwise nothing was killed.
    expect(killAt).toBeGreaterThan(20);
    expect([...outcomes].toSorted()).toEqual(["a with its copies", "b with its copies", "b without its copies"]);
  });

  it("leaves the first deployment complete or none at all", async () => {
    const outcomes = new Set<string>();
    let killed = true;
    for (let killAt = 0; killed; killAt += 3) {
      const paths = exampleWorkspace();
      const process = child(killedAt, { paths, requests: [exampleRequest(paths, "a", 1)], killAt });
      killed = ((await once(process, "exit")) as [number | null])[0] === null;
      outcomes.add(currentDeployment(paths.production)?.runId ?? "none");
      await expectWhole(paths);
    }
    expect([...outcomes].toSorted()).toEqual(["a", "none"]);
  });

  it("recovers from kills at twenty random times during repeated deploys", async () => {
    const paths = exampleWorkspace();
    const requests = ["a", "b"].map((runId, i) => exampleRequest(paths, runId, i));
    const script = `${load}
      commitDeployment(paths, requests[0]);
      console.log("ready");
      for (let i = 1; ; i++) commitDeployment(paths, requests[i % 2]);`;
    const { uniform } = random(11);
    for (let round = 0; round < 20; round++) {
      const process = child(script, { paths, requests });
      await once(process.stdout, "data");
      await sleep(uniform() * 15);
      process.kill("SIGKILL");
      await once(process, "exit");
      await expectWhole(paths);
    }
    expect(deploymentHistory(paths.production).length).toBeGreaterThanOrEqual(20);
  });
});
