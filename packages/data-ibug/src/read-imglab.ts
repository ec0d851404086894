import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Affine, FacekpError, IBUG_68, IDENTITY, NOT_LABELED, VISIBLE } from '@facekp/core'
import { createFaceDataset, type IbugReadOptions } from './face-dataset.ts'
import { createImageFinder } from './find-image.ts'
import { parseFrames } from './frames-csv.ts'
import type { IbugDataset, IbugRecord } from './ibug-record.ts'
import { type ImglabBox, parseImglab } from './imglab.ts'

const POINTS = IBUG_68.pointNames.length

/**
 * Reads a list of faces in the XML of dlib's imglab: one sample per box that is not ignored. Paths start from the folder of the list; a
 * `frames.csv` there maps to the original images. The list is streamed, and each image is read when its sample is read.
 *
 * @throws FacekpError with file and line: `IMGLAB_UNREADABLE` (no such list), `IBUG_PART` (a point that the scheme lacks),
 *   `IBUG_FRAME_MISSING` (an image that `frames.csv` lacks), `IMAGE_PATH` (a path that leaves the folder), `IMAGE_MISSING`,
 *   `IBUG_CROP`; the errors of `parseImglab` and `parseFrames`; from `get`, the errors of `readImage`
 * @example
 * ```ts
 * const train = await readImglab('ibug/labels_ibug_300W_train.xml', { channels: 1, crop: { size: 240, margin: 0.2 } })
 * ```
 */
export async function readImglab(list: string, options: IbugReadOptions = {}): Promise<IbugDataset> {
  return createFaceDataset(await readImglabRecords(list), options)
}

/** Reads the faces of a list. */
export async function readImglabRecords(list: string): Promise<IbugRecord[]> {
  const folder = dirname(list)
  const frames = await readFrames(join(folder, 'frames.csv'))
  const findImage = createImageFinder(folder, list)
  const records: IbugRecord[] = []
  for await (const { file, line, boxes } of parseImglab(readText(list), list)) {
    const imagePath = await findImage(file, line)
    const toSource = frames ? frames.get(file) : IDENTITY
    if (!toSource) {
      throw new FacekpError({
        code: 'IBUG_FRAME_MISSING',
        file: list,
        line,
        problem: 'the image has no row in frames.csv',
        received: file,
        expected: 'one row per image',
      })
    }
    for (const [index, box] of boxes.filter(({ ignore }) => !ignore).entries()) {
      const id = index === 0 ? file : `${file}#${index + 1}`
      records.push({ id, imagePath, line: box.line, box: box.box, ...toKeypoints(box, list), toSource })
    }
  }
  return records
}

function toKeypoints({ parts, line }: ImglabBox, list: string): Pick<IbugRecord, 'keypoints' | 'visibility'> {
  const keypoints = new Float32Array(2 * POINTS)
  const visibility = new Uint8Array(POINTS).fill(NOT_LABELED)
  for (const { number, x, y } of parts) {
    if (number >= POINTS) {
      throw new FacekpError({
        code: 'IBUG_PART',
        file: list,
        line,
        problem: 'part number beyond the 68 points',
        received: String(number),
        expected: `0 to ${POINTS - 1}`,
      })
    }
    keypoints[2 * number] = x
    keypoints[2 * number + 1] = y
    visibility[number] = VISIBLE
  }
  return { keypoints, visibility }
}

async function* readText(list: string): AsyncGenerator<string> {
  try {
    let decoder: TextDecoder | undefined
    for await (const bytes of createReadStream(list)) {
      decoder ??= createDecoder(bytes)
      yield decoder.decode(bytes, { stream: true })
    }
  } catch (cause) {
    throw new FacekpError({
      code: 'IMGLAB_UNREADABLE',
      file: list,
      problem: 'cannot read the list of faces',
      received: (cause as Error).message,
      expected: 'an XML list of dlib such as labels_ibug_300W_train.xml; fetchIbug() downloads it',
      cause,
    })
  }
}

/** Lists of imglab declare ISO-8859-1. Any other XML is UTF-8, possibly with a byte-order mark. */
function createDecoder(firstBytes: Buffer): TextDecoder {
  const isLatin = /^<\?xml[^>]*encoding=["'](iso-8859-1|latin1)["']/i.test(firstBytes.toString('latin1', 0, 200))
  return new TextDecoder(isLatin ? 'latin1' : 'utf-8')
}

/** Reads the maps to the original images; undefined without a file. */
async function readFrames(path: string): Promise<Map<string, Affine> | undefined> {
  try {
    return parseFrames(await readFile(path, 'utf8'), path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
