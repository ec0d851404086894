import { readFile } from 'node:fs/promises'
import { defineScheme, FacekpError, type KeypointScheme } from '@facekp/core'
import { decodeText } from '@facekp/files'
import { parseOptions } from '@facekp/options'
import * as z from 'zod'
import { PROJECT_FILE } from './project-file.ts'

const name = z.string().min(1)

/** What `facekp.json` holds. */
export interface Project {
  readonly $schema?: string | undefined
  readonly data: string
  readonly images?: string | undefined
  readonly points: readonly string[]
  readonly flipPairs: readonly (readonly [string, string])[]
  readonly normalizationPair?: readonly [string, string] | undefined
  readonly license?: string | undefined
  readonly source?: string | undefined
}

export const projectSchema: z.ZodType<Project> = z.strictObject({
  $schema: z.string().optional().describe('Schema of this file, for editors'),
  data: name.describe('File or folder of the labels, relative to this file'),
  images: name.optional().describe('Folder of the images; default: that of the labels'),
  points: z.array(name).min(1).describe('Names of the points'),
  flipPairs: z
    .array(z.tuple([name, name]))
    .describe('Points that a horizontal flip exchanges, such as left and right eye'),
  normalizationPair: z
    .tuple([name, name])
    .optional()
    .describe('Points whose distance errors are divided by, such as the outer corners of the eyes'),
  license: name.optional().describe('License of landmarkers that are fitted, such as CC-BY-4.0'),
  source: name.optional().describe('Source, owner and license of the images'),
})

/**
 * Reads the project in the working folder; undefined if it has no `facekp.json`.
 *
 * @throws FacekpError `PROJECT_INVALID`
 */
export async function readProject(): Promise<Project | undefined> {
  const bytes = await readFile(PROJECT_FILE).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (bytes === undefined) return undefined
  return parseOptions({
    schema: projectSchema,
    value: parseJson(decodeText(bytes)),
    code: 'PROJECT_INVALID',
    noun: 'field',
    file: PROJECT_FILE,
  })
}

/**
 * Creates the scheme of a project's points.
 *
 * @throws FacekpError `PROJECT_INVALID` if a pair names an unknown point, and what `defineScheme` throws
 */
export function createScheme({
  points,
  flipPairs,
  normalizationPair,
}: Pick<Project, 'points' | 'flipPairs' | 'normalizationPair'>): KeypointScheme {
  const indexPoint = (point: string): number => {
    const index = points.indexOf(point)
    if (index >= 0) return index
    throw new FacekpError({
      code: 'PROJECT_INVALID',
      file: PROJECT_FILE,
      problem: 'a pair names an unknown point',
      expected: `one of ${points.join(', ')}`,
      received: point,
    })
  }
  const indexPair = ([first, second]: readonly [string, string]): [number, number] => [
    indexPoint(first),
    indexPoint(second),
  ]
  return defineScheme({
    name: 'project',
    pointNames: points,
    flipPairs: flipPairs.map(indexPair),
    parts: [],
    ...(normalizationPair && { normalizationPair: indexPair(normalizationPair) }),
  })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new FacekpError({
      code: 'PROJECT_INVALID',
      file: PROJECT_FILE,
      problem: 'not valid JSON',
      expected: 'a file that facekp init wrote',
      received: (cause as Error).message,
      cause,
    })
  }
}
