import { describe, expect, it } from '@jest/globals'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { cedCurves } from './ced-curves.ts'

const runs = [
  { label: 'heatmaps', errors: [0.02, 0.03, 0.05, 0.2] },
  { label: 'coordinates <1>', errors: [0.04, 0.06, 0.04, 0.1] },
]

describe('cedCurves', () => {
  it('draws a line per run with its label, and percent axes', async () => {
    const { svg } = await cedCurves(runs, { maxError: 0.08 })
    expectWellFormed(svg)
    for (const text of ['heatmaps', 'coordinates &lt;1&gt;', '8%', '100%', 'NME (interocular)'])
      expect(svg).toContain(text)
    expect(svg.match(/aria-roledescription="line mark"/g)).toHaveLength(2)
  })

  it('shows AUC and failure rate in the legend and marks the threshold', async () => {
    const { svg } = await cedCurves(runs)
    // By hand: (1 - 2/8 + 1 - 3/8 + 1 - 5/8) / 4 and (1 - 4/8 + 1 - 6/8 + 1 - 4/8) / 4.
    expect(svg).toContain('>heatmaps: AUC 0.438, failure rate 25.0 %')
    expect(svg).toContain('AUC 0.313, failure rate 25.0 %')
    expect(svg).toContain('threshold 8 %')
    expect((await cedCurves(runs, { threshold: 0.2, maxError: 0.1 })).svg).not.toContain('threshold 20 %')
  })

  it('extends the axis beyond the threshold, and further for runs with large errors', async () => {
    expect((await cedCurves(runs, { threshold: 0.2 })).svg).toContain('threshold 20 %')
    const untrained = [{ label: 'untrained', errors: [0.5, 0.6, 0.7] }]
    expect((await cedCurves(untrained)).svg).toContain('>60%<')
  })

  it.each([
    { errors: [0.02, 0.03, Number.POSITIVE_INFINITY], failures: '33.3', largest: '>10%<' },
    { errors: [0.5, 0.6, 0.7, Number.POSITIVE_INFINITY], failures: '100.0', largest: '>60%<' },
    { errors: [Number.POSITIVE_INFINITY], failures: '100.0', largest: '>10%<' },
  ])('shows finite errors of $errors', async ({ errors, failures, largest }) => {
    const { svg } = await cedCurves([{ label: 'detected', errors }])
    expectWellFormed(svg)
    expect(svg).toContain(`failure rate ${failures} %`)
    expect(svg).toContain(largest)
    expect(svg).not.toMatch(/NaN|Infinity/)
  })

  it('distinguishes many runs by color and dashes, even if their long labels look alike', async () => {
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
  ])('rejects with %s: %j', async (code, invalid) => {
    await expect(cedCurves(invalid)).rejects.toMatchObject({ code })
  })

  it('rejects a threshold of 0', async () => {
    await expect(cedCurves(runs, { threshold: 0 })).rejects.toMatchObject({ code: 'METRIC_THRESHOLD' })
  })
})
