import {
  type Affine,
  composeAffine,
  FacekpError,
  HIDDEN,
  inverseWarpPoints,
  invert,
  type Keypoints,
  mapKeypoints,
  NOT_LABELED,
  remapImage,
  type Sample,
  type Visibility,
  type Warp,
  warpAffine,
  warpPoints,
  warpToSource,
} from '@facekp/core'
import type { AppliedOp, Augmented, GeometricOp, ResolvedBorderOptions, SampleMeta, Size } from './augmentation.ts'
import { warpBox } from './warp-box.ts'

/** Most pixels of an image that an augmentation makes. */
const MAX_PIXELS = 100_000_000

/**
 * Applies ops in order.
 *
 * Neighboring geometric ops become one map, and the image is sampled once for all of them, unless their borders differ.
 */
export function applyOps(sample: Sample, ops: readonly AppliedOp[]): Augmented {
  let current = sample
  let maps: readonly (Affine | Warp)[] = []
  let borderOptions: ResolvedBorderOptions | undefined
  let size: Size = sample.image
  const sampleImage = (): void => {
    if (maps.length > 0) current = { ...current, ...sampleThrough(current, maps, size, borderOptions) }
    maps = []
    borderOptions = undefined
  }
  for (const { applied, op } of ops) {
    if ('apply' in op) {
      sampleImage()
      current = op.apply(current)
      size = current.image
    } else {
      checkSize(op.from, size, current.id, applied.name)
      checkOutputSize(op.to, current.id, applied.name)
      if (op.border && borderOptions && !hasSameBorder(op.border, borderOptions)) sampleImage()
      borderOptions ??= op.border
      maps = prependMap(toBackwardMap(op.map), maps)
      current = { ...current, ...moveMeta(current, op), ...updateToSource(current, op.map) }
      size = op.to
    }
  }
  sampleImage()
  checkPoints(current)
  const appliedBefore = (sample as Partial<Augmented>).applied ?? []
  return { ...current, applied: [...appliedBefore, ...ops.map(({ applied }) => applied)] }
}

/** Applies a geometric op to a sample without pixels, so that later parameters can be drawn for it. */
export function updateMeta(meta: SampleMeta, op: GeometricOp): SampleMeta {
  return { ...meta, ...moveMeta(meta, op), image: op.to }
}

/** Returns the map from keypoints of the output of ops to keypoints of their input. */
export function invertOps(ops: readonly AppliedOp[]): (keypoints: Keypoints) => Keypoints {
  const geometricOps = ops.flatMap(({ op }) => ('apply' in op ? [] : [op])).reverse()
  return (keypoints) =>
    geometricOps.reduce((points, { map, order }) => {
      const mapped = mapPoints(toBackwardMap(map), points)
      return order ? reorder(mapped, inverseOrder(order), 2) : mapped
    }, keypoints)
}

function moveMeta(meta: SampleMeta, { map, order }: GeometricOp): Pick<SampleMeta, 'keypoints' | 'visibility' | 'box'> {
  const keypoints = isWarp(map) ? warpPoints(map, meta.keypoints) : mapKeypoints(map, meta.keypoints)
  return {
    keypoints: order ? reorder(keypoints, order, 2) : keypoints,
    visibility: order ? reorder(meta.visibility, order, 1) : meta.visibility,
    ...(meta.box ? { box: warpBox(map, meta.box) } : {}),
  }
}

function updateToSource(sample: Sample, map: Affine | Warp): Pick<Sample, 'toSource' | 'warps'> {
  return isWarp(map) ? warpToSource(sample, map) : { toSource: composeAffine(invert(map), sample.toSource) }
}

function sampleThrough(
  { image, keypoints, visibility }: Sample,
  maps: readonly (Affine | Warp)[],
  { width, height }: Size,
  borderOptions: ResolvedBorderOptions | undefined,
): Pick<Sample, 'image' | 'visibility'> {
  const [first] = maps
  const border = borderOptions?.border ?? 'edge'
  return {
    image:
      maps.length === 1 && first && !isWarp(first)
        ? warpAffine(image, first, { width, height, border })
        : remapImage(
            image,
            maps.reduce((at, map) => mapPoints(map, at), createPixelGrid(width, height)),
            { width, height, border },
          ),
    visibility: updateVisibility(
      keypoints,
      visibility,
      { width, height },
      borderOptions?.outOfFrame === 'unlabeled' ? NOT_LABELED : HIDDEN,
    ),
  }
}

