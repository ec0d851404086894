/** Draws four synthetic faces with their points into the image of the home page: pnpm site-hero */
import { createImage, IBUG_68, mapKeypoints, translation } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { decodeImage } from '@facekp/image'
import { writeImage } from '@facekp/image/node'
import { parseCommandLine, runProgram } from '@facekp/recipes/node'
import { keypointOverlay, plotToPng } from '@facekp/viz'
import * as z from 'zod'

const SIZE = 320
const out = { schema: z.string().default('docs/public/hero.jpg'), value: 'FILE', help: '.png or .jpg' }
const usage = 'pnpm site-hero: draws four synthetic faces with their points, by default into docs/public/'

await runProgram(async () => {
  const { out: file } = parseCommandLine(process.argv.slice(2), { usage, options: { out } })
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
  console.log(file)
})
