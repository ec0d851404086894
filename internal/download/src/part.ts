import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'

/** Where the bytes of a part come from, kept beside it, so that what follows is taken from the very same file. */
export interface Origin {
  readonly url: string
  /** A strong ETag or a date of last change, for `If-Range`; undefined where the server tells neither. */
  readonly validator?: string | undefined
  /** The size of the whole file. */
  readonly total?: number | undefined
}

const schema = z.object({ url: z.string(), validator: z.string().optional(), total: z.number().optional() })

/** A file of which only the beginning is there: `file.part`, and `file.part.json` which tells its origin. */
export interface Part {
  readonly path: string
  size(): Promise<number>
  /** Undefined where it is not known: the part is then of no use. */
  origin(): Promise<Origin | undefined>
  /** Forgets what is there and begins anew. */
  start(origin: Origin): Promise<void>
  remove(): Promise<void>
  /** The part becomes the file. */
  moveToFile(): Promise<void>
}

export function openPart(file: string): Part {
  const path = `${file}.part`
  const note = `${file}.part.json`
  return {
    path,
    async size() {
      return (await stat(path).catch(() => undefined))?.size ?? 0
    },
    async origin() {
      try {
        return schema.parse(JSON.parse(await readFile(note, 'utf8')))
      } catch {
        return undefined
      }
    },
    async start(origin) {
      // This order never leaves a part beside the note of another file.
      await rm(note, { force: true })
      await writeFile(path, '')
      await writeFile(`${note}.tmp`, JSON.stringify(origin))
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
