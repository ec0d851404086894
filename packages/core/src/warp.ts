import { type Affine, composeAffine, mapPoint, scaling, translation } from './affine.ts'
import { type Border, folded } from './border.ts'
import { halve } from './halve.ts'
import type { Image, PixelData } from './image.ts'
import { soften } from './soften.ts'
import { warpAlongAxes } from './warp-along-axes.ts'

/** From this shrinking on a picture is halved first. */
const HALVE_FROM = 1.75
/** What whole 65536ths in 32 bits hold, and how many steps of them stay exact enough. */
const [WIDEST, LONGEST_ROW] = [32000, 2048]
/** How far from the outermost pixels a place must lie to need no second look: more than places stray. */
const MARGIN = 1 / 50
/** What is left to spread below this, in pixels squared, is not seen. */
const TOO_LITTLE = 0.05

/**
 * Samples `image` through an affine map: the output's pixel at p shows the input at `toInput(p)`.
 *
 * Where the map enlarges or only turns, the four nearest pixels are mixed (bilinear). Where it shrinks, every input pixel under the
 * output pixel's triangle filter is averaged. Through a map that turns nothing the filter is exactly that of PIL and torchvision
 * with `antialias=True`. Through any other the filter is as wide along either axis of the input as the map shrinks there, and is
 * made of what is fast: halving, as mip maps do, mixing neighbors, and the mixing of four, which together spread a pixel as far;
 * what lies beyond the border is then continued from the halved picture.
 *
 * Source of halving: Williams, Pyramidal Parametrics, SIGGRAPH 1983.
 *
 * @param toInput from the output's point coordinates to the input's
 * @returns width x height, the channels and kind of data of `image` (bytes are rounded)
 */
export function warpAffine<Data extends PixelData>(
  image: Image<Data>,
  toInput: Affine,
  width: number,
  height: number,
  border: Border = 'edge',
): Image<Data> {
  const [a, b, , d, e] = toInput
  if (Math.abs(b) < 1e-9 && Math.abs(d) < 1e-9) return warpAlongAxes(image, toInput, width, height, border)
  let [shrinkX, shrinkY] = [Math.hypot(a, b), Math.hypot(d, e)]
  let [source, map] = shrinkX > 1 || shrinkY > 1 ? seenPart(image, toInput, width, height) : [image, toInput]
  let [halvedX, halvedY] = [0, 0]
  while (shrinkX >= HALVE_FROM || shrinkY >= HALVE_FROM) {
    const [across, down] = [shrinkX >= HALVE_FROM, shrinkY >= HALVE_FROM]
    source = halve(source, across, down)
    map = composeAffine(map, scaling(across ? 0.5 : 1, down ? 0.5 : 1, -0.5, -0.5))
    if (across) [shrinkX, halvedX] = [shrinkX / 2, halvedX + 1]
    if (down) [shrinkY, halvedY] = [shrinkY / 2, halvedY + 1]
  }
  const [softerX, softerY] = [spreadLeft(shrinkX, halvedX), spreadLeft(shrinkY, halvedY)]
  if (softerX + softerY > 0) source = soften(source, softerX, softerY)
  const warped =
    source.data instanceof Uint8Array
      ? sampleBytes(source as Image<Uint8Array>, map, width, height, border)
      : sampleReals(source as Image<Float32Array>, map, width, height, border)
  return { ...image, data: warped as Data, width, height }
}

/**
 * The part of the picture that the output shows, with what filters reach beyond it, and the map into it: what else there is need not
 * be halved. The whole where the output looks beyond an edge, since what lies there is told from the whole.
 */
function seenPart<Data extends PixelData>(
  image: Image<Data>,
  toInput: Affine,
  width: number,
  height: number,
): [Image<Data>, Affine] {
  const corners = [
    mapPoint(toInput, 0, 0),
    mapPoint(toInput, width - 1, 0),
    mapPoint(toInput, 0, height - 1),
    mapPoint(toInput, width - 1, height - 1),
  ]
  const reach = 4 * Math.ceil(Math.max(1, Math.hypot(toInput[0], toInput[1]), Math.hypot(toInput[3], toInput[4])))
  const left = Math.floor(Math.min(...corners.map(([x]) => x))) - reach
  const top = Math.floor(Math.min(...corners.map(([, y]) => y))) - reach
  const right = Math.ceil(Math.max(...corners.map(([x]) => x))) + reach
  const bottom = Math.ceil(Math.max(...corners.map(([, y]) => y))) + reach
  if (!(left >= 0 && top >= 0 && right < image.width && bottom < image.height)) return [image, toInput]
  const { channels } = image
  // Whole words of four bytes, which halving and softening are fast on.
  const partWidth = Math.min((right - left + 4) & ~3, image.width - left)
  const line = partWidth * channels
  const part = image.data.slice(0, (bottom - top + 1) * line) as Data
  for (let y = top; y <= bottom; y++) {
    const from = (y * image.width + left) * channels
    part.set(image.data.subarray(from, from + line), (y - top) * line)
  }
  return [
    { ...image, data: part, width: partWidth, height: bottom - top + 1 },
    composeAffine(toInput, translation(-left, -top)),
  ]
}

