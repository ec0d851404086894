import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import {
  type Box,
  boundingBox,
  cacheDataset,
  IMM_58,
  mapDataset,
  mapKeypoints,
  NOT_LABELED,
  pointDistances,
  rotation,
  type Sample,
  subset,
  toSourcePoints,
  warpSample,
} from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { graySample } from '@facekp/image'
import type { LandmarkerModel, UprightCrop } from '@facekp/landmarker'
import { loadLandmarker } from '@facekp/landmarker/node'
import { loadModel } from '@facekp/models/node'
import { predict } from '@facekp/trainer'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { levelFaces } from '../data/level-faces.ts'
import { facesSmall } from '../recipe/faces.ts'
import { overrideRecipe } from '../recipe/override.ts'
import { readRunErrors, readRunSummary, readRuns } from '../run/read-runs.ts'
import { evalDataset } from '../transforms/eval-transform.ts'
import { type FitOptions, fit } from './fit.ts'

const images = cacheDataset(
  mapDataset(syntheticFaces({ seed: 1, count: 10, scheme: IMM_58, width: 80, height: 80 }), (sample) => ({
    ...graySample(sample),
    box: { left: 15, top: 15, width: 50, height: 50 },
  })),
)
const recipe = overrideRecipe(facesSmall, ['arch=heatmapNet16', 'size=32', 'epochs=1', 'batchSize=4'])
const train = subset(images, [0, 1, 2, 3, 4, 5, 6])
const testFaces = subset(images, [7, 8, 9])

let scratch: string
const options = (): FitOptions => ({
  recipe,
  train,
  test: testFaces,
  out: join(scratch, 'run'),
  seed: 1,
  recipeName: 'faces-small',
  validateEveryEpoch: false,
  landmarker: { license: 'CC0-1.0', data: 'drawn faces' },
})

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-fit-'))
  await useBackend('onnx')
})
afterAll(() => rmSync(scratch, { recursive: true }))

test('test faces with the points in another order are an error before any work', async () => {
  const scheme = { ...IMM_58, pointNames: IMM_58.pointNames.toReversed() }
  const out = join(scratch, 'reversed')
  await expect(fit({ ...options(), out, test: { ...testFaces, scheme } })).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    problem: 'option test of fit: other points than those of option train',
  })
  expect(existsSync(out)).toBe(false)
})

test('a signal ends the reading, and the training, whose weights are saved', async () => {
  const reading = new AbortController()
  let count = 0
  const get = (index: number): Promise<Sample> => {
    if (++count === 2) reading.abort()
    return train.get(index)
  }
  const unread = { ...options(), train: { length: 7, scheme: IMM_58, get }, out: join(scratch, 'unread') }
  await expect(fit({ ...unread, signal: reading.signal })).rejects.toThrow('aborted')
  expect(count).toBe(2)

  const training = new AbortController()
  const callbacks = [{ onStepEnd: () => training.abort() }]
  const out = join(scratch, 'stopped')
  const { model, summary } = await fit({ ...options(), out, signal: training.signal, callbacks })
  expect(summary).toMatchObject({ epochs: 0, interrupted: true })
  expect((await loadModel(join(out, 'model'))).countParams()).toBe(model.countParams())
  expect(await readRuns([out])).toMatchObject([{ history: [], interrupted: true }])
  model.dispose()
})

test('fit leaves a network, metrics, a report and plots, which the readers of run folders take', async () => {
  const lines: string[] = []
  const { model, summary, measurement } = await fit({ ...options(), log: (line) => lines.push(line) })
  expect(lines).toContain(`report: ${summary.report}`)
  const out = join(scratch, 'run')
  expect(summary).toMatchObject({ recipe: 'faces-small', backend: 'onnx', seed: 1, epochs: 1, interrupted: false })
  expect(await readRunSummary(out)).toEqual(JSON.parse(JSON.stringify(summary)))
  expect(Object.keys(summary.partErrorsPx as object)).toEqual(IMM_58.parts.map(({ name }) => name))
  expect(summary.nme?.value).toBeCloseTo(measurement.evaluation?.nme.value as number, 4)
  expect((await readRunErrors(out)).faces.map(({ id }) => id)).toEqual(
    measurement.predictions.map(({ sample }) => sample.id),
  )
  expect((await loadModel(join(out, 'model'))).countParams()).toBe(model.countParams())
  expect(readFileSync(summary.report, 'utf8')).toContain('</html>')
  const plots = ['ced', 'errors', 'faces', 'losses', 'samples', 'training', 'worst']
  expect(readdirSync(join(out, 'plots')).sort()).toEqual(plots.map((name) => `${name}.png`))
  const [run] = await readRuns([out])
  expect(run).toMatchObject({ label: 'run', scheme: IMM_58.name, metrics: { nme: summary.nme } })
  model.dispose()
})

