import { FacekpError } from '@facekp/core'

/** Parses JSON text. Throws `ANNOTATIONS_INVALID` with the file if it is not JSON. */
export function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (cause) {
    throw new FacekpError({
      code: 'ANNOTATIONS_INVALID',
      file,
      problem: 'not valid JSON',
      received: (cause as Error).message,
      expected: 'a complete JSON file',
      cause,
    })
  }
}
