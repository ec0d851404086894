import { FacekpError } from '@facekp/core'
import { imageSize } from 'image-size'
import { inspectAvif } from './avif-header.ts'
import { inspectBmp } from './bmp-header.ts'
import { detectFormat, type ImageFormat } from './detect-format.ts'
import { damagedError, truncatedError, unsupportedError } from './errors.ts'
import { readOrientation } from './exif-orientation.ts'
import type { Inspection } from './inspection.ts'
import type { JpegHeader } from './jpeg-frame.ts'
import { inspectJpeg } from './jpeg-header.ts'
import type { DecodeOptions } from './options.ts'
import { type Orientation, orientSize, type Size } from './orient.ts'
import { inspectPng } from './png-header.ts'

/** Properties of an image file, known before it is decoded. */
export interface ImageHeader {
  readonly format: ImageFormat
  /** After the orientation is applied. */
  readonly width: number
  readonly height: number
  /** The orientation to apply to the stored pixels; 1 if option `orientation` is `ignore`. */
  readonly orientation: Orientation
  /** Defined for a JPEG. */
  readonly jpeg?: JpegHeader | undefined
}

/**
 * Detects the format and checks the file before it is decoded. Throws `IMAGE_EMPTY`,
 * `IMAGE_UNKNOWN`, `IMAGE_UNSUPPORTED`, `IMAGE_TRUNCATED`, `IMAGE_DAMAGED` or `IMAGE_TOO_LARGE`, with the file's name.
 */
export function checkHeader(
  bytes: Uint8Array,
  options: Pick<Required<DecodeOptions>, 'name' | 'maxPixels' | 'orientation'>,
): ImageHeader {
  const { name } = options
  if (bytes.length === 0) {
    throw new FacekpError({ code: 'IMAGE_EMPTY', problem: 'the file is empty', file: name, received: '0 bytes' })
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const format = detectFormat(view, name)
  const { unsupported, isComplete, size, jpeg } = INSPECTORS[format](bytes)
  if (unsupported !== undefined) throw unsupportedError(unsupported, name)
  if (!size || size.width * size.height === 0) {
    throw isComplete ? damagedError(name, 'no valid size in the header') : truncatedError(bytes, name)
  }
  checkPixels(size, options)
  // Some decoders fill missing data with gray.
  if (!isComplete) throw truncatedError(bytes, name)
  const isApplied = options.orientation === 'apply'
  const orientation = isApplied ? readOrientation({ bytes: view, format, segments: jpeg?.segments ?? [] }) : 1
  return { format, ...orientSize(size, orientation), orientation, jpeg }
}

const INSPECTORS: Readonly<Record<ImageFormat, (bytes: Uint8Array) => Inspection>> = {
  jpeg: inspectJpeg,
  png: inspectPng,
  bmp: inspectBmp,
  webp: inspectOther,
  gif: inspectOther,
  avif: inspectAvif,
  tiff: inspectOther,
}

/** Inspects an image of which sharp checks the rest. */
function inspectOther(bytes: Uint8Array): Inspection {
  try {
    const { width, height } = imageSize(bytes)
    return { isComplete: true, size: { width, height } }
  } catch {
    return { isComplete: false, size: undefined }
  }
}

function checkPixels({ width, height }: Size, { name, maxPixels }: { name: string; maxPixels: number }): void {
  if (width * height <= maxPixels) return
  throw new FacekpError({
    code: 'IMAGE_TOO_LARGE',
    problem: 'too many pixels',
    file: name,
    received: `${width} x ${height}`,
    expected: `at most ${maxPixels} pixels; or raise maxPixels of readImage or decodeImage if you trust the file`,
  })
}
