import { InvalidArgumentError } from 'commander'

/** Parses a number above 0 on the command line. */
export function parsePositive(text: string): number {
  const value = toNumber(text)
  if (value > 0) return value
  throw new InvalidArgumentError('Expected a number above 0.')
}

/** Parses a fraction above 0 on the command line, so that a percentage is not taken for one. */
export function parseFraction(text: string): number {
  const value = toNumber(text)
  if (value > 0 && value <= 1) return value
  throw new InvalidArgumentError('Expected a number above 0 and at most 1, such as 0.08 for 8 %.')
}

/** Parses a whole number of at least 0 on the command line. */
export function parseWhole(text: string): number {
  const value = toNumber(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError(`Expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}.`)
}

/** Creates the parser of a whole number from 1 on the command line. */
export function parseCount(max: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range = max === Number.MAX_SAFE_INTEGER ? 'of at least 1' : `from 1 to ${max}`
  return (text) => {
    const value = toNumber(text)
    if (/^\d+$/.test(text) && value >= 1 && value <= max) return value
    throw new InvalidArgumentError(`Expected a whole number ${range}.`)
  }
}

/** Parses a port on the command line. */
export function parsePort(text: string): number {
  const value = toNumber(text)
  if (/^\d+$/.test(text) && value < 65_536) return value
  throw new InvalidArgumentError('Expected a whole number from 0 to 65535.')
}

/** Creates the parser of a number between two others on the command line. */
export function parseBetween(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = toNumber(text)
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`)
  }
}

/** Parses a finite number; NaN for any other text. */
function toNumber(text: string): number {
  const value = Number(text)
  return text.trim() !== '' && Number.isFinite(value) ? value : Number.NaN
}

/** A part of a cross-validation. */
export interface Fold {
  /** From 1. */
  readonly fold: number
  readonly folds: number
}

/** Parses a fold such as `2/5` on the command line. */
export function parseFold(text: string): Fold {
  const [, fold = 0, folds = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (fold >= 1 && folds >= 2 && fold <= folds) return { fold, folds }
  throw new InvalidArgumentError('Expected i/k with i from 1 to k, such as 2/5.')
}
