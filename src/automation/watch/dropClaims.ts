/** Claims: folders in `processing` that each hold one dropped file and belong to one living watcher. */
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { MlctlError } from "../../core/errors.ts";
import {
  atomicWrite,
  syncFolder,
  removeStaleTemporaries,
  temporaryPath,
  errorCode,
  writeFailure,
} from "../../storage/files/atomicWrite.ts";
import { acquireLock } from "../../storage/lock.ts";
import { candidateNames, claimName, tableEnding } from "./dropNames.ts";

/** What claim.json says. */
export interface ClaimNote {
  readonly owner: string;
  readonly origin: string;
  /** Path below `input` as it was dropped, and the path below `processed` that is free for it. */
  readonly given: string;
  readonly name: string;
  readonly claimedAt: string;
  readonly nonce: string;
  readonly starts: number;
  readonly etag?: string;
}

export interface Claim extends ClaimNote {
  readonly folder: string;
  readonly original: string;
}

type Drop = Pick<ClaimNote, "given" | "etag">;

export type Claims = Awaited<ReturnType<typeof openClaims>>;

interface ClaimOptions {
  readonly processing: string;
  readonly origin: string;
  readonly now: () => Date;
}

const NOTE = "claim.json";
const WATCHERS = ".watchers";
const MOST_NAMES = 50;

/** A killed watcher's lock is free at once: the system ends it with the process. */
export async function openClaims(options: ClaimOptions) {
  const { processing, origin, now } = options;
  const watchers = join(processing, WATCHERS);
  mkdirSync(watchers, { recursive: true });
  for (const folder of [processing, watchers]) removeStaleTemporaries(folder);
  const owner = `${hostname().replace(/[^A-Za-z0-9]/g, "_")}-${process.pid}-${randomBytes(6).toString("hex")}`;
  const release = await lockOf(watchers, owner, now);
  return {
    owner,
    /** An empty folder for a drop under a name of its own; undefined where another watcher has it. */
    async reserve(drop: Drop, isTaken: (name: string) => Promise<boolean>): Promise<Claim | undefined> {
      let tries = 0;
      for (const name of candidateNames(drop.given, now())) {
        if (isBeingClaimed(processing, drop, name) || ++tries > MOST_NAMES) return undefined;
        const claim = makeFolder(options, { owner, drop, name });
        if (claim === undefined) continue;
        const isOurs = drop.etag === undefined || claimsOf(processing, drop).length === 1;
        if (isOurs && !(await isTaken(name))) return claim;
        dropFolder(claim);
        if (!isOurs) return undefined;
      }
      return undefined;
    },
    /** What watchers that are gone left behind, now owned by this one. Removes their locks. */
    async takeOver(): Promise<Claim[]> {
      const taken: Claim[] = [];
      const foreign = allClaims(processing).filter((claim) => claim.owner !== owner && claim.origin === origin);
      const owners = new Set(foreign.map((claim) => claim.owner));
      for (const other of owners.union(otherLocks(watchers, owner))) {
        const left = await takeFrom(other, { ...options, watchers, owner }).catch((error: unknown) => {
          if (owners.has(other)) throw error;
          return []; // The lock of another user, who has no file here.
        });
        taken.push(...left);
      }
      return taken;
    },
    /** Counts the start of a claim that was taken over, before its file is touched: it may be what ended the others. */
    begin({ folder, original: _original, ...before }: Claim): Claim {
      return writeNote(folder, { ...before, starts: before.starts + 1 });
    },
    /** Lets go of a folder whose file is put away, or never came. */
    release: dropFolder,
    close(): void {
      release();
      removeLock(watchers, owner);
    },
  };
}

/** The folder appears with its note in it: there is never one without an owner. */
function makeFolder(
  { processing, origin, now }: ClaimOptions,
  { owner, drop, name }: { owner: string; drop: Drop; name: string },
): Claim | undefined {
  const folder = join(processing, claimName(name));
  if (existsSync(folder)) return undefined;
  const nonce = randomBytes(8).toString("hex");
  const note: ClaimNote = { owner, origin, ...drop, name, claimedAt: now().toISOString(), nonce, starts: 1 };
  const temporary = temporaryPath(folder);
  try {
    mkdirSync(temporary);
    writeFileSync(join(temporary, NOTE), noteText(note), { flush: true });
    renameSync(temporary, folder);
  } catch (error) {
    rmSync(temporary, { recursive: true, force: true });
    if (errorCode(error) === "ENOTEMPTY" || errorCode(error) === "EEXIST") return undefined;
    throw writeFailure(error, folder);
  }
  syncFolder(processing);
  return claimOf(folder, note);
}

