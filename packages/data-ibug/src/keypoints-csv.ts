import { FacekpError, IBUG_68, type Keypoints } from '@facekp/core'
import { csvRows } from './csv.ts'
import { numberIn } from './numbers.ts'

const COORDINATES = 2 * IBUG_68.pointNames.length

/** A row: a picture and its points. */
export interface KeypointsRow {
  /** The picture's name. */
  readonly image: string
  /** The first line of the file is 1. */
  readonly line: number
  /** 68 points in pixels, counted from 0 as the file has them. */
  readonly keypoints: Keypoints
}

/**
 * Parses the table of Udacity's facial keypoints (`training_frames_keypoints.csv`): a header `,0,1,...,135`, then a row a picture with
 * its name and x and y of its 68 points in turn.
 *
 * Throws a FacekpError with file and line: `KEYPOINTS_CSV_HEADER`, `KEYPOINTS_CSV_ROW` (not 137 values, no name, or one that is no
 * number), `CSV_INVALID`.
 *
 * @param file what errors call the text
 * @example
 * ```ts
 * const [first] = parseKeypointsCsv(await (await fetch('training_frames_keypoints.csv')).text())
 * ```
 *
 * Source: https://github.com/udacity/P1_Facial_Keypoints; the pictures are of L. Wolf, T. Hassner, I. Maoz, Face Recognition in
 * Unconstrained Videos with Matched Background Similarity, CVPR 2011.
 */
export function parseKeypointsCsv(text: string, file = 'keypoints.csv'): KeypointsRow[] {
  const [header, ...rows] = csvRows(text, file)
  if (
    header?.fields.length !== 1 + COORDINATES ||
    header.fields.some((name, column) => column > 0 && name !== String(column - 1))
  ) {
    throw new FacekpError({
      code: 'KEYPOINTS_CSV_HEADER',
      file,
      line: header?.line ?? 1,
      problem: 'the header is not that of a table of 68 points',
      received: header ? `${header.fields.length} columns` : 'an empty file',
      expected: `,0,1,...,${COORDINATES - 1}`,
    })
  }
  return rows.map(({ line, fields: [image = '', ...values] }) => {
    const fail = (problem: string, received: string, expected: string): never => {
      throw new FacekpError({ code: 'KEYPOINTS_CSV_ROW', file, line, problem, received, expected })
    }
    if (image === '') fail('the row names no picture', image, 'the name of a picture in its first column')
    if (values.length !== COORDINATES) {
      fail('the row has not two numbers a point', `${values.length} values after the name`, String(COORDINATES))
    }
    const keypoints = Float32Array.from(values, (value, column) => {
      const coordinate = numberIn(value)
      return Number.isNaN(coordinate) ? fail(`column ${column} is not a number`, value, 'a number') : coordinate
    })
    return { image, line, keypoints }
  })
}
