import { useBackend } from '@facekp/backend'
import { type ImageSource, type Landmarker, loadLandmarker, type TrackedFrame } from '@facekp/landmarker'
import type { CallName, LandmarkerChoice, LandmarkingCalls, LandmarkingRequest } from './protocol.ts'

type Handlers = {
  readonly [Name in CallName]: (value: LandmarkingCalls[Name]['takes']) => Promise<LandmarkingCalls[Name]['gives']>
}

/** Creates the state of a worker, which runs one call after the other. */
export function createLandmarking(): {
  readonly run: (request: LandmarkingRequest) => Promise<LandmarkingCalls[CallName]['gives']>
} {
  const handlers = createHandlers()
  let last: Promise<unknown> = Promise.resolve()
  return {
    run({ name, value }) {
      const handle = handlers[name] as (value: unknown) => Promise<LandmarkingCalls[CallName]['gives']>
      const result = last.then(() => handle(value))
      last = result.catch(() => undefined)
      return result
    },
  }
}

function createHandlers(): Handlers {
  let landmarker: Landmarker | undefined
  let tracking: FrameTracking | undefined
  return {
    async load({ choice, backend }) {
      const active = await useBackend(backend)
      landmarker = await loadLandmarker(getSource(choice))
      const { name, detail, attempts } = active
      return { scheme: landmarker.scheme, backend: name, backendDetail: detail, attempts }
    },
    async detect({ image }) {
      const start = performance.now()
      const { faces } = await (landmarker as Landmarker).detect(image)
      image.close()
      return { faces, milliseconds: performance.now() - start }
    },
    async startTracking({ smoothing }) {
      await tracking?.stop()
      tracking = startTracking(landmarker as Landmarker, smoothing)
      return undefined
    },
    async track({ image }) {
      const start = performance.now()
      const frame = await tracking?.next(image)
      image.close()
      return { faces: frame?.faces ?? [], milliseconds: performance.now() - start }
    },
  }
}

function getSource(choice: LandmarkerChoice): Parameters<typeof loadLandmarker>[0] {
  return choice.kind === 'ready' ? choice.name : choice.source
}

interface FrameTracking {
  readonly next: (image: ImageSource) => Promise<TrackedFrame | undefined>
  readonly stop: () => Promise<unknown>
}

/** Follows the faces of images that arrive one by one. */
function startTracking(landmarker: Landmarker, smoothing: boolean): FrameTracking {
  let image: ImageSource
  // One frame is requested for each image that arrived.
  function* yieldImages(): Generator<ImageSource> {
    for (;;) yield image
  }
  const frames = landmarker.track(yieldImages(), smoothing ? {} : { smoothing: false })
  return {
    async next(source) {
      image = source
      const { value } = await frames.next()
      return value ?? undefined
    },
    stop: () => frames.return(),
  }
}