/** Another watcher is at this very drop; one that has its file already has another of the same name. */
function isBeingClaimed(processing: string, drop: Drop, name: string): boolean {
  if (drop.etag !== undefined) return claimsOf(processing, drop).length > 0;
  const folder = join(processing, claimName(name));
  const note = readNote(folder);
  return note !== undefined && note.given === drop.given && !existsSync(claimOf(folder, note).original);
}

/** An object stays in its bucket while it is worked on. */
function claimsOf(processing: string, { given, etag }: Drop): Claim[] {
  return allClaims(processing).filter((claim) => claim.given === given && claim.etag === etag);
}

function claimOf(folder: string, note: ClaimNote): Claim {
  return { ...note, folder, original: join(folder, `original${tableEnding(note.given) ?? ".file"}`) };
}

function writeNote(folder: string, note: ClaimNote): Claim {
  atomicWrite(join(folder, NOTE), noteText(note));
  return claimOf(folder, note);
}

function noteText(note: ClaimNote): string {
  return `${JSON.stringify(note, null, 2)}\n`;
}

/** Never removes the dropped file. */
function dropFolder({ folder, original }: Claim): void {
  if (existsSync(original)) throw new MlctlError("failure", `${original} is still there: it is not thrown away`);
  const gone = temporaryPath(folder);
  renameSync(folder, gone);
  rmSync(gone, { recursive: true, force: true });
}

function allClaims(processing: string): Claim[] {
  return readdirSync(processing, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory() || entry.name.startsWith(".")) return [];
    const folder = join(processing, entry.name);
    const note = readNote(folder);
    return note === undefined ? [] : [claimOf(folder, note)];
  });
}

/** Undefined if it is gone, or is not a folder of a claim. */
function readNote(folder: string): ClaimNote | undefined {
  try {
    const note = JSON.parse(readFileSync(join(folder, NOTE), "utf8")) as Partial<ClaimNote>;
    return typeof note.owner === "string" && typeof note.name === "string" ? (note as ClaimNote) : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || errorCode(error) === "ENOENT" || errorCode(error) === "ENOTDIR") return;
    throw error;
  }
}

type Taking = ClaimOptions & { readonly watchers: string; readonly owner: string };

/** Under the other's lock, which is free only when it is gone; its claims are read again there. */
async function takeFrom(other: string, { processing, origin, watchers, owner, now }: Taking): Promise<Claim[]> {
  let release: () => void;
  try {
    release = await lockOf(watchers, other, now);
  } catch (error) {
    if (error instanceof MlctlError && error.kind === "busy") return [];
    throw error;
  }
  try {
    const taken: Claim[] = [];
    for (const claim of allClaims(processing)) {
      if (claim.owner !== other || claim.origin !== origin) continue;
      const { folder, original: _original, ...before } = claim;
      // A watcher that was killed with fifty claims was working on one of them.
      taken.push(writeNote(folder, { ...before, owner }));
    }
    return taken;
  } finally {
    release();
    if (allClaims(processing).every((claim) => claim.owner !== other)) removeLock(watchers, other);
  }
}

const START_MILLISECONDS = 60_000;

/** @throws {MlctlError} kind "busy" if that watcher lives */
async function lockOf(watchers: string, owner: string, now: () => Date): Promise<() => void> {
  return acquireLock({ database: join(watchers, owner), command: "mlctl watch", waitMs: 0, now });
}

/** Other watchers, on any machine; not one that is starting, whose file is new and whose lock may be missing. */
function otherLocks(watchers: string, own: string): Set<string> {
  const names = readdirSync(watchers);
  const owners = names.flatMap((name) => /^(.+)\.lock(\.json|-journal)?$/.exec(name)?.[1] ?? []);
  const now = statSync(watchers).mtimeMs; // By the clock of the file system: this watcher's own lock was created here.
  const isStarting = (owner: string): boolean => {
    const created = statSync(join(watchers, `${owner}.lock`), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    return !names.includes(`${owner}.lock.json`) && now - created < START_MILLISECONDS;
  };
  return new Set(owners.filter((owner) => owner !== own && !isStarting(owner)));
}

function removeLock(watchers: string, owner: string): void {
  try {
    for (const ending of [".lock", ".lock.json", ".lock-journal"])
      rmSync(join(watchers, owner + ending), { force: true });
  } catch {
    // A disk that became read-only: no reason to end with an error.
  }
}
