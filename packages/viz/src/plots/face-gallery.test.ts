import { describe, expect, test } from '@jest/globals'
import { createFace } from '../../fixtures/faces.ts'
import { colorAt, expectWellFormed } from '../../fixtures/svg.ts'
import { plotToPng } from '../drawing/png.ts'
import { faceGallery } from './face-gallery.ts'

describe('faceGallery', () => {
  test('draws targets in green, predictions in red, and the error', async () => {
    const predicted = Float32Array.of(29.5, 4.5, 19.5, 14.5, 0, 0)
    const group = { label: 'Best', faces: [{ sample: createFace(), predicted, errorPx: 12.34 }] }
    const plot = await faceGallery([group], { cellWidth: 160, title: '' })
    expectWellFormed(plot.svg)
    for (const text of ['12.3 px', '>target<', '>predicted<']) expect(plot.svg).toContain(text)
    expect(plot.svg).toContain('<line x1="40" y1="20" x2="120" y2="20"')
    const png = plotToPng(plot, { width: plot.width })
    // Margin 16, legend 30, label 28: the image begins at (16, 74), at scale 4.
    const [red, green, blue] = (await colorAt(png, 16 + 40, 74 + 20 - 5)) as [number, number, number]
    expect(green - Math.max(red, blue)).toBeGreaterThan(60)
    const [red2, green2, blue2] = (await colorAt(png, 16 + 120 + 3, 74 + 20 + 3)) as [number, number, number]
    expect(red2 - Math.max(green2, blue2)).toBeGreaterThan(60)
  })

  test('omits empty groups; rejects no faces and another number of points', async () => {
    const sample = createFace()
    const face = { sample, predicted: sample.keypoints, errorPx: 0 }
    const { svg } = await faceGallery([
      { label: 'Best', faces: [face] },
      { label: 'Worst', faces: [] },
    ])
    expect(svg).not.toContain('Worst')
    await expect(faceGallery([{ label: 'Best', faces: [] }])).rejects.toMatchObject({ code: 'PLOT_EMPTY' })
    await expect(
      faceGallery([{ label: 'Best', faces: [{ ...face, predicted: Float32Array.of(1, 2) }] }]),
    ).rejects.toMatchObject({ code: 'KEYPOINT_COUNT', received: '1', expected: '3' })
  })
})
