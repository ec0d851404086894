/** Rows of numbers, all with the same length. */
export type Rows = readonly Float32Array[]

/** Computes the mean of each column. */
export function averageRows(rows: Rows): Float64Array {
  const sum = new Float64Array((rows[0] as Float32Array).length)
  for (const row of rows) for (let k = 0; k < sum.length; k++) sum[k] = (sum[k] as number) + (row[k] as number)
  return sum.map((value) => value / rows.length)
}

/** Sums the squares of numbers that are known. */
export function sumSquares(row: Float64Array | Float32Array): number {
  let sum = 0
  for (const value of row) if (!Number.isNaN(value)) sum += value * value
  return sum
}