/** Removes the labels of some points. */
const removeLabels = (sample: Sample, points: readonly number[]): Sample => ({
  ...sample,
  visibility: sample.visibility.map((state, point) => (points.includes(point) ? NOT_LABELED : state)),
})

test('fit refuses test faces without a label before it trains', async () => {
  const unlabeled = mapDataset(testFaces, (sample) => removeLabels(sample, [...sample.visibility.keys()]))
  const callbacks = [{ onTrainBegin: () => expect('a training').toBe('none') }]
  const out = join(scratch, 'unlabeled')
  await expect(fit({ ...options(), test: unlabeled, out, callbacks })).rejects.toMatchObject({
    code: 'DATASET_UNLABELED',
    problem: expect.stringContaining('validation'),
  })
})

test('fit ends without an NME if a test face has no label at an eye corner', async () => {
  const [corner] = IMM_58.normalizationPair as readonly [number, number]
  const partly = mapDataset(testFaces, (sample, index) => removeLabels(sample, index === 0 ? [corner] : []))
  const out = join(scratch, 'partly')
  const { model, summary, landmarker } = await fit({ ...options(), test: partly, out })
  expect(summary.valErrorPx).toBeGreaterThan(0)
  expect(summary).not.toHaveProperty('nme')
  expect(landmarker?.metrics).not.toHaveProperty('nme')
  expect(readFileSync(summary.report, 'utf8')).toContain('There is no NME')
  expect(await readRuns([out])).toMatchObject([{ metrics: { errorPx: { value: expect.any(Number) } } }])
  model.dispose()
})

test('the summary has the parts that the test faces have labels of', async () => {
  const [jaw, ...others] = IMM_58.parts
  const test = mapDataset(testFaces, (sample) => removeLabels(sample, jaw?.indices ?? []))
  const out = join(scratch, 'jawless')
  const { model, summary } = await fit({ ...options(), test, out })
  expect(Object.keys(summary.partErrorsPx as object)).toEqual(others.map(({ name }) => name))
  expect(await readRunSummary(out)).toEqual(JSON.parse(JSON.stringify(summary)))
  expect(readFileSync(summary.report, 'utf8')).not.toContain('NaN px')
  model.dispose()
})

test('a run that is stopped before its first step has no speed', async () => {
  const stop = new AbortController()
  const lines: string[] = []
  const { model, summary } = await fit({
    ...options(),
    out: join(scratch, 'unstarted'),
    signal: stop.signal,
    callbacks: [{ onTrainBegin: () => stop.abort() }],
    log: (line) => lines.push(line),
  })
  expect(summary).toMatchObject({ epochs: 0, imagesPerSecond: null })
  expect(lines.join()).not.toContain('images a second')
  model.dispose()
})

test('fit leaves a landmarker that predicts in the training crop what the trainer predicts', async () => {
  const folder = join(scratch, 'run', 'landmarker')
  const saved = JSON.parse(readFileSync(join(folder, 'landmarker.json'), 'utf8')) as LandmarkerModel
  const { predictor, metrics } = saved
  expect(saved).toMatchObject({ license: 'CC0-1.0', data: 'drawn faces' })
  const { crop } = predictor as { readonly crop: UprightCrop }
  const model = await loadModel(join(scratch, 'run', 'model'))
  const { predictions, errorPx } = await predict(model, evalDataset(testFaces, recipe))
  expect(metrics).toMatchObject({ source: 'testSet', images: 3, errorPx: expect.closeTo(errorPx, 3) })
  const landmarker = await loadLandmarker(folder)
  for (const { sample, points } of predictions) {
    const { image } = await images.get(7 + predictions.findIndex((prediction) => prediction.sample === sample))
    // The box of the detector whose crop is that of the training: a square of 50 with a margin of 0.2 about (40, 40).
    const side = (50 * 1.4) / (1 + 2 * crop.margin)
    const center = { x: 40 - crop.shiftX * side, y: 40 - crop.shiftY * side }
    const box = { left: center.x - side / 2, top: center.y - side / 2, width: side, height: side }
    const landmarks = await landmarker.landmarks(image, box)
    const expected = toSourcePoints(sample, points)
    const distances = pointDistances(landmarks.points, expected)
    expect(Math.max(...distances)).toBeLessThan(1e-3)
    expect((await landmarker.detect(image)).faces).toHaveLength(1)
  }
  landmarker.dispose()
  model.dispose()
})

