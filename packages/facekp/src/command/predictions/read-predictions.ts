import { FacekpError } from '@facekp/core'
import { notReadError } from '@facekp/files'
import { type Prediction, predictionSchema } from './prediction.ts'
import { readTextLines } from './read-text-lines.ts'

/**
 * Reads a file of JSON lines, one prediction each, line by line.
 *
 * @param pointCount number of points of a face; default: that of the first face
 * @throws FacekpError `PREDICTIONS_INVALID` if a line is no prediction with this number of points, `PREDICTIONS_NOT_READ`
 */
export async function* readPredictions(file: string, pointCount?: number): AsyncGenerator<Prediction, void> {
  let expectedCount = pointCount
  let line = 0
  for await (const text of readLines(file)) {
    line++
    const prediction = parseLine(text)
    expectedCount ??= prediction?.faces[0]?.points.length
    if (prediction === undefined || prediction.faces.some(({ points }) => points.length !== expectedCount)) {
      throw lineError(file, line, expectedCount)
    }
    yield prediction
  }
}

async function* readLines(file: string): AsyncGenerator<string, void> {
  try {
    yield* readTextLines(file)
  } catch (cause) {
    const expected = 'a file of JSON lines that facekp predict wrote'
    throw notReadError(file, cause, { code: 'PREDICTIONS_NOT_READ', kind: 'file of predictions', expected })
  }
}

function parseLine(line: string): Prediction | undefined {
  try {
    return predictionSchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}

function lineError(file: string, line: number, pointCount: number | undefined): FacekpError {
  return new FacekpError({
    code: 'PREDICTIONS_INVALID',
    file,
    line,
    problem: 'the line is no prediction of this model',
    expected: `JSON that facekp predict wrote${pointCount === undefined ? '' : `, with ${pointCount} points a face`}`,
  })
}
