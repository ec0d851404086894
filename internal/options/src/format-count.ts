/**
 * Formats a number of things.
 *
 * @example `formatCount(1, 'image')` is `1 image`, `formatCount(2, 'image')` is `2 images`
 */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
