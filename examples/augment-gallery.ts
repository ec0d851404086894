/**
 * Draws every augmentation on one drawn face with its points into a sheet: docs/images/augment-gallery.jpg.
 *
 *   pnpm gallery [FILE]      FILE ends in .png or .jpg
 */
import { fileURLToPath } from 'node:url'
import { type Augmentation, fromJSON, randomCropAroundBox } from '@facekp/augment'
import { IMM_58, type Random, randomStream, transformSample } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { decodeImage } from '@facekp/image'
import { writeImage } from '@facekp/image/node'
import { plotToPng, sampleSheet } from '@facekp/viz'
import { examplesFor } from '../packages/augment/fixtures/examples.ts'

/** One that looks at us. */
const FACE = 43
const [file = fileURLToPath(new URL('../docs/images/augment-gallery.jpg', import.meta.url))] = process.argv.slice(2)
const stream = (purpose: string): Random => randomStream({ seed: 3, purpose })

const faces = syntheticFaces({ seed: 12, count: 60, scheme: IMM_58 })
const close = randomCropAroundBox({ width: 240, height: 240, around: 'points', margin: 0.45 })
const face = transformSample(close, await faces.get(FACE), stream('crop'))

const shown = Object.entries(examplesFor(IMM_58, face.image)).map(([name, { shown }]) => {
  const augmentation: Augmentation = fromJSON({ name, options: shown })
  return { ...transformSample(augmentation, face, stream(name)), id: name }
})
const sheet = await sampleSheet([{ ...face, id: 'as it was' }, ...shown], { title: '', scheme: IMM_58, columns: 6 })
await writeImage(file, await decodeImage(plotToPng(sheet, { width: 1180 })))
console.log(file)
