import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { cacheDataset, IMM_58, mapDataset, subset } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { graySample } from '@facekp/image'
import { loadModel } from '@facekp/models/node'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { facesSmall } from '../recipe/faces.ts'
import { overrideRecipe } from '../recipe/override.ts'
import { readRunErrors, readRunSummary, readRuns } from '../run/read-runs.ts'
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
})

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'facekp-fit-'))
  await useBackend('onnx')
})
afterAll(() => rmSync(scratch, { recursive: true }))

test('fit leaves a network, metrics, a report and plots, which the readers of run folders take', async () => {
  const { model, summary, measurement } = await fit(options())
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
