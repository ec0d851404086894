import { describe, expect, test } from '@jest/globals'
import { type LearningRateCurvePoints, learningRateCurve } from './learning-rate-curve.ts'

/** A loss that falls around 1e-2 and diverges beyond 1. */
const search: LearningRateCurvePoints = {
  points: Array.from({ length: 60 }, (_, i) => {
    const learningRate = 10 ** (-5 + i / 10)
    const smoothedLoss = 1 / (1 + learningRate / 1e-2) + learningRate ** 2
    return { learningRate, loss: smoothedLoss * (1 + 0.1 * Math.sin(i * 2.4)), smoothedLoss }
  }),
  suggested: 0.0101,
}

describe('learningRateCurve', () => {
  test('draws both curves and names the suggested learning rate', async () => {
    const { svg } = await learningRateCurve(search, { title: 'Rates' })
    expect(svg).toContain('Rates')
    expect(svg).toContain('learning rate')
    expect(svg).toContain('suggested 0.010')
    expect(svg.match(/<path[^>]*stroke="#0969da"/g)).toHaveLength(2)
    expect(svg).not.toContain('NaN')
  })

  test('rejects an empty list', async () => {
    await expect(learningRateCurve({ points: [], suggested: 1 })).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
  })
})
