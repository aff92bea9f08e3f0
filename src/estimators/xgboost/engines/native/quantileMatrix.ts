/** A matrix of bins instead of values: a byte for each cell instead of nine, for the same trees of tree_method "hist". */
import { loadKoffi, openNativeNow } from "../../../../core/nativeCalls.ts";
import type { TrainingJob } from "../engine.ts";
import { checked, type Handle, type NativeLibrary } from "./nativeLibrary.ts";

const koffi = loadKoffi();

const callbacks = {
  next: koffi.pointer(koffi.proto("int MlctlNextBatch(void *iterator)")),
  reset: koffi.pointer(koffi.proto("void MlctlFirstBatch(void *iterator)")),
};

/** The library asks for the only batch of rows five times. */
export function quantileMatrix(library: NativeLibrary, job: TrainingJob, threads: number): Handle {
  const handle = koffi.load(job.library!);
  const functions = {
    createProxy: handle.func("int XGProxyDMatrixCreate(_Out_ void **out)"),
    setDense: handle.func("int XGProxyDMatrixSetDataDense(void *proxy, const char *interface)"),
    create: handle.func(
      "int XGQuantileDMatrixCreateFromCallback(void *iterator, void *proxy, void *reference, MlctlFirstBatch *reset, MlctlNextBatch *next, const char *json, _Out_ void **out)",
    ),
    // Moves nothing and returns the address of what it is given.
    addressOf: koffi.load(null).func("uintptr_t memmove(void *to, void *from, size_t bytes)"),
  };
  const check = checked(library);
  const { values, labels, weights, rowCount, columnCount } = job;
  const setFloats = (field: string, floats: Float32Array): number =>
    library.setFloats(proxy![0], field, floats, rowCount);
  const address = Number(functions.addressOf(values, values, 0));
  const data = { data: [address, true], shape: [rowCount, columnCount], typestr: "<f4", version: 3 };
  const [proxy, matrix]: [Handle][] = [[null], [null]];
  let isGiven = false;
  let failed = 0;
  const next = koffi.register(() => {
    if (isGiven) return 0;
    isGiven = true;
    const codes = [
      functions.setDense(proxy![0], JSON.stringify(data)),
      setFloats("label", labels),
      ...(weights === null ? [] : [setFloats("weight", weights)]),
    ];
    failed = codes.find((code) => code !== 0) ?? 0;
    return failed === 0 ? 1 : 0;
  }, callbacks.next);
  const reset = koffi.register(() => void (isGiven = false), callbacks.reset);
  try {
    check(functions.createProxy(proxy));
    // JSON has no NaN, but the library reads it.
    const json = `{"missing":NaN,"nthread":${threads},"max_bin":${job.params["max_bin"] ?? 256}}`;
    // A thread that ends cannot answer, and the library would ask for ever: it ends once the matrix is made.
    const made = openNativeNow(() => functions.create(null, proxy![0], null, reset, next, json, matrix));
    check(failed);
    check(made);
    return matrix![0]!;
  } finally {
    for (const callback of [next, reset]) koffi.unregister(callback);
    if (proxy![0] !== null) library.freeMatrix(proxy![0]);
  }
}
