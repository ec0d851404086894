import type { Box, Image } from '@facekp/core'
import type { ImageFormat } from './detect-format.ts'

/** A box of an image as it is stored. */
export interface StoredPart {
  readonly bytes: Uint8Array
  readonly format: ImageFormat
  readonly box: Box
  /** Number of pixels that the header states, and that were checked. */
  readonly pixelCount: number
  /** Name of the image in error messages. */
  readonly name: string
}

/** Decodes a part to gray or RGB, without alpha. */
export type PartDecoder = (part: StoredPart) => Promise<Image<Uint8Array>>
