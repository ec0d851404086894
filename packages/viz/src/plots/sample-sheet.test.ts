import { createImage } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { createFace, SCHEME } from '../../fixtures/faces.ts'
import { expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import { PREDICTED_COLOR, TARGET_COLOR } from '../drawing/theme.ts'
import { sampleSheet } from './sample-sheet.ts'

describe('sampleSheet', () => {
  test('draws each labeled point at the center of its pixel, scaled with the image', async () => {
    const { svg } = await sampleSheet([createFace()], { cellWidth: 80 })
    // Scale 2: (9.5 + 0.5) * 2 = 20, (4.5 + 0.5) * 2 = 10.
    const rings = [...svg.matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)].map(([, x, y]) => `${x} ${y}`)
    expect([...new Set(rings)]).toEqual(['20 10', '40 30'])
    expectWellFormed(svg)
  })

  test('draws hidden points hollow', async () => {
    const { svg } = await sampleSheet([createFace()], { cellWidth: 80 })
    expect(svg).toMatch(/cx="20" cy="10" r="3.5" fill="#2bd75c"/)
    expect(svg).not.toMatch(/cx="40" cy="30" r="3.5" fill="#2bd75c"/)
  })

  test('draws the parts of a scheme as lines, and escapes ids and titles', async () => {
    const { svg } = await sampleSheet([createFace()], { cellWidth: 80, scheme: SCHEME, title: 'A & B' })
    expect(svg).toContain('points="20,10 40,30"')
    expect(svg).toContain('face &lt;1&gt;')
    expect(svg).toContain('A &amp; B')
  })

  test('draws predictions in red', async () => {
    const { svg } = await sampleSheet([createFace()], { cellWidth: 80, scheme: SCHEME, isPrediction: true })
    expect(svg).toContain(PREDICTED_COLOR)
    expect(svg).not.toContain(TARGET_COLOR)
  })

  test('arranges cells in rows, and draws gray, color and normalized images', async () => {
    const rgb = { ...createFace(), image: createImage(new Uint8Array(3600).fill(9), 40, 30, 3) }
    const values = new Float32Array(1200).map((_, i) => i / 1200 - 0.5)
    const normalized = { ...createFace(), image: createImage(values, 40, 30, 1) }
    const constant = { ...createFace(), image: createImage(new Float32Array(1200), 40, 30, 1) }
    const samples = [createFace(), rgb, normalized, constant]
    const sheet = await sampleSheet(samples, { columns: 3, cellWidth: 60, title: '' })
    expect(sheet.width).toBe(3 * 60 + 2 * 12 + 2 * 16)
    expect(plotToPng(sheet).length).toBeGreaterThan(1000)
  })

  test('rejects an empty list', async () => {
    await expect(sampleSheet([])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
  })

  test('rejects a sample that does not have the points of the scheme', async () => {
    const scheme = { ...SCHEME, pointNames: ['a', 'b', 'c', 'd'] }
    await expect(sampleSheet([createFace()], { scheme })).rejects.toMatchObject({
      code: 'KEYPOINT_COUNT',
      message: expect.stringContaining('sample face <1>'),
    })
  })

  test.each([
    [{ columns: 0 }, 'ARGUMENT', 'columns'],
    [{ cellWidth: -1 }, 'ARGUMENT', 'cellWidth'],
    [{ colums: 3 }, 'ARGUMENT_NAME', 'columns'],
  ])('rejects options %j', async (options, code, name) => {
    const message = expect.stringContaining(name)
    await expect(sampleSheet([createFace()], options as never)).rejects.toMatchObject({ code, message })
  })
})
