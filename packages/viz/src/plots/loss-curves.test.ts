import { describe, expect, test } from '@jest/globals'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import type { EpochMetrics } from '../epoch-metrics.ts'
import { lossCurves } from './loss-curves.ts'

const history: EpochMetrics[] = [1, 2, 3].map((epoch) => ({
  epoch,
  trainLoss: 1 / epoch,
  valLoss: 2 / epoch,
  valErrorPx: 100 / epoch,
}))

describe('lossCurves', () => {
  test('draws both losses, the error and its references', async () => {
    const plot = await lossCurves(history, { references: [{ label: 'mean shape', value: 47.41 }] })
    expectWellFormed(plot.svg)
    for (const text of ['training', 'validation', 'epoch', 'validation error (px)', 'mean shape', '47.4 px']) {
      expect(plot.svg).toContain(text)
    }
    expect(plotToPng(plot).length).toBeGreaterThan(5000)
  })

  test('draws one panel without validation; draws a single epoch and logarithmic axes', async () => {
    const narrow = await lossCurves(history.map(({ epoch, trainLoss }) => ({ epoch, trainLoss })))
    const wide = await lossCurves(history)
    expect(narrow.width).toBeLessThan(wide.width * 0.7)
    expect((await lossCurves(history.slice(0, 1), { logScale: true })).svg).toContain('loss')
    expect((await lossCurves([{ epoch: 1, trainLoss: 0 }], { logScale: true })).svg).toContain('loss')
  })

  test('ends the axis at the last epoch, and has no logarithmic axis of an error of 0', async () => {
    const { svg } = await lossCurves(history.slice(1), { references: [{ label: 'zero', value: 0 }], logScale: true })
    expect(svg).not.toMatch(/NaN|Infinity/)
    // The first of the curves, from epoch 2 to 3, takes the right half of an axis of 400 pixels from 1 to 3.
    expect(svg).toMatch(/aria-roledescription="line mark"[^>]* d="M200,[\d.]+L400,[\d.]+"/)
  })

  test('rejects an empty history and metrics that are not finite', async () => {
    await expect(lossCurves([])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
    await expect(lossCurves([{ epoch: 7, trainLoss: Number.NaN }])).rejects.toMatchObject({
      code: 'PLOT_NOT_FINITE',
      message: expect.stringContaining('trainLoss of epoch 7'),
    })
  })
})
