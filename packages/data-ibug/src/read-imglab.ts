import { createReadStream } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Affine, FacekpError, IBUG_68, IDENTITY, NOT_LABELED, VISIBLE } from '@facekp/core'
import { faceDataset, type IbugDataset, type IbugReadOptions, type IbugRecord } from './face-dataset.ts'
import { parseFrames } from './frames.ts'
import { type ImglabBox, parseImglab } from './imglab.ts'
import { pictureFinder } from './pictures.ts'

const POINTS = IBUG_68.pointNames.length

/**
 * Reads a list of faces in the XML of dlib's imglab, as a stream: a sample for each box that is not to be ignored. Paths of
 * pictures go from the list's folder; a `frames.csv` there leads back to the originals. Each picture is read when its sample is
 * asked for.
 *
 * Throws, with file and line, what `parseImglab` and `parseFrames` throw, `IMGLAB_NOT_READ` (no such list), `IBUG_PART` (a point
 * that the scheme has not), `IBUG_FRAME_MISSING` (a picture that `frames.csv` leaves out), `IMAGE_PATH` (a path that leaves the
 * folder) and `IMAGE_MISSING`; `IBUG_CROP`; and from `get` what `readImage` throws.
 *
 * @example
 * ```ts
 * const train = await readImglab('ibug/labels_ibug_300W_train.xml', { channels: 1, crop: { size: 240, margin: 0.2 } })
 * ```
 */
export async function readImglab(list: string, options: IbugReadOptions = {}): Promise<IbugDataset> {
  return faceDataset(await readRecords(list), options)
}

/** The faces of a list. */
export async function readRecords(list: string): Promise<IbugRecord[]> {
  const folder = dirname(list)
  const frames = await readFrames(join(folder, 'frames.csv'))
  const findPicture = pictureFinder(folder, list)
  const records: IbugRecord[] = []
  for await (const { file, line, boxes } of parseImglab(textOf(list), list)) {
    const imagePath = await findPicture(file, line)
    const toSource = frames ? frames.get(file) : IDENTITY
    if (!toSource) {
      throw new FacekpError({
        code: 'IBUG_FRAME_MISSING',
        file: list,
        line,
        problem: 'frames.csv does not tell where the picture lies in its original',
        received: file,
        expected: 'a row of that file',
      })
    }
    for (const [index, box] of boxes.filter(({ ignore }) => !ignore).entries()) {
      const id = index === 0 ? file : `${file}#${index + 1}`
      records.push({ id, imagePath, line: box.line, box: box.box, ...pointsOf(box, list), toSource })
    }
  }
  return records
}

function pointsOf({ parts, line }: ImglabBox, list: string): Pick<IbugRecord, 'keypoints' | 'visibility'> {
  const keypoints = new Float32Array(2 * POINTS)
  const visibility = new Uint8Array(POINTS).fill(NOT_LABELED)
  for (const { number, x, y } of parts) {
    if (number >= POINTS) {
      throw new FacekpError({
        code: 'IBUG_PART',
        file: list,
        line,
        problem: 'the box has a part that is none of the 68 points',
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

async function* textOf(list: string): AsyncGenerator<string> {
  try {
    let decoder: TextDecoder | undefined
    for await (const bytes of createReadStream(list)) {
      decoder ??= decoderOf(bytes)
      yield decoder.decode(bytes, { stream: true })
    }
  } catch (cause) {
    throw new FacekpError({
      code: 'IMGLAB_NOT_READ',
      file: list,
      problem: 'the list of faces cannot be read',
      received: (cause as Error).message,
      expected: 'an XML of dlib such as labels_ibug_300W_train.xml; fetchIbug() downloads it',
      cause,
    })
  }
}

/** imglab's own lists tell ISO-8859-1; XML that tells no encoding, or another one, is UTF-8, which may begin with a mark. */
function decoderOf(beginning: Buffer): TextDecoder {
  const isLatin = /^<\?xml[^>]*encoding=["'](iso-8859-1|latin1)["']/i.test(beginning.toString('latin1', 0, 200))
  return new TextDecoder(isLatin ? 'latin1' : 'utf-8')
}

/** The way to the originals, where the folder tells it. */
async function readFrames(path: string): Promise<Map<string, Affine> | undefined> {
  try {
    return parseFrames(await readFile(path, 'utf8'), path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
