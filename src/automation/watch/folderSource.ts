/** A local folder as a source of drops: input → processing → processed or errored, with logs. */
import { linkSync, lstatSync, readdirSync, realpathSync, renameSync, unlinkSync, type Stats } from "node:fs";
import { dirname, join, sep } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import { hasUnreadableName, UNREADABLE_NAME } from "../../core/unreadableName.ts";
import { ensureFolder, syncFolder, errorCode, writeFailure } from "../../storage/files/atomicWrite.ts";
import type { Claim } from "./dropClaims.ts";
import { isTemporary, nameBehind, siblingNames, stemOf, tableEnding } from "./dropNames.ts";
import type { DropSource, Outcome, ReadyDrops } from "./dropResult.ts";

interface Sighting {
  readonly state: string;
  readonly since: number;
  readonly first: number;
}

export function folderSource(options: {
  /** Absolute; holds input, processing, processed, errored and logs. */
  readonly folder: string;
  readonly matches?: ((path: string) => boolean) | undefined;
  readonly settle: number;
  readonly clock: () => number;
  readonly warn: (message: string) => void;
}): DropSource {
  const { folder, settle, clock, warn } = options;
  const place = (name: string): string => join(folder, name);
  for (const name of ["input", "processing", "processed", "errored", "logs"]) ensureFolder(place(name));
  let seen = new Map<string, Sighting>();
  return {
    name: "folder",
    async ready(): Promise<ReadyDrops> {
      const found = filesBelow(place("input"), "", warn).filter(({ path }) => options.matches?.(path) ?? true);
      const now = clock();
      const before = seen;
      seen = new Map();
      const settled: FoundFile[] = [];
      let undecided = 0;
      for (const file of found) {
        const state = `${file.stat.size} ${file.stat.mtimeMs} ${file.stat.ino}`;
        const known = before.get(file.path);
        const isUnchanged = known?.state === state;
        const since = isUnchanged ? known.since : now;
        // One that was whole before and is another now has come since.
        const isNew = known === undefined || (!isUnchanged && now - known.since >= settle);
        const first = isNew ? now : known.first;
        seen.set(file.path, { state, since, first });
        if (now - since >= settle) settled.push(file);
        else if (now - first < settle) undecided++;
      }
      settled.sort((a, b) => a.stat.mtimeMs - b.stat.mtimeMs || (a.path < b.path ? -1 : 1));
      const drops = settled.map(({ path }) => ({ given: path }));
      return { drops, arriving: found.length - settled.length, undecided };
    },
    async isTaken(name) {
      const folders = [place("processed"), place("errored")];
      return siblingNames(name).some((each) => folders.some((at) => exists(join(at, each))));
    },
    isErrored: async (name) => exists(join(place("errored"), name)),
    async fetch({ given, original }) {
      try {
        renameSync(join(place("input"), given), original);
        return true;
      } catch (error) {
        if (errorCode(error) === "ENOENT") return false;
        if (errorCode(error) !== "EXDEV") throw writeFailure(error, original);
        const hint = "a file can only be claimed by renaming it: put both on one";
        const message = `${place("input")} and ${place("processing")} are on different file systems`;
        throw new MlctlError("failure", message, { hint, cause: error });
      }
    },
    async publish(claim, outcome) {
      return publish(claim, outcome, place(outcome.status));
    },
    logPath: (name) => join(place("logs"), nameBehind(name, ".log")),
  };
}

interface FoundFile {
  readonly path: string;
  readonly stat: Stats;
}

/** Links are never followed: a user who may drop a file may not choose which other files are read. */
function filesBelow(root: string, below: string, warn: (message: string) => void): FoundFile[] {
  const found: FoundFile[] = [];
  for (const entry of entriesOf(join(root, below), warn)) {
    const path = below === "" ? entry.name : `${below}/${entry.name}`;
    if (isTemporary(entry.name)) continue;
    if (hasUnreadableName(join(root, path))) warn(`${path} is left where it is: ${UNREADABLE_NAME}`);
    else if (entry.isDirectory()) found.push(...filesBelow(root, path, warn));
    else if (entry.isFile()) {
      const stat = lstatSync(join(root, path), { throwIfNoEntry: false });
      if (stat?.isFile() === true) found.push({ path, stat });
    } else warn(`${path} is ${entry.isSymbolicLink() ? "a link" : "no file"} and is left where it is`);
  }
  return found;
}

function entriesOf(folder: string, warn: (message: string) => void) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errorCode(error) !== "ENOENT") warn(`${folder} cannot be read: ${errorCode(error) ?? String(error)}`);
    return [];
  }
}

function exists(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    if (errorCode(error) === "ENAMETOOLONG") return false;
    throw error;
  }
}

function publish(claim: Claim, { moves }: Outcome, target: string): ReadonlyMap<string, string> {
  const places = new Map<string, string>();
  for (const { from, to } of moves) {
    const source = join(claim.folder, from);
    ensureFolder(dirname(join(target, to)));
    refuseOutside(target, dirname(join(target, to)));
    const moved = exists(source) ? moveApart(source, target, to) : to;
    places.set(from, moved);
  }
  return places;
}

/** A user who may write there could have replaced a folder by a link. */
function refuseOutside(root: string, folder: string): void {
  const [inside, outside] = [realpathSync(root), realpathSync(folder)];
  if (outside === inside || outside.startsWith(inside + sep)) return;
  throw new MlctlError("failure", `${folder} leads out of ${root}`, { hint: "remove that link" });
}

/** By a hard link, which unlike a rename never overwrites: a name that is taken gets a number. */
function moveApart(source: string, target: string, to: string): string {
  for (let count = 1; ; count++) {
    const name = count === 1 ? to : `${stemOf(to)}-${count}${tableEnding(to) ?? ""}`;
    const path = join(target, name);
    try {
      if (!isSame(source, path)) linkSync(source, path);
      syncFolder(dirname(path));
      unlinkSync(source);
      return name;
    } catch (error) {
      if (errorCode(error) === "EEXIST") continue;
      if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "EMLINK"].includes(errorCode(error) ?? ""))
        throw writeFailure(error, path);
      // A file system without hard links.
      if (exists(path)) continue;
      renameSync(source, path);
      syncFolder(dirname(path));
      return name;
    }
  }
}

/** Killed between link and unlink: the file has both names. */
function isSame(source: string, path: string): boolean {
  const [a, b] = [source, path].map((each) => lstatSync(each, { throwIfNoEntry: false }));
  return b !== undefined && a!.ino === b.ino && a!.dev === b.dev;
}
