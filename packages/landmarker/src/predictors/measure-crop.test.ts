import { type Box, createDataset, createImage, createSample, defineScheme, type Sample } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { measureCrop } from './measure-crop.ts'

const scheme = defineScheme({ name: 'one', pointNames: ['nose'], flipPairs: [], parts: [] })
const image = createImage(new Uint8Array(100 * 80), 100, 80, 1)

const makeSample = (id: string, box?: Box): Sample =>
  createSample({ id, image, keypoints: Float32Array.of(50, 40), ...(box ? { box } : {}) })

const detectAt = (...boxes: Box[]) => {
  return async () => boxes.map((box, i) => ({ box, score: 1 - i / 10, points: new Float32Array() }))
}

describe('measureCrop', () => {
  // box = (10, 20, 40, 40): center (30, 40), side with the margin 40 * 1.4 = 56
  const boxed = createDataset(scheme, [makeSample('a', { left: 10, top: 20, width: 40, height: 40 })])

  test('of boxes that are those of the detector is their margin', async () => {
    const detector = detectAt({ left: 10, top: 20, width: 40, height: 40 })
    const crop = await measureCrop(boxed, { margin: 0.2, detector })
    expect(crop).toEqual({
      kind: 'upright',
      shiftX: 0,
      shiftY: 0,
      margin: expect.closeTo(0.2, 12),
      aspectRatio: expect.closeTo(1, 12),
    })
  })

  test('gives position and margin relative to the detected box that overlaps the box of the sample', async () => {
    // center (32, 43), larger side 32: shift (30 - 32) / 32 and (40 - 43) / 30, margin (56 / 32 - 1) / 2
    const detector = detectAt({ left: 70, top: 0, width: 20, height: 20 }, { left: 16, top: 28, width: 32, height: 30 })
    const crop = await measureCrop(boxed, { margin: 0.2, detector })
    expect(crop.shiftX).toBeCloseTo(-0.0625, 12)
    expect(crop.shiftY).toBeCloseTo(-0.1, 12)
    expect(crop.margin).toBeCloseTo(0.375, 12)
  })

  test('without a margin gives whole images, and the median over them', async () => {
    const three = createDataset(scheme, [makeSample('a'), makeSample('b'), makeSample('c')])
    const widths = [50, 40, 20]
    let calls = 0
    const detector = async () => {
      const width = widths[calls++] as number
      return [{ box: { left: 30, top: 20, width, height: 40 }, score: 1, points: new Float32Array() }]
    }
    // Image 100 x 80, so that the larger side is max(width / 1.25, 40) = 40: margin (80 / 40 - 1) / 2; centers 55, 50 and 40 of 50.
    const crop = await measureCrop(three, { detector })
    expect(crop).toMatchObject({ margin: expect.closeTo(0.5, 12), aspectRatio: 1.25 })
    expect(crop.shiftX).toBeCloseTo(0, 12)
    expect(crop.shiftY).toBeCloseTo(0, 12)
  })

  test('refuses images in which no face is found, and unknown options', async () => {
    await expect(measureCrop(boxed, { margin: 0.2, detector: detectAt() })).rejects.toMatchObject({
      code: 'LANDMARKER_CROP',
      received: '1 images',
    })
    const elsewhere = detectAt({ left: 70, top: 0, width: 20, height: 20 })
    await expect(measureCrop(boxed, { margin: 0.2, detector: elsewhere })).rejects.toMatchObject({
      code: 'LANDMARKER_CROP',
    })
    await expect(measureCrop(boxed, { margins: 1 } as object)).rejects.toMatchObject({ code: 'LANDMARKER_OPTION' })
  })
})
