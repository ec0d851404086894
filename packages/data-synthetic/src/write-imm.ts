import { IMM_58, type Sample } from '@facekp/core'
import { encodeJpeg } from '@facekp/image'
import { z } from 'zod'
import { checkOptions, seedSchema, sizeSchema } from './options.ts'
import { immFace } from './synthetic-imm.ts'
import { type FolderFile, writeFolder } from './write-folder.ts'

const schema = z.object({ seed: seedSchema, people: z.int().min(1).max(40).default(40), ...sizeSchema })

export interface WriteImmOptions {
  readonly seed: number
  /** 1 to 40, each in 6 views; default 40. */
  readonly people?: number
  readonly width?: number
  readonly height?: number
}

/**
 * Writes `syntheticImm`'s faces as the IMM Face Database lies on a disk: `01-1m.jpg` with `01-1m.asf` beside it, 6 views a person.
 * Throws `SYNTHETIC_OPTIONS`, and `SYNTHETIC_FOLDER` where the folder is there and not empty or cannot be written.
 */
export async function writeImmFolder(folder: string, options: WriteImmOptions): Promise<void> {
  const { seed, people, width, height } = checkOptions(schema, options)
  async function* files(): AsyncGenerator<FolderFile> {
    for (let person = 1; person <= people; person++) {
      for (let view = 1; view <= 6; view++) {
        const sample = immFace(seed, person, view, width, height)
        yield [`${sample.id}.jpg`, await encodeJpeg(sample.image)]
        yield [`${sample.id}.asf`, asfOf(sample)]
      }
    }
  }
  await writeFolder(folder, files())
}

/** Path, kind and closedness of each part, numbered as the database does: jaw, eyes, brows, mouth, nose. */
const PATHS = ['jaw', 'left eye', 'right eye', 'left brow', 'right brow', 'mouth', 'nose']

function asfOf({ id, image, keypoints }: Sample): string {
  const lines = PATHS.flatMap((name, path) => {
    const part = IMM_58.parts.find((other) => other.name === name)
    const { indices, closed } = part as NonNullable<typeof part>
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
