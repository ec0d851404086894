import { readFileSync } from 'node:fs'
import { cacheDataset, createImage, createSample, type Dataset, IMM_58, type Json } from '@facekp/core'

/** Files of gray images of 640 x 480, one byte per pixel, and of their keypoints, 32-bit floats. */
export interface RawFaces {
  readonly pixels: string
  readonly points: string
}

export const WIDTH = 640
export const HEIGHT = 480

/** Creates a dataset of raw faces that keeps each image in memory once read. */
export default function cachedFaces(options: Json): Dataset {
  const { pixels, points } = options as unknown as RawFaces
  const pixelBytes = readFileSync(pixels)
  const pointBytes = readFileSync(points)
  const size = WIDTH * HEIGHT
  return cacheDataset({
    length: pixelBytes.length / size,
    scheme: IMM_58,
    async get(index) {
      const coordinates = new Float32Array(pointBytes.buffer, pointBytes.byteOffset, pointBytes.length / 4)
      return createSample({
        id: `face ${index}`,
        image: createImage(Uint8Array.from(pixelBytes.subarray(index * size, (index + 1) * size)), WIDTH, HEIGHT, 1),
        keypoints: coordinates.slice(index * 116, (index + 1) * 116),
      })
    },
  })
}
