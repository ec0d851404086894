import { describe, expect, it } from '@jest/globals'
import { expectWellFormed } from '../fixtures/svg.ts'
import { cedCurves } from './ced-curves.ts'

const runs = [
  { label: 'heatmaps', errors: [0.02, 0.03, 0.05, 0.2] },
  { label: 'coordinates <1>', errors: [0.04, 0.06, 0.04, 0.1] },
]

describe('cedCurves', () => {
  it('draws a line a run, with its label and percents', async () => {
    const { svg } = await cedCurves(runs, { maxError: 0.08 })
    expectWellFormed(svg)
    for (const text of ['heatmaps', 'coordinates &lt;1&gt;', '8%', '100%', 'NME (inter-ocular)'])
      expect(svg).toContain(text)
    expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(2)
  })

  it('tells area and failures in the legend, and marks the threshold', async () => {
    const { svg } = await cedCurves(runs)
    // By hand: (1 - 2/8 + 1 - 3/8 + 1 - 5/8) / 4 and (1 - 4/8 + 1 - 6/8 + 1 - 4/8) / 4.
    expect(svg).toContain('>heatmaps: AUC 0.438, 25.0 % above 8 %')
    expect(svg).toContain('AUC 0.313, 25.0 % above 8 %')
    expect(svg).toContain('threshold 8 %')
    expect((await cedCurves(runs, { threshold: 0.2, maxError: 0.1 })).svg).not.toContain('threshold 20 %')
  })

  it('reaches by itself beyond the threshold, and to where the faces of runs that err far are', async () => {
    expect((await cedCurves(runs, { threshold: 0.2 })).svg).toContain('threshold 20 %')
    const far = [{ label: 'hardly trained', errors: [0.5, 0.6, 0.7] }]
    expect((await cedCurves(far)).svg).toContain('>60%<')
  })

  it('sets many runs apart by color and dashes, also where their long labels look alike', async () => {
    const many = Array.from({ length: 12 }, (_, i) => ({
      label: `a/${'long'.repeat(5)}${i}${'label'.repeat(10)}`,
      errors: [0.01 * i],
    }))
    const { svg, width } = await cedCurves(many)
    const lines = [
      ...svg.matchAll(
        /aria-roledescription="line mark"[^>]*stroke="([^"]+)"[^>]*?(?:stroke-dasharray="([^"]+)")?\/?>/g,
      ),
    ]
    expect(new Set(lines.map(([, color, dash]) => `${color} ${dash}`)).size).toBe(12)
    expect(width).toBeLessThan(800)
  })

  it.each([
    ['PLOT_EMPTY', []],
    ['PLOT_EMPTY', [{ label: 'a', errors: [] }]],
    [
      'PLOT_LABELS',
      [
        { label: 'a', errors: [0.1] },
        { label: 'a', errors: [0.2] },
      ],
    ],
  ])('throws %s for %j', async (code, bad) => {
    await expect(cedCurves(bad)).rejects.toMatchObject({ code })
  })

  it('a threshold that is none is an error', async () => {
    await expect(cedCurves(runs, { threshold: 0 })).rejects.toMatchObject({ code: 'METRIC_THRESHOLD' })
  })
})
