import { once } from 'node:events'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { createGunzip } from 'node:zlib'
import type { Parser } from 'tar'

/** Bytes that may follow the end of an archive: tar fills its last block up with zeros. */
const MAX_TRAILING_BYTES = 2 ** 24

/**
 * Gives a parser the content of a .tar, .tar.gz or .tgz, and pauses after each part of it. What follows the end of the archive is only
 * read: of all that, the parser would keep a copy, and make another one for each part.
 *
 * @throws the parser's own errors, those of the file system and of zlib, and one for too much after the end
 */
export async function* feedParser(parser: Parser, archive: string): AsyncGenerator<void, void> {
  let isAtEnd = false
  let failure: unknown
  parser.once('eof', () => {
    isAtEnd = true
  })
  parser.on('error', (error) => {
    failure ??= error
  })
  const ended = new Promise((resolve) => parser.once('end', resolve).once('error', resolve))
  let trailing = 0
  for await (const bytes of readContent(archive)) {
    if (isAtEnd) trailing += bytes.length
    else if (!parser.write(bytes)) await Promise.race([once(parser, 'drain'), ended])
    if (trailing > MAX_TRAILING_BYTES) throw new Error(`more than ${MAX_TRAILING_BYTES} bytes after its end`)
    if (failure !== undefined) throw failure
    yield
  }
  parser.end()
  await ended
  if (failure !== undefined) throw failure
  yield
}

/** Reads a file; one of gzip is inflated. */
async function* readContent(file: string): AsyncGenerator<Buffer, void> {
  const isGzip = await startsAsGzip(file)
  const source = createReadStream(file)
  const content = isGzip ? source.pipe(createGunzip()) : source
  source.on('error', (error) => content.destroy(error))
  try {
    yield* content
  } finally {
    source.destroy()
    content.destroy()
  }
}

async function startsAsGzip(path: string): Promise<boolean> {
  const file = await open(path)
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0)
    return buffer.readUInt16BE() === 0x1f8b
  } finally {
    await file.close()
  }
}
