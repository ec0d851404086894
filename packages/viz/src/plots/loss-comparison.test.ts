import { describe, expect, it } from '@jest/globals'
import { lossComparison } from './loss-comparison.ts'

const history = (...losses: number[]) => losses.map((loss, i) => ({ epoch: i + 1, trainLoss: loss, valLoss: 2 * loss }))

/** Parses the y of each point of a path, from the panel's top. */
const parseHeights = (path: string): number[] =>
  [...path.matchAll(/[ML](?:[\d.]+),([\d.]+)/g)].map(([, y]) => Number(y))

describe('lossComparison', () => {
  it('draws the mean over the seeds as a line and their range as a band, for training and validation', async () => {
    const { svg } = await lossComparison([
      { label: 'plain', histories: [history(4, 2), history(2, 1), history(3, 0)] },
      { label: 'anti-aliased', histories: [history(1, 1)] },
    ])
    for (const text of ['plain', 'anti-aliased', 'training loss', 'validation loss', 'epoch'])
      expect(svg).toContain(text)
    const lines = [...svg.matchAll(/aria-roledescription="line mark"[^>]* d="([^"]+)"/g)].map(([, d]) =>
      parseHeights(String(d)),
    )
    expect(lines).toHaveLength(4)
    // The axis goes from 0 to 4 over 280 pixels: the means of the first are 3 and 1.
    expect(lines).toContainEqual([70, 210])
    expect(lines).toContainEqual([210, 210])
    const bands = [...svg.matchAll(/aria-roledescription="area mark"[^>]* d="([^"]+)"/g)].map(([, d]) =>
      parseHeights(String(d)),
    )
    expect(bands).toHaveLength(4)
    // 4 and 2 at the first epoch, 2 and 0 at the second: along one edge and back along the other.
    expect(bands).toContainEqual([140, 280, 140, 0])
  })

  it('draws a single epoch as a point on a bar', async () => {
    const { svg } = await lossComparison([{ label: 'plain', histories: [history(4), history(2)] }])
    expect(svg).toContain('aria-roledescription="rule mark"')
    expect(svg).toContain('aria-roledescription="point"')
  })

  it('draws points if a configuration has a single epoch, also beside longer ones', async () => {
    const long = { label: 'long', histories: [history(4, 2, 1)] }
    const count = ({ svg }: { svg: string }) => svg.match(/aria-roledescription="point"/g)?.length ?? 0
    expect(count(await lossComparison([long, { label: 'short', histories: [history(3)] }]))).toBe(2 * (3 + 1))
    expect(count(await lossComparison([long]))).toBe(0)
  })

  it('omits the validation panel without validation losses', async () => {
    const { svg } = await lossComparison([{ label: 'plain', histories: [[{ epoch: 1, trainLoss: 1 }]] }])
    expect(svg).not.toContain('validation loss')
  })

  it.each([
    ['PLOT_EMPTY', []],
    ['PLOT_EMPTY', [{ label: 'a', histories: [] }]],
    ['PLOT_EMPTY', [{ label: 'a', histories: [[]] }]],
    ['PLOT_NOT_FINITE', [{ label: 'a', histories: [history(1, Number.NaN)] }]],
    [
      'PLOT_LABELS',
      [
        { label: 'a', histories: [history(1)] },
        { label: 'a', histories: [history(2)] },
      ],
    ],
  ])('rejects %s', async (code, trainings) => {
    await expect(lossComparison(trainings)).rejects.toMatchObject({ code })
  })
})
