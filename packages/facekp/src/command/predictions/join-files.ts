import { createReadStream } from 'node:fs'

const LF = 10

/** Reads files of lines one after another; the last line of each ends. */
export async function* joinFiles(files: readonly string[]): AsyncGenerator<Buffer, void> {
  for (const file of files) {
    let lastByte = LF
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      lastByte = chunk.at(-1) as number
      yield chunk
    }
    if (lastByte !== LF) yield Buffer.of(LF)
  }
}
