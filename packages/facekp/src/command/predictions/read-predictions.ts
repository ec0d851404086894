import { FacekpError } from '@facekp/core'
import { notReadError } from '@facekp/files'
import { type Prediction, predictionSchema } from './prediction.ts'
import { readTextLines } from './read-text-lines.ts'

/** The landmarker whose predictions are expected. */
export interface ExpectedModel {
  /** Number of points of a face (default: that of the first face). */
  readonly pointCount?: number | undefined
  /** Hash or name (default: that of the first line that has it; older files have none). */
  readonly model?: string | undefined
}

/**
 * Reads a file of JSON lines, one prediction each, line by line.
 *
 * @throws FacekpError `PREDICTIONS_INVALID` if a line is no prediction of this model, `PREDICTIONS_NOT_READ`
 */
export async function* readPredictions(
  file: string,
  { pointCount, model }: ExpectedModel = {},
): AsyncGenerator<Prediction, void> {
  let expectedCount = pointCount
  let expectedModel = model
  let line = 0
  for await (const text of readLines(file)) {
    line++
    const prediction = parseLine(text)
    expectedCount ??= prediction?.faces[0]?.points.length
    if (prediction === undefined || prediction.faces.some(({ points }) => points.length !== expectedCount)) {
      throw lineError(file, line, expectedCount)
    }
    expectedModel ??= prediction.model
    if (prediction.model !== undefined && prediction.model !== expectedModel) {
      throw modelError(file, line, { expected: expectedModel as string, received: prediction.model })
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

function modelError(
  file: string,
  line: number,
  { expected, received }: { readonly expected: string; readonly received: string },
): FacekpError {
  return new FacekpError({
    code: 'PREDICTIONS_INVALID',
    file,
    line,
    problem: 'the prediction is one of another model',
    expected: `model ${expected}; predict --overwrite begins anew`,
    received: `model ${received}`,
  })
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
