/** Worker threads that reply to requests. `end` waits while a thread loads a native library, see nativeCalls.ts. */
import { parentPort, Worker, type Transferable } from "node:worker_threads";
import { MlctlError } from "./errors.ts";
import { endThreads } from "./nativeCalls.ts";
import { projectRoot } from "./projectRoot.ts";

interface ThreadOptions {
  /** Entry point, relative to the project root. Threads run the compiled code: tests of the sources need a build. */
  readonly file: string;
  readonly exited: string;
  readonly workerData?: unknown;
}

interface RequestOptions {
  readonly transfer?: readonly Transferable[];
  readonly onProgress?: ((share: number) => void) | undefined;
}

type Message<Reply> = { readonly number: number } & (
  | { readonly progress: number }
  | { readonly reply: Reply }
  | { readonly error: unknown }
  | { readonly mistake: Pick<MlctlError, "kind" | "message" | "hint" | "details"> }
);

interface Pending<Reply> extends Pick<RequestOptions, "onProgress"> {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: unknown) => void;
}

export function workerThread<Request, Reply>(options: ThreadOptions) {
  let running: ReturnType<typeof started<Reply>> | undefined;
  let lastNumber = 0;
  const start = () => (running ??= started<Reply>(options, (ended) => running === ended && (running = undefined)));
  return {
    start: () => void start(),
    isRunning: () => running !== undefined,
    /** Keeps the process alive until the reply. @throws what the thread throws, or an error if it exits */
    request: (request: Request, { transfer = [], onProgress }: RequestOptions = {}) =>
      new Promise<Reply>((resolve, reject) => {
        const { worker, pending } = start();
        const number = ++lastNumber;
        worker.postMessage({ number, request }, transfer);
        pending.set(number, { resolve, reject, onProgress });
        worker.ref();
      }),
    /** Rejects pending requests and terminates the thread; the next request starts another. */
    async end(): Promise<void> {
      const ending = running;
      running = undefined;
      ending?.fail(new Error(`${options.exited}: it was ended`));
      await endThreads(async () => ending?.worker.terminate());
    },
  };
}

function started<Reply>({ file, exited, workerData }: ThreadOptions, onEnd: (ended: unknown) => void) {
  // A thread does not inherit flags of the process (--input-type, --import), and prints nothing to its stdout.
  const worker = new Worker(new URL(file, projectRoot), { stdout: true, stderr: true, execArgv: [], workerData });
  const pending = new Map<number, Pending<Reply>>();
  const fail = (error: unknown): void => {
    onEnd(thread);
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
  };
  const thread = { worker, pending, fail };
  worker.unref();
  worker.on("message", ({ number, ...message }: Message<Reply>) => {
    const request = pending.get(number);
    if ("progress" in message) return request?.onProgress?.(message.progress);
    // The late reply of a thread that is being terminated must not let the process end before that is done.
    if (pending.delete(number) && pending.size === 0) worker.unref();
    if ("reply" in message) request?.resolve(message.reply);
    else if ("error" in message) request?.reject(message.error);
    else request?.reject(new MlctlError(message.mistake.kind, message.mistake.message, message.mistake));
  });
  worker.on("error", fail);
  // Without a name, String(error) is the message.
  worker.on("exit", (code) => fail(Object.assign(new Error(`${exited} with code ${code}`), { name: "" })));
  return thread;
}

/** In a thread: replies to each request. Of error classes, only MlctlError gets to the other thread. */
export function replyToRequests<Request, Reply>(
  replyTo: (request: Request, onProgress: (share: number) => void) => Reply | Promise<Reply>,
  transferOf: (reply: Reply) => readonly Transferable[] = () => [],
): void {
  parentPort?.on("message", async ({ number, request }: { readonly number: number; readonly request: Request }) => {
    const post = (message: object, transfer: readonly Transferable[] = []): void =>
      parentPort?.postMessage({ number, ...message }, transfer);
    try {
      const reply = await replyTo(request, (progress) => post({ progress }));
      post({ reply }, transferOf(reply));
    } catch (error) {
      if (!(error instanceof MlctlError)) return post({ error });
      const { kind, message, hint, details } = error;
      post({ mistake: { kind, message, hint, details } });
    }
  });
}
