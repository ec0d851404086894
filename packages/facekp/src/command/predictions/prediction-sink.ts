import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { Image, KeypointScheme } from '@facekp/core'
import type { AnnotatedImage } from '@facekp/data-formats'
import type { DetectOptions } from '@facekp/detector'
import { writeFileAtomic } from '@facekp/files'
import { checkOutput } from '../check-output.ts'
import { usageError } from '../usage-error.ts'
import { type Journal, openJournal } from './journal.ts'
import { locateDrawing } from './locate-drawing.ts'
import { createPrediction, type FoundFace, type Prediction, toAnnotations, type VideoTime } from './prediction.ts'
import type { PredictionFormat } from './prediction-format.ts'

/** Writes predictions one by one. */
export interface PredictionSink {
  /** Number of images whose predictions the output has; undefined if it is not counted. */
  readonly size?: number
  /** Tests whether an earlier command wrote the prediction of an image. */
  isDone(image: string): boolean
  write(image: string, pixels: Image, faces: readonly FoundFace[], time?: VideoTime): Promise<void>
  /** Completes the output. */
  finish(): Promise<void>
  /** Lets other commands write to the output. */
  close(): Promise<void>
}

export interface PredictionSinkOptions {
  readonly format: PredictionFormat
  /** File, or folder of `images`. */
  readonly out: string
  readonly overwrite: boolean
  /** Folder that the names of drawn images are relative to. */
  readonly root: string
  readonly scheme: KeypointScheme
  /** Hash or name of the landmarker. */
  readonly model: string
  /** Options of the detector that are not the default ones. */
  readonly detector: DetectOptions
  /** Whether the images are the frames of a video. */
  readonly isOfVideo: boolean
}

/**
 * Checks before any prediction that the sink of a format can write its output.
 *
 * @throws FacekpError `OUTPUT_EXISTS` for a file that is not of JSON lines, which a command continues; `OUTPUT_NOT_WRITTEN`
 */
export async function checkSinkOutput({
  format,
  out,
  overwrite,
}: Pick<PredictionSinkOptions, 'format' | 'out' | 'overwrite'>): Promise<void> {
  const isContinued = format === 'jsonl' || format === 'images'
  await checkOutput(out, { kind: getOutputKind(format), overwrite: overwrite || isContinued })
}

/** Returns what the sink of a format writes. */
export function getOutputKind(format: PredictionFormat): 'file' | 'folder' {
  return format === 'images' ? 'folder' : 'file'
}

/**
 * Creates the sink of a format. Drawn images are complete one by one; other files at the end, and until then the predictions are in a file
 * of JSON lines beside them.
 *
 * @throws FacekpError `OUTPUT_EXISTS`, `PREDICTIONS_INVALID`, `LOCKED` if another command writes to it
 */
export async function createPredictionSink(options: PredictionSinkOptions): Promise<PredictionSink> {
  if (options.format === 'images') return createImageSink(options)
  return options.format === 'jsonl' ? createLineSink(options) : createFileSink(options, options.format)
}

/** Creates the sink that prints JSON lines, as fast as they are read. */
export function createStreamSink(
  stream: NodeJS.WritableStream,
  details: Pick<PredictionSinkOptions, 'model' | 'detector'>,
): PredictionSink {
  return {
    isDone: () => false,
    write: createWriter(details, async (prediction) => {
      if (!stream.write(`${JSON.stringify(prediction)}\n`)) await once(stream, 'drain')
    }),
    finish: async () => {},
    close: async () => {},
  }
}

/** Creates the function that passes on what was found in an image. */
function createWriter(
  { model, detector }: Pick<PredictionSinkOptions, 'model' | 'detector'>,
  append: (prediction: Prediction) => Promise<void>,
): PredictionSink['write'] {
  return (image, pixels, faces, time) => append(createPrediction(image, pixels, faces, { ...time, model, detector }))
}

/** Opens the journal of a sink, of which only predictions that were made in the same way are continued. */
function openSinkJournal(
  { out, overwrite, scheme, model, detector, isOfVideo }: PredictionSinkOptions,
  isOfLines: boolean,
): Promise<Journal> {
  const pointCount = scheme.pointNames.length
  return openJournal(out, { pointCount, model, detector, isOfImages: !isOfVideo, isOfLines, overwrite })
}

async function createLineSink(options: PredictionSinkOptions): Promise<PredictionSink> {
  const journal = await openSinkJournal(options, true)
  return {
    get size() {
      return journal.size
    },
    isDone: journal.has,
    write: createWriter(options, journal.append),
    finish: journal.complete,
    close: journal.close,
  }
}

async function createFileSink(options: PredictionSinkOptions, format: 'coco' | 'csv'): Promise<PredictionSink> {
  const { serializeCoco, serializeCsv } = await import('@facekp/data-formats')
  const { out, scheme } = options
  const journal = await openSinkJournal(options, false)
  return {
    get size() {
      return journal.size
    },
    isDone: journal.has,
    write: createWriter(options, journal.append),
    async finish() {
      const images: AnnotatedImage[] = []
      for await (const prediction of journal.read()) {
        const file = relative(dirname(out), prediction.image).replaceAll('\\', '/')
        images.push(toAnnotations(prediction, file, scheme))
      }
      const content =
        format === 'csv' ? serializeCsv(images, scheme) : `${JSON.stringify(serializeCoco(images, scheme))}\n`
      await writeFileAtomic(out, content, 'OUTPUT_NOT_WRITTEN')
      await journal.remove()
    },
    close: journal.close,
  }
}

async function createImageSink({ out, overwrite, root, scheme }: PredictionSinkOptions): Promise<PredictionSink> {
  const { keypointOverlay, writePlot } = await import('@facekp/viz')
  const locate = (image: string): string => locateDrawing(image, { folder: out, root })
  return {
    isDone: (image) => existsSync(locate(image)) && !overwrite,
    async write(image, pixels, faces) {
      const file = locate(image)
      if (resolve(file) === resolve(image)) throw usageError('--out', 'a folder whose drawings are not the images', out)
      const plot = await keypointOverlay(pixels, faces, { scheme, title: image })
      await writePlot(plot, file, { width: pixels.width })
    },
    finish: async () => {},
    close: async () => {},
  }
}
