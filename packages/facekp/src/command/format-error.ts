import type { FacekpError } from '@facekp/core'

/** Formats an error on two lines: what is wrong, and what was expected and received. */
export function formatError({ message, expected, received }: FacekpError): string {
  const details = expected === undefined ? `received ${received}` : `expected ${expected}`
  const start = message.lastIndexOf(`: ${details}`)
  return start < 0 ? message : `${message.slice(0, start)}\n  ${message.slice(start + 2)}`
}
