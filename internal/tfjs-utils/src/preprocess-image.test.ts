import { createImage } from '@facekp/core'
import { describe, expect, test } from '@jest/globals'
import { preprocessImage } from './preprocess-image.ts'
import type { Preprocessing } from './preprocessing.ts'

const GRAY: Preprocessing = { channels: 1, mean: [0.5], std: [1] }
const COLOR: Preprocessing = { channels: 3, mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] }
const allBytes = Uint8Array.from({ length: 256 }, (_, value) => value)
const colors = createImage(Uint8Array.of(255, 0, 0, 10, 200, 30), 2, 1, 3)

describe('preprocessImage', () => {
  test('computes (value / 255 - mean) / std as float32', () => {
    // import numpy as np
    // x = np.array([255, 0, 0, 10, 200, 30]).reshape(2, 3)
    // print(np.float32((x / 255 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).ravel().tolist())
    const expected = [
      2.248908281326294, -2.0357143878936768, -1.804444432258606, -1.946656346321106, 1.465686321258545,
      -1.2815686464309692,
    ]
    expect([...preprocessImage(colors, COLOR).data]).toEqual(expected)
  })

  test('equals value / 255 - 0.5, bit by bit, for gray with mean 0.5 and std 1, as without metadata', () => {
    const image = createImage(allBytes, 16, 16, 1)
    const expected = Float32Array.from(allBytes, (value) => value / 255 - 0.5)
    expect(preprocessImage(image, GRAY).data).toEqual(expected)
    expect(preprocessImage(image, undefined).data).toEqual(expected)
  })

  test('converts color to gray by Rec. 601, as PIL does', () => {
    // from PIL import Image
    // [Image.new('RGB', (1, 1), color).convert('L').getpixel((0, 0)) for color in [(255, 0, 0), (10, 200, 30)]] # [76, 124]
    const { channels, data } = preprocessImage(colors, GRAY)
    expect(channels).toBe(1)
    expect(data).toEqual(Float32Array.of(76 / 255 - 0.5, 124 / 255 - 0.5))
  })

  test('repeats gray in each channel of color', () => {
    const { channels, data } = preprocessImage(createImage(Uint8Array.of(51), 1, 1, 1), COLOR)
    expect(channels).toBe(3)
    expect(data).toEqual(Float32Array.of((0.2 - 0.485) / 0.229, (0.2 - 0.456) / 0.224, (0.2 - 0.406) / 0.225))
  })

  test('takes real numbers as normalized', () => {
    const image = createImage(Float32Array.of(3, -4), 2, 1, 1)
    expect(preprocessImage(image, COLOR)).toEqual(image)
  })
})
