import { FacekpError, IBUG_68, type Keypoints } from '@facekp/core'
import { type CsvRow, parseCsv } from './csv.ts'
import { parseNumber } from './numbers.ts'

const COORDINATES = 2 * IBUG_68.pointNames.length

/** A row of the table. */
export interface KeypointsRow {
  /** File name of the image. */
  readonly image: string
  /** 1-based line of the table. */
  readonly line: number
  /** 68 points in pixels, counted from 0 as in the file. */
  readonly keypoints: Keypoints
}

/**
 * Parses the table of Udacity's facial keypoints (`training_frames_keypoints.csv`): a header `,0,1,...,135`, then one row per image
 * with its name and x and y of each of its 68 points.
 *
 * @param file name for errors
 * @throws FacekpError with file and line: `KEYPOINTS_CSV_HEADER`, `KEYPOINTS_CSV_ROW` (no name, not 136 numbers, or an invalid
 *   number), `CSV_INVALID`
 * @example
 * ```ts
 * const [first] = parseKeypointsCsv(await (await fetch('training_frames_keypoints.csv')).text())
 * ```
 *
 * Source: https://github.com/udacity/P1_Facial_Keypoints. The images are from L. Wolf, T. Hassner, I. Maoz, Face Recognition in
 * Unconstrained Videos with Matched Background Similarity, CVPR 2011.
 */
export function parseKeypointsCsv(text: string, file = 'keypoints.csv'): KeypointsRow[] {
  const [header, ...rows] = parseCsv(text, file)
  const isExpected =
    header?.fields.length === 1 + COORDINATES &&
    header.fields.every((name, column) => column === 0 || name === String(column - 1))
  if (!isExpected) {
    throw new FacekpError({
      code: 'KEYPOINTS_CSV_HEADER',
      file,
      line: header?.line ?? 1,
      problem: 'invalid header of a table of 68 points',
      received: header ? `${header.fields.length} columns` : 'an empty file',
      expected: `,0,1,...,${COORDINATES - 1}`,
    })
  }
  return rows.map((row) => parseRow(row, file))
}

function parseRow({ line, fields: [image = '', ...values] }: CsvRow, file: string): KeypointsRow {
  const rowError = (problem: string, received: string, expected: string): FacekpError =>
    new FacekpError({ code: 'KEYPOINTS_CSV_ROW', file, line, problem, received, expected })
  if (image === '') throw rowError('the row names no image', '""', 'a file name in the first column')
  if (values.length !== COORDINATES) {
    throw rowError('wrong number of coordinates', `${values.length} values after the name`, String(COORDINATES))
  }
  const keypoints = Float32Array.from(values, (value, column) => {
    const coordinate = parseNumber(value)
    if (Number.isNaN(coordinate)) throw rowError(`invalid number in column ${column}`, value, 'a number')
    return coordinate
  })
  return { image, line, keypoints }
}
