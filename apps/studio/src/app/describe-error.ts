import { isFacekpError } from '@facekp/core'

/** An error in words. */
export interface DescribedError {
  readonly title: string
  readonly detail?: string | undefined
}

/** Describes an error for people: what is wrong in the title; what was expected and received below. */
export function describeError(error: unknown): DescribedError {
  if (isFacekpError(error)) {
    const { file, line, problem, expected, received } = error
    const place = [file, line].filter((part) => part !== undefined).join(':')
    const title = place === '' ? capitalize(problem) : `${place}: ${problem}`
    const parts = [expected && `Expected ${expected}.`, received && `Received ${received}.`].filter(Boolean)
    return { title, detail: parts.length > 0 ? parts.join(' ') : undefined }
  }
  return { title: error instanceof Error ? error.message : String(error) }
}

function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Tests whether an error only says that something was stopped. */
export function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}
