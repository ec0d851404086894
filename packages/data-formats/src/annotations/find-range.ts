/** Finds the lowest and the highest of any number of values: Infinity and -Infinity of none. */
export function findRange(values: Iterable<number>): { readonly lowest: number; readonly highest: number } {
  let lowest = Number.POSITIVE_INFINITY
  let highest = Number.NEGATIVE_INFINITY
  for (const value of values) {
    if (value < lowest) lowest = value
    if (value > highest) highest = value
  }
  return { lowest, highest }
}
