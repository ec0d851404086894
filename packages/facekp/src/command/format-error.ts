import type { FacekpError } from '@facekp/core'
import { translateOptions } from './translate-options.ts'

/** Formats an error in the words of the command line, on two lines: what is wrong, and what was expected and received. */
export function formatError(error: FacekpError): string {
  const { message, expected, received } = translateOptions(error)
  const details = expected === undefined ? `received ${received}` : `expected ${expected}`
  const start = message.lastIndexOf(`: ${details}`)
  return start < 0 ? message : `${message.slice(0, start)}\n  ${message.slice(start + 2)}`
}
