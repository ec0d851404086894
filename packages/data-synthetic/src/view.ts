import type { Point3 } from './head.ts'
import type { FaceParameters } from './parameters.ts'

/** From the person's space to the picture's. */
export interface View {
  /** Pixels that one distance between the eyes covers. */
  readonly scale: number
  /** Turns the head about the neck; what does not turn (the body) is left out. */
  turn(point: Point3): Point3
  /** Turns a direction as the head turns. */
  turnDirection(direction: Point3): Point3
  /** Pixel coordinates of a place in space, (0, 0) the center of the top-left pixel. */
  project(point: Point3): readonly [x: number, y: number]
}

/** The head turns about this place in the neck. */
const PIVOT: Point3 = [0, 0.9, -0.2]
/** The eyes' depth, at which `camera.scale` holds. */
export const EYE_DEPTH = 1

export function viewOf({ pose, camera }: FaceParameters, width: number, height: number): View {
  const [yaw, pitch, roll] = [pose.yaw, pose.pitch, pose.roll].map((degrees) => (degrees * Math.PI) / 180) as [
    number,
    number,
    number,
  ]
  const [sy, cy, sp, cp, sr, cr] = [
    Math.sin(yaw),
    Math.cos(yaw),
    Math.sin(pitch),
    Math.cos(pitch),
    Math.sin(roll),
    Math.cos(roll),
  ]
  const turnDirection = ([x, y, z]: Point3): Point3 => {
    const [x1, z1] = [cy * x + sy * z, cy * z - sy * x]
    const [y2, z2] = [cp * y + sp * z1, cp * z1 - sp * y]
    return [cr * x1 - sr * y2, sr * x1 + cr * y2, z2]
  }
  const scale = camera.scale * height
  return {
    scale,
    turnDirection,
    turn([x, y, z]) {
      const [tx, ty, tz] = turnDirection([x - PIVOT[0], y - PIVOT[1], z - PIVOT[2]])
      return [tx + PIVOT[0], ty + PIVOT[1], tz + PIVOT[2]]
    },
    project([x, y, z]) {
      const near = (scale * camera.distance) / (camera.distance - (z - EYE_DEPTH))
      return [camera.x * width - 0.5 + near * x, camera.y * height - 0.5 + near * y]
    },
  }
}
