import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { IBUG_68, pickKeypoints } from '@facekp/core'
import { encodePng } from '@facekp/image'
import { createNetworkLandmarker } from '@facekp/landmarker'
import { saveLandmarker } from '@facekp/landmarker/node'
import { heatmapNet, setPreprocessing } from '@facekp/models'
import { loadModel } from '@facekp/models/node'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { writeDrawnFaces } from '../../../fixtures/drawn-faces.ts'
import { runInMemory } from '../../../fixtures/run-in-memory.ts'

let root = ''
const at = (...names: string[]): string => join(root, ...names)

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'facekp-measure-'))
  await writeDrawnFaces(at('train/faces.json'), { seed: 1, count: 9 })
  await writeDrawnFaces(at('test/faces.json'), { seed: 2, count: 4 })
})
afterAll(() => rmSync(root, { recursive: true }))

/** Saves an untrained network of two points as the landmarker of a run. */
async function saveNetwork(folder: string): Promise<void> {
  await useBackend('wasm')
  const scheme = pickKeypoints(IBUG_68, 'two', [36, 45])
  const network = heatmapNet({ height: 32, width: 32, inChannels: 3, numKeypoints: 2, seed: 1 })
  setPreprocessing(network, { channels: 3, mean: [0, 0, 0], std: [1, 1, 1] })
  const crop = { kind: 'upright', shiftX: 0, shiftY: 0, margin: 0.2, aspectRatio: 1 } as const
  const metrics = { source: 'testSet', images: 7, errorPx: 2, errorPxByPoint: [1, 3] } as const
  await saveLandmarker(await createNetworkLandmarker(network, { scheme, crop, metrics }), folder)
  network.dispose()
}

test('drawn labels become a checked, fitted, measured and exported landmarker, and points on new images', async () => {
  expect((await runInMemory(['check', at('train')])).code).toBe(0)
  expect((await runInMemory(['fit', at('train'), '--out', at('model')])).code).toBe(0)

  const args = ['eval', at('model'), at('test'), '--report', at('eval.html')]
  const text = await runInMemory(args)
  expect([text.code, text.stdout]).toEqual([0, expect.stringMatching(/4 faces, 0 not found.*\n {2}NME {10}/)])
  expect(text.stdout).toMatch(/^coco: 4 faces in 4 images, 5 of 5 points matched/)
  const { stdout } = await runInMemory([...args, '--json'])
  const { faceCount, nme, errorPx, worst } = JSON.parse(stdout)
  expect(faceCount).toBe(4)
  expect(nme.low).toBeLessThanOrEqual(nme.value)
  expect(errorPx.value).toBeLessThan(6)
  const errors = worst.map((face: { nme: number }) => face.nme)
  expect(errors).toEqual(errors.toSorted((a: number, b: number) => b - a))
  expect(errors.reduce((sum: number, error: number) => sum + error, 0) / 4).toBeCloseTo(nme.value, 6)
  expect(readFileSync(at('eval.html'), 'utf8')).toContain('Faces with the largest errors.')

  const exported = await runInMemory(['export', at('model'), '--to', 'onnx', '--out', at('model.onnx')])
  expect([exported.code, exported.stdout]).toEqual([0, expect.stringContaining('written and checked')])
  expect(readFileSync(at('model.onnx'), 'latin1')).toContain('facekp-landmarker-onnx')

  const predicted = await runInMemory(['predict', at('model'), at('test/images')])
  expect(predicted.code).toBe(0)
  expect(JSON.parse(predicted.stdout.split('\n')[0] as string).faces[0].points).toHaveLength(5)
})

test('a single point is measured relative to the detected box', async () => {
  await writeDrawnFaces(at('nose/faces.json'), { seed: 1, count: 6, points: [30] })
  expect((await runInMemory(['fit', at('nose'), '--out', at('nose-model')])).code).toBe(0)
  const args = ['eval', at('nose-model'), at('nose'), '--report', at('nose.html'), '--json']
  const { code, stdout } = await runInMemory(args)
  const { normalization, faceCount, worst } = JSON.parse(stdout)
  expect([code, normalization, faceCount]).toEqual([0, 'detection', 6])
  const page = readFileSync(at('nose.html'), 'utf8')
  for (const { nme } of worst) expect(page).toContain(`>NME ${(100 * nme).toFixed(1)} %<`)
})

test('labels of fewer points than the landmarker has are measured, and named', async () => {
  await writeDrawnFaces(at('eyes/faces.json'), { seed: 2, count: 2, points: [36, 45] })
  const args = ['eval', 'ibug-68', at('eyes'), '--normalization', 'interocular']
  const { code, stdout } = await runInMemory(args)
  expect([code, stdout]).toEqual([0, expect.stringMatching(/2 of 2 points matched.*\n {2}not in the file: .*nose/)])
  const { report, byPoint } = JSON.parse((await runInMemory([...args, '--json'])).stdout)
  expect(report.missing).toHaveLength(66)
  expect(byPoint.filter((error: number | null) => error !== null)).toHaveLength(2)
})

