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

function clamp(value: v128): v128 {
  return i32x4.min_s(i32x4.max_s(value, i32x4.splat(0)), i32x4.splat(255))
}

function load4(at: usize): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(v128.load32_zero(at)))
}

function chroma(at: usize): v128 {
  return i32x4.sub(load4(at), i32x4.splat(128))
}

function scaled(value: v128, weight: i32): v128 {
  return i32x4.mul(value, i32x4.splat(weight))
}

function rounded(value: v128): v128 {
  return i32x4.shr_s(i32x4.add(value, i32x4.splat(HALF)), 16)
}

function red(y: v128, cr: v128): v128 {
  return clamp(i32x4.add(y, rounded(scaled(cr, CR_RED))))
}

function green(y: v128, cb: v128, cr: v128): v128 {
  return clamp(i32x4.add(y, rounded(i32x4.add(scaled(cb, CB_GREEN), scaled(cr, CR_GREEN)))))
}

function blue(y: v128, cb: v128): v128 {
  return clamp(i32x4.add(y, rounded(scaled(cb, CB_BLUE))))
}

/** Rec. 601 as PIL's `convert('L')`. */
function gray4(y: usize, b: usize, r: usize): v128 {
  const luma = load4(y)
  const cb = chroma(b)
  const cr = chroma(r)
  const ofRed = scaled(red(luma, cr), 19595)
  const ofGreen = scaled(green(luma, cb, cr), 38470)
  const ofBlue = scaled(blue(luma, cb), 7471)
  return rounded(i32x4.add(i32x4.add(ofRed, ofGreen), ofBlue))
}

function writeYccAsGray(y: usize, b: usize, r: usize, count: i32, out: usize): void {
  for (let i: i32 = 0; i < count; i += 8) {
    const values = i16x8.narrow_i32x4_s(gray4(y, b, r), gray4(y + 4, b + 4, r + 4))
    store<u64>(out, v128.extract_lane<u64>(i8x16.narrow_i16x8_u(values, values), 0))
    y += 8
    b += 8
    r += 8
    out += 8
  }
}

function writeYcc(y: usize, b: usize, r: usize, count: i32, out: usize): void {
  for (let i: i32 = 0; i < count; i += 4) {
    const luma = load4(y)
    const cb = chroma(b)
    const cr = chroma(r)
    // Four pixels of red, green, blue and a zero, of which the zeros are left out.
    const redGreen = v128.or(red(luma, cr), i32x4.shl(green(luma, cb, cr), 8))
    const pixels = v128.or(redGreen, i32x4.shl(blue(luma, cb), 16))
    v128.store(out, v128.swizzle(pixels, i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, 16, 16, 16, 16)))
    y += 4
    b += 4
    r += 4
    out += 12
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
  store<u8>(out, (19595 * r + 38470 * g + 7471 * b + HALF) >> 16)
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
