import { createReadStream } from 'node:fs'

/** Reads the lines of a file or stream one after another, without their ends and without a byte order mark. */
export async function* readTextLines(source: NodeJS.ReadableStream | string): AsyncGenerator<string, void> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of typeof source === 'string' ? createReadStream(source) : source) {
    const text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true })
    const lines = `${rest}${text}`.split('\n')
    rest = lines.pop() as string
    for (const line of lines) yield line.replace(/\r$/, '')
  }
  rest += decoder.decode()
  if (rest !== '') yield rest.replace(/\r$/, '')
}
