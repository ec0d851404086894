import type { Image, PixelData } from './image.ts'

/** Variance to add along each axis, in pixels squared, 0 to 0.5. */
export interface BlurVariance {
  readonly horizontal: number
  readonly vertical: number
}

/** Blurs with a filter of three pixels along each axis that adds this variance; bytes are rounded. Edge pixels are repeated. */
export function blurByVariance<Data extends PixelData>(image: Image<Data>, variance: BlurVariance): Image<Data> {
  const { width, height, channels } = image
  const line = width * channels
  let { data } = image
  if (variance.horizontal > 0) {
    data = blurRuns(data, { count: height, length: line, step: channels }, variance.horizontal)
  }
  if (variance.vertical > 0) data = blurRuns(data, { count: 1, length: height * line, step: line }, variance.vertical)
  return { ...image, data }
}

/** `count` runs of `length` values each; neighbors within a run are `step` values apart. */
interface Runs {
  readonly count: number
  readonly length: number
  readonly step: number
}

/** Blurs each run. Each of the two neighbors weighs half the variance. */
function blurRuns<Data extends PixelData>(data: Data, runs: Runs, variance: number): Data {
  if (data instanceof Float32Array) return blurFloats(data, runs, variance / 2) as Data
  const weight = Math.round((variance / 2) * 256)
  const isWordStep = runs.step === 1 || runs.step % 4 === 0
  const isWordAligned = isWordStep && runs.length % 4 === 0 && data.byteOffset % 4 === 0
  return (isWordAligned ? blurWords(data, runs, weight) : blurBytes(data, runs, weight)) as Data
}

function blurFloats(data: Float32Array, { count, length, step }: Runs, weight: number): Float32Array {
  const blurred = new Float32Array(data.length)
  for (let run = 0; run < count; run++) {
    const from = run * length
    const to = from + length
    for (let i = from; i < to; i++) {
      const before = data[i - step < from ? i : i - step] as number
      const after = data[i + step < to ? i + step : i] as number
      blurred[i] = (1 - 2 * weight) * (data[i] as number) + weight * (before + after)
    }
  }
  return blurred
}

/** Blurs bytes; `weight` is in 256ths. */
function blurBytes(data: Uint8Array, { count, length, step }: Runs, weight: number): Uint8Array {
  const blurred = new Uint8Array(data.length)
  for (let run = 0; run < count; run++) {
    const from = run * length
    const to = from + length
    for (let i = from; i < to; i++) {
      const before = data[i - step < from ? i : i - step] as number
      const after = data[i + step < to ? i + step : i] as number
      blurred[i] = ((256 - 2 * weight) * (data[i] as number) + weight * (before + after) + 128) >> 8
    }
  }
  return blurred
}

/** Computes {@link blurBytes} four bytes at a time: a 32-bit word has 16 bits for each of its even and its odd bytes. */
function blurWords(data: Uint8Array, { count, length, step }: Runs, weight: number): Uint8Array {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
  const blurred = new Uint32Array(words.length)
  const centerWeight = 256 - 2 * weight
  const runLength = length >> 2
  const wordStep = step >> 2
  for (let run = 0; run < count; run++) {
    const from = run * runLength
    const to = from + runLength
    for (let i = from; i < to; i++) {
      const word = words[i] as number
      let before = word
      let after = word
      if (step === 1) {
        before = (word << 8) | (i > from ? (words[i - 1] as number) >>> 24 : word & 0xff)
        after = (word >>> 8) | (i + 1 < to ? (words[i + 1] as number) << 24 : word & 0xff000000)
      } else {
        if (i - wordStep >= from) before = words[i - wordStep] as number
        if (i + wordStep < to) after = words[i + wordStep] as number
      }
      const even =
        Math.imul(weight, (before & 0xff00ff) + (after & 0xff00ff)) +
        Math.imul(centerWeight, word & 0xff00ff) +
        0x800080
      const odd =
        Math.imul(weight, ((before >>> 8) & 0xff00ff) + ((after >>> 8) & 0xff00ff)) +
        Math.imul(centerWeight, (word >>> 8) & 0xff00ff) +
        0x800080
      blurred[i] = ((even >>> 8) & 0xff00ff) | (odd & 0xff00ff00)
    }
  }
  return new Uint8Array(blurred.buffer)
}
