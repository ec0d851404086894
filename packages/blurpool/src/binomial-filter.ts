/**
 * Returns the binomial filter of a size: a row of Pascal's triangle divided by its sum. Size 3 is [1, 2, 1] / 4, size 4
 * [1, 3, 3, 1] / 8: boxes of two, convolved with each other.
 */
export function binomialFilter(size: number): number[] {
  let row = [1]
  while (row.length < size) row = [...row, 0].map((value, i) => (value + (row[i - 1] ?? 0)) / 2)
  return row
}
