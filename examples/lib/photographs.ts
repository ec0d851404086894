import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { type Augmentation, randomCropAroundBox } from '@facekp/augment'
import {
  allVisible,
  type Box,
  createSample,
  type Dataset,
  FacekpError,
  type KeypointScheme,
  mapDataset,
  NOT_LABELED,
  randomStream,
  type Transform,
  transformSample,
} from '@facekp/core'
import { graySample } from '@facekp/image'
import { readImage } from '@facekp/image/node'
import { sampleSheet } from '@facekp/viz'
import type * as tf from '@tensorflow/tfjs'
import Papa from 'papaparse'
import { z } from 'zod'
import { predictViews } from './predict-views.ts'
import type { NamedPlot } from './results.ts'

const PICTURES = new Set(['.jpg', '.jpeg', '.png'])
/** A face that no box tells of takes this part of the picture's shorter side, in its middle. */
const CENTERED = 0.6

const number = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'not a number')
  .transform(Number)
const side = number.pipe(z.number().positive())
const rowSchema = z.object({ image: z.string().min(1), left: number, top: number, width: side, height: side })

/** How far around its box a face is shown, on each side, as a fraction of the box. */
const MARGIN = 0.3

/** The points that a network finds on photographs, drawn on what is around each face. */
export async function photographSheet(
  faces: Dataset,
  model: tf.LayersModel,
  view: Augmentation,
  options: { readonly views: number; readonly seed: number },
): Promise<NamedPlot> {
  const found = await predictViews(model, mapDataset(faces, graySample), view, options)
  const around = randomCropAroundBox({ width: 360, height: 360, margin: MARGIN, border: { constant: 0 } }) as Transform
  const random = randomStream({ seed: options.seed, purpose: 'photographs' })
  const shown = await Promise.all(
    found.predictions.map(async ({ points }, index) => {
      const sample = await faces.get(index)
      const visibility = allVisible(points.length / 2)
      return transformSample(around, { ...sample, keypoints: points, visibility }, random)
    }),
  )
  return {
    name: 'photographs',
    figure: await sampleSheet(shown, { title: 'Photographs', scheme: faces.scheme, isPrediction: true }),
    caption: 'What the network finds on photographs of your own.',
  }
}

/**
 * The photographs of a folder, each with the box of its face and without points. `boxes.csv` in the folder tells where the faces are
 * (`image,left,top,width,height`, in pixels); where there is none, or no line for a picture, the face is taken to be in the middle.
 *
 * Throws `PHOTOS_EMPTY` without pictures and `PHOTOS_BOXES`, with file and line, for a box that is none or whose picture is missing.
 */
export async function photographs(folder: string, scheme: KeypointScheme): Promise<Dataset> {
  const names = (await readdir(folder).catch((): string[] => []))
    .filter((name) => PICTURES.has(extname(name).toLowerCase()))
    .sort()
  if (names.length === 0) {
    throw new FacekpError({
      code: 'PHOTOS_EMPTY',
      problem: 'there is no photograph',
      file: folder,
      expected: 'files that end on .jpg, .jpeg or .png',
    })
  }
  const boxes = await boxesOf(join(folder, 'boxes.csv'), names)
  const points = scheme.pointNames.length
  return {
    length: names.length,
    scheme,
    async get(index) {
      const id = names[index] as string
      const image = await readImage(join(folder, id))
      return createSample({
        id,
        image,
        box: boxes.get(id) ?? middleOf(image),
        keypoints: new Float32Array(2 * points),
        visibility: new Uint8Array(points).fill(NOT_LABELED),
      })
    },
  }
}

function middleOf({ width, height }: { readonly width: number; readonly height: number }): Box {
  const size = CENTERED * Math.min(width, height)
  return { left: (width - size) / 2, top: (height - size) / 2, width: size, height: size }
}

async function boxesOf(file: string, names: readonly string[]): Promise<ReadonlyMap<string, Box>> {
  if (!existsSync(file)) return new Map()
  const { data } = Papa.parse<Record<string, string>>(await readFile(file, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  })
  return new Map(
    data.map((row, index) => {
      const parsed = rowSchema.safeParse(row)
      if (parsed.success && names.includes(parsed.data.image)) return [parsed.data.image, parsed.data] as const
      throw new FacekpError({
        code: 'PHOTOS_BOXES',
        file,
        line: index + 2,
        problem: parsed.success ? 'there is no such photograph beside the boxes' : 'this is no box of a face',
        received: Object.values(row).join(),
        expected: parsed.success ? `one of ${names.slice(0, 5).join(', ')}` : z.prettifyError(parsed.error),
      })
    }),
  )
}
