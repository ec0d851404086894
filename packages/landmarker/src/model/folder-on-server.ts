import { FacekpError } from '@facekp/core'
import type { LandmarkerFolder } from './read-landmarker.ts'

/** Most bytes of a file: more than the weights of any network here. */
const MAX_BYTES = 2 ** 30

/**
 * Creates the folder of a landmarker on a server.
 *
 * @param source URL of the folder or of its `landmarker.json`; a page may use a relative one
 * @throws FacekpError `LANDMARKER_FILE` if it is not a URL
 */
export function createServerFolder(source: string | URL): LandmarkerFolder {
  const base = resolveFolder(source)
  const locate = (name: string): string => new URL(name, base).href
  return { locate, read: (name) => fetchFile(locate(name)) }
}

function resolveFolder(source: string | URL): URL {
  const page = (globalThis as { location?: { href: string } }).location?.href
  try {
    const url = new URL(source, page)
    if (!/(\/|\.json)$/.test(url.pathname)) url.pathname += '/'
    return url
  } catch (cause) {
    throw fileError(String(source), 'not a URL; paths are for @facekp/landmarker/node', cause)
  }
}

async function fetchFile(url: string): Promise<Uint8Array> {
  const response = await fetch(url).catch((cause: Error) => {
    throw fileError(url, cause.cause instanceof Error ? cause.cause.message : cause.message, cause)
  })
  if (!response.ok) {
    await response.body?.cancel()
    throw fileError(url, `status ${response.status} ${response.statusText}`.trim())
  }
  return readBody(response, url)
}

async function readBody({ body }: Response, url: string): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  const reader = body?.getReader()
  try {
    for (;;) {
      const { done = true, value } = (await reader?.read()) ?? {}
      if (done || value === undefined) return joinBytes(chunks, length)
      chunks.push(value)
      length += value.length
      if (length > MAX_BYTES) throw fileError(url, `more than ${MAX_BYTES} bytes`)
    }
  } catch (cause) {
    await reader?.cancel().catch(() => undefined)
    throw cause instanceof FacekpError ? cause : fileError(url, (cause as Error).message, cause)
  }
}

function joinBytes(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length)
  let position = 0
  for (const chunk of chunks) {
    bytes.set(chunk, position)
    position += chunk.length
  }
  return bytes
}

function fileError(file: string, received: string, cause?: unknown): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_FILE',
    problem: 'cannot read the landmarker',
    file,
    expected: 'the URL of a folder that saveLandmarker wrote, with all of its files',
    received,
    cause,
  })
}
