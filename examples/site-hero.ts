/**
 * Draws four synthetic faces with their points into the image of the home page: docs/public/hero.jpg.
 */
import { fileURLToPath } from 'node:url'
import { createImage, IBUG_68, mapKeypoints, translation } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { decodeImage } from '@facekp/image'
import { writeImage } from '@facekp/image/node'
import { keypointOverlay, plotToPng } from '@facekp/viz'

const SIZE = 320
const [file = fileURLToPath(new URL('../docs/public/hero.jpg', import.meta.url))] = process.argv.slice(2)
const faces = syntheticFaces({ seed: 11, count: 4, scheme: IBUG_68, width: SIZE, height: SIZE })
const pixels = new Uint8Array(2 * SIZE * 2 * SIZE * 3)
const points: Float32Array[] = []
for (let index = 0; index < faces.length; index++) {
  const { image, keypoints } = await faces.get(index)
  const left = (index % 2) * SIZE
  const top = Math.floor(index / 2) * SIZE
  for (let y = 0; y < SIZE; y++) {
    const row = image.data.subarray(y * SIZE * 3, (y + 1) * SIZE * 3)
    pixels.set(row, ((top + y) * 2 * SIZE + left) * 3)
  }
  points.push(mapKeypoints(translation(left, top), keypoints))
}
const sheet = createImage(pixels, 2 * SIZE, 2 * SIZE, 3)
const overlay = await keypointOverlay(
  sheet,
  points.map((face) => ({ points: face })),
  { scheme: IBUG_68 },
)
await writeImage(file, await decodeImage(plotToPng(overlay, { width: 800 })))
