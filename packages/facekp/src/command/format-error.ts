import type { FacekpError } from '@facekp/core'
import { translateOptions } from './translate-options.ts'

/** Formats an error in the words of the command line, on two lines: what is wrong, and what was expected and received, whose line breaks are escaped. */
export function formatError(error: FacekpError): string {
  const { message, expected, received } = translateOptions(error)
  const details = expected === undefined ? `received ${received}` : `expected ${expected}`
  const start = message.lastIndexOf(`: ${details}`)
  if (start < 0) return message
  return `${message.slice(0, start)}\n  ${message.slice(start + 2).replaceAll('\n', String.raw`\n`)}`
}