test('the worst faces are those with labels, each with its own error', async () => {
  const file = at('gaps/faces.json')
  await writeDrawnFaces(file, { seed: 2, count: 3, points: [36, 45] })
  const coco = JSON.parse(readFileSync(file, 'utf8'))
  coco.annotations[0].keypoints.fill(0)
  writeFileSync(file, JSON.stringify(coco))
  const { code, stdout } = await runInMemory([
    'eval',
    'ibug-68',
    at('gaps'),
    '--normalization',
    'interocular',
    '--json',
  ])
  const { faceCount, nme, worst } = JSON.parse(stdout)
  expect([code, faceCount]).toEqual([0, 2])
  expect(worst.map(({ index }: { index: number }) => index).toSorted()).toEqual([1, 2])
  const errors: number[] = worst.flatMap((face: { nme?: number }) => face.nme ?? [])
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeCloseTo(nme.value, 6)
})

test('a page is written of images without a face that is found', async () => {
  await writeDrawnFaces(at('blank/faces.json'), { seed: 3, count: 2, points: [36, 45] })
  const gray = await encodePng({ data: new Uint8Array(160 * 120).fill(128), width: 160, height: 120, channels: 1 })
  for (const name of readdirSync(at('blank/images'))) writeFileSync(at('blank/images', name), gray)
  const args = ['eval', 'ibug-68', at('blank'), '--normalization', 'interocular', '--report', at('blank.html')]
  const { code, stdout } = await runInMemory(args)
  expect([code, stdout]).toEqual([0, expect.stringContaining('2 faces, none found')])
  const page = readFileSync(at('blank.html'), 'utf8')
  expect(page).toContain('<dt>not found</dt><dd>2</dd>')
  expect(page).not.toMatch(/NaN|Infinity/)
})

test('the page draws the worst faces of those that were found', async () => {
  await writeDrawnFaces(at('missed/faces.json'), { seed: 3, count: 8, points: [36, 45] })
  const gray = await encodePng({ data: new Uint8Array(160 * 120).fill(128), width: 160, height: 120, channels: 1 })
  for (const name of readdirSync(at('missed/images')).slice(1)) writeFileSync(at('missed/images', name), gray)
  const args = ['eval', 'ibug-68', at('missed'), '--normalization', 'interocular', '--report', at('missed.html')]
  const { code, stdout } = await runInMemory(args)
  expect([code, stdout]).toEqual([0, expect.stringContaining('8 faces, 7 not found')])
  expect(readFileSync(at('missed.html'), 'utf8').match(/>NME [\d.]+ %</g)).toHaveLength(1)
})

test('a ready landmarker is described', async () => {
  const { code, stdout } = await runInMemory(['describe', 'mesh-468'])
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/^mesh-468: ready, 468 points.*\npoints: .*\nlicense: Apache/),
  ])
  expect(JSON.parse((await runInMemory(['describe', 'ibug-68', '--json'])).stdout).scheme.pointNames).toHaveLength(68)
})

describe('a trained network', () => {
  beforeAll(() => saveNetwork(at('run/landmarker')))

  test('is described with its layers, by the folder of its run', async () => {
    const { code, stdout } = await runInMemory(['describe', at('run')])
    expect(code).toBe(0)
    expect(stdout).toContain('network, 2 points of scheme two')
    expect(stdout).toMatch(/Conv2D/)
    expect(JSON.parse((await runInMemory(['describe', at('run'), '--json'])).stdout).layers.length).toBeGreaterThan(5)
  })

  test('is exported as a model of TensorFlow.js, and as a copy', async () => {
    expect((await runInMemory(['export', at('run'), '--to', 'tfjs', '--out', at('tfjs')])).code).toBe(0)
    const network = await loadModel(at('tfjs'))
    expect(network.inputs[0]?.shape).toEqual([null, 32, 32, 3])
    network.dispose()
    expect((await runInMemory(['export', at('run'), '--to', 'landmarker', '--out', at('copy')])).code).toBe(0)
    expect((await runInMemory(['describe', at('copy')])).stdout).toContain('network, 2 points')
  })
})

test.each([
  [['eval', 'mesh-468', 'DATA'], 1, 'no point name occurs in scheme mesh-468'],
  [['eval', 'mesh-468', 'DATA', '--threshold', '-1'], 2, 'Expected a number above 0 and at most 1'],
  [['eval', 'mesh-468', 'DATA', '--threshold', '8'], 2, 'Expected a number above 0 and at most 1'],
  [['eval', 'MODEL', 'DATA', '--normalization', 'interpupil'], 1, 'cannot normalize errors by interpupil'],
  [['export', 'MODEL', '--to', 'tfjs', '--out', 'OUT'], 1, 'has no network of its own'],
  [['describe', 'OUT'], 1, 'the landmarker does not exist'],
  [['compare', 'OUT', '--out', 'OUT'], 1, 'summary.json'],
])('%j fails', async (args, expectedCode, message) => {
  const paths: Record<string, string> = { DATA: at('test'), MODEL: at('model'), OUT: at('never') }
  const { code, stderr } = await runInMemory(args.map((arg) => paths[arg] ?? arg))
  expect([code, stderr]).toEqual([expectedCode, expect.stringContaining(message)])
  expect(stderr).not.toContain('    at ')
  expect(existsSync(at('never'))).toBe(false)
})
