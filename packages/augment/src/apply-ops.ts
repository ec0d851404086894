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

/**
 * Does the changes in order. Neighboring moves become one map, and the picture is sampled once for all of them; where two of
 * them take different things to lie beyond the picture, it is sampled between them.
 */
export function applyOps(sample: Sample, changes: readonly AppliedOp[]): Augmented {
  let now = sample
  let path: readonly (Affine | Warp)[] = []
  let beyond: ResolvedBorderOptions | undefined
  let size: Size = sample.image
  const flush = (): void => {
    if (path.length > 0) now = { ...now, ...samplePath(now, path, size, beyond) }
    path = []
    beyond = undefined
  }
  for (const { applied, op } of changes) {
    if ('paint' in op) {
      flush()
      now = op.paint(now)
      size = now.image
    } else {
      checkSize(op.from, size, now.id, applied.name)
      if (op.border && beyond && !hasSameBorder(op.border, beyond)) flush()
      beyond ??= op.border
      path = prependMap(toBackward(op.map), path)
      now = { ...now, ...moveMeta(now, op), ...updateToSource(now, op.map) }
      size = op.to
    }
  }
  flush()
  const before = (sample as Partial<Augmented>).applied ?? []
  return { ...now, applied: [...before, ...changes.map(({ applied }) => applied)] }
}

/** Where the move takes a frame: for whoever draws what comes after it. */
export function updateMeta(frame: SampleMeta, move: GeometricOp): SampleMeta {
  return { ...frame, ...moveMeta(frame, move), image: move.to }
}

/** The map from points of what the changes make to points of what they are given. */
export function invertOps(changes: readonly AppliedOp[]): (keypoints: Keypoints) => Keypoints {
  const moves = changes.flatMap(({ op }) => ('paint' in op ? [] : [op])).reverse()
  return (keypoints) =>
    moves.reduce((points, { map, order }) => {
      const back = mapPoints(toBackward(map), points)
      return order ? reorder(back, inverseOrder(order), 2) : back
    }, keypoints)
}

function moveMeta(
  frame: SampleMeta,
  { map, order }: GeometricOp,
): Pick<SampleMeta, 'keypoints' | 'visibility' | 'box'> {
  const keypoints = isWarp(map) ? warpPoints(map, frame.keypoints) : mapKeypoints(map, frame.keypoints)
  return {
    keypoints: order ? reorder(keypoints, order, 2) : keypoints,
    visibility: order ? reorder(frame.visibility, order, 1) : frame.visibility,
    ...(frame.box ? { box: warpBox(map, frame.box) } : {}),
  }
}

function updateToSource(sample: Sample, map: Affine | Warp): Pick<Sample, 'toSource' | 'warps'> {
  return isWarp(map) ? warpToSource(sample, map) : { toSource: composeAffine(invert(map), sample.toSource) }
}

function samplePath(
  { image, keypoints, visibility }: Sample,
  path: readonly (Affine | Warp)[],
  { width, height }: Size,
  beyond: ResolvedBorderOptions | undefined,
): Pick<Sample, 'image' | 'visibility'> {
  const [first] = path
  const border = beyond?.border ?? 'edge'
  return {
    image:
      path.length === 1 && first && !isWarp(first)
        ? warpAffine(image, first, { width, height, border })
        : remapImage(
            image,
            path.reduce((at, map) => mapPoints(map, at), grid(width, height)),
            { width, height, border },
          ),
    visibility: updateVisibility(
      keypoints,
      visibility,
      width,
      height,
      beyond?.outOfFrame === 'unlabeled' ? NOT_LABELED : HIDDEN,
    ),
  }
}

/** The pixel centers of a picture, row by row. */
function grid(width: number, height: number): Float32Array {
  const places = new Float32Array(2 * width * height)
  for (let i = 0; i < width * height; i++) {
    places[2 * i] = i % width
    places[2 * i + 1] = Math.floor(i / width)
  }
  return places
}

/** Visibility with at most `outOfFrame` for a point beyond the picture's edges. */
function updateVisibility(
  keypoints: Keypoints,
  visibility: Visibility,
  width: number,
  height: number,
  outOfFrame: number,
): Visibility {
  return visibility.map((state, point) => {
    const [x, y] = [keypoints[2 * point] as number, keypoints[2 * point + 1] as number]
    const inside = x >= -0.5 && y >= -0.5 && x <= width - 0.5 && y <= height - 0.5
    return inside ? state : Math.min(state, outOfFrame)
  })
}

/** From the output to the input. */
function toBackward(map: Affine | Warp): Affine | Warp {
  return isWarp(map) ? map : invert(map)
}

/** `first`, then the path: two affine maps in a row become one. */
function prependMap(first: Affine | Warp, path: readonly (Affine | Warp)[]): readonly (Affine | Warp)[] {
  const [next, ...rest] = path
  if (next === undefined || isWarp(first) || isWarp(next)) return [first, ...path]
  return [composeAffine(first, next), ...rest]
}

function mapPoints(map: Affine | Warp, points: Keypoints): Keypoints {
  return isWarp(map) ? inverseWarpPoints(map, points) : mapKeypoints(map, points)
}

function isWarp(map: Affine | Warp): map is Warp {
  return 'kind' in map
}

/** The points, or what there is of each, in another order. Throws `KEYPOINT_COUNT` where they are not as many as it orders. */
function reorder<Values extends Float32Array | Uint8Array>(
  values: Values,
  order: readonly number[],
  each: number,
): Values {
  if (values.length !== each * order.length) {
    throw new FacekpError({
      code: 'KEYPOINT_COUNT',
      problem: 'the points to mirror are not those of the scheme',
      received: String(values.length / each),
      expected: String(order.length),
    })
  }
  const taken = values.slice() as Values
  for (const [to, from] of order.entries()) {
    for (let i = 0; i < each; i++) taken[each * to + i] = values[each * from + i] as number
  }
  return taken
}

function inverseOrder(order: readonly number[]): number[] {
  const inverse: number[] = []
  for (const [to, from] of order.entries()) inverse[from] = to
  return inverse
}

function hasSameBorder(a: ResolvedBorderOptions, b: ResolvedBorderOptions): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

function checkSize(drawnFor: Size, size: Size, id: string, name: string): void {
  if (drawnFor.width === size.width && drawnFor.height === size.height) return
  throw new FacekpError({
    code: 'AUGMENT_SIZE',
    problem: `sample ${id}: the parameters of ${name} were drawn for a picture of another size`,
    received: `${size.width} x ${size.height}`,
    expected: `${drawnFor.width} x ${drawnFor.height}`,
  })
}
