/** Draws every augmentation on one synthetic face with its points into a sheet: pnpm gallery */
import { fromJSON, randomCropAroundBox } from '@facekp/augment'
import { IMM_58, type Json, type Random, randomStream, transformSample } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { decodeImage } from '@facekp/image'
import { writeImage } from '@facekp/image/node'
import { parseCommandLine, runProgram } from '@facekp/recipes/node'
import { plotToPng, sampleSheet } from '@facekp/viz'
import * as z from 'zod'

/** A face that looks at the camera, and the side of its image in pixels. */
const FACE = 43
const SIZE = 240
const out = { schema: z.string().default('docs/images/augment-gallery.jpg'), value: 'FILE', help: '.png or .jpg' }

const OPTIONS: Readonly<Record<string, Json>> = {
  affine: { degrees: 30, scale: 1.3, shift: 0.1, shear: 10 },
  horizontalFlip: { scheme: IMM_58 as unknown as Json },
  crop: { left: 48, top: 36, width: 168, height: 168 },
  randomCropAroundBox: {
    ...{ width: SIZE, height: SIZE, around: 'points', margin: 0.1, scale: 1.2, shift: 0.1, keepPointsInside: true },
  },
  resize: { width: 80, height: 60 },
  pad: { left: 48, bottom: 40, border: 'reflect' },
  perspective: { strength: 0.15 },
  elastic: { cells: 6, strength: 0.24 },
  piecewiseAffine: { cells: 4, strength: 0.2 },
  brightness: { factor: [1.3, 1.6], offset: 0.1 },
  contrast: { factor: [1.6, 2] },
  gamma: { gamma: [1.8, 2.2] },
  hueSaturation: { hue: [0.1, 0.4], saturation: [1.2, 1.8] },
  gray: {},
  blur: { sigma: [1.5, 3] },
  motionBlur: { length: [9, 21] },
  noise: { sigma: [0.08, 0.15] },
  shotNoise: { photons: [20, 60] },
  jpeg: { quality: [4, 12] },
  sharpen: { factor: [3, 5] },
  clahe: { clipLimit: [3, 6] },
  linearLight: { strength: [0.2, 0.35] },
  normalize: { mean: 0.4, std: 0.3 },
  coarseDropout: { holes: [4, 8], size: [0.08, 0.2], fill: 'random' },
  occluder: { size: [0.3, 0.5] },
}

const stream = (purpose: string): Random => randomStream({ seed: 3, purpose })
const usage = 'pnpm gallery: draws every augmentation on one synthetic face, by default into docs/images/'
await runProgram(async () => {
  const { out: file } = parseCommandLine(process.argv.slice(2), { usage, options: { out } })
  const faces = syntheticFaces({ seed: 12, count: 60, scheme: IMM_58 })
  const crop = randomCropAroundBox({ width: SIZE, height: SIZE, around: 'points', margin: 0.45 })
  const face = transformSample(crop, await faces.get(FACE), stream('crop'))
  const augmented = Object.entries(OPTIONS).map(([name, options]) => {
    return { ...transformSample(fromJSON({ name, options }), face, stream(name)), id: name }
  })
  const samples = [{ ...face, id: 'original' }, ...augmented]
  const sheet = await sampleSheet(samples, { title: '', scheme: IMM_58, columns: 6 })
  await writeImage(file, await decodeImage(plotToPng(sheet, { width: 1180 })))
  console.log(file)
})
