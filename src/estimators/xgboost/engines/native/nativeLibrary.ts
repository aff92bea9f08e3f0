/** The part of XGBoost's C interface that training uses, opened with koffi. */
import { loadKoffi, openNativeNow } from "../../../../core/nativeCalls.ts";

const koffi = loadKoffi();

/** First version with XGQuantileDMatrixCreateFromCallback. */
const OLDEST = [1, 7] as const;

/** Opaque address in the library's memory. */
export type Handle = bigint | null;

export type NativeLibrary = ReturnType<typeof openLibrary>;

let opened: { readonly path: string; readonly library: NativeLibrary } | null = null;

/** Version of the library at `path`, e.g. "1.7.4". @throws {Error} with the reason if it cannot be used */
export function libraryVersion(path: string): string {
  const [major, minor, patch] = [[0], [0], [0]];
  functionsOf(path).version(major, minor, patch);
  const version = `${major[0]}.${minor[0]}.${patch[0]}`;
  const isTooOld = major[0]! < OLDEST[0] || (major[0] === OLDEST[0] && minor[0]! < OLDEST[1]);
  if (isTooOld) throw new Error(`it is version ${version}, but ${OLDEST.join(".")} or newer is required`);
  return version;
}

function functionsOf(path: string): NativeLibrary {
  try {
    return nativeLibrary(path);
  } catch (error) {
    const missing = /Cannot find function '(\w+)'/.exec(String(error))?.[1];
    if (missing === undefined) throw error;
    throw new Error(`it has no function ${missing}: it is not libxgboost, or older than ${OLDEST.join(".")}`, {
      cause: error,
    });
  }
}

/** Opened once per process. @throws {Error} if there is no library at `path` */
export function nativeLibrary(path: string): NativeLibrary {
  if (opened?.path !== path) opened = { path, library: openNativeNow(() => openLibrary(path)) };
  return opened.library;
}

/** Throws the message of the library for a return value other than 0. */
export function checked(library: Pick<NativeLibrary, "lastError">): (code: number) => void {
  return (code) => {
    if (code !== 0) throw new Error(library.lastError().split("\nStack trace")[0]!.trim());
  };
}

/** Functions that return an int return 0 on success. */
function openLibrary(path: string) {
  waitPassively();
  const handle = koffi.load(path);
  const call = <Arguments extends unknown[], Result = number>(declaration: string) =>
    handle.func(declaration) as unknown as (...given: Arguments) => Result;
  const library = {
    version: call<[number[], number[], number[]], void>(
      "void XGBoostVersion(_Out_ int *major, _Out_ int *minor, _Out_ int *patch)",
    ),
    lastError: call<[], string>("const char *XGBGetLastError()"),
    setGlobal: call<[string]>("int XGBSetGlobalConfig(const char *json)"),
    createMatrix: call<[Float32Array, number, number, number, [Handle], number]>(
      "int XGDMatrixCreateFromMat_omp(float *data, uint64_t rows, uint64_t columns, float missing, _Out_ void **out, int threads)",
    ),
    setFloats: call<[Handle, string, Float32Array, number]>(
      "int XGDMatrixSetFloatInfo(void *matrix, const char *field, float *values, uint64_t count)",
    ),
    freeMatrix: call<[Handle]>("int XGDMatrixFree(void *matrix)"),
    createBooster: call<[[Handle], number, [Handle]]>(
      "int XGBoosterCreate(void **matrices, uint64_t count, _Out_ void **out)",
    ),
    setParam: call<[Handle, string, string]>(
      "int XGBoosterSetParam(void *booster, const char *name, const char *value)",
    ),
    updateOneRound: call<[Handle, number, Handle]>(
      "int XGBoosterUpdateOneIter(void *booster, int round, void *matrix)",
    ),
    evaluateRound: call<[Handle, number, [Handle], [string], number, [string]]>(
      "int XGBoosterEvalOneIter(void *booster, int round, void **matrices, const char **names, uint64_t count, _Out_ const char **text)",
    ),
    save: call<[Handle, string, [number], [Handle]]>(
      "int XGBoosterSaveModelToBuffer(void *booster, const char *json, _Out_ uint64_t *length, _Out_ void **bytes)",
    ),
    load: call<[Handle, Uint8Array, number]>(
      "int XGBoosterLoadModelFromBuffer(void *booster, const uint8_t *bytes, uint64_t length)",
    ),
    freeBooster: call<[Handle]>("int XGBoosterFree(void *booster)"),
    /** Copies bytes from the library's memory; not a function of the library. */
    copy: (address: Handle, byteLength: number): Uint8Array<ArrayBuffer> =>
      new Uint8Array(koffi.view(address, byteLength).slice(0)),
  };
  library.setGlobal('{"verbosity":0}'); // its output would bypass Node and go to the real stdout
  return library;
}

/** Polls of GNU's OpenMP for the other threads before it sleeps: half or a third of the time beside a busy process. */
const SPINS = 1000;

/**
 * OpenMP threads spin while they wait for each other, which makes training ten times slower on a busy machine. The
 * values are set in the C environment, which OpenMP reads once when it is loaded; values set by the user are kept.
 */
function waitPassively(): void {
  if (process.platform === "win32") return;
  const setenv = koffi.load(null).func("int setenv(const char *name, const char *value, int overwrite)");
  if (process.env.OMP_WAIT_POLICY === undefined) setenv("GOMP_SPINCOUNT", String(SPINS), 0);
  setenv("OMP_WAIT_POLICY", "passive", 0);
}
