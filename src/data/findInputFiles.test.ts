import { mkdir, mkdtemp, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findInputFiles } from "./findInputFiles.ts";

async function folderWith(paths: readonly string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "find-test-"));
  for (const path of paths) {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), "a\n1\n");
  }
  return folder;
}

/** A path as an old Windows archive has it: é is one byte, which is not valid UTF-8. */
function latin1(folder: string, name: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);
}

describe("findInputFiles", () => {
  it("finds files of every format at any depth, sorted, without hidden files", async () => {
    const wanted = ["a.csv", "b.csv.gz", "c/d/e.parquet", "c/f.TSV", "g.json", "h.jsonl", "i.jsonl.gz", "j.ndjson"];
    const other = ["k.xlsx", "l.zip", "c/m.txt"];
    const folder = await folderWith([...wanted, ...other, "notes.txt", ".hidden.csv", ".git/x.csv", "a.csv.bak"]);
    const leftOut: string[] = [];
    const found = await findInputFiles(folder, undefined, (path) => leftOut.push(path.slice(folder.length + 1)));
    expect(found.map((path) => path.slice(folder.length + 1))).toEqual(wanted);
    expect(leftOut.toSorted()).toEqual(other.toSorted());
    // Who sets a pattern has chosen.
    await findInputFiles(folder, "*.csv", (path) => expect(path).toBe(""));
  });

  it("follows links to files inside the folder, but not outside", async () => {
    const folder = await folderWith(["a.csv"]);
    const other = await folderWith(["secret.csv"]);
    await symlink(join(folder, "a.csv"), join(folder, "b.csv"));
    await symlink(join(other, "secret.csv"), join(folder, "c.csv"));
    await symlink(other, join(folder, "d"));
    await symlink(join(folder, "nowhere.csv"), join(folder, "e.csv"));
    const leftOut: string[] = [];
    const found = await findInputFiles(folder, undefined, (path, reason) => leftOut.push(`${path}: ${reason}`));
    expect(found).toEqual([join(folder, "a.csv"), join(folder, "b.csv")]);
    expect(leftOut.toSorted()).toEqual([
      `${join(folder, "c.csv")}: link to a file outside the folder`,
      `${join(folder, "e.csv")}: broken link`,
    ]);
  });

  it("leaves out files and folders whose names are not UTF-8, and finds the others", async () => {
    const folder = await folderWith(["a.csv", "caf\u00e9.csv", "\uFFFD.csv"]);
    await mkdir(latin1(folder, "d\u00e9"));
    for (const name of ["caf\u00e9.csv", "notes\u00e9.txt", "d\u00e9/x.csv"])
      await writeFile(latin1(folder, name), "a\n1\n");
    const leftOut: string[] = [];
    const found = await findInputFiles(folder, undefined, (path, reason) => leftOut.push(`${path}: ${reason}`));
    expect(found).toEqual(["a.csv", "caf\u00e9.csv", "\uFFFD.csv"].map((name) => join(folder, name)));
    const names = ["caf\uFFFD.csv", "d\uFFFD"].map((name) => `${join(folder, name)}: its name is not UTF-8; rename it`);
    expect(leftOut.toSorted()).toEqual(names);
  });

  it("names a folder that does not exist", async () => {
    await expect(findInputFiles("/no/such/folder")).rejects.toMatchObject({
      kind: "usage",
      message: "folder /no/such/folder does not exist",
    });
  });
});
