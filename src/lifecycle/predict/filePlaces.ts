/** Where the files of a batch are: a folder, or a prefix of a bucket. */
import { copyFileSync, existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { glob } from "../../core/text/glob.ts";
import { findInputFiles } from "../../data/findInputFiles.ts";
import { commitFile, ensureFolder } from "../../storage/files/commitFile.ts";
import { sha256File } from "../../storage/files/sha256.ts";
import { temporaryPath } from "../../storage/files/temporaryPath.ts";

export const isBucket = (address: string): boolean => address.startsWith("s3://");

export interface PlacedFile {
  /** Below the place, with forward slashes. */
  readonly name: string;
  /** Of its content: SHA-256, or ETag. */
  readonly version: () => Promise<string>;
}

export type FilePlace = Awaited<ReturnType<typeof filePlace>>;

/** @throws {MlctlError} kind "usage" where an address names no bucket, from its methods "failure" where it does not respond */
export async function filePlace(address: string, signal: AbortSignal) {
  if (!isBucket(address)) return folderPlace(address);
  const { openBucket, placeOf } = await import("../../storage/remote/bucket.ts");
  const { name: bucketName, path } = placeOf(address);
  const bucket = openBucket(bucketName, process.env, signal);
  const prefix = path === "" ? "" : `${path}/`;
  const shown = `s3://${bucketName}/${prefix}`;
  return {
    shown,
    /** Without hidden ones, and without those of another place within this one. */
    async files(pattern: string, other?: string): Promise<PlacedFile[]> {
      const matches = glob(pattern);
      const found = (await bucket.list(prefix)).filter(
        ({ key }) => !(other && `s3://${bucketName}/${key}`.startsWith(other)),
      );
      return found.flatMap(({ key, etag }) => {
        const name = key.slice(prefix.length);
        const isFile = !name.endsWith("/") && !/(^|\/)\./.test(name) && matches(name);
        return isFile ? [{ name, version: async () => etag }] : [];
      });
    },
    /** The path of the file here, in `folder` if it was elsewhere; undefined where there is none. */
    async get(name: string, folder: string, etag?: string): Promise<string | undefined> {
      const to = join(folder, `input${/(\.[a-z]+)(\.gz)?$/i.exec(name)?.[0] ?? ""}`);
      const object = { key: `${prefix}${name}`, ...(etag !== undefined && { etag }) };
      return (await bucket.download(object, to)) ? to : undefined;
    },
    put: (from: string, name: string, type: string): Promise<void> => bucket.upload(from, `${prefix}${name}`, type),
  };
}

function folderPlace(folder: string) {
  const shown = join(folder, "/");
  return {
    shown,
    async files(pattern: string, other?: string): Promise<PlacedFile[]> {
      if (!existsSync(folder)) return [];
      const found = await findInputFiles(folder, pattern, undefined, other === undefined ? [] : [resolve(other)]);
      return found.map((path) => ({
        name: relative(folder, path).replaceAll("\\", "/"),
        version: () => sha256File(path),
      }));
    },
    async get(name: string): Promise<string | undefined> {
      const path = join(folder, name);
      return existsSync(path) ? path : undefined;
    },
    async put(from: string, name: string): Promise<void> {
      const path = join(folder, name);
      ensureFolder(dirname(path));
      const temporary = temporaryPath(path);
      copyFileSync(from, temporary);
      commitFile(temporary, path);
    },
  };
}
