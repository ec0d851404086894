import { expect, test } from '@jest/globals'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import { type StepMetrics, trainingCurves } from './training-curves.ts'

/** A learning rate that warms up and falls, and gradients that become small. */
const history: StepMetrics[] = Array.from({ length: 40 }, (_, i) => ({
  step: 10 * (i + 1),
  learningRate: i < 5 ? 4e-4 * (i + 1) : 1e-3 * (1 + Math.cos((Math.PI * (i - 5)) / 34)),
  gradientNorm: 10 / (i + 1),
}))

test('draws the learning rate, and beside it the gradient norm if it was measured', async () => {
  const both = await trainingCurves(history, { title: 'Rates' })
  expectWellFormed(both.svg)
  for (const text of ['Rates', 'learning rate', 'gradient norm', '>step<']) expect(both.svg).toContain(text)
  expect(both.svg).not.toContain('NaN')
  expect(plotToPng(both).length).toBeGreaterThan(5000)
  const single = await trainingCurves(history.map(({ step, learningRate }) => ({ step, learningRate })))
  expect(single.svg).not.toContain('gradient norm')
  expect(single.width).toBeLessThan(both.width * 0.7)
})

test('draws a single step, a norm of zero, and norms of some epochs only', async () => {
  expect((await trainingCurves(history.slice(0, 1))).svg).not.toContain('NaN')
  expect((await trainingCurves([{ step: 1, learningRate: 1, gradientNorm: 0 }])).svg).toContain('gradient norm')
  const some = history.map(({ gradientNorm, ...rest }, i) => (i < 20 ? rest : { ...rest, gradientNorm }))
  expect((await trainingCurves(some)).svg).not.toContain('NaN')
})

test('rejects an empty history and metrics that are not finite', async () => {
  await expect(trainingCurves([])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
  await expect(trainingCurves([{ step: 3, learningRate: 1, gradientNorm: Number.NaN }])).rejects.toMatchObject({
    code: 'PLOT_NOT_FINITE',
    message: expect.stringContaining('gradientNorm of step 3'),
  })
})
