import { createServer, type AddressInfo } from "node:net";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Artifact } from "../../core/records/lineage.ts";
import { exampleDataset, exampleWorkspace, temporaryFolder } from "../../testing/exampleRecords.ts";
import { s3Server, type S3Server } from "../../testing/s3Server.ts";
import { artifactOf } from "../files/workspacePaths.ts";
import type { Artifacts } from "../records/records.ts";
import { bucketArtifacts } from "./bucketArtifacts.ts";

let s3: S3Server;
beforeAll(async () => {
  s3 = await s3Server(temporaryFolder(), "models");
  Object.assign(process.env, s3.variables);
});
afterAll(() => s3.stop());

function machine(prefix = "a/") {
  const paths = exampleWorkspace();
  const bucket = { name: "models", prefix };
  const artifacts: Artifacts = bucketArtifacts(paths, bucket, new AbortController().signal);
  return { folder: paths.workspace, dataset: exampleDataset(1), artifacts };
}

/** Of a file with this text, relative to the folder. */
async function written(folder: string, path: string, text: string): Promise<Artifact> {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return artifactOf(folder, path);
}

const put = (key: string, body: string) =>
  s3.client.send(new PutObjectCommand({ Bucket: "models", Key: key, Body: body }));

describe("artifacts in a bucket", () => {
  it("come to a machine that does not have them, or has other bytes", async () => {
    const [a, b] = [machine(), machine()];
    const model = await written(a.folder, "models/trainedmodel_1.json", "{}");
    expect(await a.artifacts.isKept(model)).toBe(false);
    await a.artifacts.keep([model]);
    expect(await a.artifacts.isKept(model)).toBe(true);
    await b.artifacts.fetch(b.dataset, [model]);
    expect(readFileSync(join(b.folder, model.path), "utf8")).toBe("{}");
    for (const other of ["[]", "longer"]) {
      writeFileSync(join(b.folder, model.path), other);
      await b.artifacts.fetch(b.dataset, [model]);
      expect(readFileSync(join(b.folder, model.path), "utf8")).toBe("{}");
    }
  });

  it("are not stored under the hash of other bytes, and an object of another size is replaced", async () => {
    const { folder, artifacts } = machine("b/");
    const model = await written(folder, "models/trainedmodel_1.json", "{}");
    writeFileSync(join(folder, model.path), "[]");
    await expect(artifacts.keep([model])).rejects.toThrow("models/trainedmodel_1.json changed since it was recorded");
    await put(`b/objects/${model.sha256}`, "cut off");
    writeFileSync(join(folder, model.path), "{}");
    await artifacts.keep([model]);
    expect(await artifacts.isKept(model)).toBe(true);
    // A record that is saved again may name a file that was removed.
    rmSync(join(folder, model.path));
    await artifacts.keep([{ ...model, sha256: "0".repeat(64) }]);
  });

  it("leave nothing behind if they are missing, wrong or cut off, and the error names file, record and object", async () => {
    const { folder, artifacts, dataset } = machine("c/");
    const model = await written(folder, "models/sub/trainedmodel_1.json", "x".repeat(100_000));
    rmSync(join(folder, model.path));
    const fetch = (from = artifacts) => from.fetch(dataset, [model]);
    const of = `models/sub/trainedmodel_1.json of dataset ${dataset.datasetId}`;
    const object = `s3://models/c/objects/${model.sha256}`;
    await expect(fetch()).rejects.toThrow(`${of} is not here, and ${object} does not exist`);
    await put(`c/objects/${model.sha256}`, "y".repeat(100_000));
    await expect(fetch()).rejects.toThrow(`${object} does not have the bytes of models/sub/trainedmodel_1.json`);

    const cutting = createServer((socket) => {
      socket.once("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 100000\r\netag: "1"\r\n\r\n${"x".repeat(50_000)}`);
        setTimeout(() => socket.destroy(), 50);
      });
    });
    await new Promise<void>((resolve) => cutting.listen(0, "127.0.0.1", resolve));
    process.env["AWS_ENDPOINT_URL"] = `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`;
    const cut = bucketArtifacts(
      { ...exampleWorkspace(), workspace: folder, models: join(folder, "models") },
      { name: "models", prefix: "c/" },
      new AbortController().signal,
    );
    await expect(fetch(cut)).rejects.toThrow(`cannot get ${object}`);
    process.env["AWS_ENDPOINT_URL"] = s3.variables["AWS_ENDPOINT_URL"];
    cutting.close();
    expect(readdirSync(join(folder, "models/sub"))).toEqual([]);
  });

  it("are written only to the folders of mlctl, whatever a record names", async () => {
    const { folder, artifacts, dataset } = machine("d/");
    const model = await written(folder, "models/trainedmodel_1.json", "{}");
    await artifacts.keep([model]);
    const outside = temporaryFolder();
    symlinkSync(outside, join(folder, "models", "link"));
    const names = [join(outside, "a.json"), "../a.json", "config.json", "models/link/sub/a.json"];
    await artifacts.fetch(
      dataset,
      names.map((path) => ({ ...model, path })),
    );
    expect(readdirSync(outside)).toEqual([]);
    expect(["../a.json", "config.json"].filter((name) => existsSync(join(folder, name)))).toEqual([]);
  });
});
