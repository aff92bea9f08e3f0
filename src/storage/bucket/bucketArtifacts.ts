/** Artifacts in a bucket, each under its SHA-256. What is in the folders of this machine is a checkout of them. */
import { existsSync, rmSync, statSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BucketAddress } from "../../core/text/bucketAddress.ts";
import { MlctlError } from "../../core/errors.ts";
import type { Artifact } from "../../core/records/lineage.ts";
import { commitFile, ensureFolder, inTemporaryFolder, temporaryPath } from "../files/atomicWrite.ts";
import { isOwnFile, fromRecordPath, type WorkspacePaths, sha256File } from "../files/workspacePaths.ts";
import { type Artifacts, artifactsOf, recordId } from "../records/records.ts";
import type { Bucket } from "../remote/bucket.ts";
import type { WorkBytes } from "../records/work.ts";

/** Loads the client and calls the server only on use: most commands have all files here. */
export function bucketArtifacts(
  paths: WorkspacePaths,
  address: BucketAddress,
  signal: AbortSignal,
  allow: () => void = () => {},
): Artifacts {
  let opened: Promise<Bucket> | undefined;
  const open = async (): Promise<Bucket> => {
    allow();
    return (opened ??= import("../remote/bucket.ts").then(({ openBucket }) =>
      openBucket(address.name, process.env, signal),
    ));
  };
  const keyOf = ({ sha256 }: Artifact): string => `${address.prefix}objects/${sha256}`;
  const fileOf = ({ path }: Artifact): string => fromRecordPath(paths.workspace, path);
  const isKept = async (artifact: Artifact): Promise<boolean> =>
    (await (await open()).head(keyOf(artifact)))?.bytes === artifact.bytes;
  /** Files are hashed once, because a server asks for its deployment each second. */
  const checked = new Map<string, string>();
  const isHere = async (artifact: Artifact): Promise<boolean> => {
    const file = fileOf(artifact);
    const stat = statSync(file, { bigint: true, throwIfNoEntry: false });
    if (stat?.isFile() !== true || Number(stat.size) !== artifact.bytes) return false;
    const stamp = `${artifact.sha256} ${stat.mtimeNs} ${stat.ino}`;
    if (checked.get(file) === stamp) return true;
    const isSame = (await sha256File(file)) === artifact.sha256;
    if (isSame) checked.set(file, stamp);
    return isSame;
  };
  return {
    isKept,
    async keep(artifacts) {
      for (const artifact of artifacts) {
        if (await isKept(artifact)) continue;
        // A record that is saved again may name a file that was removed long ago; `mlctl verify` reports it.
        if (!existsSync(fileOf(artifact))) continue;
        if (!(await isHere(artifact))) {
          const message = `${artifact.path} changed since it was recorded, and the bucket does not have it`;
          throw new MlctlError("data", message, { hint: "restore the file from a backup" });
        }
        await (await open()).upload(fileOf(artifact), keyOf(artifact), "application/octet-stream");
      }
    },
    async fetch(record, artifacts = artifactsOf(record).map(([, artifact]) => artifact)) {
      const of = `${record.kind} ${recordId(record)}`;
      for (const artifact of artifacts) {
        // A record may name any file; who reads one elsewhere reports that it is missing.
        if ((await isHere(artifact)) || !isOwnFile(paths, fileOf(artifact))) continue;
        await download(artifact, of);
      }
    },
  };

  async function download(artifact: Artifact, of: string): Promise<void> {
    const target = fileOf(artifact);
    const temporary = temporaryPath(target);
    const place = `s3://${address.name}/${keyOf(artifact)}`;
    ensureFolder(dirname(target));
    try {
      if (!(await (await open()).download({ key: keyOf(artifact) }, temporary))) {
        throw new MlctlError("data", `${artifact.path} of ${of} is not here, and ${place} does not exist`, {
          hint: "a machine that still has the file can put it there under this name",
        });
      }
      if (statSync(temporary).size !== artifact.bytes || (await sha256File(temporary)) !== artifact.sha256) {
        throw new MlctlError("data", `${place} does not have the bytes of ${artifact.path} that ${of} names`, {
          hint: "run the command again; if it stays so, restore the object",
        });
      }
      commitFile(temporary, target);
    } finally {
      rmSync(temporary, { force: true });
    }
  }
}

/** The bytes of offered work in the bucket of a workspace. */
export function bucketOfWorkBytes({ name, prefix }: BucketAddress, signal: AbortSignal): WorkBytes {
  const open = async (until = new AbortController().signal): Promise<Bucket> =>
    (await import("../remote/bucket.ts")).openBucket(name, process.env, until);
  /** The last two parts of its name: SHA-256 and a random part. */
  const keyOf = (offer: string): string => `${prefix}work/${offer.split("/").slice(-2).join("-")}`;
  return {
    put: (offer, bytes) =>
      inFile(async (path) => {
        writeFileSync(path, bytes);
        await (await open(signal)).upload(path, keyOf(offer), "application/octet-stream");
      }),
    get: (offer) =>
      inFile(async (path) =>
        (await (await open(signal)).download({ key: keyOf(offer) }, path)) ? readFileSync(path) : undefined,
      ),
    // Also after Ctrl-C.
    remove: async (offer) => (await open()).remove(keyOf(offer)),
  };
}

const inFile = <T>(work: (path: string) => Promise<T>): Promise<T> =>
  inTemporaryFolder((folder) => work(join(folder, "bytes")));
