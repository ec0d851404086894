import { FacekpError, IMM_58, type KeypointPart, type Sample, type SampleLoader } from '@facekp/core'
import { type NewFile, writeNewFolder } from '@facekp/files'
import { encodeJpeg } from '@facekp/image'
import * as z from 'zod/mini'
import { parseOptions, seedSchema, sizeSchema } from './options.ts'
import { renderImmFace, VIEWS } from './synthetic-imm.ts'

/** Faces that are rendered at the same time by a loader of threads. */
const PREFETCH = 16

const schema = z.strictObject({
  seed: seedSchema,
  people: z._default(z.int().check(z.minimum(1), z.maximum(40)), 40),
  loader: z.optional(z.custom<SampleLoader>((value) => typeof value === 'function', 'a function')),
  ...sizeSchema,
})

export interface WriteImmOptions {
  readonly seed: number
  /** Number of people, 1 to 40, each in 6 views; default 40. */
  readonly people?: number
  /** Width of the images in pixels, 32 to 8192; default 640. */
  readonly width?: number
  /** Height of the images in pixels, 32 to 8192; default 480. */
  readonly height?: number
  /** Loads the faces of `syntheticImm`, people 1 to 40, such as that of an `augmentPool`; default: this thread renders them. */
  readonly loader?: SampleLoader
}

/**
 * Writes the faces of `syntheticImm` in the layout of the IMM Face Database: `01-1m.jpg` and `01-1m.asf`, 6 views per
 * person.
 *
 * @param folder new or empty
 * @throws FacekpError `SYNTHETIC_OPTIONS`; `SYNTHETIC_FOLDER` if the folder is not empty or cannot be written, or a face is wider than its image, which `.asf`
 *   cannot hold
 * @example
 * ```ts
 * await writeImmFolder('synthetic-imm', { seed: 1 })
 * ```
 */
export async function writeImmFolder(folder: string, options: WriteImmOptions): Promise<void> {
  const { seed, people, loader, width, height } = parseOptions(schema, options)
  const render: SampleLoader = async ({ index }) =>
    renderImmFace({ seed, person: 1 + Math.floor(index / VIEWS), view: 1 + (index % VIEWS), size: { width, height } })
  const samples = loadInOrder(people * VIEWS, (index) => (loader ?? render)({ seed, epoch: 0, index }))
  await writeNewFolder(folder, formatFaces(samples), 'SYNTHETIC_FOLDER')
}

async function* formatFaces(samples: AsyncIterable<Sample>): AsyncGenerator<NewFile> {
  for await (const sample of samples) {
    yield { path: `${sample.id}.jpg`, content: await encodeJpeg(sample.image) }
    yield { path: `${sample.id}.asf`, content: formatAsf(sample) }
  }
}

/** Loads samples ahead and gives them in their order. */
async function* loadInOrder(count: number, load: (index: number) => Promise<Sample>): AsyncGenerator<Sample> {
  const pending: Promise<Sample>[] = []
  for (let index = 0; index < count || pending.length > 0; index++) {
    if (index < count) pending.push(load(index))
    // A failure is thrown when its sample is next.
    pending.at(-1)?.catch(() => undefined)
    if (pending.length === PREFETCH || index >= count) yield (await pending.shift()) as Sample
  }
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
      if (!(x >= 0 && x <= 1 && y >= 0 && y <= 1)) throw outsideError({ id, image })
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

function outsideError({ id, image: { width, height } }: Pick<Sample, 'id' | 'image'>): FacekpError {
  return new FacekpError({
    code: 'SYNTHETIC_FOLDER',
    problem: `face ${id} is partly outside its image, which .asf cannot hold`,
    received: `an image of ${width} x ${height}`,
    expected: 'a wider image, such as the default of 640 x 480',
  })
}
