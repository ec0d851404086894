// From planes of samples to rows of pixels: chroma is interpolated and converted as libjpeg does (jdsample.c, jdcolor.c).

import { Component, componentAt } from './component'

const GRAY: i32 = 0
const YCC: i32 = 1
const RGB: i32 = 2

/** A row of each component at the size of the image, and one of sums on the way there. */
let lines: usize = 0
let lineSize: usize = 0

/** Sets where the rows on the way are kept: five of `size` bytes, at least twice the width of a component and 64 more. */
export function setLines(at: usize, size: usize): void {
  lines = at
  lineSize = size
}

/** Writes pixels `left` to before `right` of row `y`: `channels` 1 or 3 bytes each; up to 64 bytes beyond are overwritten. */
export function writeRow(color: i32, channels: i32, y: i32, left: i32, right: i32, out: usize): void {
  const a = sampleRow(0, y)
  if (color == GRAY) return writeGray(a, channels, left, right, out)
  const b = sampleRow(1, y)
  const c = sampleRow(2, y)
  if (color == YCC) {
    if (channels == 1) return writeYccAsGray(a + left, b + left, c + left, right - left, out)
    return writeYcc(a + left, b + left, c + left, right - left, out)
  }
  if (color == RGB) return writeRgb(a, b, c, channels, left, right, out)
  writeCmyk(a, b, c, sampleRow(3, y), color, channels, left, right, out)
}

/** Finds or computes the samples of a component for a row of the image. */
function sampleRow(index: i32, y: i32): usize {
  const component = componentAt(index)
  const across = horizontalFactor / component.h
  const down = verticalFactor / component.v
  const near = y / down
  const row = component.plane + <usize>near * component.stride
  if (across == 1 && down == 1) return row
  const line = lines + <usize>index * lineSize
  const smooth = across == 2 ? component.width > 2 : true
  const far = clampRow(component, (y & 1) == 0 ? near - 1 : near + 1)
  if (across == 2 && down == 1 && smooth) interpolateAcross(component, row, line)
  else if (across == 2 && down == 2 && smooth) interpolateBoth(component, row, far, line)
  else if (across == 1 && down == 2) interpolateDown(component, row, far, line, (y & 1) == 0 ? 1 : 2)
  else repeat(component, row, line, across)
  return line
}

let horizontalFactor: i32 = 1
let verticalFactor: i32 = 1

/** Sets the largest sampling factors. */
export function setFactors(h: i32, v: i32): void {
  horizontalFactor = h
  verticalFactor = v
}

function clampRow(component: Component, y: i32): usize {
  return component.plane + <usize>max(0, min(component.height - 1, y)) * component.stride
}

function repeat(component: Component, row: usize, line: usize, across: i32): void {
  for (let x = 0; x < component.width; x++) {
    const value = load<u8>(row + x)
    for (let i = 0; i < across; i++) store<u8>(line++, value)
  }
}

function interpolateDown(component: Component, near: usize, far: usize, line: usize, bias: i16): void {
  const three = i16x8.splat(3)
  const biases = i16x8.splat(bias)
  for (let x = 0; x < component.width; x += 8) {
    const sum = i16x8.add(i16x8.mul(v128.load8x8_u(near + x), three), v128.load8x8_u(far + x))
    const values = i16x8.shr_u(i16x8.add(sum, biases), 2)
    store<u64>(line + x, v128.extract_lane<u64>(i8x16.narrow_i16x8_u(values, values), 0))
  }
}

function interpolateAcross(component: Component, row: usize, line: usize): void {
  const sums = lines + 4 * lineSize + 16
  for (let x = 0; x < component.width; x += 8) v128.store(sums + ((<usize>x) << 1), v128.load8x8_u(row + x))
  mixNeighbors(component, sums, line, 1, 2)
}

function interpolateBoth(component: Component, near: usize, far: usize, line: usize): void {
  const sums = lines + 4 * lineSize + 16
  const three = i16x8.splat(3)
  for (let x = 0; x < component.width; x += 8) {
    const sum = i16x8.add(i16x8.mul(v128.load8x8_u(near + x), three), v128.load8x8_u(far + x))
    v128.store(sums + ((<usize>x) << 1), sum)
  }
  mixNeighbors(component, sums, line, 8, 4)
}

