import { constants } from 'node:fs'
import { type FileHandle, lstat, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import * as z from 'zod'

/** Source of the bytes of a part. It is stored beside the part, so that the rest comes from the same file. */
export interface Origin {
  readonly url: string
  /** A strong ETag or a date of last change, for `If-Range`; undefined if the server sends neither. */
  readonly validator?: string | undefined
  /** Size of the whole file in bytes. */
  readonly total?: number | undefined
}

const schema = z.object({ url: z.string(), validator: z.string().optional(), total: z.number().optional() })

/** Beginning of a file: its bytes in `file.part`, and their origin in `file.part.json`. */
export interface Part {
  readonly path: string
  /** Returns the number of bytes. */
  size(): Promise<number>
  /** Reads the origin; undefined if it is unknown, so that the part cannot be continued. */
  origin(): Promise<Origin | undefined>
  /** Opens the bytes to append more; never a link's target. */
  open(): Promise<FileHandle>
  /** Removes the bytes and stores a new origin. */
  start(origin: Origin): Promise<void>
  remove(): Promise<void>
  /** Renames the complete part to the file. */
  moveToFile(): Promise<void>
}

/** Opens the part of a file. */
export function openPart(file: string): Part {
  const path = `${file}.part`
  const note = `${file}.part.json`
  return {
    path,
    async size() {
      const stats = await lstat(path).catch(() => undefined)
      return stats?.isFile() ? stats.size : 0
    },
    async origin() {
      try {
        return schema.parse(JSON.parse(await readFile(note, 'utf8')))
      } catch {
        return undefined
      }
    },
    // Windows has no such flag, and lets only administrators make links.
    open: () => open(path, constants.O_WRONLY | constants.O_APPEND | (constants.O_NOFOLLOW ?? 0)),
    async start(origin) {
      // In this order, a part is never beside the origin of another file.
      await rm(note, { force: true })
      await createFile(path, '')
      await createFile(`${note}.tmp`, JSON.stringify(origin))
      await rename(`${note}.tmp`, note)
    },
    async remove() {
      await rm(note, { force: true })
      await rm(path, { force: true })
    },
    async moveToFile() {
      await rename(path, file)
      await rm(note, { force: true })
    },
  }
}

/** Creates a file in place of what is at its path: a link is removed, not followed. */
async function createFile(path: string, text: string): Promise<void> {
  await rm(path, { force: true })
  await writeFile(path, text, { flag: 'wx' })
}
