import type { Image, PixelData } from './image.ts'

/**
 * Mixes each pixel with its two neighbors along the rows and then along the columns, so that it spreads by so much more variance
 * (in pixels squared, 0 to 0.5); bytes are rounded. At the edge a pixel is its own neighbor.
 */
export function soften<Data extends PixelData>(image: Image<Data>, across: number, down: number): Image<Data> {
  const { width, height, channels } = image
  const line = width * channels
  let { data } = image
  if (across > 0) data = mixed(data, height, line, channels, across)
  if (down > 0) data = mixed(data, 1, height * line, line, down)
  return { ...image, data }
}

/** Mixes values `step` apart within each of so many runs. A neighbor's share is half the variance that the three spread by. */
function mixed<Data extends PixelData>(data: Data, runs: number, length: number, step: number, variance: number): Data {
  if (data instanceof Uint8Array) {
    const share = Math.round((variance / 2) * 256)
    const words = step === 1 || step % 4 === 0
    return (
      words && length % 4 === 0 && data.byteOffset % 4 === 0
        ? mixWords(data, runs, length, step, share)
        : mixBytes(data, runs, length, step, share)
    ) as Data
  }
  return mixReals(data, runs, length, step, variance / 2) as Data
}

function mixReals(data: Float32Array, runs: number, length: number, step: number, share: number): Float32Array {
  const soft = new Float32Array(data.length)
  for (let run = 0; run < runs; run++) {
    const [from, to] = [run * length, (run + 1) * length]
    for (let i = from; i < to; i++) {
      const before = data[i - step < from ? i : i - step] as number
      const after = data[i + step < to ? i + step : i] as number
      soft[i] = (1 - 2 * share) * (data[i] as number) + share * (before + after)
    }
  }
  return soft
}

/** Shares are in 256ths. */
function mixBytes(data: Uint8Array, runs: number, length: number, step: number, share: number): Uint8Array {
  const soft = new Uint8Array(data.length)
  for (let run = 0; run < runs; run++) {
    const [from, to] = [run * length, (run + 1) * length]
    for (let i = from; i < to; i++) {
      const before = data[i - step < from ? i : i - step] as number
      const after = data[i + step < to ? i + step : i] as number
      soft[i] = ((256 - 2 * share) * (data[i] as number) + share * (before + after) + 128) >> 8
    }
  }
  return soft
}

/** As {@link mixBytes}, four bytes at a time: the even and the odd ones of a word of 32 bits each have 16 bits of room. */
function mixWords(data: Uint8Array, runs: number, length: number, step: number, share: number): Uint8Array {
  const words = new Uint32Array(data.buffer, data.byteOffset, data.length >> 2)
  const soft = new Uint32Array(words.length)
  const own = 256 - 2 * share
  const [wordsOfRun, wordStep] = [length >> 2, step >> 2]
  for (let run = 0; run < runs; run++) {
    const [from, to] = [run * wordsOfRun, (run + 1) * wordsOfRun]
    for (let i = from; i < to; i++) {
      const word = words[i] as number
      let [before, after] = [word, word]
      if (step === 1) {
        before = (word << 8) | (i > from ? (words[i - 1] as number) >>> 24 : word & 0xff)
        after = (word >>> 8) | (i + 1 < to ? (words[i + 1] as number) << 24 : word & 0xff000000)
      } else {
        if (i - wordStep >= from) before = words[i - wordStep] as number
        if (i + wordStep < to) after = words[i + wordStep] as number
      }
      const even =
        Math.imul(share, (before & 0xff00ff) + (after & 0xff00ff)) + Math.imul(own, word & 0xff00ff) + 0x800080
      const odd =
        Math.imul(share, ((before >>> 8) & 0xff00ff) + ((after >>> 8) & 0xff00ff)) +
        Math.imul(own, (word >>> 8) & 0xff00ff) +
        0x800080
      soft[i] = ((even >>> 8) & 0xff00ff) | (odd & 0xff00ff00)
    }
  }
  return new Uint8Array(soft.buffer)
}
