/** Runs many command lines of mlctl in one process, one after the other: the same `main` as bin/mlctl.js, without its start of half a second. */
import { main } from "../../../dist/cli/main.js";

// Each call listens for signals and errors anew.
process.setMaxListeners(0);

const ended = Symbol("ended");
let status = 0;
process.exit = (code) => {
  status = code ?? 0;
  throw ended;
};

const written = { stdout: "", stderr: "" };
for (const name of ["stdout", "stderr"]) {
  const stream = process[name];
  stream.write = (chunk, encoding, done = encoding) => {
    // Enough to judge a message by, however large the answer is.
    if (written[name].length < 1 << 20) written[name] += chunk.toString();
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  stream.end = () => stream;
}

process.on("message", async (argv) => {
  [written.stdout, written.stderr, status] = ["", "", 0];
  let thrown = null;
  try {
    await main(argv);
  } catch (error) {
    if (error !== ended) thrown = String(error?.stack ?? error);
  }
  process.send({ status, ...written, thrown });
});
process.send("ready");
