import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from '@jest/globals'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { type Comparison, compareRuns, writeComparison } from './compare-runs.ts'
import type { ComparedRun } from './compared-run.ts'

const HOSTILE = `<script>alert("1")</script> & 'more' \u2028 \\"]`

/** Creates a run on faces a, b and c. */
function run(label: string, nme: number, overrides: Partial<ComparedRun> = {}): ComparedRun {
  const errors = [0.8 * nme, nme, 1.2 * nme]
  return {
    label,
    data: 'the wild',
    scheme: 'ibug-68',
    normalization: 'interocular',
    threshold: 0.08,
    faces: errors.map((error, i) => ({ id: 'abc'[i] as string, nme: error })),
    metrics: {
      nme: { value: nme, low: 0.9 * nme, high: 1.1 * nme },
      failureRate: { value: 0, low: 0, high: 0 },
      auc: { value: 1 - nme / 0.08, low: 0.1, high: 0.9 },
      errorPx: { value: 100 * nme },
    },
    history: [1, 2, 3].map((epoch) => ({
      epoch,
      trainLoss: nme / epoch,
      valLoss: nme / epoch,
      valErrorPx: (300 * nme) / epoch,
      learningRate: 1e-3 / epoch,
    })),
    seconds: 95,
    imagesPerSecond: 1000 * nme,
    settings: { seed: 1, loss: 'wing', augmentation: { degrees: 100 * nme } },
    ...overrides,
  }
}

