/** The manifest is the last file of a backup: it lists all files with their checksums. */
import { MlctlError } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";
import type { ArchivedFile } from "./archive.ts";

/** Increase it when an older mlctl could not restore a new backup correctly. */
const VERSION = 1;

export interface BackupManifest {
  readonly codeVersion: string;
  readonly createdAt: string;
  /** File name of the configuration. */
  readonly configName: string;
  readonly files: readonly ArchivedFile[];
}

type Facts = Pick<BackupManifest, "codeVersion" | "configName"> & { readonly createdAt: Date };

export function backupManifest(facts: Facts, files: readonly ArchivedFile[]): string {
  const { codeVersion, createdAt, configName } = facts;
  const head = { format: "mlctl-backup", version: VERSION, codeVersion, createdAt, configName };
  const lines = files.map((file) => `    ${JSON.stringify(file)}`).join(",\n");
  return `${JSON.stringify(head, null, 2).slice(0, -2)},\n  "files": [\n${lines}\n  ]\n}\n`;
}

/** @throws {MlctlError} kind "data" if it is not a manifest, or was written by a newer mlctl */
export function readManifest(text: string, path: string): BackupManifest {
  const manifest = parseJson(text) as Partial<BackupManifest & { format: string; version: number }> | undefined;
  const isOurs = manifest?.format === "mlctl-backup" && Array.isArray(manifest.files);
  if (!isOurs || typeof manifest.configName !== "string" || !isPlainName(manifest.configName)) {
    throw new MlctlError("data", `${path} is not an mlctl backup: its manifest is damaged`, {
      hint: "use another copy of it",
    });
  }
  if ((manifest.version ?? 0) > VERSION) {
    throw new MlctlError("data", `${path} was written by a newer mlctl (${manifest.codeVersion})`, {
      hint: "update mlctl",
    });
  }
  return manifest as BackupManifest;
}

/** True for a file name without a path, on every operating system. */
function isPlainName(name: string): boolean {
  // oxlint-disable-next-line no-control-regex
  return /^[^/\\:\u0000-\u001f]+$/.test(name) && !/^(\.|\.\.|\.mlctl-.*)$/.test(name);
}
