import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runInMemory } from '../../../fixtures/run-in-memory.ts'

let root = ''
const at = (name: string): string => join(root, name)

const BOX = { left: 0, top: 0, width: 9, height: 9 }

/** Writes predictions of images, with one face of `pointCount` points each. */
function writeShard(
  name: string,
  images: readonly string[],
  { pointCount = 1, model = 'a', detector = {} } = {},
): string {
  const points = Array.from({ length: pointCount }, (_, i) => [i, i])
  const faces = [{ box: BOX, score: 1, confidence: 1, points }]
  const lines = images.map((image) => JSON.stringify({ image, model, detector, width: 10, height: 10, faces }))
  writeFileSync(at(name), lines.join('\n'))
  return at(name)
}

let shards: readonly string[] = []
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'facekp-merge-'))
  shards = [writeShard('1.jsonl', ['a.jpg', 'b.jpg']), writeShard('2.jsonl', []), writeShard('3.jsonl', ['c.jpg'])]
  writeFileSync(at('list.txt'), 'a.jpg\nb.jpg\nc.jpg\nb.jpg\n')
  writeFileSync(at('longer.txt'), 'd.jpg\na.jpg\nb.jpg\n')
})
afterAll(() => rmSync(root, { recursive: true }))

test('joins shards whose images are those of the list', async () => {
  const args = ['merge', ...shards, '--list', at('list.txt'), '--out', at('all.jsonl')]
  expect(await runInMemory([...args, '--json'])).toMatchObject({ code: 0, stderr: '' })
  const lines = readFileSync(at('all.jsonl'), 'utf8').trimEnd().split('\n')
  expect(lines.map((line) => JSON.parse(line).image)).toEqual(['a.jpg', 'b.jpg', 'c.jpg'])
  expect(await runInMemory(args)).toMatchObject({ code: 1, stderr: expect.stringContaining('--overwrite') })
  expect(await runInMemory([...args, '--overwrite'])).toMatchObject({ code: 0 })
})

test('names images that are double, missing, or not in the list, and writes nothing', async () => {
  const out = at('never.jsonl')
  const args = ['merge', ...shards, writeShard('4.jsonl', ['b.jpg']), '--list', at('longer.txt'), '--out', out]
  const { code, stdout } = await runInMemory([...args, '--json'])
  expect(code).toBe(1)
  expect(JSON.parse(stdout)).toEqual({
    images: 3,
    isListed: true,
    double: { count: 1, names: ['b.jpg'] },
    missing: { count: 1, names: ['d.jpg'] },
    unexpected: { count: 1, names: ['c.jpg'] },
  })
  const text = await runInMemory(args)
  expect(text.stdout).toBe(
    '3 images\ndouble: 1 image\n  b.jpg\nmissing: 1 image\n  d.jpg\nnot in the list: 1 image\n  c.jpg\nnothing was written\n',
  )
  expect(existsSync(out)).toBe(false)
})

test('--images without a list is an error', async () => {
  const args = ['merge', ...shards, '--images', root, '--out', at('never.jsonl')]
  const { code, stderr } = await runInMemory(args)
  expect([code, stderr]).toEqual([2, expect.stringMatching(/option --images\n {2}expected --list too/)])
})

test('names some of many, and says without a list that missing ones are not found', async () => {
  const names = Array.from({ length: 25 }, (_, i) => `${i}.jpg`)
  const shard = writeShard('many.jsonl', names)
  const double = await runInMemory(['merge', shard, shard, '--out', at('never.jsonl')])
  expect([double.code, double.stdout]).toEqual([1, expect.stringContaining('  9.jpg\n  and 15 more\n')])
  const { code, stdout } = await runInMemory(['merge', shard, '--out', at('many-all.jsonl')])
  expect([code, stdout]).toEqual([0, expect.stringContaining('give --list to find missing ones')])
})

test('shards of another model or detector, incomplete ones and missing ones are errors', async () => {
  const other = writeShard('other.jsonl', ['x.jpg'], { pointCount: 2 })
  const anew = writeShard('anew.jsonl', ['x.jpg'], { model: 'b' })
  const tiled = writeShard('tiled.jsonl', ['x.jpg'], { detector: { tiles: 2 } })
  const incomplete = writeShard('5.jsonl.partial.jsonl', ['x.jpg'])
  for (const [shard, expectedCode] of [
    [other, 'PREDICTIONS_INVALID'],
    [anew, 'PREDICTIONS_INVALID'],
    [tiled, 'PREDICTIONS_INVALID'],
    [incomplete, 'PREDICTIONS_INCOMPLETE'],
    [at('nowhere.jsonl'), 'PREDICTIONS_NOT_READ'],
  ] as const) {
    const { code, stdout } = await runInMemory(['merge', ...shards, shard, '--out', at('never.jsonl'), '--json'])
    expect([code, JSON.parse(stdout).error]).toEqual([1, expect.objectContaining({ code: expectedCode, file: shard })])
  }
})