const listNames = ({ plots }: { plots: readonly { name: string }[] }): string[] => plots.map(({ name }) => name)
/** Extracts the text of a page without plots and tags. */
const extractText = (html: string): string =>
  html
    .replaceAll(/<style>.*?<\/style>/gs, '')
    .replaceAll(/<figure>.*?<\/figure>/gs, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')

let single: Comparison
let pair: Comparison
beforeAll(async () => {
  single = await compareRuns([run('single', 0.05)], { title: 'One' })
  pair = await compareRuns([run('first', 0.05), run('second', 0.04, { seconds: 3725 })])
})

describe('compareRuns', () => {
  test('writes a learning rate of zero as 0', () => {
    const training = single.plots.find(({ name }) => name === 'training')
    expect(training?.plot.svg).toMatch(/>1e-3</)
    expect(training?.plot.svg).not.toContain('0e+0')
  })

  test('shows metrics with intervals, the best of each, time, and different settings', () => {
    const text = extractText(pair.html)
    expect(text).toContain('Evaluated on 3 faces of ibug-68: the wild.')
    // NME, failure rate (both are best), AUC, no MAE, point error, images/s (higher is better).
    expect(text).toContain('first 5.00 % 4.50 to 5.50 ★ 0.0 % 0.0 to 0.0 0.375 0.100 to 0.900 5.00 ★ 50.0 3 1:35 ')
    expect(text).toContain(
      'second ★ 4.00 % 3.60 to 4.40 ★ 0.0 % 0.0 to 0.0 ★ 0.500 0.100 to 0.900 ★ 4.00 40.0 3 1:02:05 ',
    )
    expect(text).not.toContain('MAE')
    expect(text).toContain('Different settings setting first second augmentation.degrees 5 4')
    expect(text).not.toContain('wing')
    expect(text).not.toContain('not all evaluated')
    expect(listNames(pair)).toEqual(['metrics', 'ced', 'losses', 'training'])
    for (const { plot } of pair.plots) {
      expectWellFormed(plot.svg)
      expect(plot.svg).not.toContain('NaN')
      for (const label of ['first', 'second']) expect(plot.svg).toContain(label)
    }
  })

  test('groups runs by faces, scheme and threshold, each group with its own best', async () => {
    const others = [{ id: 'a' }, { id: 'd' }]
    const comparison = await compareRuns([
      run('first', 0.05),
      run('second', 0.04),
      run('third', 0.01, { faces: others }),
      run('fourth', 0.02, { threshold: 0.1 }),
    ])
    const text = extractText(comparison.html)
    expect(text).toContain('These runs were not all evaluated on the same faces in the same way.')
    expect(text).toContain('Group 1, 3 faces of ibug-68: the wild: first, second')
    expect(text).toContain('Group 2, 2 faces of ibug-68: the wild: third')
    expect(text).toContain('second ★ 4.00 %')
    expect(text).toContain('third 1.00 %')
    expect(comparison.plots[0]?.plot.svg).not.toContain('third')
    expect(listNames(comparison)).toEqual([
      ...['metrics', 'ced', 'losses', 'training'],
      ...['metrics-2', 'losses-2', 'training-2'],
      ...['metrics-3', 'ced-3', 'losses-3', 'training-3'],
    ])
  })

  test('ignores the order of faces; compares runs without faces by the name of their data', async () => {
    const bare = { metrics: {}, history: [], imagesPerSecond: undefined }
    const listed = run('listed', 0.05, { ...bare, faces: [{ id: 'a' }, { id: 'b' }] })
    const reversed = run('reversed', 0.04, { ...bare, faces: [{ id: 'b' }, { id: 'a' }] })
    expect((await compareRuns([listed, reversed])).html).not.toContain('class="warning"')
    const unlisted = run('unlisted', 0.05, { ...bare, faces: undefined })
    const other = run('other', 0.05, { ...bare, faces: undefined })
    expect((await compareRuns([unlisted, other])).html).not.toContain('class="warning"')
    expect((await compareRuns([listed, unlisted])).html).toContain('the wild (faces not listed): unlisted')
  })

  test('marks no best and lists all settings for a single run', () => {
    const { html } = single
    expect(html).not.toContain('★')
    expect(extractText(html)).toContain('Settings setting single seed 1 loss wing augmentation.degrees 5')
  })

  test('shows what is known of runs without validation, errors, epochs or speed', async () => {
    const history = [{ epoch: 1, trainLoss: 0.2 }]
    const bare = { faces: undefined, metrics: {}, seconds: undefined, imagesPerSecond: undefined }
    const comparison = await compareRuns([
      run('blind', 0.05, { ...bare, history }),
      run('broken off', 0.05, { ...bare, history: [], interrupted: true }),
    ])
    expect(listNames(comparison)).toEqual(['losses'])
    expect(comparison.plots[0]?.plot.svg).not.toMatch(/validation|NaN/)
    expect(extractText(comparison.html)).toContain('broken off 0, interrupted')
    expect(extractText(comparison.html)).toContain('Different settings All settings are equal.')
  })

  test('escapes text, has unique ids and loads nothing from the network', async () => {
    const hostile = run(HOSTILE, 0.05, { data: HOSTILE, scheme: HOSTILE, settings: { [HOSTILE]: HOSTILE } })
    const { html } = await compareRuns([hostile, run('other', 0.04)], { title: HOSTILE })
    expect(html).not.toContain('<script')
    // Quotes are escaped in attributes; Vega keeps them between tags.
    expect(html).not.toMatch(/="[^"<>]*alert\("/)
    expect(html).not.toMatch(/(?:href|src)="(?!data:)/)
    expect(html).not.toMatch(/url\((?!#)|@import|<link|<iframe/)
    const ids = [...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('rejects no runs, duplicate labels and metrics that are not finite', async () => {
    await expect(compareRuns([])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
    await expect(compareRuns([run('a', 0.1), run('a', 0.2)])).rejects.toMatchObject({ code: 'PLOT_LABELS' })
    const history = [{ epoch: 7, trainLoss: Number.NaN }]
    await expect(compareRuns([run('a', 0.1, { history })])).rejects.toMatchObject({
      code: 'PLOT_NOT_FINITE',
      message: expect.stringContaining('trainLoss of epoch 7 of run a'),
    })
  })
})

test('writeComparison writes a page and its plots', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-comparison-'))
  await writeComparison(pair, folder)
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
  expect(readdirSync(join(folder, 'plots')).sort()).toEqual(['ced.png', 'losses.png', 'metrics.png', 'training.png'])
  expect(existsSync(join(folder, 'report.html.tmp'))).toBe(false)
  rmSync(folder, { recursive: true })
})
