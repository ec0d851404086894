import { FacekpError, type FacekpErrorDetails } from '@facekp/core'
import type { SkippedEntry } from './tensor.ts'

/** Throws the FacekpError of these details, as an expression. */
export function fail(details: FacekpErrorDetails): never {
  throw new FacekpError(details)
}

/** Throws the error of a file that ends before all that it announces. */
export function truncatedError(file: string, what: string, received: string, expected: string): never {
  return fail({
    code: 'WEIGHTS_TRUNCATED',
    problem: `the file ends before ${what} does`,
    file,
    received,
    expected: `${expected}; download or copy the file again`,
  })
}

/** Throws the error of a file that violates its format. */
export function damagedError(file: string, problem: string, received?: string, cause?: unknown): never {
  return fail({ code: 'WEIGHTS_DAMAGED', problem, file, received, cause })
}

/** Throws the error of two entries of one name. */
export function duplicateError(file: string, name: string): never {
  return fail({
    code: 'WEIGHTS_DUPLICATE',
    problem: 'two entries have one name',
    file,
    received: quoteName(name),
    expected: 'each name once',
  })
}

/** Throws the error of a file in which no tensor has a supported data type; names one of them. */
export function unsupportedError({ name, reason }: SkippedEntry, expected: string, file: string): never {
  return fail({
    code: 'WEIGHTS_DTYPE',
    problem: 'no tensor of the file has a supported data type',
    file,
    received: `${name}: ${reason}`,
    expected,
  })
}

/** Quotes a name from a file, cut to a length that can be printed. */
export function quoteName(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}

/** Quotes the first names of many. */
export function quoteNames(names: readonly string[]): string {
  return [...names.slice(0, 8).map(quoteName), ...(names.length > 8 ? ['…'] : [])].join(', ')
}
