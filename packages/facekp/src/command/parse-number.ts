import { InvalidArgumentError } from 'commander'

/** Parses a number above 0 on the command line. */
export function parsePositive(text: string): number {
  const value = Number(text)
  if (text.trim() !== '' && Number.isFinite(value) && value > 0) return value
  throw new InvalidArgumentError('Expected a number above 0.')
}

/** Parses a whole number of at least 0 on the command line. */
export function parseWhole(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('Expected a whole number of at least 0.')
}
