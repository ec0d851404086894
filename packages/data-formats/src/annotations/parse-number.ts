const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
/** Largest coordinate and size, in pixels, that is read. */
export const MAX_COORDINATE = 1e6

/** Longer texts are not numbers: keeps the work per value bounded. */
const MAX_LENGTH = 40

/** Parses a decimal number of a size that an image may have; NaN if the text is anything else. */
export function parseNumber(text: string | undefined): number {
  if (typeof text !== 'string' || text.length > MAX_LENGTH || !NUMBER.test(text)) return Number.NaN
  const value = Number(text)
  return Math.abs(value) <= MAX_COORDINATE ? value : Number.NaN
}
