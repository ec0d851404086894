import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { allVisible, boundingBox, FacekpError, IBUG_68, IDENTITY } from '@facekp/core'
import { faceDataset, type IbugDataset, type IbugReadOptions, type IbugRecord } from './face-dataset.ts'
import { parseKeypointsCsv } from './keypoints-csv.ts'
import { pictureFinder } from './pictures.ts'

export interface KeypointsCsvOptions extends IbugReadOptions {
  /** Where the pictures are; default the folder of the table. */
  readonly images?: string
}

/**
 * Reads Udacity's facial keypoints: the table at once, each picture when its sample is asked for. The box of a face is that around its
 * points, since the table tells none.
 *
 * Throws, with file and line, what `parseKeypointsCsv` throws, `KEYPOINTS_CSV_NOT_READ`, `IMAGE_PATH` and `IMAGE_MISSING`;
 * `IBUG_CROP`; and from `get` what `readImage` throws.
 *
 * @example
 * ```ts
 * const faces = await readKeypointsCsv('data/training_frames_keypoints.csv', { pictures: 'data/training' })
 * ```
 */
export async function readKeypointsCsv(
  table: string,
  { images = dirname(table), ...options }: KeypointsCsvOptions = {},
): Promise<IbugDataset> {
  const findPicture = pictureFinder(images, table)
  const visibility = allVisible(IBUG_68.pointNames.length)
  const records: IbugRecord[] = []
  for (const { image, line, keypoints } of parseKeypointsCsv(await textOf(table), table)) {
    const imagePath = await findPicture(image, line)
    const box = boundingBox(keypoints)
    records.push({ id: image, imagePath, line, box, keypoints, visibility, toSource: IDENTITY })
  }
  return faceDataset(records, options)
}

async function textOf(table: string): Promise<string> {
  try {
    return await readFile(table, 'utf8')
  } catch (cause) {
    throw new FacekpError({
      code: 'KEYPOINTS_CSV_NOT_READ',
      file: table,
      problem: 'the table of points cannot be read',
      received: (cause as Error).message,
      cause,
    })
  }
}
