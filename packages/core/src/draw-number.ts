/**
 * Draws a real number from 0, included, to 1, excluded: a multiple of 2^-53.
 *
 * @param next draws an integer of 32 bits, with sign
 */
export function drawFraction(next: () => number): number {
  return (next() & 0x3ffffff) * 2 ** -26 + (next() & 0x7ffffff) * 2 ** -53
}

/**
 * Draws an integer from 0 to count - 1, all with the same probability: what exceeds a multiple of `count` is drawn again.
 *
 * @param next draws an integer of 32 bits, with sign
 * @param count at most 2^53
 */
export function drawInteger(next: () => number, count: number): number {
  let drawn: number
  if (count > 2 ** 32) {
    do drawn = drawInteger(next, Math.floor(count / 2 ** 32) + 1) * 2 ** 32 + drawInteger(next, 2 ** 32)
    while (drawn >= count)
    return drawn
  }
  const limit = Math.floor(2 ** 32 / count) * count
  do drawn = next() + 2 ** 31
  while (drawn >= limit)
  return drawn % count
}