test('fit on leveled crops leaves a landmarker that predicts on whole images what the trainer predicts on its crops', async () => {
  const size = { width: 120, height: 100 }
  const drawn = syntheticFaces({ seed: 3, count: 6, scheme: IMM_58, ...size })
  const prepare = (sample: Sample, index: number): Sample => {
    const tilted = warpSample(sample, rotation(20 * index, 60, 50), size)
    // Every second image is gray, and the last color image is tilted by 40 degrees.
    const colored = index % 2 === 1 ? graySample(tilted) : tilted
    return { ...colored, box: boundingBox(tilted.keypoints) }
  }
  const whole = mapDataset(drawn, (sample, index) => prepare(sample, index - 3))
  const out = join(scratch, 'leveled')
  const leveled = overrideRecipe(recipe, ['crop=leveled'])
  const faces = { train: subset(whole, [0, 1, 2, 3]), test: subset(whole, [4, 5]) }
  const { model, measurement, summary } = await fit({ ...options(), ...faces, recipe: leveled, out })
  expect(summary.settings).toMatchObject({ crop: 'leveled' })
  const { predictor, metrics } = JSON.parse(readFileSync(join(out, 'landmarker', 'landmarker.json'), 'utf8'))
  expect(predictor.crop).toEqual({ kind: 'leveled', scale: expect.closeTo(1.4 / 1.5, 9) })

  const [crops] = await levelFaces(faces.test, [leveled], { findBy: 'boxes' })
  const { predictions, errorPx } = await predict(model, crops)
  expect(metrics.errorPx).toBeCloseTo(errorPx, 3)
  const landmarker = await loadLandmarker(join(out, 'landmarker'))
  for (const [index, { sample, points }] of predictions.entries()) {
    const { image, box, toSource } = await faces.test.get(index)
    const landmarks = await landmarker.landmarks(image, box as Box)
    const distances = pointDistances(mapKeypoints(toSource, landmarks.points), toSourcePoints(sample, points))
    expect(Math.max(...distances)).toBeLessThan(1e-3)
  }
  // Errors are in pixels of the source image.
  const targets = await Promise.all(predictions.map(async (_, index) => faces.test.get(index)))
  const errors = measurement.predictions.map(({ sample, points }, index) => {
    const { toSource, keypoints } = targets[index] as Sample
    const distances = pointDistances(toSourcePoints(sample, points), mapKeypoints(toSource, keypoints))
    return distances.reduce((sum, distance) => sum + distance, 0) / distances.length
  })
  expect(measurement.errorPx).toBeCloseTo((errors as [number, number]).reduce((a, b) => a + b) / 2, 3)
  landmarker.dispose()
  model.dispose()
})

test('fit does not overwrite a run, and continues one that is complete without training again', async () => {
  await expect(fit(options())).rejects.toMatchObject({ code: 'RUN_EXISTS' })
  const { model, summary, training } = await fit({ ...options(), resume: true, plots: async () => [] })
  expect(training.resumedAtStep).toBe(training.steps)
  expect(summary.epochs).toBe(1)
  model.dispose()
})

test('a recipe whose network does not fit its size fails before the folder is made', async () => {
  const invalid = { ...options(), recipe: { ...recipe, size: 50 }, out: join(scratch, 'never') }
  await expect(fit(invalid)).rejects.toMatchObject({ code: 'MODEL_OPTIONS' })
  expect(existsSync(invalid.out)).toBe(false)
})