/**
 * How much more a pixel must spread (as variance, in pixels of the picture that was halved so many times) than it does by halving
 * and by mixing four: a triangle of radius r spreads it by r * r / 6.
 */
function spreadLeft(shrink: number, halved: number): number {
  const left = (shrink * shrink - (1 - 4 ** -halved) / 2 - 1) / 6
  return left > TOO_LITTLE ? left : 0
}

/** Mixes the four pixels around each place, in whole numbers: places to 1/2048 of a pixel. */
function sampleBytes(
  image: Image<Uint8Array>,
  toInput: Affine,
  width: number,
  height: number,
  border: Border,
): Uint8Array {
  const { channels } = image
  const [a, b, tx, d, e, ty] = toInput
  const sampled = new Uint8Array(width * height * channels)
  // The edge goes on where a place is held within the picture, so that no pixel needs a second look.
  const gray = channels === 1 && width <= LONGEST_ROW && image.width <= WIDEST && image.height <= WIDEST
  const held = border === 'edge' && image.width > 1 && image.height > 1
  for (let y = 0; y < height; y++) {
    const [rowX, rowY] = [b * y + tx, e * y + ty]
    const [first, last] = insideRow(a, rowX, d, rowY, width, image.width - 1, image.height - 1)
    if (held) {
      mixHeld(sampled, image, a, rowX, d, rowY, y * width, 0, first)
      mixHeld(sampled, image, a, rowX, d, rowY, y * width, last, width)
    } else {
      mixAtBorder(sampled, image, border, a, rowX, d, rowY, y * width, 0, first)
      mixAtBorder(sampled, image, border, a, rowX, d, rowY, y * width, last, width)
    }
    if (gray) mixGray(sampled, image, a, rowX, d, rowY, y * width, first, last)
    else mixHeld(sampled, image, a, rowX, d, rowY, y * width, first, last)
  }
  return sampled
}

/**
 * Mixes four gray bytes for the pixels `first` to `last` of a row, all within the picture. Places go on in whole 65536ths of a pixel:
 * over the longest row that is done so they stray by less than 1/60.
 */
function mixGray(
  sampled: Uint8Array,
  { data, width }: Image<Uint8Array>,
  a: number,
  rowX: number,
  d: number,
  rowY: number,
  row: number,
  first: number,
  last: number,
): void {
  const [stepX, stepY] = [Math.round(a * 65536) | 0, Math.round(d * 65536) | 0]
  // Half of what the eleven bits that weigh can tell apart, so that they are rounded.
  let fx = Math.round((a * first + rowX) * 65536 + 16) | 0
  let fy = Math.round((d * first + rowY) * 65536 + 16) | 0
  for (let x = first; x < last; x++) {
    const u = (fx >> 5) & 2047
    const from = (Math.imul(fy >> 16, width) + (fx >> 16)) | 0
    const p = data[from] as number
    const r = data[from + width] as number
    const upper = (p << 11) + Math.imul((data[from + 1] as number) - p, u)
    const lower = (r << 11) + Math.imul((data[from + width + 1] as number) - r, u)
    sampled[row + x] = ((upper << 11) + Math.imul(lower - upper, (fy >> 5) & 2047) + 0x200000) >> 22
    fx = (fx + stepX) | 0
    fy = (fy + stepY) | 0
  }
}

/** Mixes four bytes for the pixels `first` to `last` of a row, their places held within the picture. */
function mixHeld(
  sampled: Uint8Array,
  { data, width, height, channels }: Image<Uint8Array>,
  a: number,
  rowX: number,
  d: number,
  rowY: number,
  row: number,
  first: number,
  last: number,
): void {
  const line = width * channels
  const [mostX, mostY] = [(width - 1) * 2048 - 1, (height - 1) * 2048 - 1]
  for (let x = first; x < last; x++) {
    const fx = Math.min(Math.max((a * x + rowX) * 2048 + 0.5, 0), mostX) | 0
    const fy = Math.min(Math.max((d * x + rowY) * 2048 + 0.5, 0), mostY) | 0
    const u = fx & 2047
    const v = fy & 2047
    let from = Math.imul(fy >> 11, line) + Math.imul(fx >> 11, channels)
    for (let c = 0; c < channels; c++, from++) {
      const p = data[from] as number
      const r = data[from + line] as number
      const upper = (p << 11) + Math.imul((data[from + channels] as number) - p, u)
      const lower = (r << 11) + Math.imul((data[from + line + channels] as number) - r, u)
      sampled[(row + x) * channels + c] = ((upper << 11) + Math.imul(lower - upper, v) + 0x200000) >> 22
    }
  }
}

