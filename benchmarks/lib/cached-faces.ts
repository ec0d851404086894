import { readFileSync } from 'node:fs'
import { cacheDataset, createImage, createSample, type Dataset, IMM_58, type Json } from '@facekp/core'

/** Where gray images of 640 x 480 lie as bare bytes, one after another, their points as 32-bit numbers beside them. */
export interface RawFaces {
  readonly pixels: string
  readonly points: string
}

export const WIDTH = 640
export const HEIGHT = 480

/** The images, each in memory once it was read. */
export default function cachedFaces(options: Json): Dataset {
  const { pixels, points } = options as unknown as RawFaces
  const bytes = readFileSync(pixels)
  const keypoints = readFileSync(points)
  const size = WIDTH * HEIGHT
  return cacheDataset({
    length: bytes.length / size,
    scheme: IMM_58,
    async get(index) {
      const numbers = new Float32Array(keypoints.buffer, keypoints.byteOffset, keypoints.length / 4)
      return createSample({
        id: `face ${index}`,
        image: createImage(Uint8Array.from(bytes.subarray(index * size, (index + 1) * size)), WIDTH, HEIGHT, 1),
        keypoints: numbers.slice(index * 116, (index + 1) * 116),
      })
    },
  })
}
