import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import * as z from 'zod'
import { writeDrawnFaces } from '../../../fixtures/drawn-faces.ts'
import { runInMemory } from '../../../fixtures/run-in-memory.ts'
import { projectSchema } from '../project.ts'

let root = ''
const before = process.cwd()

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-init-'))
  await writeDrawnFaces(join(root, 'labels/faces.json'), { seed: 1, count: 6 })
  process.chdir(root)
})
afterAll(() => {
  process.chdir(before)
  rmSync(root, { recursive: true })
})

const readProjectFile = () => JSON.parse(readFileSync('facekp.json', 'utf8'))

test('init takes points and flip pairs from the labels, and check and fit take theirs from its file', async () => {
  const { code, stdout } = await runInMemory(['init', 'labels/faces.json', '--license', 'CC0-1.0'])
  expect([code, stdout]).toEqual([0, expect.stringContaining('written: facekp.json')])
  expect(readProjectFile()).toMatchObject({
    data: 'labels/faces.json',
    license: 'CC0-1.0',
    points: expect.arrayContaining(['nose tip']),
    flipPairs: [
      ['right eye outer corner', 'left eye outer corner'],
      ['right outer mouth corner', 'left outer mouth corner'],
    ],
  })
  expect(await runInMemory(['check'])).toMatchObject({ code: 0, stdout: expect.stringContaining('scheme project') })
  expect((await runInMemory(['fit'])).code).toBe(0)
  expect(JSON.parse(readFileSync('landmarker/landmarker.json', 'utf8'))).toMatchObject({ license: 'CC0-1.0' })
})

test('init takes options, and does not replace its file unless asked to', async () => {
  const args = ['init', 'labels', '--points', 'a', 'b', '--flip-pairs', 'a=b']
  expect((await runInMemory(args)).code).toBe(1)
  expect((await runInMemory([...args, '--overwrite'])).code).toBe(0)
  expect(readProjectFile()).toMatchObject({ data: 'labels', points: ['a', 'b'], flipPairs: [['a', 'b']] })
})

test('init infers the pairs of the points that are named', async () => {
  const points = ['right eye', 'nose', 'left eye']
  expect((await runInMemory(['init', 'labels', '--points', ...points, '--overwrite'])).code).toBe(0)
  expect(readProjectFile()).toMatchObject({ points, flipPairs: [['right eye', 'left eye']] })
})

test.each(['--flip-pairs', '--normalization-pair'])('init %s refuses an unknown point', async (option) => {
  const { code, stderr } = await runInMemory(['init', 'labels', '--points', 'a', 'b', option, 'a=c', '--overwrite'])
  expect([code, stderr]).toEqual([2, `error: option ${option}\n  expected a pair of a, b, received c\n`])
})

test('init writes nothing if labels or images do not exist', async () => {
  const before = readFileSync('facekp.json', 'utf8')
  const points = ['--points', 'a', 'b', '--flip-pairs', 'a=b', '--overwrite']
  const noImages = await runInMemory(['init', 'labels', '--images', 'nowhere', ...points])
  expect(noImages).toMatchObject({ code: 2, stderr: expect.stringMatching(/--images.*nowhere/s) })
  const noLabels = await runInMemory(['init', 'nowhere', ...points])
  expect(noLabels).toMatchObject({ code: 2, stderr: expect.stringMatching(/\[data\].*nowhere/s) })
  expect(readFileSync('facekp.json', 'utf8')).toBe(before)
})

test('init names the points whose distance errors are divided by', async () => {
  const args = ['init', 'labels', '--normalization-pair', 'right eye outer corner=left eye outer corner', '--overwrite']
  expect((await runInMemory(args)).code).toBe(0)
  const normalizationPair = ['right eye outer corner', 'left eye outer corner']
  expect(readProjectFile()).toMatchObject({ normalizationPair })
  expect((await runInMemory(['fit', '--out', 'normalized'])).stdout).toContain('NME')
})

test('without labels and terminal, and with an invalid pair, init fails as wrong usage', async () => {
  expect(await runInMemory(['init', '--overwrite'])).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('[data]'),
  })
  const args = ['init', 'labels', '--points', 'a', '--flip-pairs', 'a', '--overwrite']
  expect(await runInMemory(args)).toMatchObject({ code: 2, stderr: expect.stringContaining('left eye=right eye') })
})

test.each([
  ['{', 'not valid JSON'],
  ['{"data": "labels", "points": [], "flipPairs": []}', 'field points'],
  ['{"data": "labels", "points": ["a"], "flipPairs": [["a", "b"]]}', 'unknown point'],
  ['{"dta": "labels", "points": ["a"], "flipPairs": []}', 'data'],
])('an invalid facekp.json %s is an error that names it', async (text, message) => {
  writeFileSync('facekp.json', text)
  const { code, stderr } = await runInMemory(['check'])
  expect([code, stderr]).toEqual([1, expect.stringMatching(new RegExp(`facekp\\.json: [^]*${message}`))])
})

test('facekp.json may have a byte order mark, as Notepad writes it', async () => {
  writeFileSync('facekp.json', '\uFEFF{"data": "nowhere", "points": ["a"], "flipPairs": []}')
  expect((await runInMemory(['check'])).stderr).toContain('nowhere: the annotation file does not exist')
})

test('the published JSON schema is that of the file', () => {
  const file = fileURLToPath(new URL('../../../facekp.schema.json', import.meta.url))
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(z.toJSONSchema(projectSchema))
})
