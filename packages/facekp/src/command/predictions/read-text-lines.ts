import { createReadStream } from 'node:fs'
import { findUtf16 } from '@facekp/files'

/**
 * Reads the lines of a file or stream one after another, without their ends and without a byte order mark. The text is UTF-8, or UTF-16 as
 * PowerShell writes it.
 */
export async function* readTextLines(source: NodeJS.ReadableStream | string): AsyncGenerator<string, void> {
  let rest = ''
  for await (const text of decodeChunks(typeof source === 'string' ? createReadStream(source) : source)) {
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() as string
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  if (rest !== '') yield rest.replace(/\r$/, '')
}

async function* decodeChunks(source: AsyncIterable<string | Buffer>): AsyncGenerator<string, void> {
  let start = Buffer.alloc(0)
  let decoder: TextDecoder | undefined
  for await (const chunk of source) {
    if (typeof chunk === 'string') {
      yield chunk
    } else if (decoder) {
      yield decoder.decode(chunk, { stream: true })
    } else {
      // The first two bytes tell the encoding.
      start = Buffer.concat([start, chunk])
      if (start.length < 2) continue
      decoder = new TextDecoder(findUtf16(start))
      yield decoder.decode(start, { stream: true })
    }
  }
  yield decoder ? decoder.decode() : start.toString()
}
