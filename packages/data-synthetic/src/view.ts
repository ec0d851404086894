import type { Point3 } from './head.ts'
import type { FaceParameters } from './parameters.ts'

/** The map from the space of the person to the pixels of the image. */
export interface View {
  /** Pixels per distance between the eyes. */
  readonly scale: number
  /** Rotates a point of the head about the neck. The body is not rotated. */
  rotate(point: Point3): Point3
  /** Projects a point to pixel coordinates; (0, 0) is the center of the top-left pixel. */
  project(point: Point3): readonly [x: number, y: number]
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** The point in the neck about which the head rotates. */
const PIVOT: Point3 = [0, 0.9, -0.2]
/** Depth of the eyes, at which `camera.scale` holds. */
const EYE_DEPTH = 1

/** Creates the view of a camera on a head in a pose. */
export function createView({ pose, camera }: FaceParameters, { width, height }: Size): View {
  const rotateDirection = createRotation(pose)
  const scale = camera.scale * height
  return {
    scale,
    rotate([x, y, z]) {
      const [dx, dy, dz] = rotateDirection([x - PIVOT[0], y - PIVOT[1], z - PIVOT[2]])
      return [dx + PIVOT[0], dy + PIVOT[1], dz + PIVOT[2]]
    },
    project([x, y, z]) {
      const pixels = (scale * camera.distance) / (camera.distance - (z - EYE_DEPTH))
      return [camera.x * width - 0.5 + pixels * x, camera.y * height - 0.5 + pixels * y]
    },
  }
}

function createRotation({ yaw, pitch, roll }: FaceParameters['pose']): (direction: Point3) => Point3 {
  const sy = Math.sin(toRadians(yaw))
  const cy = Math.cos(toRadians(yaw))
  const sp = Math.sin(toRadians(pitch))
  const cp = Math.cos(toRadians(pitch))
  const sr = Math.sin(toRadians(roll))
  const cr = Math.cos(toRadians(roll))
  return ([x, y, z]) => {
    const x1 = cy * x + sy * z
    const z1 = cy * z - sy * x
    const y2 = cp * y + sp * z1
    const z2 = cp * z1 - sp * y
    return [cr * x1 - sr * y2, sr * x1 + cr * y2, z2]
  }
}

export function toRadians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
