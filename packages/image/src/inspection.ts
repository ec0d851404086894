import type { JpegHeader } from './jpeg-frame.ts'
import type { Size } from './orient.ts'

/** What the bytes of an image say before they are decoded. */
export interface Inspection {
  /** Names the kind of image if no decoder reads it. */
  readonly unsupported?: string | undefined
  /** Whether the bytes contain the end of the image. */
  readonly isComplete: boolean
  /** Size as stored; undefined if the header is damaged or cut off. */
  readonly size: Size | undefined
  readonly jpeg?: JpegHeader | undefined
}
