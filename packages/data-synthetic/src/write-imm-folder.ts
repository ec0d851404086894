import { IMM_58, type KeypointPart, type Sample } from '@facekp/core'
import { type NewFile, writeNewFolder } from '@facekp/files'
import { encodeJpeg } from '@facekp/image'
import * as z from 'zod'
import { parseOptions, seedSchema, sizeSchema } from './options.ts'
import { renderImmFace, VIEWS } from './synthetic-imm.ts'

const schema = z.object({ seed: seedSchema, people: z.int().min(1).max(40).default(40), ...sizeSchema })

export interface WriteImmOptions {
  readonly seed: number
  /** Number of people, 1 to 40, each in 6 views; default 40. */
  readonly people?: number
  /** Width of the images in pixels, 32 to 8192; default 640. */
  readonly width?: number
  /** Height of the images in pixels, 32 to 8192; default 480. */
  readonly height?: number
}

/**
 * Writes the faces of `syntheticImm` in the layout of the IMM Face Database: `01-1m.jpg` and `01-1m.asf`, 6 views per
 * person.
 *
 * @param folder new or empty
 * @throws FacekpError `SYNTHETIC_OPTIONS`; `SYNTHETIC_FOLDER` if the folder is not empty or cannot be written
 * @example
 * ```ts
 * await writeImmFolder('synthetic-imm', { seed: 1 })
 * ```
 */
export async function writeImmFolder(folder: string, options: WriteImmOptions): Promise<void> {
  const { seed, people, width, height } = parseOptions(schema, options)
  async function* createFiles(): AsyncGenerator<NewFile> {
    for (let person = 1; person <= people; person++) {
      for (let view = 1; view <= VIEWS; view++) {
        const sample = renderImmFace({ seed, person, view, size: { width, height } })
        yield { path: `${sample.id}.jpg`, content: await encodeJpeg(sample.image) }
        yield { path: `${sample.id}.asf`, content: formatAsf(sample) }
      }
    }
  }
  await writeNewFolder(folder, createFiles(), 'SYNTHETIC_FOLDER')
}

/** Names of the parts in the order in which the database numbers their paths. */
const PATHS = ['jaw', 'left eye', 'right eye', 'left brow', 'right brow', 'mouth', 'nose']

function formatAsf({ id, image, keypoints }: Sample): string {
  const lines = PATHS.flatMap((name, path) => {
    const { indices, closed } = IMM_58.parts.find((part) => part.name === name) as KeypointPart
    return indices.map((point, i) => {
      const before = indices[i - 1] ?? (closed ? indices.at(-1) : point)
      const after = indices[i + 1] ?? (closed ? indices[0] : point)
      const x = (keypoints[2 * point] as number) / image.width
      const y = (keypoints[2 * point + 1] as number) / image.height
      return `${path} \t${closed ? 0 : 4} \t${x.toFixed(8)} \t${y.toFixed(8)} \t${point} \t${before} \t${after}`
    })
  })
  return [
    '######################################################################',
    '#',
    '#    AAM Shape File  -  a drawn face',
    '#',
    '######################################################################',
    '',
    '#',
    '# number of model points',
    '#',
    String(lines.length),
    '',
    '#',
    '# model points',
    '#',
    '# format: <path#> <type> <x rel.> <y rel.> <point#> <connects from> <connects to>',
    '#',
    ...lines,
    '',
    '#',
    '# host image',
    '#',
    `${id}.jpg`,
    '',
  ].join('\n')
}
