import type { BackendAttempt, BackendName } from '@facekp/backend'
import type { KeypointScheme, PlainError } from '@facekp/core'
import type { LandmarkedFace, LandmarkerModel, ReadyScheme, TrackedFace } from '@facekp/landmarker'

/** A landmarker: one that comes with the page, or one's own: its files by their names, a zip of them, or a model that was just fitted. */
export type LandmarkerChoice =
  | { readonly kind: 'ready'; readonly name: ReadyScheme }
  | {
      readonly kind: 'own'
      readonly name: string
      readonly source: ReadonlyMap<string, Uint8Array> | Uint8Array | LandmarkerModel
    }

/** Backends of a page; `auto` is the fastest that it has. */
export type BackendChoice = Extract<BackendName, 'webgpu' | 'webgl' | 'wasm' | 'cpu'> | 'auto'

/** A landmarker that is ready to detect. */
export interface LoadedLandmarker {
  readonly scheme: KeypointScheme
  readonly backend: BackendName
  /** Name of the graphics card, or what else was found. */
  readonly backendDetail: string
  readonly attempts: readonly BackendAttempt[]
}

/** The faces of an image, and how long they took. */
export interface DetectedFaces {
  readonly faces: readonly LandmarkedFace[]
  readonly milliseconds: number
}

/** The faces of a frame of a video, and how long they took. */
export interface DetectedFrame {
  readonly faces: readonly TrackedFace[]
  readonly milliseconds: number
}

/** What the worker does, by name: what it takes, and what it gives. */
export interface LandmarkingCalls {
  load: { takes: { readonly choice: LandmarkerChoice; readonly backend: BackendChoice }; gives: LoadedLandmarker }
  detect: { takes: { readonly image: ImageBitmap }; gives: DetectedFaces }
  /** Follows faces from here on; `smoothing` steadies their points. */
  startTracking: { takes: { readonly smoothing: boolean }; gives: undefined }
  track: { takes: { readonly image: ImageBitmap }; gives: DetectedFrame }
}

export type CallName = keyof LandmarkingCalls

/** A call, as it is sent to the worker. */
export type LandmarkingRequest = {
  [Name in CallName]: { readonly id: number; readonly name: Name; readonly value: LandmarkingCalls[Name]['takes'] }
}[CallName]

/** Its answer. */
export type LandmarkingResponse =
  | { readonly id: number; readonly result: LandmarkingCalls[CallName]['gives'] }
  | { readonly id: number; readonly error: PlainError }
