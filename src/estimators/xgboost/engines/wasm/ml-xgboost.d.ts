/** Types of the Emscripten module in ml-xgboost, which ships none. Its C functions take and return heap addresses. */
declare module "ml-xgboost/dist/wasm/xgboost.js" {
  interface XgboostModule {
    readonly isReady: Promise<unknown>;
    /** Replaced when the memory grows: read it again after every allocation. */
    readonly HEAPU8: Uint8Array;
    readonly HEAPF32: Float32Array;
    print: (line: string) => void;
    printErr: (line: string) => void;
    _malloc(bytes: number): number;
    _free(address: number): void;
    _create_model(values: number, labels: number, rows: number, columns: number): number;
    _free_memory_model(model: number): void;
    _train_full_model(model: number, rounds: number): void;
    /** Size of the model in bytes, which `_get_file_content` then copies; −1 on failure. */
    _save_model(model: number): number;
    _get_file_content(address: number, bytes: number): void;
    _load_model(address: number, bytes: number): number;
    /** Writes the outputs to `result` and returns their number. */
    _predict_one(model: number, values: number, columns: number, result: number): number;
    cwrap(name: "set_param", result: null, args: string[]): (model: number, name: string, value: string) => void;
  }
  const xgboost: XgboostModule;
  export default xgboost;
}
