import { File } from 'node:buffer'
import { expect, test } from '@jest/globals'
import type { PathFile } from '../components/path-file.ts'
import { parseHistory, readRun } from './read-run.ts'

const createFile = (path: string, text: string): PathFile => ({
  path,
  file: new File([text], path.split('/').at(-1) as string) as unknown as globalThis.File,
})
const LINE = '{"epoch":1,"trainLoss":0.5,"valErrorPx":4,"seconds":3}\n'
const ERRORS = '{"scheme":"ibug-68","faces":[{"id":"a","errorPx":4,"nme":0.04}]}'

test('a training under way has its history only', async () => {
  const run = await readRun([createFile('runs/mine/history.jsonl', LINE), createFile('runs/mine/run.json', '{}')])
  expect(run).toMatchObject({ name: 'mine', history: [{ epoch: 1, trainLoss: 0.5, valErrorPx: 4 }] })
  expect([run.summary, run.errors, run.plots.size, run.landmarker.length]).toEqual([undefined, undefined, 0, 0])
})

test('errors, plots and the landmarker of a finished one', async () => {
  const run = await readRun([
    createFile('mine/history.jsonl', LINE),
    createFile('mine/errors.json', ERRORS),
    createFile('mine/plots/worst.png', ''),
    createFile('mine/plots/worst.svg', ''),
    createFile('mine/landmarker/landmarker.json', ''),
    createFile('mine/other/history.jsonl', 'no JSON'),
  ])
  expect(run.errors?.faces).toEqual([{ id: 'a', errorPx: 4, nme: 0.04 }])
  expect([...run.plots.keys()]).toEqual(['worst'])
  expect(run.landmarker.map(({ path }) => path)).toEqual(['mine/landmarker/landmarker.json'])
})

test('a last line that is being written is left out', () => {
  expect(parseHistory(`${LINE}{"epoch":2,"tra`)).toHaveLength(1)
})

test('errors name the file and the line, or what was dropped', async () => {
  await expect(readRun([createFile('mine/a.jpg', '')])).rejects.toMatchObject({
    code: 'RUN_MISSING',
    received: 'mine/a.jpg',
  })
  await expect(readRun([createFile('history.jsonl', `${LINE}{}\n`)])).rejects.toMatchObject({
    code: 'RUN_DAMAGED',
    file: 'history.jsonl',
    line: 2,
  })
  await expect(readRun([createFile('summary.json', '{')])).rejects.toMatchObject({ code: 'RUN_DAMAGED' })
})
