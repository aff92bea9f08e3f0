/** Dockerfile, compose.yaml and the Kubernetes manifests: they agree with each other and with the server that runs. */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import { kubernetesCronJobs } from "../automation/schedule/install/kubernetesCronJobs.ts";
import { loadConfig } from "../config/loadConfig.ts";
import { serveSchema } from "../config/schema/serveSchema.ts";
import { emptyWorkspace, repository } from "./lifecycleWorkspace.ts";

type Node = Readonly<Record<string, unknown>>;

/** What is at "spec.ports.0" of a document of somebody else's schema. */
function at<T = Node>(node: Node | undefined, path: string): T {
  return path.split(".").reduce<unknown>((found, key) => (found as Node)[key], node) as T;
}

const manifests = join(repository, "deploy", "kubernetes");
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

function documents(path: string): Node[] {
  return parseAllDocuments(readFileSync(path, "utf8"), { strict: true, uniqueKeys: true, merge: true }).map(
    (document) => {
      expect(document.errors, path).toEqual([]);
      return document.toJS() as Node;
    },
  );
}

const byKind = new Map<string, Node>(
  readdirSync(manifests)
    .flatMap((name) => documents(join(manifests, name)))
    .map((document) => [document["kind"] as string, document]),
);
const pod = at(byKind.get("Deployment")!, "spec.template.spec");
const container = at(pod, "containers.0");

/** Instructions in order, lines that go on joined, comments left out. */
const instructions = read("Dockerfile")
  .replace(/^#.*\n/gm, "")
  .replace(/\\\n/g, " ")
  .split("\n")
  .filter((line) => line.trim() !== "")
  .map((line) => ({ name: line.split(" ")[0]!, value: line.slice(line.indexOf(" ") + 1).trim() }));
const final = instructions.slice(instructions.findLastIndex(({ name }) => name === "FROM"));
const last = (name: string): string => final.findLast((one) => one.name === name)!.value;
const compose = documents(join(repository, "compose.yaml"))[0]!;

const nightly = {
  name: "fullprocess",
  cron: "0 3 * * *",
  timezone: "UTC",
  words: ["fullprocess"],
  jitterMs: 0,
  missed: "run",
  timeoutMs: null,
} as const;

let paths: string[];
let stop: () => Promise<unknown>;
beforeAll(async () => {
  const workspace = emptyWorkspace({ target: "y" });
  const { child, finished } = workspace.start("serve", "--port", "0", "--json");
  stop = () => (child.kill("SIGTERM"), finished);
  const line = await new Promise<string>((resolve) =>
    child.stdout!.once("data", (data: Buffer) => resolve(String(data))),
  );
  const { url } = JSON.parse(line) as { url: string };
  const openApi = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: object };
  paths = Object.keys(openApi.paths);
});
afterAll(() => stop());

describe("the Dockerfile", () => {
  it("builds in one stage and runs in another, both of the Node that package.json allows", () => {
    const stages = instructions.filter(({ name }) => name === "FROM").map(({ value }) => value);
    expect(stages).toEqual(["node:24-slim AS build", "node:24-slim"]);
    expect(final.filter(({ name }) => name === "COPY").map(({ value }) => value)).toContain(
      "--from=build /app/dist/app ./dist/app",
    );
  });

  it("copies only what is there and what .dockerignore lets through", () => {
    const sources = instructions
      .filter(({ name, value }) => name === "COPY" && !value.includes("--from"))
      .flatMap(({ value }) => value.split(" ").slice(0, -1));
    const let_through = read(".dockerignore").match(/(?<=^!).*$/gm)!;
    expect(sources.filter((path) => !existsSync(join(repository, path)))).toEqual([]);
    expect(sources.filter((path) => !let_through.includes(path))).toEqual([]);
    expect(let_through.filter((path) => !sources.includes(path))).toEqual([]);
  });

  it("runs as an unprivileged numeric user, and probes an endpoint that the server has", () => {
    expect(last("USER")).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    const [, port, path] = /127\.0\.0\.1:(\d+)(\/\w+)/.exec(last("HEALTHCHECK"))!;
    expect(paths).toContain(path);
    expect([port, last("EXPOSE")]).toEqual(["8000", "8000"]);
    expect(JSON.parse(last("ENTRYPOINT"))).toEqual(["mlctl"]);
    expect(JSON.parse(last("CMD"))).toEqual(container["args"]);
  });

  it("leaves no list of packages behind", () => {
    for (const { value } of instructions.filter((one) => one.value.includes("apt-get install")))
      expect(value).toMatch(/--no-install-recommends.*rm -rf \/var\/lib\/apt\/lists/);
  });
});

