/** Where the files of a batch are: a folder, or a prefix of a bucket. */
import { copyFileSync, existsSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { glob } from "../../core/text/glob.ts";
import { findInputFiles, missedTable } from "../../data/findInputFiles.ts";
import { commitFile, ensureFolder, removeFile, temporaryPath } from "../../storage/files/atomicWrite.ts";
import { sha256File } from "../../storage/files/workspacePaths.ts";
import { readFailure } from "./inputStream.ts";

export const isBucket = (address: string): boolean => address.startsWith("s3://");

export interface PlacedFile {
  /** Below the place, with forward slashes. */
  readonly name: string;
  /** Of its content: SHA-256, or ETag. Throws MlctlError, kind "data", where it cannot be read. */
  readonly version: () => Promise<string>;
}

interface Listing {
  readonly pattern: string;
  /** Another place within this one. */
  readonly other?: string;
  readonly onLeftOut?: (name: string, reason: string) => void;
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
    /** Without hidden ones, and without those of the other place. */
    async files({ pattern, other, onLeftOut }: Listing): Promise<PlacedFile[]> {
      const matches = glob(pattern);
      const found = (await bucket.list(prefix)).filter(
        ({ key }) => !(other && `s3://${bucketName}/${key}`.startsWith(other)),
      );
      return found.flatMap(({ key, etag }) => {
        const name = key.slice(prefix.length);
        if (name.endsWith("/") || /(^|\/)\./.test(name)) return [];
        if (matches(name)) return [{ name, version: async () => etag }];
        const reason = missedTable(name, pattern);
        if (reason !== undefined) onLeftOut?.(name, reason);
        return [];
      });
    },
    /** The path of the file here, in `folder` if it was elsewhere; undefined where there is none. */
    async get(name: string, folder: string, etag?: string): Promise<string | undefined> {
      const to = join(folder, `input${/(\.[a-z]+)(\.gz)?$/i.exec(name)?.[0] ?? ""}`);
      const object = { key: `${prefix}${name}`, ...(etag !== undefined && { etag }) };
      return (await bucket.download(object, to)) ? to : undefined;
    },
    put: (from: string, name: string, type: string): Promise<void> => bucket.upload(from, `${prefix}${name}`, type),
    remove: (name: string): Promise<void> => bucket.remove(`${prefix}${name}`),
  };
}

const contentOf = (path: string): Promise<string> =>
  sha256File(path).catch((error: unknown) => Promise.reject(readFailure(error, path)));

function folderPlace(folder: string) {
  const shown = join(folder, "/");
  return {
    shown,
    async files({ pattern, other, onLeftOut }: Listing): Promise<PlacedFile[]> {
      if (!existsSync(folder)) return [];
      const nameOf = (path: string): string => relative(folder, path).replaceAll("\\", "/");
      const leaveOut = (path: string, reason: string): void => onLeftOut?.(nameOf(path), reason);
      const found = await findInputFiles(folder, pattern, leaveOut, other === undefined ? [] : [resolve(other)]);
      return found.map((path) => ({ name: nameOf(path), version: () => contentOf(path) }));
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
    async remove(name: string): Promise<void> {
      removeFile(join(folder, name));
    },
  };
}
