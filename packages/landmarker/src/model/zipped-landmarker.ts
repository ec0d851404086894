import { FacekpError } from '@facekp/core'
import { isSystemFile } from '@facekp/files/is-system-file'
import { unzipSync } from 'fflate'
import { LANDMARKER_FILE } from './read-landmarker.ts'

/** A small archive can unpack to any size: this many bytes are more than any landmarker has. */
const MAX_BYTES = 512 * 1024 * 1024

/**
 * Reads a zip of the folder of a landmarker, or of a folder that contains it, such as that of a run.
 *
 * @param file that it was read from
 * @returns the files beside `landmarker.json` and itself, by their names
 * @throws FacekpError `LANDMARKER_FILE`
 */
export function unzipLandmarker(bytes: Uint8Array, file?: string): Map<string, Uint8Array> {
  const names = listNames(bytes, file)
  const index = names
    .filter((name) => name.split('/').at(-1) === LANDMARKER_FILE)
    .sort((a, b) => a.split('/').length - b.split('/').length)[0]
  if (index === undefined) {
    throw zipError({ file, problem: `the zip contains no ${LANDMARKER_FILE}`, received: names.slice(0, 5).join(', ') })
  }
  const folder = index.slice(0, -LANDMARKER_FILE.length)
  const isInside = (name: string): boolean => name.startsWith(folder) && !name.slice(folder.length).includes('/')
  const entries = Object.entries(unzip(bytes, isInside, file))
  return new Map(entries.map(([name, content]) => [toSlashes(name).slice(folder.length), content]))
}

/** Compress-Archive of Windows PowerShell 5 writes names with backslashes. */
function toSlashes(name: string): string {
  return name.replaceAll('\\', '/')
}

function listNames(bytes: Uint8Array, file: string | undefined): string[] {
  const names: string[] = []
  unzip(
    bytes,
    (name) => {
      if (!name.endsWith('/') && !isSystemFile(name)) names.push(name)
      return false
    },
    file,
  )
  return names
}

function unzip(
  bytes: Uint8Array,
  isNeeded: (name: string) => boolean,
  file: string | undefined,
): Record<string, Uint8Array> {
  let size = 0
  try {
    return unzipSync(bytes, {
      filter({ name, originalSize }) {
        if (!isNeeded(toSlashes(name))) return false
        size += originalSize
        if (size > MAX_BYTES) throw zipError({ file, problem: 'the zip unpacks to more than 512 MiB' })
        return true
      },
    })
  } catch (cause) {
    if (cause instanceof FacekpError) throw cause
    throw zipError({ file, problem: 'the zip is damaged', received: (cause as Error).message, cause })
  }
}

function zipError(details: {
  readonly file: string | undefined
  readonly problem: string
  readonly received?: string
  readonly cause?: unknown
}): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_FILE',
    expected: 'a zip of the folder of a landmarker, as packLandmarker makes it',
    ...details,
  })
}
