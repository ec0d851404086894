import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from '@jest/globals'
import { expectWellFormed } from '../fixtures/svg.ts'
import { compareRuns, writeComparison } from './compare-runs.ts'
import type { ComparedRun } from './compared-run.ts'

const HOSTILE = `<script>alert("1")</script> & 'more' \u2028 \\"]`

/** A run on faces a, b and c. */
function run(label: string, nme: number, more: Partial<ComparedRun> = {}): ComparedRun {
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
    ...more,
  }
}

const namesOf = ({ plots }: { plots: readonly { name: string }[] }): string[] => plots.map(({ name }) => name)
/** What the page says in words: no figures, no tags. */
const wordsOf = (html: string): string =>
  html
    .replaceAll(/<style>.*?<\/style>/gs, '')
    .replaceAll(/<figure>.*?<\/figure>/gs, '')
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll(/\s+/g, ' ')

describe('compareRuns', () => {
  test('writes a learning rate of zero as 0', async () => {
    const { plots } = await compareRuns([run('first', 0.05)])
    const drawn = plots.find(({ name }) => name === 'training')
    expect(drawn?.plot.svg).toMatch(/>1e-3</)
    expect(drawn?.plot.svg).not.toContain('0e+0')
  })

  test('tells the figures with their intervals, the best of each, time, and the settings that differ', async () => {
    const comparison = await compareRuns([run('first', 0.05), run('second', 0.04, { seconds: 3725 })])
    const words = wordsOf(comparison.html)
    expect(words).toContain('Measured on 3 faces of ibug-68: the wild.')
    // NME, failures (both are best), AUC, no MAE, points, images/s: more of these is better.
    expect(words).toContain('first 5.00 % 4.50 to 5.50 ★ 0.0 % 0.0 to 0.0 0.375 0.100 to 0.900 5.00 ★ 50.0 3 1:35 ')
    expect(words).toContain(
      'second ★ 4.00 % 3.60 to 4.40 ★ 0.0 % 0.0 to 0.0 ★ 0.500 0.100 to 0.900 ★ 4.00 40.0 3 1:02:05 ',
    )
    expect(words).not.toContain('MAE')
    expect(words).toContain('Settings that differ setting first second augmentation.degrees 5 4')
    expect(words).not.toContain('wing')
    expect(words).not.toContain('not all measured')
    expect(namesOf(comparison)).toEqual(['metrics', 'ced', 'losses', 'training'])
    for (const { plot } of comparison.plots) {
      expectWellFormed(plot.svg)
      expect(plot.svg).not.toContain('NaN')
      for (const label of ['first', 'second']) expect(plot.svg).toContain(label)
    }
  })

  test('runs on other faces, points or thresholds are told and shown apart, each group with its own best', async () => {
    const others = [{ id: 'a' }, { id: 'd' }]
    const comparison = await compareRuns([
      run('first', 0.05),
      run('second', 0.04),
      run('third', 0.01, { faces: others }),
      run('fourth', 0.02, { threshold: 0.1 }),
    ])
    const words = wordsOf(comparison.html)
    expect(words).toContain('These runs were not all measured on the same faces in the same way.')
    expect(words).toContain('Group 1, 3 faces of ibug-68: the wild: first, second')
    expect(words).toContain('Group 2, 2 faces of ibug-68: the wild: third')
    expect(words).toContain('second ★ 4.00 %')
    expect(words).toContain('third 1.00 %')
    expect(comparison.plots[0]?.plot.svg).not.toContain('third')
    expect(namesOf(comparison)).toEqual([
      ...['metrics', 'ced', 'losses', 'training'],
      ...['metrics-2', 'losses-2', 'training-2'],
      ...['metrics-3', 'ced-3', 'losses-3', 'training-3'],
    ])
  })

  test('the order of faces does not matter; runs that list none go by the name of their data', async () => {
    const one = run('one', 0.05)
    const turned = run('turned', 0.04, { faces: [...(one.faces ?? [])].reverse() })
    expect((await compareRuns([one, turned])).html).not.toContain('class="warning"')
    const [old, older] = ['old', 'older'].map((label) => run(label, 0.05, { faces: undefined }))
    expect((await compareRuns([old as ComparedRun, older as ComparedRun])).html).not.toContain('class="warning"')
    expect((await compareRuns([one, old as ComparedRun])).html).toContain('the wild (its faces are not listed): old')
  })

  test('one run has no best, and all of its settings', async () => {
    const { html } = await compareRuns([run('alone', 0.05)], { title: 'One' })
    expect(html).not.toContain('★')
    expect(wordsOf(html)).toContain('Settings setting alone seed 1 loss wing augmentation.degrees 5')
  })

  test('runs without validation, errors, epochs or speed are shown as far as they go', async () => {
    const history = [{ epoch: 1, trainLoss: 0.2 }]
    const bare = { faces: undefined, metrics: {}, seconds: undefined, imagesPerSecond: undefined }
    const comparison = await compareRuns([
      run('blind', 0.05, { ...bare, history }),
      run('broken off', 0.05, { ...bare, history: [], interrupted: true }),
    ])
    expect(namesOf(comparison)).toEqual(['losses'])
    expect(comparison.plots[0]?.plot.svg).not.toMatch(/validation|NaN/)
    expect(wordsOf(comparison.html)).toContain('broken off 0, interrupted')
    expect(wordsOf(comparison.html)).toContain('Settings that differ There are none.')
  })

  test('text is text, no id occurs twice, and nothing is asked for from elsewhere', async () => {
    const hostile = run(HOSTILE, 0.05, { data: HOSTILE, scheme: HOSTILE, settings: { [HOSTILE]: HOSTILE } })
    const { html } = await compareRuns([hostile, run('other', 0.04)], { title: HOSTILE })
    expect(html).not.toContain('<script')
    // Within attributes no quote is left as it is; Vega leaves them between tags.
    expect(html).not.toMatch(/="[^"<>]*alert\("/)
    expect(html).not.toMatch(/(?:href|src)="(?!data:)/)
    expect(html).not.toMatch(/url\((?!#)|@import|<link|<iframe/)
    const ids = [...html.matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('no run, two of one label, or a figure that is no number is an error', async () => {
    await expect(compareRuns([])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
    await expect(compareRuns([run('a', 0.1), run('a', 0.2)])).rejects.toMatchObject({ code: 'PLOT_LABELS' })
    const history = [{ epoch: 7, trainLoss: Number.NaN }]
    await expect(compareRuns([run('a', 0.1, { history })])).rejects.toMatchObject({
      code: 'PLOT_NOT_FINITE',
      message: expect.stringContaining('trainLoss of epoch 7 of run a'),
    })
  })
})

test('a comparison is written as a page and its figures', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-comparison-'))
  await writeComparison(await compareRuns([run('first', 0.05), run('second', 0.04)]), folder)
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
  expect(readdirSync(join(folder, 'plots')).sort()).toEqual(['ced.png', 'losses.png', 'metrics.png', 'training.png'])
  expect(existsSync(join(folder, 'report.html.tmp'))).toBe(false)
  rmSync(folder, { recursive: true })
})
