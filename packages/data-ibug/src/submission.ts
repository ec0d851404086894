import { FacekpError, IBUG_68, type Keypoints } from '@facekp/core'
import { csvRows } from './csv.ts'
import { numberIn, wholeNumberIn } from './numbers.ts'

const COORDINATES = 2 * IBUG_68.pointNames.length

/**
 * The text of a submission to the class competition: a header `Id,Predicted`, then a row a coordinate, `Id` counting from 0: x and y of
 * point 0 of the first picture, of its point 1, and so on, picture after picture in the order of the competition's list, in pixels of
 * the ORIGINAL pictures, counted from 0.
 *
 * @param predictions 68 points a picture, in original pixels (`toSourcePoints` of core leads there)
 * @throws FacekpError `SUBMISSION_POINTS` where a picture has not 68 points, or a coordinate is not a number
 * @example
 * ```ts
 * await writeFile('submission.csv', writeSubmission(faces.map(({ sample, points }) => toSourcePoints(sample, points))))
 * ```
 */
export function writeSubmission(predictions: readonly Keypoints[]): string {
  checkPoints(predictions, 'the predictions')
  const rows = predictions.flatMap((keypoints, face) =>
    Array.from(keypoints, (value, i) => `${face * COORDINATES + i},${value}\n`),
  )
  return `Id,Predicted\n${rows.join('')}`
}

/**
 * Reads what {@link writeSubmission} writes: 68 points a picture. `Id` may count from 1 too.
 *
 * @param file what errors call the text
 * @throws FacekpError with file and line: `SUBMISSION_HEADER`, `SUBMISSION_ID` (not one after another), `SUBMISSION_VALUE`,
 *   `SUBMISSION_LENGTH` (not a whole number of pictures), `CSV_INVALID`
 */
export function readSubmission(text: string, file = 'submission.csv'): Keypoints[] {
  const [header, ...rows] = csvRows(text, file)
  const fail = (code: string, line: number, problem: string, received: string, expected: string): never => {
    throw new FacekpError({ code, file, line, problem, received, expected })
  }
  if (header?.fields.join(',') !== 'Id,Predicted') {
    const received = header?.fields.slice(0, 4).join(',') ?? 'an empty file'
    fail('SUBMISSION_HEADER', header?.line ?? 1, 'the header is not that of a submission', received, 'Id,Predicted')
  }
  const from = rows[0]?.fields[0] === '1' ? 1 : 0
  const values = Float32Array.from(rows, ({ line, fields: [id = '', value = '', ...more] }, index) => {
    if (wholeNumberIn(id) !== from + index) {
      fail('SUBMISSION_ID', line, 'rows are not counted one after another', id, String(from + index))
    }
    const coordinate = numberIn(value)
    if (Number.isNaN(coordinate) || more.length > 0) {
      return fail(
        'SUBMISSION_VALUE',
        line,
        'a row has not one number after its Id',
        [value, ...more].join(),
        'a number',
      )
    }
    return coordinate
  })
  if (values.length === 0 || values.length % COORDINATES !== 0) {
    const at = rows.at(-1)?.line ?? 1
    fail(
      'SUBMISSION_LENGTH',
      at,
      'this is not a whole number of pictures',
      `${values.length} rows`,
      `${COORDINATES} a picture`,
    )
  }
  return Array.from({ length: values.length / COORDINATES }, (_, face) =>
    values.slice(face * COORDINATES, (face + 1) * COORDINATES),
  )
}

/**
 * The competition's figure: the mean absolute error over all coordinates of all pictures, in original pixels.
 *
 * @param truth 68 points a picture in original pixels, in the same order
 * @throws FacekpError `SUBMISSION_FACES` where the two differ in their number of pictures, or there is none; `SUBMISSION_POINTS`
 * @example
 * ```ts
 * const { test } = await readIbug(folder)
 * const score = scoreSubmission(readSubmission(text), test.records.map(sourceKeypoints))
 * ```
 */
export function scoreSubmission(predictions: readonly Keypoints[], truth: readonly Keypoints[]): number {
  if (predictions.length !== truth.length || truth.length === 0) {
    throw new FacekpError({
      code: 'SUBMISSION_FACES',
      problem: 'there is not one prediction a picture',
      received: `${predictions.length} predictions`,
      expected: truth.length === 0 ? 'pictures with points' : `${truth.length}`,
    })
  }
  checkPoints(predictions, 'the predictions')
  checkPoints(truth, 'the truth')
  let sum = 0
  for (const [face, keypoints] of predictions.entries()) {
    for (const [i, value] of keypoints.entries()) sum += Math.abs(value - ((truth[face] as Keypoints)[i] as number))
  }
  return sum / (truth.length * COORDINATES)
}

function checkPoints(faces: readonly Keypoints[], what: string): void {
  const bad = faces.findIndex((keypoints) => keypoints.length !== COORDINATES || !keypoints.every(Number.isFinite))
  if (bad < 0) return
  throw new FacekpError({
    code: 'SUBMISSION_POINTS',
    problem: `${what}: picture ${bad} has not 68 points`,
    received: `${faces[bad]?.length} coordinates${faces[bad]?.length === COORDINATES ? ', some not finite' : ''}`,
    expected: `${COORDINATES} finite numbers`,
  })
}
