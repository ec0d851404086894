import { FacekpError, formatValue, type Image, raceWithSignal } from '@facekp/core'
import type { SharedUse } from '@facekp/graph'
import { resolveTrackOptions, type TrackOptions } from './track-options.ts'
import type { Frames, TrackedFrame } from './tracked-frame.ts'
import { createTracker, type FaceFinder } from './tracker.ts'
import { isVideoElement, watchVideo } from './watch-video.ts'

/** A landmarker whose frames are of type `Source`. */
export interface FrameTracker<Source> extends FaceFinder {
  readonly loadFrame: (source: Source) => Promise<Image>
  /** Runs the work on a frame. */
  readonly run: SharedUse['run']
}

/**
 * Tracks the faces of frames. A frame is requested when the result before it has been taken.
 *
 * @throws FacekpError `LANDMARKER_OPTION`
 */
export function trackFaces<Source>(
  tracker: FrameTracker<Source>,
  frames: Frames<Source>,
  options: TrackOptions = {},
): AsyncGenerator<TrackedFrame, void> {
  checkFrames(frames)
  const resolved = resolveTrackOptions(options)
  const findFaces = createTracker(tracker, resolved)
  const processFrame = (source: Source) => tracker.run(async () => findFaces(await tracker.loadFrame(source)))
  return generate(processFrame, frames, resolved.signal)
}

function checkFrames(frames: unknown): void {
  const isObject = typeof frames === 'object' && frames !== null
  if (isObject && (Symbol.asyncIterator in frames || Symbol.iterator in frames || isVideoElement(frames))) return
  throw new FacekpError({
    code: 'LANDMARKER_OPTION',
    problem: 'invalid frames of track',
    expected: 'an iterable or async iterable of images, such as an array or a generator, or a video element',
    received: formatValue(frames),
  })
}

async function* generate<Source>(
  findFaces: (source: Source) => Promise<TrackedFrame['faces']>,
  frames: Frames<Source>,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrackedFrame, void> {
  const sources = openFrames(frames)
  let isDone = false
  try {
    for (let index = 0; ; index++) {
      signal?.throwIfAborted()
      const next = await raceWithSignal(Promise.resolve(sources.next()), signal)
      isDone = next.done === true
      if (next.done) return
      const faces = await findFaces(next.value)
      signal?.throwIfAborted()
      yield { index, faces }
    }
  } finally {
    if (!isDone) await closeFrames(sources, signal)
  }
}

type FrameIterator<Source> = AsyncIterator<Source> | Iterator<Source>

function openFrames<Source>(frames: Frames<Source>): FrameIterator<Source> {
  // A landmarker whose images are sources of a page takes videos too.
  if (isVideoElement(frames)) return watchVideo(frames) as AsyncGenerator<HTMLVideoElement & Source, void>
  return Symbol.asyncIterator in frames ? frames[Symbol.asyncIterator]() : frames[Symbol.iterator]()
}

/** Tells the frames that no more are needed. After an abort, it does not wait: a source that waits for a frame may never answer. */
async function closeFrames(sources: FrameIterator<unknown>, signal: AbortSignal | undefined): Promise<void> {
  const closing = Promise.resolve(sources.return?.())
  if (signal?.aborted) closing.catch(() => undefined)
  else await closing
}
