import { readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { allVisible, boundingBox, FacekpError, IBUG_68, IDENTITY } from '@facekp/core'
import { createFaceDataset, type IbugReadOptions } from './face-dataset.ts'
import { createImageFinder } from './find-image.ts'
import type { IbugDataset, IbugRecord } from './ibug-record.ts'
import { parseKeypointsCsv } from './keypoints-csv.ts'

export interface KeypointsCsvOptions extends IbugReadOptions {
  /** Folder of the images; default: the folder of the table. */
  readonly images?: string
}

/**
 * Reads Udacity's facial keypoints: the table at once, each image when its sample is read. The table has no boxes: the box of a face is
 * the bounding box of its points.
 *
 * @throws FacekpError with file and line: `KEYPOINTS_CSV_UNREADABLE`, `IMAGE_PATH`, `IMAGE_MISSING`, `IBUG_CROP`; the errors of
 *   `parseKeypointsCsv`; from `get`, the errors of `readImage`
 * @example
 * ```ts
 * const faces = await readKeypointsCsv('data/training_frames_keypoints.csv', { images: 'data/training' })
 * ```
 */
export async function readKeypointsCsv(
  table: string,
  { images = dirname(table), ...options }: KeypointsCsvOptions = {},
): Promise<IbugDataset> {
  const findImage = createImageFinder(images, table)
  const visibility = allVisible(IBUG_68.pointNames.length)
  const records: IbugRecord[] = []
  for (const { image, line, keypoints } of parseKeypointsCsv(await readTable(table), table)) {
    const imagePath = await findImage(image, line)
    const box = boundingBox(keypoints)
    records.push({ id: image, imagePath, line, box, keypoints, visibility, toSource: IDENTITY })
  }
  return createFaceDataset(records, options)
}

async function readTable(table: string): Promise<string> {
  try {
    return await readFile(table, 'utf8')
  } catch (cause) {
    throw new FacekpError({
      code: 'KEYPOINTS_CSV_UNREADABLE',
      file: table,
      problem: 'cannot read the table of keypoints',
      received: (cause as Error).message,
      expected: "a CSV file such as Udacity's training_frames_keypoints.csv",
      cause,
    })
  }
}
