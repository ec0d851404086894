import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import {
  type Box,
  checkArgument,
  createSample,
  type Dataset,
  FacekpError,
  type KeypointScheme,
  NOT_LABELED,
} from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { decodeText, isSystemFile } from '@facekp/files'
import { readImage } from '@facekp/image/node'
import { parseOptions } from '@facekp/options'
import Papa from 'papaparse'
import * as z from 'zod'

const EXTENSIONS = new Set(['.jpg', '.jpeg', '.png'])
/** Side of the box of a face without one, in the middle of the image, as a fraction of its shorter side. */
const CENTERED = 0.6

const number = z
  .string()
  .regex(/^-?\d+(\.\d+)?$/, 'a number')
  .transform(Number)
const side = number.pipe(z.number().positive())
const rowSchema = z.object({ image: z.string().min(1), left: number, top: number, width: side, height: side })

/**
 * Reads the images of a folder, each with the box of its face and without labels. `boxes.csv` in the folder holds the boxes
 * (`image,left,top,width,height`, in pixels). The face of an image without a row is expected in the middle.
 *
 * @param scheme of the keypoints that will be predicted
 * @throws FacekpError `IMAGES_EMPTY` without images, `IMAGES_BOXES` with file and line for an invalid box or one without an image
 */
export async function readImageFolder(folder: string, scheme: KeypointScheme): Promise<Dataset> {
  checkArgument(KINDS.path, folder, 'folder', 'readImageFolder')
  checkArgument(KINDS.scheme, scheme, 'scheme', 'readImageFolder')
  const names = (await readdir(folder).catch((): string[] => []))
    .filter((name) => EXTENSIONS.has(extname(name).toLowerCase()) && !isSystemFile(name))
    .sort()
  if (names.length === 0) {
    throw new FacekpError({
      code: 'IMAGES_EMPTY',
      problem: 'the folder contains no images',
      file: folder,
      expected: 'files that end with .jpg, .jpeg or .png',
    })
  }
  const boxes = await readBoxes(join(folder, 'boxes.csv'), new Set(names))
  const count = scheme.pointNames.length
  return {
    length: names.length,
    scheme,
    async get(index) {
      const id = names[index] as string
      const image = await readImage(join(folder, id))
      return createSample({
        id,
        image,
        box: boxes.get(id) ?? centeredBox(image),
        keypoints: new Float32Array(2 * count),
        visibility: new Uint8Array(count).fill(NOT_LABELED),
      })
    },
  }
}

function centeredBox({ width, height }: { readonly width: number; readonly height: number }): Box {
  const size = CENTERED * Math.min(width, height)
  return { left: (width - size) / 2, top: (height - size) / 2, width: size, height: size }
}

async function readBoxes(file: string, names: ReadonlySet<string>): Promise<ReadonlyMap<string, Box>> {
  if (!existsSync(file)) return new Map()
  const { data } = Papa.parse<Record<string, string>>(decodeText(await readFile(file)), {
    header: true,
    skipEmptyLines: true,
  })
  return new Map(
    data.map((row, index) => {
      const place = { code: 'IMAGES_BOXES', file, line: index + 2 }
      const { image, ...box } = parseOptions({ schema: rowSchema, value: row, noun: 'column', ...place })
      if (names.has(image)) return [image, box] as const
      throw new FacekpError({
        ...place,
        problem: 'the folder of the boxes does not contain this image',
        received: image,
        expected: `one of ${[...names].slice(0, 5).join(', ')}`,
      })
    }),
  )
}
