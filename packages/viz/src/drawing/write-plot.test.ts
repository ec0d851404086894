import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeImage } from '@facekp/image'
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'
import { createFace } from '../../fixtures/faces.ts'
import { sampleSheet } from '../plots/sample-sheet.ts'
import { createPlot } from './plot.ts'
import { plotToPng } from './png.ts'
import { writePlot } from './write-plot.ts'

test('plotToPng renders the requested width, light or dark', async () => {
  const plot = await sampleSheet([createFace()], { cellWidth: 80 })
  const light = await decodeImage(plotToPng(plot, { width: 300 }))
  expect(light.width).toBe(300)
  expect(light.data[0]).toBe(255)
  const dark = await decodeImage(plotToPng(plot, { width: 300, theme: 'dark' }))
  expect(dark.data[0]).toBeLessThan(30)
})

test('plotToPng doubles the size of a plot up to 8 megapixels', () => {
  for (const [height, expected] of [
    [2000, 2000],
    [2001, 1000],
  ] as const) {
    const header = new DataView(plotToPng(createPlot('', 1000 - 32, height - 32, '')).buffer, 16)
    expect([header.getUint32(0), header.getUint32(4)]).toEqual([expected, (expected / 1000) * height])
  }
})

describe('writePlot', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'facekp-viz-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  test('writes an SVG that follows the theme of the page by CSS variables', async () => {
    await writePlot(await sampleSheet([createFace()]), join(folder, 'new', 'sheet.svg'))
    const svg = readFileSync(join(folder, 'new', 'sheet.svg'), 'utf8')
    expect(svg).toContain('prefers-color-scheme:dark')
    expect(svg).toContain('fill="var(--paper)"')
    expect(svg).not.toMatch(/(href|src)="(?!data:)/)
  })

  test('rejects an unknown format and a path that cannot be written', async () => {
    const plot = await sampleSheet([createFace()])
    await expect(writePlot(plot, join(folder, 'a.gif'))).rejects.toMatchObject({
      code: 'PLOT_FORMAT',
      received: 'gif',
    })
    writeFileSync(join(folder, 'file'), '')
    await expect(writePlot(plot, join(folder, 'file', 'a.png'))).rejects.toMatchObject({
      code: 'PLOT_NOT_WRITTEN',
      file: join(folder, 'file', 'a.png'),
    })
    expect(readdirSync(folder)).toEqual(['file'])
  })
})
