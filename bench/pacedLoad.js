/** A client that keeps to the clock whatever the server does: latency counts from when a request was due. */
import { connect } from "node:net";

/**
 * @param rate requests a second, spread over `connections` that are kept open
 * @returns percentiles in milliseconds; a request that waits for a free connection is late, not left out
 */
export async function latencies({ url, rows, rate, seconds, connections }) {
  const { hostname, port } = new URL(url);
  const requests = rows.map(({ body }) => requestBytes(hostname, body));
  const found = [];
  const state = { due: [], failed: 0, next: 0 };
  const idle = [];
  const clients = Array.from({ length: connections }, () =>
    client(hostname, Number(port), state, (due) => {
      if (due !== undefined) found.push(performance.now() - due);
    }),
  );
  for (const each of clients) idle.push(await each);
  const total = Math.floor(rate * seconds);
  const start = performance.now();
  let sent = 0;
  const give = () => {
    const now = performance.now();
    for (; sent < total && start + (sent * 1000) / rate <= now; sent++) state.due.push(start + (sent * 1000) / rate);
    while (state.due.length > 0) {
      const free = idle.find((one) => !one.busy());
      if (free === undefined) return;
      free.send(requests[state.next++ % requests.length], state.due.shift());
    }
  };
  while (found.length + state.failed < total && performance.now() < start + seconds * 3000) {
    give();
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  for (const one of idle) one.close();
  const sorted = found.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
  return { p50: at(0.5), p99: at(0.99), maximum: at(1), sent, failed: total - found.length };
}

function requestBytes(host, body) {
  const head = `POST /predict HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n`;
  return Buffer.from(head + body);
}

/** One connection with one request at a time; gunicorn's sync workers close it after each, and it is opened anew. */
async function client(host, port, state, answered) {
  let [socket, due, text] = [undefined, undefined, ""];
  const settle = (status) => {
    const mine = due;
    [due, text] = [undefined, ""];
    if (status === 200) answered(mine);
    else state.failed++;
  };
  const open = () =>
    new Promise((resolve, reject) => {
      const own = connect({ host, port, noDelay: true }, () => resolve(own));
      own.on("data", (data) => {
        text += data.toString("latin1");
        const end = text.indexOf("\r\n\r\n");
        if (end < 0) return;
        const length = Number(/content-length: (\d+)/i.exec(text)?.[1]);
        if (text.length < end + 4 + length) return;
        const closes = /connection: close/i.test(text.slice(0, end));
        const status = Number(text.slice(9, 12));
        if (closes) [socket] = [undefined, own.destroy()];
        settle(status);
      });
      own.on("error", (error) => (due === undefined ? reject(error) : settle(0)));
    });
  socket = await open();
  return {
    busy: () => due !== undefined,
    close: () => socket?.destroy(),
    send(bytes, at) {
      due = at;
      if (socket !== undefined) return void socket.write(bytes);
      open().then(
        (opened) => (socket = opened).write(bytes),
        () => settle(0),
      );
    },
  };
}
