import { Readable } from 'node:stream'
import { expect, test } from '@jest/globals'
import { readTextLines } from './read-text-lines.ts'

async function readAll(chunks: readonly (string | Buffer)[]): Promise<string[]> {
  const lines: string[] = []
  for await (const line of readTextLines(Readable.from(chunks))) lines.push(line)
  return lines
}

test('lines end with LF, CRLF or the text, wherever chunks end', async () => {
  const text = Buffer.from('\uFEFFa.jpg\r\n\nphotos/é.jpg\nlast')
  const expected = ['a.jpg', '', 'photos/é.jpg', 'last']
  for (let cut = 0; cut <= text.length; cut++) {
    expect(await readAll([text.subarray(0, cut), text.subarray(cut)])).toEqual(expected)
  }
  expect(await readAll(['a\nb', 'c\n'])).toEqual(['a', 'bc'])
  expect(await readAll([])).toEqual([])
})

test.each(['utf-16le', 'utf-16be'])('lines of %s, as PowerShell writes them', async (encoding) => {
  const text = Buffer.from('\uFEFFa.jpg\r\nphotos/é.jpg\r\n', 'utf16le')
  if (encoding === 'utf-16be') text.swap16()
  for (let cut = 0; cut <= text.length; cut++) {
    expect(await readAll([text.subarray(0, cut), text.subarray(cut)])).toEqual(['a.jpg', 'photos/é.jpg'])
  }
})

test('a text of one character', async () => {
  expect(await readAll([Buffer.from('a')])).toEqual(['a'])
})

test('a file that is missing is an error', async () => {
  await expect(readTextLines('/no/such/file').next()).rejects.toMatchObject({ code: 'ENOENT' })
})
