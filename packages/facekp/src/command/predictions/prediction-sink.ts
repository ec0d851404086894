import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import type { Image, KeypointScheme } from '@facekp/core'
import { writeFileAtomic } from '@facekp/files'
import type { LandmarkedFace } from '@facekp/landmarker'
import { checkOutput } from '../check-output.ts'
import { openJournal } from './journal.ts'
import { createPrediction, type Prediction, toAnnotations } from './prediction.ts'

/** The forms of predictions. */
export const PREDICTION_FORMATS = ['jsonl', 'coco', 'csv', 'images'] as const

export type PredictionFormat = (typeof PREDICTION_FORMATS)[number]

/** Writes predictions one by one. */
export interface PredictionSink {
  /** Tests whether an interrupted command wrote the prediction of an image. */
  isDone(image: string): boolean
  write(image: string, pixels: Image, faces: readonly LandmarkedFace[]): Promise<void>
  /** Completes the output. */
  finish(): Promise<void>
}

export interface PredictionSinkOptions {
  readonly format: PredictionFormat
  /** File, or folder of `images`. */
  readonly out: string
  readonly overwrite: boolean
  readonly images: readonly string[]
  readonly scheme: KeypointScheme
}

/**
 * Creates the sink of a format. JSON lines and drawn images are complete after each image; COCO and CSV are written at the end, and until
 * then the predictions are in a file of JSON lines beside them.
 *
 * @throws FacekpError `OUTPUT_EXISTS`, `PREDICTIONS_INVALID`
 */
export async function createPredictionSink(options: PredictionSinkOptions): Promise<PredictionSink> {
  if (options.format === 'images') return createImageSink(options)
  return options.format === 'jsonl' ? createLineSink(options) : createFileSink(options, options.format)
}

/** Creates the sink that prints JSON lines. */
export function createStreamSink(stream: NodeJS.WritableStream): PredictionSink {
  return {
    isDone: () => false,
    write: async (...parts) => void stream.write(`${JSON.stringify(createPrediction(...parts))}\n`),
    finish: async () => {},
  }
}

async function createLineSink({ out, overwrite, scheme }: PredictionSinkOptions): Promise<PredictionSink> {
  if (overwrite) await rm(out, { force: true })
  const journal = await openJournal(out, scheme.pointNames.length)
  return {
    isDone: (image) => journal.predictions.has(image),
    write: (...parts) => journal.append(createPrediction(...parts)),
    finish: async () => {},
  }
}

async function createFileSink(
  { out, overwrite, images, scheme }: PredictionSinkOptions,
  format: 'coco' | 'csv',
): Promise<PredictionSink> {
  await checkOutput(out, { overwrite })
  const partial = `${out}.partial.jsonl`
  if (overwrite) await rm(partial, { force: true })
  const journal = await openJournal(partial, scheme.pointNames.length)
  const { serializeCoco, serializeCsv } = await import('@facekp/data-formats')
  return {
    isDone: (image) => journal.predictions.has(image),
    write: (...parts) => journal.append(createPrediction(...parts)),
    async finish() {
      const annotated = images.flatMap((image) => {
        const prediction: Prediction | undefined = journal.predictions.get(image)
        const file = relative(dirname(out), image).replaceAll('\\', '/')
        return prediction ? [toAnnotations(prediction, file, scheme)] : []
      })
      const content =
        format === 'csv' ? serializeCsv(annotated, scheme) : `${JSON.stringify(serializeCoco(annotated, scheme))}\n`
      await writeFileAtomic(out, content, 'OUTPUT_NOT_WRITTEN')
      await journal.remove()
    },
  }
}

async function createImageSink({ out, overwrite, images, scheme }: PredictionSinkOptions): Promise<PredictionSink> {
  const { keypointOverlay, writePlot } = await import('@facekp/viz')
  const root = findCommonFolder(images)
  const locate = (image: string): string => join(out, `${relative(root, resolve(image))}.png`)
  return {
    isDone: (image) => !overwrite && existsSync(locate(image)),
    async write(image, pixels, faces) {
      const plot = await keypointOverlay(pixels, faces, { scheme, title: image })
      await writePlot(plot, locate(image), { width: pixels.width })
    },
    finish: async () => {},
  }
}

/** Finds the deepest folder that holds all images. */
function findCommonFolder(images: readonly string[]): string {
  const folders = images.map((image) => dirname(resolve(image)))
  let common = folders[0] ?? '.'
  while (!folders.every((folder) => folder === common || folder.startsWith(join(common, '/')))) common = dirname(common)
  return common
}
