import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals'
import { writeDrawnFaces } from '../../../fixtures/drawn-faces.ts'
import { runInMemory } from '../../../fixtures/run-in-memory.ts'

let root = ''
const at = (...names: string[]): string => join(root, ...names)
const TINY = ['arch=heatmapNet16', 'size=32', 'cachedCrop.size=40', 'epochs=1', 'batchSize=4', 'tta.views=1']

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-train-'))
  await writeDrawnFaces(at('faces.json'), { seed: 1, count: 10 })
})
afterAll(() => rmSync(root, { recursive: true }))

test('train leaves a run whose landmarker predicts, and which is compared and continued', async () => {
  const args = ['train', at('faces.json'), '--out', at('run'), '--override', ...TINY]
  const { code, stdout, stderr } = await runInMemory([...args, '--json'])
  expect([code, stderr]).toEqual([0, expect.stringContaining('validation error')])
  const { trainFaces, testFaces, hasLandmarker, summary } = JSON.parse(stdout)
  expect([trainFaces, testFaces, hasLandmarker]).toEqual([9, 1, true])
  expect(summary).toMatchObject({ recipe: 'faces-small', epochs: 1, interrupted: false })

  const predicted = await runInMemory(['predict', at('run'), at('images')])
  expect(predicted.code).toBe(0)
  expect(JSON.parse(predicted.stdout.split('\n')[0] as string).faces[0].points).toHaveLength(5)

  const again = await runInMemory(args)
  expect([again.code, again.stderr]).toEqual([1, expect.stringContaining('--resume')])
  const compared = await runInMemory(['compare', at('run'), '--out', at('comparison')])
  expect([compared.code, existsSync(at('comparison', 'report.html'))]).toEqual([0, true])
  expect(compared.stdout).toMatch(/^run: .*errorPx \d/)
})

test('a run that is missing is begun, with the curves for TensorBoard', async () => {
  const args = ['train', at('faces.json'), '--out', at('new'), '--resume', '--tensorboard', at('curves'), '--override']
  const { code, stderr } = await runInMemory([...args, ...TINY])
  expect([code, stderr]).toEqual([0, expect.stringContaining(`no run in ${at('new')}: a new one begins`)])
  expect(readdirSync(at('curves'))).toEqual([expect.stringMatching(/^events\.out\.tfevents\./)])
})

test('a data set that is missing is an error that names the option', async () => {
  const data = jest.replaceProperty(process, 'env', { ...process.env, FACEKP_DATA: at('nowhere') })
  const { code, stderr } = await runInMemory(['train', 'dlib', '--out', at('no')]).finally(() => data.restore())
  expect([code, stderr]).toEqual([1, expect.stringContaining('--images DIR with labels_ibug_300W_train.xml')])
})

test.each([
  ['imm', '01-1m.jpg and 01-1m.asf to 40-6m.asf, unpacked from https://www2.imm.dtu.dk/'],
  ['dlib', 'labels_ibug_300W_test.xml, unpacked from https://dlib.net/'],
  ['300w', 'labels_ibug_300W_test.xml, unpacked from https://dlib.net/'],
])('a folder without the data set %s is an error that names its archive', async (name, expected) => {
  const { code, stderr } = await runInMemory(['train', name, '--images', at('nowhere'), '--out', at('no')])
  expect([code, stderr]).toEqual([1, expect.stringContaining(expected)])
  expect(stderr).not.toContain('fetch')
})

test('an unknown key of the recipe, and a course recipe for other points, are errors', async () => {
  const unknown = await runInMemory(['train', at('faces.json'), '--out', at('no'), '--override', 'epoch=3'])
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('epochs')])
  const nose = await runInMemory(['train', at('faces.json'), '--out', at('no'), '--recipe', 'course-1'])
  expect([nose.code, nose.stderr]).toEqual([
    2,
    expect.stringMatching(/--recipe\n.*a recipe for 5 points, such as course-2/),
  ])
  expect(existsSync(at('no'))).toBe(false)
})
