import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { type Affine, checkArgument, composeAffine, FacekpError, IBUG_68, IDENTITY } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import {
  type AnnotatedRecord,
  type AnnotationReadOptions,
  readImglab as readAnnotatedImglab,
} from '@facekp/data-formats/node'
import { readText } from '@facekp/files'
import { parseFrames } from './frames-csv.ts'
import type { IbugList, IbugRecord } from './ibug-record.ts'

/**
 * Reads a list of faces as dlib's imglab writes it, as `readImglab` of `@facekp/data-formats` does, with two differences: the scheme is `IBUG_68` by default,
 * and a `frames.csv` beside the list maps to the original images.
 *
 * @throws FacekpError with file and line: `IBUG_FRAME_MISSING` (an image that `frames.csv` lacks), `FRAMES_NOT_READ`, the errors of `parseFrames`, and what `readImglab` of
 *   `@facekp/data-formats` throws, such as `POINTS_UNMATCHED` for a list of other points
 * @example
 * ```ts
 * const train = await readImglab('ibug/labels_ibug_300W_train.xml', { channels: 1, crop: { size: 240, margin: 0.2 } })
 * ```
 */
export async function readImglab(list: string, options: AnnotationReadOptions = {}): Promise<IbugList> {
  checkArgument(KINDS.path, list, 'list', 'readImglab')
  checkArgument(KINDS.object, options, 'options', 'readImglab')
  const faces = await readAnnotatedImglab(list, { ...options, scheme: options.scheme ?? IBUG_68 })
  const frames = await readFrames(join(dirname(list), 'frames.csv'))
  const records = faces.records.map((record) => ({
    ...record,
    toSource: frames ? getFrame(frames, record, list) : IDENTITY,
  }))
  return {
    ...faces,
    records,
    async get(index, signal) {
      const sample = await faces.get(index, signal)
      return { ...sample, toSource: composeAffine(sample.toSource, (records[index] as IbugRecord).toSource) }
    },
  }
}

function getFrame(frames: ReadonlyMap<string, Affine>, { image }: AnnotatedRecord, list: string): Affine {
  const frame = frames.get(image.file)
  if (frame) return frame
  throw new FacekpError({
    code: 'IBUG_FRAME_MISSING',
    file: list,
    line: image.line,
    problem: 'the image has no row in frames.csv',
    received: image.file,
    expected: 'one row per image',
  })
}

const UNREAD = { code: 'FRAMES_NOT_READ', kind: 'table of frames', expected: 'a file that may be read' }

/** Reads the maps to the original images; undefined without a file. */
async function readFrames(path: string): Promise<Map<string, Affine> | undefined> {
  return existsSync(path) ? parseFrames(await readText(path, UNREAD), path) : undefined
}
