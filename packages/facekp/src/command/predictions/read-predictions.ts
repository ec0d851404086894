import { isDeepStrictEqual } from 'node:util'
import { FacekpError } from '@facekp/core'
import type { DetectOptions } from '@facekp/detector'
import { notReadError } from '@facekp/files'
import { formatDetectOptions } from '../detect-options.ts'
import { type Prediction, predictionSchema } from './prediction.ts'
import { readTextLines } from './read-text-lines.ts'

/** Which predictions are expected. */
export interface ExpectedPredictions {
  /** Number of points of a face (default: that of the first face). */
  readonly pointCount?: number | undefined
  /** Hash or name (default: that of the first line that has it; older files have none). */
  readonly model?: string | undefined
  /** Non-default options of the detector (default: those of the first line that has them; older files have none). */
  readonly detector?: DetectOptions | undefined
  /** Whether they are those of single images, not of a video (default: either). */
  readonly isOfImages?: boolean | undefined
}

/**
 * Reads a file of JSON lines, one prediction each, line by line.
 *
 * @throws FacekpError `PREDICTIONS_INVALID` if a line is no prediction, or another one than is expected; `PREDICTIONS_NOT_READ`
 */
export async function* readPredictions(
  file: string,
  { pointCount, model, detector, isOfImages = false }: ExpectedPredictions = {},
): AsyncGenerator<Prediction, void> {
  let expectedCount = pointCount
  let expectedModel = model
  let expectedDetector = detector
  let line = 0
  for await (const text of readLines(file)) {
    line++
    const prediction = parseLine(text)
    expectedCount ??= prediction?.faces[0]?.points.length
    if (prediction === undefined || prediction.faces.some(({ points }) => points.length !== expectedCount)) {
      throw lineError(file, line, expectedCount)
    }
    expectedModel ??= prediction.model
    expectedDetector ??= prediction.detector
    const difference = findDifference(prediction, { model: expectedModel, detector: expectedDetector, isOfImages })
    if (difference) throw differenceError(file, line, difference)
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

type Difference = Readonly<Record<'problem' | 'expected' | 'received', string>>

/** Finds what was different when a prediction was made. */
function findDifference(
  { model, detector, frame }: Prediction,
  expected: Omit<ExpectedPredictions, 'pointCount'>,
): Difference | undefined {
  if (model !== undefined && model !== expected.model) {
    const problem = 'the prediction is one of another model'
    return { problem, expected: `model ${expected.model}`, received: `model ${model}` }
  }
  if (detector !== undefined && !isDeepStrictEqual(detector, expected.detector)) {
    const problem = 'the prediction was made with other options of the detector'
    return { problem, expected: formatDetectOptions(expected.detector ?? {}), received: formatDetectOptions(detector) }
  }
  if (!expected.isOfImages || frame === undefined) return undefined
  const problem = 'the prediction is one of a video'
  return { problem, expected: 'predictions of single images', received: `frame ${frame}` }
}

function differenceError(file: string, line: number, { problem, expected, received }: Difference): FacekpError {
  return new FacekpError({
    code: 'PREDICTIONS_INVALID',
    file,
    line,
    problem,
    expected: `${expected}; predict --overwrite begins anew`,
    received,
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