describe("compose.yaml", () => {
  it("publishes the server's port on this machine only, and takes the token from outside", () => {
    const { serve, lifecycle } = compose["services"] as Record<string, Node>;
    expect(serve!["ports"]).toEqual(["127.0.0.1:${PORT:-8000}:8000"]);
    expect(Object.keys(serve!["environment"] as object)).toEqual(["MLCTL_SERVE_TOKEN"]);
    for (const service of [serve!, lifecycle!]) {
      expect(service["image"]).toBe(container["image"]);
      expect(at(service, "volumes.0.target")).toBe(last("WORKDIR"));
      expect([service["read_only"], service["cap_drop"], service["tmpfs"]]).toEqual([true, ["ALL"], ["/tmp"]]);
    }
  });
});

describe("the Kubernetes manifests", () => {
  it("are all listed, and select the pods of the deployment", () => {
    const files = readdirSync(manifests).filter((name) => name !== "kustomization.yaml");
    expect([...(byKind.get("Kustomization")!["resources"] as string[])].toSorted()).toEqual(files.toSorted());
    const { labels } = at(byKind.get("Deployment")!, "spec.template.metadata");
    for (const selector of [
      at(byKind.get("Deployment")!, "spec.selector.matchLabels"),
      at(byKind.get("Service")!, "spec.selector"),
      at(byKind.get("PodDisruptionBudget")!, "spec.selector.matchLabels"),
      at(pod, "topologySpreadConstraints.0.labelSelector.matchLabels"),
    ])
      expect(labels).toMatchObject(selector as object);
  });

  it("probe addresses that the server has, on the port that it opens", () => {
    const [port] = container["ports"] as Node[];
    for (const [probe, path] of [
      ["startupProbe", "/health"],
      ["livenessProbe", "/health"],
      ["readinessProbe", "/ready"],
    ] as const) {
      expect(at(container, `${probe}.httpGet`)).toEqual({ path, port: port!["name"] });
      expect(paths).toContain(path);
    }
    const annotations = at(byKind.get("Deployment")!, "spec.template.metadata.annotations");
    expect(paths).toContain(annotations["prometheus.io/path"]);
    expect(annotations["prometheus.io/port"]).toBe(String(port!["containerPort"]));
    expect(at(byKind.get("Service")!, "spec.ports.0.targetPort")).toBe(port!["name"]);
    expect((container["args"] as string[]).slice(-2)).toEqual(["--port", String(port!["containerPort"])]);
  });

  it("run without rights on a file system that cannot be written, but for the volumes that are meant to be", () => {
    expect(pod["securityContext"]).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } });
    expect(["runAsUser", "runAsGroup"].map((key) => at<number>(pod, `securityContext.${key}`)).join(":")).toBe(
      last("USER"),
    );
    expect(container["securityContext"]).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    const mounts = container["volumeMounts"] as Node[];
    expect(mounts.map(({ name }) => name as string).toSorted()).toEqual(
      (pod["volumes"] as Node[]).map(({ name }) => name as string).toSorted(),
    );
    expect(mounts.find(({ mountPath }) => mountPath === last("WORKDIR"))).toMatchObject({ readOnly: true });
    const claim = (pod["volumes"] as Node[]).find(({ name }) => name === "workspace")!["persistentVolumeClaim"];
    expect((claim as Node)["claimName"]).toBe(at(byKind.get("PersistentVolumeClaim")!, "metadata.name"));
  });

  it("set only variables that are settings", async () => {
    const variables = container["env"] as Node[];
    const environment = Object.fromEntries(
      variables.map(({ name, value }) => [name as string, (value as string | undefined) ?? "secret-of-16-signs"]),
    );
    const workspace = emptyWorkspace({ target: "y" });
    const { config, warnings, trust } = await loadConfig({ directory: workspace.folder, environment });
    expect(warnings).toEqual([]);
    expect([config.serve.token, trust.all]).toEqual(["secret-of-16-signs", true]);
  });

  it("agree with the jobs of schedule install --k8s, and every secret and claim is made", () => {
    const [cronJob] = parseAllDocuments(kubernetesCronJobs([nightly], new Date())).map((each) => each.toJS() as Node);
    const jobPod = at(cronJob!, "spec.jobTemplate.spec.template.spec");
    const [jobContainer] = jobPod["containers"] as Node[];
    const claims = (of: Node): string[] =>
      (of["volumes"] as Node[]).flatMap(
        ({ persistentVolumeClaim: claim }) => ((claim as Node | undefined)?.["claimName"] as string | undefined) ?? [],
      );
    expect(claims(pod)).toEqual(claims(jobPod));
    expect(claims(pod)).toEqual([at(byKind.get("PersistentVolumeClaim")!, "metadata.name")]);
    expect(at(byKind.get("PersistentVolumeClaim")!, "spec.accessModes")).toEqual(["ReadWriteMany"]);
    const places = (of: Node): object[] =>
      (of["volumeMounts"] as Node[]).map(({ name, mountPath }) => ({ name, mountPath }));
    expect(places(jobContainer!)).toEqual(places(container));
    for (const key of ["image", "envFrom", "securityContext"]) expect(jobContainer![key], key).toEqual(container[key]);
    expect(jobPod["securityContext"]).toEqual(pod["securityContext"]);
    // Only the token of the server is not for jobs.
    const own = (container["env"] as Node[]).filter(({ name }) => name !== "MLCTL_SERVE_TOKEN");
    expect(jobContainer!["env"]).toEqual(own);
    const made = read("deploy/kubernetes/kustomization.yaml").match(/(?<=create secret generic )[\w-]+/g)!;
    const used = JSON.stringify([pod, jobPod]).matchAll(/"secret(?:Key)?Ref":\{"name":"([\w-]+)"/g);
    expect(new Set([...used].map(([, name]) => name))).toEqual(new Set(made));
  });

  it("are read by kubectl kustomize (skipped without kubectl)", ({ skip }) => {
    const { status, stdout, stderr, error } = spawnSync("kubectl", ["kustomize", manifests], { encoding: "utf8" });
    if (error !== undefined) return skip("no kubectl");
    expect(status, stderr).toBe(0);
    const kinds = parseAllDocuments(stdout).map((each) => (each.toJS() as Node)["kind"] as string);
    expect(kinds.toSorted()).toEqual([...byKind.keys()].filter((kind) => kind !== "Kustomization").toSorted());
    // As the first lines of kustomization.yaml say: the jobs get the image of the server.
    const folder = mkdtempSync(join(tmpdir(), "mlctl-"));
    cpSync(manifests, folder, { recursive: true });
    writeFileSync(join(folder, "jobs.yaml"), kubernetesCronJobs([nightly], new Date()));
    const images = "  - jobs.yaml\nimages: [{ name: mlctl, newName: example.org/mlctl, newTag: 1.0.0 }]\n";
    appendFileSync(join(folder, "kustomization.yaml"), images);
    const set = spawnSync("kubectl", ["kustomize", folder], { encoding: "utf8" }).stdout;
    rmSync(folder, { recursive: true });
    expect(set.match(/image: .*/g)).toEqual(Array(2).fill("image: example.org/mlctl:1.0.0"));
  });

  it("scale the deployment, and give a pod time to finish its requests", () => {
    const { scaleTargetRef, minReplicas, maxReplicas } = at<
      Record<"scaleTargetRef" | "minReplicas" | "maxReplicas", number>
    >(byKind.get("HorizontalPodAutoscaler"), "spec");
    const deployment = byKind.get("Deployment")!;
    const { apiVersion, kind } = deployment;
    expect(scaleTargetRef).toEqual({ apiVersion, kind, name: at(deployment, "metadata.name") });
    // A fixed number would undo what the autoscaler did with every apply.
    expect(at(deployment, "spec.replicas")).toBeUndefined();
    expect(at(byKind.get("PodDisruptionBudget")!, "spec.minAvailable")).toBeLessThan(minReplicas);
    expect(minReplicas).toBeLessThan(maxReplicas);
    // Utilization is a share of the request: without one the autoscaler knows nothing.
    expect(at<string>(container, "resources.requests.cpu")).toBeTruthy();
    const pause = Number(at(container, "lifecycle.preStop.exec.command.1"));
    // The server may take five seconds to close its log.
    const { drain_seconds } = serveSchema().parse({}).limits;
    expect(pod["terminationGracePeriodSeconds"]).toBeGreaterThan(pause + drain_seconds + 5);
  });
});
