import { appendFile, mkdir, readFile, rm, truncate } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FacekpError } from '@facekp/core'
import { type Prediction, predictionSchema } from './prediction.ts'

/** A file of JSON lines, one prediction each, that an interrupted command continues. */
export interface Journal {
  /** The predictions in the file, by image. */
  readonly predictions: ReadonlyMap<string, Prediction>
  append(prediction: Prediction): Promise<void>
  remove(): Promise<void>
}

/**
 * Opens a journal. The last line is removed if an interrupted command left it incomplete.
 *
 * @param pointCount number of points of the model
 * @throws FacekpError `PREDICTIONS_INVALID` if a line is no prediction of a model with this number of points
 */
export async function openJournal(file: string, pointCount: number): Promise<Journal> {
  await mkdir(dirname(file), { recursive: true })
  const text = await readIfExists(file)
  const complete = text.slice(0, text.lastIndexOf('\n') + 1)
  if (complete.length < text.length) await truncate(file, Buffer.byteLength(complete))
  const predictions = new Map<string, Prediction>()
  for (const [index, line] of complete.split('\n').slice(0, -1).entries()) {
    const prediction = parseLine(line)
    if (prediction === undefined || prediction.faces.some(({ points }) => points.length !== pointCount)) {
      throw lineError(file, index + 1, pointCount)
    }
    predictions.set(prediction.image, prediction)
  }
  return {
    predictions,
    async append(prediction) {
      predictions.set(prediction.image, prediction)
      await appendFile(file, `${JSON.stringify(prediction)}\n`)
    },
    remove: () => rm(file),
  }
}

async function readIfExists(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return ''
    throw error
  }
}

function parseLine(line: string): Prediction | undefined {
  try {
    return predictionSchema.parse(JSON.parse(line))
  } catch {
    return undefined
  }
}

function lineError(file: string, line: number, pointCount: number): FacekpError {
  return new FacekpError({
    code: 'PREDICTIONS_INVALID',
    file,
    line,
    problem: 'the file holds something other than predictions of this model, and cannot be continued',
    expected: `faces of ${pointCount} points, or --overwrite to begin anew`,
  })
}
