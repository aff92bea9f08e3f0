/** A matrix of seeded numbers and its target; the peer's numbers.py makes the same shapes. */
export function numbers({ rowCount, width, classes }) {
  let state = 1;
  const next = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
  const values = Float64Array.from({ length: rowCount * width }, () => next() * 2 - 1);
  const y = Float64Array.from({ length: rowCount }, (_, row) => {
    let signal = (next() - 0.5) * 2;
    for (let column = 0; column < width; column++) signal += values[row * width + column] * ((column % 5) - 2);
    return classes ? Number(signal > 0) : signal;
  });
  return { X: { rowCount, columnNames: Array.from({ length: width }, (_, i) => `x${i}`), values }, y };
}