/** Writes two samples for each sum: 3/4 of it and 1/4 of its left or right neighbor; at the edges it is its own neighbor. */
function mixNeighbors(component: Component, sums: usize, line: usize, bias: i16, shift: i32): void {
  const width = component.width
  store<i16>(sums - 2, load<i16>(sums))
  store<i16>(sums + ((<usize>width) << 1), load<i16>(sums + ((<usize>(width - 1)) << 1)))
  const three = i16x8.splat(3)
  const leftBias = i16x8.splat(bias)
  const rightBias = i16x8.splat(shift == 2 ? 2 : 7)
  for (let x = 0; x < width; x += 8) {
    const at = sums + ((<usize>x) << 1)
    const mid = i16x8.mul(v128.load(at), three)
    const left = i16x8.shr_u(i16x8.add(i16x8.add(mid, v128.load(at - 2)), leftBias), shift)
    const right = i16x8.shr_u(i16x8.add(i16x8.add(mid, v128.load(at + 2)), rightBias), shift)
    v128.store(line + ((<usize>x) << 1), v128.or(left, i16x8.shl(right, 8)))
  }
}

function writeGray(row: usize, channels: i32, left: i32, right: i32, out: usize): void {
  if (channels == 1) memory.copy(out, row + left, right - left)
  else
    for (let x = left; x < right; x++) out = writeRgbPixel(out, load<u8>(row + x), load<u8>(row + x), load<u8>(row + x))
}

// Weights of chroma in 2^-16ths (JFIF 1.02, p. 4).
const CR_RED: i32 = 91881
const CB_BLUE: i32 = 116130
const CR_GREEN: i32 = -46802
const CB_GREEN: i32 = -22554
const HALF: i32 = 32768

/** Weights of gray (Rec. 601, as PIL's `convert('L')`). */
const RED_GRAY: i32 = 19595
const GREEN_GRAY: i32 = 38470
const BLUE_GRAY: i32 = 7471

/**
 * Computes a x weightA + b x weightB of eight values in whole numbers, rounded from 2^-16ths. A weight of more than 16 bits is
 * given without its whole part, which the caller adds.
 */
function mix(a: v128, b: v128, weightA: i32, weightB: i32): v128 {
  const weights = i32x4.splat((weightA & 0xffff) | (weightB << 16))
  const half = i32x4.splat(HALF)
  const low = i32x4.dot_i16x8_s(v128.shuffle<i16>(a, b, 0, 8, 1, 9, 2, 10, 3, 11), weights)
  const high = i32x4.dot_i16x8_s(v128.shuffle<i16>(a, b, 4, 12, 5, 13, 6, 14, 7, 15), weights)
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, half), 16), i32x4.shr_s(i32x4.add(high, half), 16))
}

/** Loads eight chroma values around 0. */
function loadChroma(at: usize): v128 {
  return i16x8.sub(v128.load8x8_u(at), i16x8.splat(128))
}

function clamp(values: v128): v128 {
  return i16x8.min_s(i16x8.max_s(values, i16x8.splat(0)), i16x8.splat(255))
}

function red(y: v128, cb: v128, cr: v128): v128 {
  return clamp(i16x8.add(i16x8.add(y, cr), mix(cb, cr, 0, CR_RED - 65536)))
}

function green(y: v128, cb: v128, cr: v128): v128 {
  return clamp(i16x8.add(i16x8.sub(y, cr), mix(cb, cr, CB_GREEN, CR_GREEN + 65536)))
}

function blue(y: v128, cb: v128, cr: v128): v128 {
  return clamp(i16x8.add(i16x8.add(y, i16x8.add(cb, cb)), mix(cb, cr, CB_BLUE - 131072, 0)))
}

function writeYccAsGray(y: usize, b: usize, r: usize, count: i32, out: usize): void {
  for (let i: i32 = 0; i < count; i += 8) {
    const luma = v128.load8x8_u(y + i)
    const cb = loadChroma(b + i)
    const cr = loadChroma(r + i)
    const reds = red(luma, cb, cr)
    const greens = green(luma, cb, cr)
    const blues = blue(luma, cb, cr)
    const values = i16x8.add(greens, mixThree(reds, greens, blues))
    v128.store64_lane(out + i, i8x16.narrow_i16x8_u(values, values), 0)
  }
}

