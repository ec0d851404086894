import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { lossCurves, type Report, renderReport, writeReport } from './index.ts'

const HOSTILE = `<script>alert("1")</script> & 'more'`

async function report(more: Partial<Report> = {}): Promise<Report> {
  const figure = await lossCurves([{ epoch: 1, trainLoss: 0.5 }], { title: HOSTILE })
  return {
    title: 'A run',
    summary: [{ label: 'validation error', value: '9.2 px' }],
    errors: [{ label: 'mean', errorPx: 9.2 }],
    settings: { seed: 1, loss: 'euclidean', augmentation: { degrees: 20, sizes: [1, 2] } },
    plots: [
      { plot: figure, caption: 'Losses' },
      { plot: figure, caption: 'Losses again' },
    ],
    ...more,
  }
}

test('holds summary, errors, settings, figures and notes', async () => {
  const html = renderReport(await report({ notes: ['It was interrupted.'] }))
  for (const text of [
    'A run',
    '9.2 px',
    '9.20 px',
    'euclidean',
    'augmentation.degrees',
    '[1,2]',
    'Losses again',
    'It was interrupted.',
  ]) {
    expect(html).toContain(text)
  }
  expect(html.match(/<svg/g)?.length).toBeGreaterThanOrEqual(2)
})

test('holds tables of its own', async () => {
  const tables = [{ title: 'By seed', columns: ['seed', 'NME', 'MAE'], rows: [['1', '4.2 %', '6.1 px']] }]
  const html = renderReport(await report({ tables }))
  expect(html).toContain('<h2>By seed</h2>')
  expect(html).toContain('<td>1</td><td>4.2 %</td><td>6.1 px</td>')
})

test('text is text: nothing of it becomes markup', async () => {
  const html = renderReport(
    await report({
      title: HOSTILE,
      summary: [{ label: HOSTILE, value: HOSTILE }],
      errors: [{ label: HOSTILE, errorPx: 1 }],
      settings: { [HOSTILE]: HOSTILE },
      notes: [HOSTILE],
      tables: [{ title: HOSTILE, columns: [HOSTILE], rows: [[HOSTILE]] }],
    }),
  )
  expect(html).not.toContain('<script')
  expect(html).not.toMatch(/alert\("/)
})

test('asks for nothing from elsewhere, and knows light and dark', async () => {
  const html = renderReport(await report())
  expect(html).not.toMatch(/(?:href|src)="(?!data:)/)
  expect(html).not.toMatch(/url\((?!#)/)
  expect(html).not.toMatch(/@import|<link|<iframe/)
  expect(html).toContain('prefers-color-scheme:dark')
})

test('no id occurs twice, though figures are drawn alike', async () => {
  const ids = [...renderReport(await report()).matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('is written whole', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-report-'))
  await writeReport(await report(), join(folder, 'report.html'))
  expect(readdirSync(folder)).toEqual(['report.html'])
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
  rmSync(folder, { recursive: true })
})
