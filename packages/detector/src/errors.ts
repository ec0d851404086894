import { FacekpError } from '@facekp/core'

export function noBackendError(cause: unknown): FacekpError {
  return new FacekpError({
    code: 'DETECTOR_BACKEND',
    problem: 'TensorFlow.js has no backend',
    expected: "a backend: await useBackend('auto') of @facekp/backend, or import '@tensorflow/tfjs'",
    cause,
  })
}

export function disposedError(): FacekpError {
  return new FacekpError({
    code: 'DETECTOR_DISPOSED',
    problem: 'the detector has been disposed of',
    expected: 'a new one, by loadDetector()',
  })
}

export function imageError(received: string): FacekpError {
  return new FacekpError({
    code: 'DETECTOR_IMAGE',
    problem: 'invalid image',
    expected: 'an image of @facekp/core: { data: Uint8Array or Float32Array, width, height, channels: 1 or 3 }',
    received,
  })
}

export function notFiniteError(): FacekpError {
  return new FacekpError({
    code: 'DETECTOR_NOT_FINITE',
    problem: 'the image has pixels that are not finite numbers',
    expected: 'bytes 0..255, or real numbers -0.5..0.5',
    received: 'NaN or Infinity',
  })
}
