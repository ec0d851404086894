import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '@jest/globals'
import { lossCurves, type Report, renderReport, writeReport } from '../index.ts'

const HOSTILE = `<script>alert("1")</script> & 'more'`

async function createReport(overrides: Partial<Report> = {}): Promise<Report> {
  const plot = await lossCurves([{ epoch: 1, trainLoss: 0.5 }], { title: HOSTILE })
  return {
    title: 'A run',
    summary: [{ label: 'validation error', value: '9.2 px' }],
    errors: [{ label: 'mean', errorPx: 9.2 }],
    settings: { seed: 1, loss: 'euclidean', augmentation: { degrees: 20, sizes: [1, 2] } },
    plots: [
      { plot, caption: 'Losses' },
      { plot, caption: 'Losses again' },
    ],
    ...overrides,
  }
}

test('contains summary, errors, settings, plots and notes', async () => {
  const html = renderReport(await createReport({ notes: ['It was interrupted.'] }))
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

test('contains tables', async () => {
  const tables = [{ title: 'By seed', columns: ['seed', 'NME', 'MAE'], rows: [['1', '4.2 %', '6.1 px']] }]
  const html = renderReport(await createReport({ tables }))
  expect(html).toContain('<h2>By seed</h2>')
  expect(html).toContain('<td>1</td><td>4.2 %</td><td>6.1 px</td>')
})

test('escapes text', async () => {
  const html = renderReport(
    await createReport({
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

test('loads nothing from the network and supports light and dark', async () => {
  const html = renderReport(await createReport())
  expect(html).not.toMatch(/(?:href|src)="(?!data:)/)
  expect(html).not.toMatch(/url\((?!#)/)
  expect(html).not.toMatch(/@import|<link|<iframe/)
  expect(html).toContain('prefers-color-scheme:dark')
})

test('has unique ids even if a plot occurs twice', async () => {
  const ids = [...renderReport(await createReport()).matchAll(/\bid="([^"]+)"/g)].map(([, id]) => id)
  expect(new Set(ids).size).toBe(ids.length)
})

test('writes a complete page and no temporary file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'facekp-report-'))
  await writeReport(await createReport(), join(folder, 'report.html'))
  expect(readdirSync(folder)).toEqual(['report.html'])
  expect(readFileSync(join(folder, 'report.html'), 'utf8')).toMatch(/^<!doctype html>[\s\S]*<\/html>\n$/)
  rmSync(folder, { recursive: true })
})
