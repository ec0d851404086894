import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readRuns } from './run-folder.ts'

const SUMMARY = {
  title: 'Part 3',
  data: 'faces',
  recipe: 'tuned',
  backend: 'wasm',
  seed: 1,
  interrupted: false,
  seconds: 12.5,
  imagesPerSecond: 30,
  valErrorPx: 4.5,
  nme: [0.04, 0.03, 0.05],
  settings: { recipe: 'tuned', augmentation: { degrees: 20 } },
}
const ERRORS = {
  scheme: 'ibug-68',
  by: 'interocular',
  threshold: 0.08,
  faces: [
    { id: 'a', errorPx: 4, nme: 0.04 },
    { id: 'b', errorPx: 5, nme: 0.05 },
  ],
}
const EPOCHS = [
  { epoch: 1, step: 9, trainLoss: 0.5, learningRate: 1e-3, seconds: 6, imagesPerSecond: 30 },
  { epoch: 2, step: 18, trainLoss: 0.4, valErrorPx: 4.5, learningRate: 1e-3, gradientNorm: 2 },
]
const LINES = EPOCHS.map((epoch) => `${JSON.stringify(epoch)}\n`).join('')

let scratch: string
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-runs-'))
})
afterEach(() => rmSync(scratch, { recursive: true }))

/** The folder of a run; a file that is undefined is left out, text is written as it is. */
function folderOf(name: string, files: Readonly<Record<string, unknown>> = {}): string {
  const folder = join(scratch, name)
  mkdirSync(folder, { recursive: true })
  const all = { 'summary.json': SUMMARY, 'history.jsonl': LINES, 'errors.json': ERRORS, ...files }
  for (const [file, content] of Object.entries(all)) {
    if (content === undefined) continue
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

test('reads what a run left: figures with intervals, history, errors by face, settings', async () => {
  const [run] = await readRuns([folderOf('run')])
  expect(run).toMatchObject({
    label: 'run',
    data: 'Part 3, faces',
    scheme: 'ibug-68',
    by: 'interocular',
    threshold: 0.08,
    faces: ERRORS.faces,
    seconds: 12.5,
    imagesPerSecond: 30,
    settings: { backend: 'wasm', recipe: 'tuned', augmentation: { degrees: 20 } },
  })
  expect(run?.metrics.nme).toEqual({ value: 0.04, low: 0.03, high: 0.05 })
  // Of two faces with 4 and 5 px, drawn anew: from both the one to both the other.
  expect(run?.metrics.errorPx).toEqual({ value: 4.5, low: 4, high: 5 })
  expect(run?.metrics).not.toHaveProperty('auc')
  expect(run?.history.map(({ gradientNorm }) => gradientNorm)).toEqual([undefined, 2])
})

test('a run of before has no errors by face and no settings of its own; one that was broken off at once has no epoch', async () => {
  const { title: _, settings: __, nme: ___, ...before } = SUMMARY
  const files = { 'summary.json': { ...before, imagesPerSecond: null }, 'errors.json': undefined, 'history.jsonl': '' }
  const [run] = await readRuns([folderOf('old', files)])
  expect(run).toMatchObject({ data: 'faces', history: [], settings: { backend: 'wasm', recipe: 'tuned', seed: 1 } })
  expect(run?.metrics).toEqual({ errorPx: { value: 4.5 } })
  expect(run?.faces).toBeUndefined()
  expect(run?.imagesPerSecond).toBeUndefined()
})

test('labels are the names of the folders, and as much before them as sets them apart', async () => {
  const folders = [folderOf('a/run'), folderOf('b/run'), folderOf('other')]
  expect((await readRuns(folders)).map(({ label }) => label)).toEqual(['a/run', 'b/run', 'other'])
  await expect(readRuns([folders[0] as string, `${folders[0]}/`])).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('is named twice'),
  })
})

test.each<[string, Record<string, unknown>, string, RegExp]>([
  [
    'no summary',
    { 'summary.json': undefined },
    'RUN_MISSING',
    /run\/summary\.json: cannot be read.*a run that is done/s,
  ],
  ['no history', { 'history.jsonl': undefined }, 'RUN_MISSING', /run\/history\.jsonl: cannot be read/],
  ['a summary that is no JSON', { 'summary.json': '{' }, 'RUN_DAMAGED', /run\/summary\.json: is not JSON/],
  [
    'a summary of something else',
    { 'summary.json': { ...SUMMARY, nme: [0.1, 'x', 0.2] } },
    'RUN_DAMAGED',
    /summary\.json: nme\.1 is not what a run leaves.*received "x"/,
  ],
  ['a line cut off', { 'history.jsonl': `${LINES}{"epoch":3,"tra` }, 'RUN_DAMAGED', /history\.jsonl:3: is not JSON/],
  [
    'a loss that was no number',
    { 'history.jsonl': LINES.replace('"trainLoss":0.4', '"trainLoss":null') },
    'RUN_DAMAGED',
    /history\.jsonl:2: trainLoss is not what a run leaves.*received null/,
  ],
  [
    'a face without an error',
    { 'errors.json': { ...ERRORS, faces: [...ERRORS.faces, { id: 'c' }] } },
    'RUN_DAMAGED',
    /errors\.json: faces\.2\.errorPx is not what a run leaves.*received nothing/,
  ],
])('%s is told with file and place', async (_, files, code, message) => {
  await expect(readRuns([folderOf('run', files)])).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  })
})

test('a folder that is not there is told', async () => {
  await expect(readRuns(['/nowhere'])).rejects.toMatchObject({ code: 'RUN_MISSING', file: '/nowhere/summary.json' })
})
