import { toPlainError } from '@facekp/core'
import { createLandmarking } from './landmarking.ts'
import type { LandmarkingRequest, LandmarkingResponse } from './protocol.ts'

// Detects in a thread of its own, so that the page stays responsive.
const { run } = createLandmarking()

addEventListener('message', ({ data }: MessageEvent<LandmarkingRequest>) => {
  run(data).then(
    (result) => postMessage({ id: data.id, result } satisfies LandmarkingResponse),
    (error: unknown) => postMessage({ id: data.id, error: toPlainError(error) } satisfies LandmarkingResponse),
  )
})
