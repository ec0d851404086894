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
import { boxThrough } from './box-through.ts'

/**
 * Does the changes in order. Neighboring moves become one map, and the picture is sampled once for all of them; where two of
 * them take different things to lie beyond the picture, it is sampled between them.
 */
export function runChanges(sample: Sample, changes: readonly AppliedOp[]): Augmented {
  let now = sample
  let path: readonly (Affine | Warp)[] = []
  let beyond: ResolvedBorderOptions | undefined
  let size: Size = sample.image
  const flush = (): void => {
    if (path.length > 0) now = { ...now, ...sampled(now, path, size, beyond) }
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
      if (op.border && beyond && !sameBeyond(op.border, beyond)) flush()
      beyond ??= op.border
      path = joined(backwards(op.map), path)
      now = { ...now, ...moved(now, op), ...wayBack(now, op.map) }
      size = op.to
    }
  }
  flush()
  const before = (sample as Partial<Augmented>).applied ?? []
  return { ...now, applied: [...before, ...changes.map(({ applied }) => applied)] }
}

/** Where the move takes a frame: for whoever draws what comes after it. */
export function moveFrame(frame: SampleMeta, move: GeometricOp): SampleMeta {
  return { ...frame, ...moved(frame, move), image: move.to }
}

/** The map from points of what the changes make to points of what they are given. */
export function inverseOf(changes: readonly AppliedOp[]): (keypoints: Keypoints) => Keypoints {
  const moves = changes.flatMap(({ op }) => ('paint' in op ? [] : [op])).reverse()
  return (keypoints) =>
    moves.reduce((points, { map, order }) => {
      const back = through(backwards(map), points)
      return order ? reordered(back, inverseOrder(order), 2) : back
    }, keypoints)
}

function moved(frame: SampleMeta, { map, order }: GeometricOp): Pick<SampleMeta, 'keypoints' | 'visibility' | 'box'> {
  const keypoints = isBend(map) ? warpPoints(map, frame.keypoints) : mapKeypoints(map, frame.keypoints)
  return {
    keypoints: order ? reordered(keypoints, order, 2) : keypoints,
    visibility: order ? reordered(frame.visibility, order, 1) : frame.visibility,
    ...(frame.box ? { box: boxThrough(map, frame.box) } : {}),
  }
}

function wayBack(sample: Sample, map: Affine | Warp): Pick<Sample, 'toSource' | 'warps'> {
  return isBend(map) ? warpToSource(sample, map) : { toSource: composeAffine(invert(map), sample.toSource) }
}

function sampled(
  { image, keypoints, visibility }: Sample,
  path: readonly (Affine | Warp)[],
  { width, height }: Size,
  beyond: ResolvedBorderOptions | undefined,
): Pick<Sample, 'image' | 'visibility'> {
  const [first] = path
  const border = beyond?.border ?? 'edge'
  return {
    image:
      path.length === 1 && first && !isBend(first)
        ? warpAffine(image, first, { width, height, border })
        : remapImage(
            image,
            path.reduce((at, map) => through(map, at), grid(width, height)),
            { width, height, border },
          ),
    visibility: seenWithin(
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
function seenWithin(
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
function backwards(map: Affine | Warp): Affine | Warp {
  return isBend(map) ? map : invert(map)
}

/** `first`, then the path: two affine maps in a row become one. */
function joined(first: Affine | Warp, path: readonly (Affine | Warp)[]): readonly (Affine | Warp)[] {
  const [next, ...rest] = path
  if (next === undefined || isBend(first) || isBend(next)) return [first, ...path]
  return [composeAffine(first, next), ...rest]
}

function through(map: Affine | Warp, points: Keypoints): Keypoints {
  return isBend(map) ? inverseWarpPoints(map, points) : mapKeypoints(map, points)
}

function isBend(map: Affine | Warp): map is Warp {
  return 'kind' in map
}

/** The points, or what there is of each, in another order. Throws `KEYPOINT_COUNT` where they are not as many as it orders. */
function reordered<Values extends Float32Array | Uint8Array>(
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

function sameBeyond(a: ResolvedBorderOptions, b: ResolvedBorderOptions): boolean {
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
