import type { Image } from '@facekp/core'
import type { DetectOptions } from '@facekp/detector'
import { readImage } from '@facekp/image/node'
import type { ImageSource, Landmarker } from '@facekp/landmarker'
import type { CommandContext } from '../command-context.ts'
import { showProgress } from '../show-progress.ts'
import type { PredictionSink } from './prediction-sink.ts'

export interface PredictVideoOptions {
  readonly frames: readonly string[]
  readonly framesPerSecond: number
  readonly detect: DetectOptions
  readonly sink: PredictionSink
}

/** Number of frames, of faces in them, and of people that they show. */
export interface VideoCounts {
  readonly images: number
  readonly faces: number
  readonly withoutFaces: number
  /** Number of faces that were followed. */
  readonly tracks: number
}

/** Follows the faces of a video from frame to frame. */
export async function predictVideo(
  landmarker: Landmarker<ImageSource>,
  { frames, framesPerSecond, detect, sink }: PredictVideoOptions,
  { stderr, signal }: CommandContext,
): Promise<VideoCounts> {
  let pixels: Image | undefined
  async function* readFrames(): AsyncGenerator<Image, void> {
    for (const frame of frames) {
      pixels = await readImage(frame)
      yield pixels
    }
  }
  const ids = new Set<number>()
  const counts = { images: frames.length, faces: 0, withoutFaces: 0 }
  await showProgress({ label: 'predict', unit: 'frames', stream: stderr }, async (onProgress) => {
    onProgress(0, frames.length)
    for await (const { index, faces } of landmarker.track(readFrames(), { framesPerSecond, detect, signal })) {
      await sink.write(frames[index] as string, pixels as Image, faces, { frame: index, time: index / framesPerSecond })
      for (const { id } of faces) ids.add(id)
      counts.faces += faces.length
      if (faces.length === 0) counts.withoutFaces++
      onProgress(index + 1, frames.length)
    }
  })
  return { ...counts, tracks: ids.size }
}
