import { isFacekpError } from '@facekp/core'
import type { ImageSource, Landmarker } from '@facekp/landmarker'
import { type Command, Option } from 'commander'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { defineCommand } from '../define-command.ts'
import { formatError } from '../format-error.ts'
import { listImages } from '../predictions/list-images.ts'
import {
  createPredictionSink,
  createStreamSink,
  PREDICTION_FORMATS,
  type PredictionFormat,
  type PredictionSink,
} from '../predictions/prediction-sink.ts'
import { showProgress } from '../show-progress.ts'
import { usageError } from '../usage-error.ts'
import { addBackendOption, type BackendFlags, withLandmarker } from '../use-landmarker.ts'

interface PredictFlags extends BackendFlags {
  readonly json?: boolean
  readonly to: PredictionFormat
  readonly out?: string
  readonly overwrite?: boolean
}

/** Number of images by what became of them. */
interface Counts {
  readonly images: number
  /** Images that an earlier command predicted. */
  readonly done: number
  readonly faces: number
  readonly withoutFaces: number
  /** Images that cannot be read. */
  readonly failed: number
}

/** Adds the command that finds the points of images. */
export function definePredict(program: Command, context: CommandContext): void {
  const command = defineCommand(program, {
    usage: 'predict <model> <images...>',
    description:
      'Find the points of faces. <model> is the folder of a landmarker or of a run, mesh-468 or ibug-68; <images> are files, folders, globs, and - for a list on stdin. A command that was interrupted goes on where it stopped.',
    example: 'facekp predict my-landmarker photos --to coco --out points.json',
  })
  addBackendOption(command)
    .addOption(
      new Option('--to <format>', 'JSON lines, COCO, CSV, or drawn images')
        .choices(PREDICTION_FORMATS)
        .default('jsonl'),
    )
    .option('--out <path>', 'file to write, or folder of the drawn images (default for jsonl: stdout)')
    .option('--overwrite', 'begin anew instead of going on')
    .action(async (model: string, paths: string[], flags: PredictFlags) => {
      if (flags.out === undefined && flags.to !== 'jsonl') throw usageError('--out', `a path for --to ${flags.to}`)
      const result = await predict(model, paths, flags, context)
      if (flags.out !== undefined) context.report(flags, result)
      else context.report(flags, { ...result, isPrinted: false })
    })
}

async function predict(
  model: string,
  paths: readonly string[],
  flags: PredictFlags,
  context: CommandContext,
): Promise<CommandResult> {
  const { to: format, out, overwrite = false } = flags
  const images = await listImages(paths, context.stdin)
  const counts = await withLandmarker(model, flags, async (landmarker) => {
    const { scheme } = landmarker
    const sink =
      out === undefined
        ? createStreamSink(context.stdout)
        : await createPredictionSink({ format, out, overwrite, images, scheme })
    const predicted = await predictImages(landmarker, images, sink, context)
    await sink.finish()
    return predicted
  })
  const { faces, withoutFaces, failed, done } = counts
  return {
    text: [
      `${images.length} images: ${faces} faces, ${withoutFaces} images without a face, ${failed} not read, ${done} done before`,
      ...(out === undefined ? [] : [`written: ${out} (${format})`]),
    ].join('\n'),
    json: { ...counts, ...(out !== undefined && { path: out }) },
    isSuccess: failed === 0,
  }
}

async function predictImages(
  landmarker: Landmarker<ImageSource>,
  images: readonly string[],
  sink: PredictionSink,
  { stderr, signal }: CommandContext,
): Promise<Counts> {
  const { readImage } = await import('@facekp/image/node')
  const todo = images.filter((image) => !sink.isDone(image))
  const counts = { images: images.length, done: images.length - todo.length, faces: 0, withoutFaces: 0, failed: 0 }
  await showProgress({ label: 'predict', unit: 'images', stream: stderr }, async (onProgress) => {
    for (const [index, image] of todo.entries()) {
      onProgress(index, todo.length)
      signal.throwIfAborted()
      const pixels = await readImage(image).catch((error: unknown) => {
        if (!isFacekpError(error)) throw error
        stderr.write(`error: ${formatError(error)}\n`)
      })
      if (pixels === undefined) {
        counts.failed++
        continue
      }
      const { faces } = await landmarker.detect(pixels)
      await sink.write(image, pixels, faces)
      counts.faces += faces.length
      if (faces.length === 0) counts.withoutFaces++
    }
    onProgress(todo.length, todo.length)
  })
  return counts
}