/** Returns the pixel centers of an image, row by row: x0 y0 x1 y1 ... */
function createPixelGrid(width: number, height: number): Float32Array {
  const positions = new Float32Array(2 * width * height)
  for (let i = 0; i < width * height; i++) {
    positions[2 * i] = i % width
    positions[2 * i + 1] = Math.floor(i / width)
  }
  return positions
}

/** Limits the visibility of points outside the image to `outOfFrame`. */
function updateVisibility(
  keypoints: Keypoints,
  visibility: Visibility,
  { width, height }: Size,
  outOfFrame: number,
): Visibility {
  return visibility.map((state, point) => {
    const x = keypoints[2 * point] as number
    const y = keypoints[2 * point + 1] as number
    const inside = x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5
    return inside ? state : Math.min(state, outOfFrame)
  })
}

/** Returns the map from the output to the input. */
function toBackwardMap(map: Affine | Warp): Affine | Warp {
  return isWarp(map) ? map : invert(map)
}

/** Adds a map before the others; two affine maps in a row become one. */
function prependMap(first: Affine | Warp, maps: readonly (Affine | Warp)[]): readonly (Affine | Warp)[] {
  const [next, ...rest] = maps
  if (next === undefined || isWarp(first) || isWarp(next)) return [first, ...maps]
  return [composeAffine(first, next), ...rest]
}

function mapPoints(map: Affine | Warp, points: Keypoints): Keypoints {
  return isWarp(map) ? inverseWarpPoints(map, points) : mapKeypoints(map, points)
}

function isWarp(map: Affine | Warp): map is Warp {
  return 'kind' in map
}

/** Reorders points, or values per point. Throws `KEYPOINT_COUNT` if the number of points differs. */
function reorder<Values extends Float32Array | Uint8Array>(
  values: Values,
  order: readonly number[],
  valuesPerPoint: number,
): Values {
  if (values.length !== valuesPerPoint * order.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: 'wrong number of keypoints for the flip',
      received: String(values.length / valuesPerPoint),
      expected: `${order.length}, those of the scheme`,
    })
  }
  const reordered = values.slice() as Values
  for (const [to, from] of order.entries()) {
    for (let i = 0; i < valuesPerPoint; i++)
      reordered[valuesPerPoint * to + i] = values[valuesPerPoint * from + i] as number
  }
  return reordered
}

function inverseOrder(order: readonly number[]): number[] {
  const inverse: number[] = []
  for (const [to, from] of order.entries()) inverse[from] = to
  return inverse
}

function hasSameBorder(a: ResolvedBorderOptions, b: ResolvedBorderOptions): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function checkOutputSize({ width, height }: Size, id: string, name: string): void {
  if (width * height <= MAX_PIXELS) return
  throw new FacekpError({
    code: 'AUGMENT_SIZE',
    problem: `sample ${id}: ${name} makes an image that is too large`,
    received: `${width} x ${height}`,
    expected: `at most ${MAX_PIXELS} pixels`,
  })
}

/** Throws `AUGMENT_POINTS` if a labeled point has moved beyond what a 32-bit float can hold. */
function checkPoints({ id, keypoints, visibility }: Sample): void {
  const i = keypoints.findIndex((value, i) => !Number.isFinite(value) && visibility[i >> 1] !== NOT_LABELED)
  if (i < 0) return
  throw new FacekpError({
    code: 'AUGMENT_POINTS',
    problem: `sample ${id}: point ${i >> 1} is not finite after the augmentation`,
    received: `(${keypoints[i & ~1]}, ${keypoints[i | 1]})`,
    expected: 'maps that move it less',
  })
}

function checkSize(drawnFor: Size, size: Size, id: string, name: string): void {
  if (drawnFor.width === size.width && drawnFor.height === size.height) return
  throw new FacekpError({
    code: 'AUGMENT_SIZE',
    problem: `sample ${id}: wrong image size for the parameters of ${name}`,
    received: `${size.width} x ${size.height}`,
    expected: `${drawnFor.width} x ${drawnFor.height}`,
  })
}