function sampleReals(
  image: Image<Float32Array>,
  toInput: Affine,
  width: number,
  height: number,
  border: Border,
): Float32Array {
  const { data, channels } = image
  const [a, b, tx, d, e, ty] = toInput
  const sampled = new Float32Array(width * height * channels)
  const line = image.width * channels
  for (let y = 0; y < height; y++) {
    const [rowX, rowY] = [b * y + tx, e * y + ty]
    const [first, last] = insideRow(a, rowX, d, rowY, width, image.width - 1, image.height - 1)
    mixAtBorder(sampled, image, border, a, rowX, d, rowY, y * width, 0, first)
    let to = (y * width + first) * channels
    for (let x = first; x < last; x++) {
      const [cx, cy] = [a * x + rowX, d * x + rowY]
      const [left, top] = [Math.floor(cx), Math.floor(cy)]
      const [u, v] = [cx - left, cy - top]
      let from = top * line + left * channels
      for (let c = 0; c < channels; c++, from++) {
        const upper = (data[from] as number) * (1 - u) + (data[from + channels] as number) * u
        const lower = (data[from + line] as number) * (1 - u) + (data[from + line + channels] as number) * u
        sampled[to++] = upper * (1 - v) + lower * v
      }
    }
    mixAtBorder(sampled, image, border, a, rowX, d, rowY, y * width, last, width)
  }
  return sampled
}

/** From which to which output pixel of a row the input's places have a pixel on each side: 0 <= place < limit, with a margin. */
function insideRow(
  a: number,
  rowX: number,
  d: number,
  rowY: number,
  width: number,
  limitX: number,
  limitY: number,
): [first: number, last: number] {
  let [first, last] = [0, width]
  for (const [slope, start, limit] of [
    [a, rowX, limitX],
    [d, rowY, limitY],
  ] as const) {
    const [from, to] = [MARGIN - start, limit - MARGIN - start]
    // A picture one pixel across has no pixel on each side of any place.
    if (from > to) return [0, 0]
    if (Math.abs(slope) < 1e-12) {
      if (from > 0 || to < 0) return [0, 0]
      continue
    }
    const [one, other] = [from / slope, to / slope]
    first = Math.max(first, Math.ceil(Math.min(one, other)))
    last = Math.min(last, Math.floor(Math.max(one, other)) + 1)
  }
  return first < last ? [first, last] : [0, 0]
}

/** Mixes four pixels, some of which may lie beyond the picture, for the pixels `first` to `last` of a row. */
function mixAtBorder(
  sampled: Uint8Array | Float32Array,
  { data, width, height, channels }: Image,
  border: Border,
  a: number,
  rowX: number,
  d: number,
  rowY: number,
  row: number,
  first: number,
  last: number,
): void {
  const half = sampled instanceof Uint8Array ? 0.5 : 0
  const constant = typeof border === 'object' ? border.constant : 0
  for (let x = first; x < last; x++) {
    const [cx, cy] = [a * x + rowX, d * x + rowY]
    const [floorX, floorY] = [Math.floor(cx), Math.floor(cy)]
    const [u, v] = [cx - floorX, cy - floorY]
    const [left, right] = [folded(floorX, width, border), folded(floorX + 1, width, border)]
    const [top, bottom] = [folded(floorY, height, border), folded(floorY + 1, height, border)]
    for (let c = 0; c < channels; c++) {
      const p = left < 0 || top < 0 ? constant : (data[(top * width + left) * channels + c] as number)
      const q = right < 0 || top < 0 ? constant : (data[(top * width + right) * channels + c] as number)
      const r = left < 0 || bottom < 0 ? constant : (data[(bottom * width + left) * channels + c] as number)
      const s = right < 0 || bottom < 0 ? constant : (data[(bottom * width + right) * channels + c] as number)
      const upper = p * (1 - u) + q * u
      const lower = r * (1 - u) + s * u
      sampled[(row + x) * channels + c] = upper * (1 - v) + lower * v + half
    }
  }
}
