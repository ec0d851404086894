import { describe, expect, it } from '@jest/globals'
import { cedCurves } from './ced-curves.ts'

describe('cedCurves', () => {
  it('draws a line a run, with its label and percents', async () => {
    const runs = [
      { label: 'heatmaps', errors: [0.02, 0.03, 0.05] },
      { label: 'coordinates', errors: [0.04, 0.06, 0.2] },
    ]
    const { svg } = await cedCurves(runs, { upTo: 0.08 })
    for (const text of ['heatmaps', 'coordinates', '8%', '100%', 'NME (inter-ocular)']) expect(svg).toContain(text)
    expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(2)
  })

  it.each([
    ['FIGURE_EMPTY', []],
    ['FIGURE_EMPTY', [{ label: 'a', errors: [] }]],
    [
      'FIGURE_LABELS',
      [
        { label: 'a', errors: [0.1] },
        { label: 'a', errors: [0.2] },
      ],
    ],
  ])('throws %s for %j', async (code, runs) => {
    await expect(cedCurves(runs)).rejects.toMatchObject({ code })
  })
})