/** Computes gray without the whole part of the weight of green. */
function mixThree(reds: v128, greens: v128, blues: v128): v128 {
  const weights = i32x4.splat((RED_GRAY & 0xffff) | ((GREEN_GRAY - 65536) << 16))
  const blueWeight = i32x4.splat(BLUE_GRAY)
  const half = i32x4.splat(HALF)
  const zero = i16x8.splat(0)
  const low = i32x4.add(
    i32x4.dot_i16x8_s(v128.shuffle<i16>(reds, greens, 0, 8, 1, 9, 2, 10, 3, 11), weights),
    i32x4.dot_i16x8_s(v128.shuffle<i16>(blues, zero, 0, 8, 1, 9, 2, 10, 3, 11), blueWeight),
  )
  const high = i32x4.add(
    i32x4.dot_i16x8_s(v128.shuffle<i16>(reds, greens, 4, 12, 5, 13, 6, 14, 7, 15), weights),
    i32x4.dot_i16x8_s(v128.shuffle<i16>(blues, zero, 4, 12, 5, 13, 6, 14, 7, 15), blueWeight),
  )
  return i16x8.narrow_i32x4_s(i32x4.shr_s(i32x4.add(low, half), 16), i32x4.shr_s(i32x4.add(high, half), 16))
}

function writeYcc(y: usize, b: usize, r: usize, count: i32, out: usize): void {
  for (let i: i32 = 0; i < count; i += 8) {
    const luma = v128.load8x8_u(y + i)
    const cb = loadChroma(b + i)
    const cr = loadChroma(r + i)
    // Bytes red, green, red, green, and so on.
    const redGreen = v128.or(red(luma, cb, cr), i16x8.shl(green(luma, cb, cr), 8))
    const blues = blue(luma, cb, cr)
    v128.store(out, v128.shuffle<u8>(redGreen, blues, 0, 1, 16, 2, 3, 18, 4, 5, 20, 6, 7, 22, 8, 9, 24, 10))
    const rest = v128.shuffle<u8>(redGreen, blues, 11, 26, 12, 13, 28, 14, 15, 30, 0, 0, 0, 0, 0, 0, 0, 0)
    v128.store64_lane(out + 16, rest, 0)
    out += 24
  }
}

function writeRgbPixel(out: usize, r: i32, g: i32, b: i32): usize {
  store<u8>(out, r)
  store<u8>(out + 1, g)
  store<u8>(out + 2, b)
  return out + 3
}

function writePixel(out: usize, channels: i32, r: i32, g: i32, b: i32): usize {
  if (channels == 3) return writeRgbPixel(out, r, g, b)
  store<u8>(out, (RED_GRAY * r + GREEN_GRAY * g + BLUE_GRAY * b + HALF) >> 16)
  return out + 1
}

function writeRgb(a: usize, b: usize, c: usize, channels: i32, left: i32, right: i32, out: usize): void {
  for (let x = left; x < right; x++) {
    out = writePixel(out, channels, load<u8>(a + x), load<u8>(b + x), load<u8>(c + x))
  }
}

function clampByte(value: i32): i32 {
  return max(0, min(255, value))
}

/** Multiplies a fraction of 255 by another, rounding as PIL's MULDIV255. */
function multiply(a: i32, b: i32): i32 {
  const product = a * b + 128
  return ((product >> 8) + product) >> 8
}

const CMYK: i32 = 3

/** Inks are stored inverted, as Adobe does; converted without a color profile, as PIL's `convert('RGB')`. */
function writeCmyk(
  a: usize,
  b: usize,
  c: usize,
  k: usize,
  color: i32,
  channels: i32,
  left: i32,
  right: i32,
  out: usize,
): void {
  for (let x = left; x < right; x++) {
    let cyan = <i32>load<u8>(a + x)
    let magenta = <i32>load<u8>(b + x)
    let yellow = <i32>load<u8>(c + x)
    if (color != CMYK) {
      const y = cyan
      const cb = magenta - 128
      const cr = yellow - 128
      cyan = 255 - clampByte(y + ((CR_RED * cr + HALF) >> 16))
      magenta = 255 - clampByte(y + ((CB_GREEN * cb + CR_GREEN * cr + HALF) >> 16))
      yellow = 255 - clampByte(y + ((CB_BLUE * cb + HALF) >> 16))
    }
    const light = <i32>load<u8>(k + x)
    out = writePixel(
      out,
      channels,
      clampByte(light - multiply(255 - cyan, light)),
      clampByte(light - multiply(255 - magenta, light)),
      clampByte(light - multiply(255 - yellow, light)),
    )
  }
}
