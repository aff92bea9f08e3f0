/** The Emscripten module inside ml-xgboost, which ships no types: its C functions take and give heap addresses. */
declare module "ml-xgboost/dist/wasm/xgboost.js" {
  interface XgboostModule {
    readonly isReady: Promise<unknown>;
    /** Replaced when the memory grows: read anew after every allocation. */
    readonly HEAPU8: Uint8Array;
    readonly HEAPF32: Float32Array;
    print: (line: string) => void;
    printErr: (line: string) => void;
    _malloc(bytes: number): number;
    _free(address: number): void;
    _create_model(values: number, labels: number, rows: number, columns: number): number;
    _free_memory_model(model: number): void;
    _train_full_model(model: number, rounds: number): void;
    /** Bytes of the model, kept for `_get_file_content`; −1 where it failed. */
    _save_model(model: number): number;
    _get_file_content(address: number, bytes: number): void;
    _load_model(address: number, bytes: number): number;
    /** Number of outputs, which it writes to `result`. */
    _predict_one(model: number, values: number, columns: number, result: number): number;
    cwrap(name: "set_param", result: null, args: string[]): (model: number, name: string, value: string) => void;
  }
  const xgboost: XgboostModule;
  export default xgboost;
}
