import { FacekpError } from '@facekp/core'
import type { TrackedFace } from '@facekp/landmarker'
import { type Signal, signal } from '@preact/signals'
import { isAbort } from '../app/describe-error.ts'
import { showError } from '../app/notices.ts'
import type { LandmarkingClient } from '../landmarking/client.ts'
import { useLandmarking } from '../landmarking/landmarker.ts'

/** A frame with its faces. */
export interface WebcamFrame {
  readonly canvas: HTMLCanvasElement
  readonly index: number
  readonly faces: readonly TrackedFace[]
  readonly milliseconds: number
  /** Averaged over some ten frames; undefined at the first one. */
  readonly framesPerSecond: number | undefined
}

/** Whether the webcam is on. */
export const webcamPhase: Signal<'off' | 'starting' | 'on'> = signal('off')

/** The latest frame. */
export const webcamFrame: Signal<WebcamFrame | undefined> = signal(undefined)

/** Whether points are steadied from frame to frame. */
export const isSmoothing: Signal<boolean> = signal(true)

let controller: AbortController | undefined

/** Turns the webcam off. */
export function stopWebcam(): void {
  controller?.abort()
  controller = undefined
  webcamPhase.value = 'off'
  webcamFrame.value = undefined
}

/** Turns the webcam on and follows the faces that it shows. */
export async function startWebcam(): Promise<void> {
  stopWebcam()
  controller = new AbortController()
  const { signal: stopped } = controller
  webcamPhase.value = 'starting'
  try {
    const stream = await openStream()
    stopped.addEventListener('abort', () => {
      for (const track of stream.getTracks()) track.stop()
    })
    if (stopped.aborted) for (const track of stream.getTracks()) track.stop()
    const video = document.createElement('video')
    video.muted = true
    video.playsInline = true
    video.srcObject = stream
    await video.play()
    stream.getVideoTracks()[0]?.addEventListener('ended', stopWebcam, { signal: stopped })
    await followVideo(video, stopped)
  } catch (error) {
    if (stopped.aborted) return
    stopWebcam()
    showError(error)
  }
}

async function openStream(): Promise<MediaStream> {
  try {
    if (!navigator.mediaDevices) throw new Error('the page is not served by https or localhost')
    return await navigator.mediaDevices.getUserMedia({
      video: { width: { ideal: 640 }, height: { ideal: 480 }, facingMode: 'user' },
      audio: false,
    })
  } catch (cause) {
    throw webcamError(cause as Error)
  }
}

/** Sends frames to the worker: the next one while it is at work, so that it never waits. Those that pass meanwhile are skipped. */
async function followVideo(video: HTMLVideoElement, stopped: AbortSignal): Promise<void> {
  // One is on the screen, one is with the worker, and the next one is drawn.
  const canvases = Array.from({ length: 3 }, () => document.createElement('canvas'))
  const waitForFrame = watchFrames(video, stopped)
  const rate = createRateMeter()
  let tracked: { readonly client: LandmarkingClient; readonly smoothing: boolean } | undefined
  let shown = Promise.resolve()
  for (let index = 0; !stopped.aborted; index++) {
    const canvas = canvases[index % canvases.length] as HTMLCanvasElement
    try {
      const client = await useLandmarking()
      const smoothing = isSmoothing.peek()
      if (tracked?.client !== client || tracked.smoothing !== smoothing) {
        await client.call('startTracking', { smoothing })
        tracked = { client, smoothing }
      }
      await waitForFrame()
      drawVideo(canvas, video)
      const result = client.call('track', { image: await createImageBitmap(canvas) })
      const before = shown
      shown = result.then(({ faces, milliseconds }) => {
        if (stopped.aborted) return
        webcamPhase.value = 'on'
        webcamFrame.value = { canvas, index, faces, milliseconds, framesPerSecond: rate() }
      })
      // Its error is that of the next round.
      shown.catch(() => undefined)
      await before
    } catch (error) {
      // Another landmarker has taken the place of the one that was at work.
      if (!isAbort(error)) throw error
    }
  }
}

/** Creates a function that waits for a frame that it has not waited for yet: one that came meanwhile is there at once. */
function watchFrames(video: HTMLVideoElement, stopped: AbortSignal): () => Promise<void> {
  let isNew = false
  let wake: (() => void) | undefined
  const onFrame = (): void => {
    isNew = true
    wake?.()
    if (!stopped.aborted) video.requestVideoFrameCallback(onFrame)
  }
  video.requestVideoFrameCallback(onFrame)
  return async () => {
    if (!isNew) await new Promise<void>((resolve) => (wake = resolve))
    isNew = false
  }
}

/** Creates a function that is called at each frame and returns the frames per second, averaged over some ten frames. */
function createRateMeter(): () => number | undefined {
  let last: number | undefined
  let interval: number | undefined
  return () => {
    const time = performance.now()
    if (last !== undefined) interval = interval === undefined ? time - last : 0.9 * interval + 0.1 * (time - last)
    last = time
    return interval === undefined ? undefined : 1000 / interval
  }
}

function drawVideo(canvas: HTMLCanvasElement, video: HTMLVideoElement): void {
  if (canvas.width !== video.videoWidth) canvas.width = video.videoWidth
  if (canvas.height !== video.videoHeight) canvas.height = video.videoHeight
  canvas.getContext('2d', { willReadFrequently: true })?.drawImage(video, 0, 0)
}

const REASONS: Readonly<Record<string, string>> = {
  NotAllowedError: 'permission to use it: allow the camera beside the address of the page, then try again',
  NotFoundError: 'a camera: connect one, then try again',
  NotReadableError: 'a camera that no other program uses: close it there, then try again',
}

function webcamError(cause: Error): FacekpError {
  return new FacekpError({
    code: 'WEBCAM',
    problem: 'the webcam cannot be opened',
    expected: REASONS[cause.name] ?? 'a page on https or localhost, and a camera',
    received: cause.message,
    cause,
  })
}
