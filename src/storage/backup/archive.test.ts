/** Damaged and incomplete archives leave no files behind. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readArchive, writeArchive } from "./archive.ts";

const options = { manifest: () => "{}", modifiedAt: new Date(0), onFile: () => {} };

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "mlctl-archive-"))));
afterEach(() => rmSync(folder, { recursive: true }));

it("writes no more files once an archive was found to be truncated", async () => {
  const path = join(folder, "archive.tar.gz");
  const source = join(folder, "source");
  writeFileSync(source, Buffer.alloc(1000, "x"));
  const files = Array.from({ length: 7 }, (_, i) => ({ name: `models/${i}/model.json`, path: source }));
  await writeArchive(path, { ...options, files });
  const tar = gunzipSync(readFileSync(path));
  // Cut inside a file, so that its first bytes and the end of the archive arrive while the file is still being opened.
  for (let bytes = 700; bytes < 7 * 1536; bytes += 250) {
    writeFileSync(path, gzipSync(tar.subarray(0, bytes)));
    const target = join(folder, "target");
    mkdirSync(target);
    await expect(readArchive(path, target, () => true)).rejects.toMatchObject({ kind: "data" });
    const found = readdirSync(target, { recursive: true });
    await sleep(5);
    expect(readdirSync(target, { recursive: true })).toEqual(found);
    rmSync(target, { recursive: true });
  }
});

it("leaves no file if an archive cannot be finished", async () => {
  // Can be opened like a file, but not read.
  const files = [{ name: "models/model.json", path: folder }];
  await expect(writeArchive(join(folder, "out", "backup.tar.gz"), { ...options, files })).rejects.toThrow();
  rmSync(join(folder, "out"), { recursive: true });
  await sleep(20);
  expect(existsSync(join(folder, "out"))).toBe(false);
});

it("is readable by its owner alone, and so are the files of an unpacked configuration", async () => {
  const path = join(folder, "archive.tar.gz");
  const source = join(folder, "source");
  writeFileSync(source, "{}");
  const files = ["config.json", "predictions.db", "models/run_1.json"].map((name) => ({ name, path: source }));
  await writeArchive(path, { ...options, files });
  await readArchive(path, folder, () => true);
  const modes = ["archive.tar.gz", "config.json", "predictions.db"].map(
    (name) => statSync(join(folder, name)).mode & 0o777,
  );
  expect(modes).toEqual([0o600, 0o600, 0o600]);
});

it("is refused before it is unpacked if the disk has too little space", async () => {
  const path = join(folder, "archive.tar.gz");
  // A header that announces more than any disk has; its content is missing.
  const tar = tarHeader("models/1.json", 2 ** 50);
  writeFileSync(path, gzipSync(tar));
  const target = join(folder, "target");
  mkdirSync(target);
  await expect(readArchive(path, target, () => true)).rejects.toThrow(
    /unpacks to 1125899.9 GB or more, and [\d.]+ GB are free/,
  );
  expect(readdirSync(target)).toEqual([]);
});

/** In the form of GNU tar, whose sizes may have more than 33 bits. */
function tarHeader(name: string, size: number): Buffer {
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write("0000644\0", 100);
  header.writeUInt8(0x80, 124);
  header.writeBigUInt64BE(BigInt(size), 128);
  header.write("00000000000\0", 136);
  header.write("0", 156);
  header.write("ustar\u000000", 257);
  header.write("        ", 148);
  const sum = header.reduce((all, byte) => all + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}
