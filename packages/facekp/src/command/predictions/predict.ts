import { dirname, resolve } from 'node:path'
import { isFacekpError } from '@facekp/core'
import type { DetectOptions } from '@facekp/detector'
import { createIdSet } from '@facekp/id-set'
import type { ImageSource, Landmarker } from '@facekp/landmarker'
import { formatCount } from '@facekp/options'
import { checkOutput } from '../check-output.ts'
import type { CommandContext, CommandResult } from '../command-context.ts'
import { toDetectOptions } from '../detect-options.ts'
import { checkEnding } from '../file-endings.ts'
import { formatError } from '../format-error.ts'
import { showProgress } from '../show-progress.ts'
import { identifyModel, withLandmarker } from '../use-landmarker.ts'
import { checkApart } from './check-apart.ts'
import { findCommonFolder } from './find-common-folder.ts'
import { listFrames } from './list-frames.ts'
import { type ImageList, type ListedImage, listImages } from './list-images.ts'
import { predictVideo } from './predict-video.ts'
import type { PredictFlags } from './prediction-flags.ts'
import { PREDICTION_FORMATS } from './prediction-format.ts'
import {
  checkSinkOutput,
  createPredictionSink,
  createStreamSink,
  getOutputKind,
  type PredictionSink,
  type PredictionSinkOptions,
} from './prediction-sink.ts'
import { isInShard, parseShard, type Shard } from './shard.ts'

/** Number of images by what became of them. */
interface Counts {
  /** Images of the list, or of its shard; one that is listed twice counts once. */
  images: number
  /** Images that an earlier command predicted. */
  done: number
  faces: number
  withoutFaces: number
  /** Images that cannot be read. */
  failed: number
  /** Images whose predictions the output has too, from commands with other images. */
  others: number
}

/** Frames a second if they are not named. */
const FRAMES_PER_SECOND = 30

/** Predicts images, as far as earlier commands have not done so. */
export async function predict(
  model: string,
  paths: readonly string[],
  flags: PredictFlags,
  context: CommandContext,
): Promise<CommandResult> {
  const { to: format, out, overwrite = false } = flags
  const shard = flags.shard === undefined ? undefined : parseShard(flags.shard, process.env)
  const detect = toDetectOptions(flags)
  const list = await listImages(paths, { stdin: context.stdin, images: flags.images })
  if (out !== undefined) {
    await checkApart(paths, { format, out, root: list.root })
    await checkSinkOutput({ format, out, overwrite })
    checkEnding({ subject: 'option --out', path: out, format, formats: PREDICTION_FORMATS })
  }
  const counts = await withLandmarker(model, flags, async (landmarker) => {
    const { scheme } = landmarker
    const made = { model: await identifyModel(model), detector: detect, isOfVideo: false }
    const sink = await openSink(context, { format, out, overwrite, root: list.root, scheme, ...made })
    return useSink(sink, () => predictImages({ landmarker, list, sink, shard, detect }, context))
  })
  const hasOutput = isWritten(flags, counts)
  return {
    text: [formatCounts(counts, shard), ...(hasOutput ? [`written: ${out} (${format})`] : [])].join('\n'),
    json: { ...counts, ...(shard && { shard }), ...(hasOutput && { path: out }) },
    isSuccess: counts.failed === 0,
  }
}

/** Opens the output: a file or folder, or stdout if none is named. */
async function openSink(
  { stdout }: CommandContext,
  { out, ...options }: Omit<PredictionSinkOptions, 'out'> & { readonly out: string | undefined },
): Promise<PredictionSink> {
  return out === undefined ? createStreamSink(stdout, options) : createPredictionSink({ ...options, out })
}

/** Completes the output if all is predicted, and closes it in any case. */
async function useSink<Predicted>(sink: PredictionSink, predictAll: () => Promise<Predicted>): Promise<Predicted> {
  try {
    const predicted = await predictAll()
    await sink.finish()
    return predicted
  } finally {
    await sink.close()
  }
}

