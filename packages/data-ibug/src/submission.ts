import { checkArgument, FacekpError, IBUG_68, type Keypoints, listKind } from '@facekp/core'
import * as KINDS from '@facekp/core/kinds'
import { type CsvRow, parseCsvRows, parseNumber } from '@facekp/data-formats'

const SCORE_SUBMISSION_PREDICTIONS = listKind(KINDS.keypoints)
const SCORE_SUBMISSION_TARGETS = listKind(KINDS.keypoints)

const FORMAT_SUBMISSION_PREDICTIONS = listKind(KINDS.keypoints)

const COORDINATES = 2 * IBUG_68.pointNames.length

/**
 * Formats a submission to the class competition: a header `Id,Predicted`, then one row per coordinate. `Id` counts from 0 through x and
 * y of each point of each image, in the order of the competition's list. Coordinates are pixels of the ORIGINAL images, from 0.
 *
 * @param predictions 68 points per image, in source pixels (see `toSourcePoints` of core)
 * @throws FacekpError `SUBMISSION_POINTS` if an image has not 68 points or a coordinate is not finite
 * @example
 * ```ts
 * await writeFile('submission.csv', formatSubmission(faces.map(({ sample, points }) => toSourcePoints(sample, points))))
 * ```
 */
export function formatSubmission(predictions: readonly Keypoints[]): string {
  checkArgument(FORMAT_SUBMISSION_PREDICTIONS, predictions, 'predictions', 'formatSubmission')
  checkPoints(predictions, 'predictions')
  const rows = predictions.flatMap((keypoints, face) =>
    Array.from(keypoints, (value, i) => `${face * COORDINATES + i},${value}\n`),
  )
  return `Id,Predicted\n${rows.join('')}`
}

/**
 * Parses what {@link formatSubmission} formats. `Id` may also count from 1.
 *
 * @param file name for errors
 * @returns 68 points per image
 * @throws FacekpError with file and line: `SUBMISSION_HEADER`, `SUBMISSION_ID` (not consecutive), `SUBMISSION_VALUE`,
 *   `SUBMISSION_LENGTH` (the last image is incomplete), `ANNOTATIONS_INVALID` (quotes)
 * @example
 * ```ts
 * const predictions = parseSubmission(await readFile('submission.csv', 'utf8'), 'submission.csv')
 * ```
 */
export function parseSubmission(text: string, file = 'submission.csv'): Keypoints[] {
  checkArgument(KINDS.string, text, 'text', 'parseSubmission')
  checkArgument(KINDS.string, file, 'file', 'parseSubmission')
  const [header, ...rows] = parseCsvRows(text, { file, delimiter: ',' })
  if (header?.fields.join(',') !== 'Id,Predicted') {
    throw new FacekpError({
      code: 'SUBMISSION_HEADER',
      file,
      line: header?.line ?? 1,
      problem: 'invalid header of a submission',
      received: header?.fields.slice(0, 4).join(',') ?? 'an empty file',
      expected: 'Id,Predicted',
    })
  }
  const firstId = rows[0]?.fields[0] === '1' ? 1 : 0
  const values = Float32Array.from(rows, (row, index) => parseRow(row, firstId + index, file))
  if (values.length === 0 || values.length % COORDINATES !== 0) {
    throw new FacekpError({
      code: 'SUBMISSION_LENGTH',
      file,
      line: rows.at(-1)?.line ?? 1,
      problem: 'the last image is incomplete',
      received: `${values.length} rows`,
      expected: `${COORDINATES} rows per image`,
    })
  }
  return Array.from({ length: values.length / COORDINATES }, (_, face) =>
    values.slice(face * COORDINATES, (face + 1) * COORDINATES),
  )
}

function parseRow({ line, fields: [id = '', value = '', ...extra] }: CsvRow, expectedId: number, file: string): number {
  if (id !== String(expectedId)) {
    throw new FacekpError({
      code: 'SUBMISSION_ID',
      file,
      line,
      problem: 'the Ids are not consecutive',
      received: id,
      expected: String(expectedId),
    })
  }
  const coordinate = parseNumber(value)
  if (Number.isNaN(coordinate) || extra.length > 0) {
    throw new FacekpError({
      code: 'SUBMISSION_VALUE',
      file,
      line,
      problem: 'invalid prediction',
      received: [value, ...extra].join(),
      expected: 'one number after the Id',
    })
  }
  return coordinate
}

/**
 * Computes the score of the competition: the mean absolute error over all coordinates of all images, in source pixels.
 *
 * @param targets 68 points per image in source pixels, in the order of the predictions
 * @throws FacekpError `SUBMISSION_FACES` if there are no targets or not one prediction per target; `SUBMISSION_POINTS`
 * @example
 * ```ts
 * const { test } = await readIbug(folder)
 * const score = scoreSubmission(parseSubmission(text), test.records.map(sourceKeypoints))
 * ```
 */
export function scoreSubmission(predictions: readonly Keypoints[], targets: readonly Keypoints[]): number {
  checkArgument(SCORE_SUBMISSION_PREDICTIONS, predictions, 'predictions', 'scoreSubmission')
  checkArgument(SCORE_SUBMISSION_TARGETS, targets, 'targets', 'scoreSubmission')
  if (predictions.length !== targets.length || targets.length === 0) {
    throw new FacekpError({
      code: 'SUBMISSION_FACES',
      problem: 'wrong number of predictions',
      received: `${predictions.length} predictions`,
      expected: targets.length === 0 ? 'at least one target' : `${targets.length}, one per target`,
    })
  }
  checkPoints(predictions, 'predictions')
  checkPoints(targets, 'targets')
  let sum = 0
  for (const [face, keypoints] of predictions.entries()) {
    for (const [i, value] of keypoints.entries()) sum += Math.abs(value - ((targets[face] as Keypoints)[i] as number))
  }
  return sum / (targets.length * COORDINATES)
}

function checkPoints(faces: readonly Keypoints[], name: string): void {
  const index = faces.findIndex((keypoints) => keypoints.length !== COORDINATES || !keypoints.every(Number.isFinite))
  const keypoints = faces[index]
  if (!keypoints) return
  const isComplete = keypoints.length === COORDINATES
  throw new FacekpError({
    code: 'SUBMISSION_POINTS',
    problem: `invalid keypoints in ${name}[${index}]`,
    received: `${keypoints.length} coordinates${isComplete ? ', some not finite' : ''}`,
    expected: `${COORDINATES} finite numbers`,
  })
}
