/** Returns the number of elements of a tensor of this shape. */
export function countElements(shape: readonly number[]): number {
  return shape.reduce((product, side) => product * side, 1)
}

export function isSameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((side, axis) => side === b[axis])
}
