import { type Image, normalizeImage } from '@facekp/core'
import type { Preprocessing } from './preprocessing.ts'

/**
 * Prepares an image for a model. Bytes are converted to the model's channels (to gray by Rec. 601, to RGB by repetition) and
 * normalized; real numbers are expected to be normalized.
 */
export function preprocessImage(image: Image, preprocessing: Preprocessing | undefined): Image<Float32Array> {
  const { data, width, height } = image
  if (!preprocessing || data instanceof Float32Array) return normalizeImage(image)
  const { channels } = preprocessing
  const tables = createTables(preprocessing)
  const pixels = width * height
  const normalized = new Float32Array(pixels * channels)
  for (let channel = 0; channel < channels; channel++) {
    const table = tables[channel] as Float32Array
    for (let i = 0; i < pixels; i++)
      normalized[i * channels + channel] = table[readByte(image, i, channel, channels)] as number
  }
  return { width, height, channels, data: normalized }
}

/** Reads a channel of pixel `i` as a byte, converted to gray (as PIL's `convert('L')`) or repeated if need be. */
function readByte({ data, channels }: Image, i: number, channel: number, targetChannels: number): number {
  if (channels === targetChannels) return data[i * channels + channel] as number
  if (channels === 1) return data[i] as number
  const red = data[3 * i] as number
  const green = data[3 * i + 1] as number
  const blue = data[3 * i + 2] as number
  return (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
}

const tableCache = new WeakMap<Preprocessing, readonly Float32Array[]>()

/** Creates the normalized values of the 256 bytes for each channel. */
function createTables(preprocessing: Preprocessing): readonly Float32Array[] {
  const cached = tableCache.get(preprocessing)
  if (cached) return cached
  const tables = preprocessing.mean.map((mean, channel) => {
    const std = preprocessing.std[channel] as number
    return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std)
  })
  tableCache.set(preprocessing, tables)
  return tables
}
