import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { getPartialFile, openJournal } from './journal.ts'

let root = ''
let out = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-journal-'))
  out = join(root, 'deep/points.jsonl')
})
afterEach(() => rmSync(root, { recursive: true }))

const createLine = (image: string) => ({ image, width: 4, height: 4, faces: [] })
const readImages = (file: string) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line).image)

test('the file appears when it is complete, also an empty one', async () => {
  const journal = await openJournal(out, 1)
  await journal.append(createLine('a'))
  expect([existsSync(out), journal.has('a'), journal.has('b')]).toEqual([false, true, false])
  await journal.complete()
  expect([readImages(out), existsSync(getPartialFile(out))]).toEqual([['a'], false])
  await (await openJournal(join(root, 'empty.jsonl'), 1)).complete()
  expect(readFileSync(join(root, 'empty.jsonl'), 'utf8')).toBe('')
})

test('a complete file gets the lines of further images, and is not touched without any', async () => {
  const first = await openJournal(out, 1)
  await first.append(createLine('a'))
  await first.complete()
  writeFileSync(out, readFileSync(out, 'utf8').trimEnd())
  const second = await openJournal(out, 1)
  expect(second.has('a')).toBe(true)
  await second.complete()
  expect(readFileSync(out, 'utf8')).not.toMatch(/\n$/)
  const third = await openJournal(out, 1)
  await third.append(createLine('b'))
  await third.complete()
  expect(readImages(out)).toEqual(['a', 'b'])
})

test('lines that were completed before the partial file was removed are not written twice', async () => {
  const journal = await openJournal(out, 1)
  await journal.append(createLine('a'))
  await journal.complete()
  writeFileSync(getPartialFile(out), readFileSync(out))
  const second = await openJournal(out, 1)
  expect(existsSync(getPartialFile(out))).toBe(false)
  await second.append(createLine('b'))
  await second.complete()
  expect(readImages(out)).toEqual(['a', 'b'])
})

test('a file of something else stays as it is', async () => {
  out = join(root, 'notes.txt')
  writeFileSync(out, 'no predictions')
  await expect(openJournal(out, 1)).rejects.toMatchObject({ code: 'PREDICTIONS_INVALID', file: out, line: 1 })
  expect(readFileSync(out, 'utf8')).toBe('no predictions')
  await expect(openJournal(root, 1)).rejects.toMatchObject({ code: 'PREDICTIONS_NOT_READ', file: root })
})