/** Predicts the frames of a video. It begins anew each time: what is found in a frame depends on those before. */
export async function predictFrames(
  model: string,
  [path]: readonly string[],
  flags: PredictFlags,
  context: CommandContext,
): Promise<CommandResult> {
  const { to: format, out, overwrite = false, fps: framesPerSecond = FRAMES_PER_SECOND } = flags
  const frames = await listFrames(path as string, { stdin: context.stdin, images: flags.images })
  const root = findCommonFolder(frames.map((frame) => dirname(resolve(frame))))
  if (out !== undefined) {
    await checkApart([path as string], { format, out, root })
    await checkOutput(out, { kind: getOutputKind(format), overwrite })
    checkEnding({ subject: 'option --out', path: out, format, formats: PREDICTION_FORMATS })
  }
  const counts = await withLandmarker(model, flags, async (landmarker) => {
    const { scheme } = landmarker
    const detect = toDetectOptions(flags)
    const made = { model: await identifyModel(model), detector: detect, isOfVideo: true }
    const sink = await openSink(context, { format, out, overwrite: true, root, scheme, ...made })
    return useSink(sink, () => predictVideo(landmarker, { frames, framesPerSecond, detect, sink }, context))
  })
  const { images, faces, withoutFaces, tracks } = counts
  return {
    text: [
      `${formatCount(images, 'frame')}: ${formatCount(faces, 'face')} with ${formatCount(tracks, 'id')}, ${formatCount(withoutFaces, 'frame')} without a face`,
      ...(out === undefined ? [] : [`written: ${out} (${format})`]),
    ].join('\n'),
    json: { ...counts, ...(out !== undefined && { path: out }) },
  }
}

interface Job {
  readonly landmarker: Landmarker<ImageSource>
  readonly list: ImageList
  readonly sink: PredictionSink
  readonly shard: Shard | undefined
  readonly detect: DetectOptions
}

async function predictImages(job: Job, { stderr, signal }: CommandContext): Promise<Counts> {
  const { landmarker, list, sink, detect } = job
  const counts: Counts = { images: 0, done: 0, faces: 0, withoutFaces: 0, failed: 0, others: 0 }
  const accepts = createFilter(job, counts)
  const total = await countImages(job)
  await showProgress({ label: 'predict', unit: 'images', stream: stderr }, async (onProgress) => {
    let index = 0
    onProgress(index, total)
    for await (const image of list.list(accepts)) {
      signal.throwIfAborted()
      const pixels = await readPixels(image, stderr)
      if (pixels === undefined) counts.failed++
      else {
        const { faces } = await landmarker.detect(pixels, detect)
        await sink.write(image.id, pixels, faces)
        counts.faces += faces.length
        if (faces.length === 0) counts.withoutFaces++
      }
      onProgress(++index, total)
    }
  })
  const { images, failed } = counts
  return { ...counts, others: sink.size === undefined ? 0 : sink.size - (images - failed) }
}

/** Creates the function that chooses the images of the shard that are not done, each once, and counts them. */
function createFilter({ shard, sink }: Job, counts: Counts): (id: string) => boolean {
  const ids = createIdSet()
  return (id) => {
    if ((shard !== undefined && !isInShard(id, shard)) || !ids.add(id)) return false
    counts.images++
    if (!sink.isDone(id)) return true
    counts.done++
    return false
  }
}

/** Counts the images to predict, for the progress; undefined if the list can be read once only. */
async function countImages({ list, shard, sink }: Job): Promise<number | undefined> {
  if (list.isStream) return undefined
  let count = 0
  await list.visit((id) => {
    if ((shard === undefined || isInShard(id, shard)) && !sink.isDone(id)) count++
  })
  return count
}

/** Reads an image. One that cannot be read is an error on stderr. */
async function readPixels(image: ListedImage, stderr: NodeJS.WritableStream) {
  try {
    return await image.read()
  } catch (error) {
    if (!isFacekpError(error)) throw error
    stderr.write(`error: ${formatError(error)}\n`)
    return undefined
  }
}

/** Tests whether there is an output: a folder is created with its first drawing, a file in any case. */
function isWritten({ to, out }: PredictFlags, { images, failed }: Counts): boolean {
  return out !== undefined && (to !== 'images' || failed < images)
}

function formatCounts(counts: Counts, shard: Shard | undefined): string {
  const { images, faces, withoutFaces, failed, done, others } = counts
  const part = shard === undefined ? '' : ` in shard ${shard.index + 1} of ${shard.count}`
  const rest = others > 0 ? `, ${formatCount(others, 'other image')} in the output` : ''
  const advice = done + others > 0 ? ' (--overwrite begins anew)' : ''
  return `${formatCount(images, 'image')}${part}: ${formatCount(faces, 'face')}, ${formatCount(withoutFaces, 'image')} without a face, ${failed} not read, ${done} done before${rest}${advice}`
}
