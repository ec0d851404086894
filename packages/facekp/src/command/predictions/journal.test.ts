import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
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
  const journal = await openJournal(out, { pointCount: 1 })
  await journal.append(createLine('a'))
  expect([existsSync(out), journal.has('a'), journal.has('b')]).toEqual([false, true, false])
  await journal.complete()
  await journal.close()
  expect([readImages(out), existsSync(getPartialFile(out))]).toEqual([['a'], false])
  await (await openJournal(join(root, 'empty.jsonl'), { pointCount: 1 })).complete()
  expect(readFileSync(join(root, 'empty.jsonl'), 'utf8')).toBe('')
})

test('a complete file gets the lines of further images, and is not touched without any', async () => {
  const first = await openJournal(out, { pointCount: 1 })
  await first.append(createLine('a'))
  await first.complete()
  await first.close()
  writeFileSync(out, readFileSync(out, 'utf8').trimEnd())
  const second = await openJournal(out, { pointCount: 1 })
  expect(second.has('a')).toBe(true)
  await second.complete()
  await second.close()
  expect(readFileSync(out, 'utf8')).not.toMatch(/\n$/)
  const third = await openJournal(out, { pointCount: 1 })
  await third.append(createLine('b'))
  await third.complete()
  expect(readImages(out)).toEqual(['a', 'b'])
})

test('lines that were completed before the partial file was removed are not written twice', async () => {
  const journal = await openJournal(out, { pointCount: 1 })
  await journal.append(createLine('a'))
  await journal.complete()
  await journal.close()
  writeFileSync(getPartialFile(out), readFileSync(out))
  const second = await openJournal(out, { pointCount: 1 })
  expect(existsSync(getPartialFile(out))).toBe(false)
  await second.append(createLine('b'))
  await second.complete()
  await second.close()
  expect(readImages(out)).toEqual(['a', 'b'])
})

test('lines of the partial file that the complete one lacks are kept, and the others are not written twice', async () => {
  const journal = await openJournal(out, { pointCount: 1 })
  await journal.append(createLine('a'))
  await journal.complete()
  await journal.close()
  writeFileSync(getPartialFile(out), ['a', 'b'].map((image) => `${JSON.stringify(createLine(image))}\n`).join(''))
  const second = await openJournal(out, { pointCount: 1 })
  expect(second.has('b')).toBe(true)
  await second.complete()
  await second.close()
  expect(readImages(out)).toEqual(['a', 'b'])
})

test('a file of something else stays as it is', async () => {
  out = join(root, 'notes.txt')
  writeFileSync(out, 'no predictions')
  await expect(openJournal(out, { pointCount: 1 })).rejects.toMatchObject({
    code: 'PREDICTIONS_INVALID',
    file: out,
    line: 1,
  })
  expect(readFileSync(out, 'utf8')).toBe('no predictions')
  await expect(openJournal(root, { pointCount: 1 })).rejects.toMatchObject({ code: 'PREDICTIONS_NOT_READ', file: root })
})

test('goes on with the predictions of its model, and those that do not name theirs', async () => {
  const first = await openJournal(out, { model: 'a' })
  await first.append({ ...createLine('1'), model: 'a' })
  await first.append(createLine('2'))
  await first.close()
  const second = await openJournal(out, { model: 'a' })
  expect([second.has('1'), second.has('2')]).toEqual([true, true])
  await second.close()
  await expect(openJournal(out, { model: 'b' })).rejects.toMatchObject({
    code: 'PREDICTIONS_INVALID',
    file: getPartialFile(out),
    line: 1,
    expected: 'model b; predict --overwrite begins anew',
    received: 'model a',
  })
  const third = await openJournal(out, { model: 'b', overwrite: true })
  expect(third.has('1')).toBe(false)
  await third.close()
})

test('goes on with the predictions of its options of the detector, and those that do not name theirs', async () => {
  const detector = { tiles: 2, rotations: true }
  const first = await openJournal(out, { detector })
  await first.append({ ...createLine('1'), detector: { rotations: true, tiles: 2 } })
  await first.append(createLine('2'))
  await first.close()
  const second = await openJournal(out, { detector })
  expect([second.has('1'), second.has('2')]).toEqual([true, true])
  await second.close()
  await expect(openJournal(out, { detector: {} })).rejects.toMatchObject({
    code: 'PREDICTIONS_INVALID',
    line: 1,
    expected: 'the default options; predict --overwrite begins anew',
    received: '--tiles 2 --rotations',
  })
  const third = await openJournal(out, { detector: {}, overwrite: true })
  await third.append({ ...createLine('1'), detector: {} })
  await third.close()
  await expect(openJournal(out, { detector })).rejects.toMatchObject({
    expected: '--tiles 2 --rotations; predict --overwrite begins anew',
    received: 'the default options',
  })
})

test('does not go on with the predictions of a video', async () => {
  const video = await openJournal(out, { isOfImages: false })
  await video.append({ ...createLine('1'), frame: 0, time: 0 })
  await video.close()
  await expect(openJournal(out, { isOfImages: true })).rejects.toMatchObject({
    code: 'PREDICTIONS_INVALID',
    line: 1,
    problem: 'the prediction is one of a video',
  })
})

test('is for one command at a time', async () => {
  const journal = await openJournal(out, { pointCount: 1 })
  await journal.append(createLine('a'))
  const second = openJournal(out, { pointCount: 1, overwrite: true })
  await expect(second).rejects.toMatchObject({ code: 'LOCKED', received: `program ${process.pid}` })
  await journal.complete()
  await journal.close()
  expect(readImages(out)).toEqual(['a'])
  await (await openJournal(out, { pointCount: 1 })).close()
  expect(readdirSync(dirname(out))).toEqual(['points.jsonl'])
})

test('goes on where a machine that is gone has stopped', async () => {
  const journal = await openJournal(out, { pointCount: 1 })
  await journal.append(createLine('a'))
  await journal.close()
  writeFileSync(`${out}.lock`, JSON.stringify({ pid: 1, host: 'elsewhere', leaseMs: 200, token: 'other' }))
  const next = await openJournal(out, { pointCount: 1 })
  expect(next.has('a')).toBe(true)
  await next.close()
})
