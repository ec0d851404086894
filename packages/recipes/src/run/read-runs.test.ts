import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from '@jest/globals'
import { readRuns } from './read-runs.ts'

const SUMMARY = {
  title: 'Part 3',
  data: 'faces',
  recipe: 'tuned',
  backend: 'wasm',
  seed: 1,
  interrupted: false,
  seconds: 12.5,
  imagesPerSecond: 30,
  epochs: 2,
  meanShapeErrorPx: 20,
  valErrorPx: 4.5,
  nme: { value: 0.04, low: 0.03, high: 0.05 },
  model: 'run/model/model.json',
  report: 'run/report.html',
  settings: { recipe: 'tuned', augmentation: { degrees: 20 } },
}
const ERRORS = {
  scheme: 'ibug-68',
  normalization: 'interocular',
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

/** Writes a run folder; a file that is undefined is left out, text is written as it is. */
function makeRun(name: string, files: Readonly<Record<string, unknown>> = {}): string {
  const folder = join(scratch, name)
  mkdirSync(folder, { recursive: true })
  const contents = { 'summary.json': SUMMARY, 'history.jsonl': LINES, 'errors.json': ERRORS, ...files }
  for (const [file, content] of Object.entries(contents)) {
    if (content === undefined) continue
    writeFileSync(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content))
  }
  return folder
}

test('reads metrics with intervals, history, errors by face and settings', async () => {
  const [run] = await readRuns([makeRun('run')])
  expect(run).toMatchObject({
    label: 'run',
    data: 'Part 3, faces',
    scheme: 'ibug-68',
    normalization: 'interocular',
    threshold: 0.08,
    faces: ERRORS.faces,
    seconds: 12.5,
    imagesPerSecond: 30,
    settings: { backend: 'wasm', recipe: 'tuned', augmentation: { degrees: 20 } },
  })
  expect(run?.metrics.nme).toEqual({ value: 0.04, low: 0.03, high: 0.05 })
  // Resamples of two faces with 4 and 5 px: from 4 to 5.
  expect(run?.metrics.errorPx).toEqual({ value: 4.5, low: 4, high: 5 })
  expect(run?.metrics).not.toHaveProperty('auc')
  expect(run?.history.map(({ gradientNorm }) => gradientNorm)).toEqual([undefined, 2])
})

test('errors by face may be missing, and a run stopped before its first epoch has no speed', async () => {
  const { nme: _, ...summary } = SUMMARY
  const files = { 'summary.json': { ...summary, imagesPerSecond: null }, 'errors.json': undefined, 'history.jsonl': '' }
  const [run] = await readRuns([makeRun('short', files)])
  expect(run).toMatchObject({ data: 'Part 3, faces', history: [], settings: { backend: 'wasm', recipe: 'tuned' } })
  expect(run?.metrics).toEqual({ errorPx: { value: 4.5 } })
  expect(run?.faces).toBeUndefined()
  expect(run?.imagesPerSecond).toBeUndefined()
})

test('files may have a byte order mark, as Notepad writes it', async () => {
  const files = Object.entries({
    'summary.json': JSON.stringify(SUMMARY),
    'history.jsonl': LINES,
    'errors.json': JSON.stringify(ERRORS),
  })
  const [marked] = await readRuns([
    makeRun('marked', Object.fromEntries(files.map(([name, text]) => [name, `\uFEFF${text}`]))),
  ])
  const [plain] = await readRuns([makeRun('plain')])
  expect(marked).toEqual({ ...plain, label: 'marked' })
})

test('labels are the names of the folders, with as much of the path as tells them apart', async () => {
  const folders = [makeRun('a/run'), makeRun('b/run'), makeRun('other')]
  expect((await readRuns(folders)).map(({ label }) => label)).toEqual(['a/run', 'b/run', 'other'])
  await expect(readRuns([folders[0] as string, `${folders[0]}/`])).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    message: expect.stringContaining('is named twice'),
  })
})

test('half a line at the end, which a kill leaves, is ignored; a whole one without line break is not', async () => {
  const folder = makeRun('killed', { 'history.jsonl': `${LINES}{"epoch":3,"tra` })
  expect((await readRuns([folder]))[0]?.history).toHaveLength(2)
  writeFileSync(join(folder, 'history.jsonl'), LINES.trim())
  expect((await readRuns([folder]))[0]?.history).toHaveLength(2)
})

test.each<[string, Record<string, unknown>, string, RegExp]>([
  [
    'no summary',
    { 'summary.json': undefined },
    'RUN_MISSING',
    /run\/summary\.json: the file does not exist.*a finished run/s,
  ],
  ['no history', { 'history.jsonl': undefined }, 'RUN_MISSING', /run\/history\.jsonl: the file does not exist/],
  ['a summary that is not JSON', { 'summary.json': '{' }, 'RUN_DAMAGED', /run\/summary\.json: invalid JSON/],
  [
    'a summary of something else',
    { 'summary.json': { ...SUMMARY, nme: { value: 0.1, low: 'x', high: 0.2 } } },
    'RUN_DAMAGED',
    /summary\.json: key nme\.low: expected a finite number, received 'x'/,
  ],
  ['a line cut off', { 'history.jsonl': `{"epoch":3,"tra\n${LINES}` }, 'RUN_DAMAGED', /history\.jsonl:1: invalid JSON/],
  [
    'a loss that is not a number',
    { 'history.jsonl': LINES.replace('"trainLoss":0.4', '"trainLoss":null') },
    'RUN_DAMAGED',
    /history\.jsonl:2: key trainLoss: expected a finite number, received null/,
  ],
  [
    'a face without an error',
    { 'errors.json': { ...ERRORS, faces: [...ERRORS.faces, { id: 'c' }] } },
    'RUN_DAMAGED',
    /errors\.json: key faces\[2\]\.errorPx: expected a finite number, received undefined/,
  ],
])('%s: the error names file and place', async (_, files, code, message) => {
  await expect(readRuns([makeRun('run', files)])).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
  })
})

test('a missing folder is an error that names the missing file', async () => {
  await expect(readRuns(['/nowhere'])).rejects.toMatchObject({ code: 'RUN_MISSING', file: '/nowhere/summary.json' })
})
