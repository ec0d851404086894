import { FacekpError, type FacekpErrorDetails } from '@facekp/core'

/** Throws the FacekpError that `details` make, as an expression. */
export function fail(details: FacekpErrorDetails): never {
  throw new FacekpError(details)
}

/** A file that ends before what it announces. */
export function truncatedError(file: string, what: string, received: string, expected: string): never {
  return fail({
    code: 'WEIGHTS_TRUNCATED',
    problem: `the file ends before ${what} does`,
    file,
    received,
    expected: `${expected}: the whole file`,
  })
}

/** A file that is not built as its format has it. */
export function damagedError(file: string, problem: string, received?: string, cause?: unknown): never {
  return fail({ code: 'WEIGHTS_DAMAGED', problem, file, received, cause })
}

/** Two tensors of one name. */
export function duplicateError(file: string, name: string): never {
  return fail({ code: 'WEIGHTS_DUPLICATE', problem: 'a name is there twice', file, received: quoteName(name) })
}

/** A name from a file, short enough and safe to be printed. */
export function quoteName(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text)
}
