import { createSample, HIDDEN, type KeypointScheme, type Sample, VISIBLE } from '@facekp/core'
import type { FaceParameters } from './parameters.ts'
import { pointsOf } from './points.ts'
import { createCanvas } from './raster.ts'
import { photographed } from './sensor.ts'
import { drawPerson, sceneOf } from './surfaces.ts'
import { drawWall } from './wall.ts'

/** How far behind what was drawn a point may lie, in distances between the eyes, to be in sight still. */
const DEPTH_TOLERANCE = 0.1

/**
 * Draws a face. Its points are computed from the lines and the surface that it is drawn from, so they are exact; one that the
 * head itself covers, or that left the picture, has visibility 1.
 */
export function drawFace(
  id: string,
  parameters: FaceParameters,
  scheme: KeypointScheme,
  width: number,
  height: number,
): Sample {
  const canvas = createCanvas(width, height)
  const scene = sceneOf(parameters, width, height)
  drawWall(canvas, parameters)
  drawPerson(canvas, parameters, scene)
  const points = pointsOf(scheme, scene.features, scene.head).map((point) => {
    const turned = scene.view.turn(point)
    return { screen: scene.view.project(turned), z: turned[2] }
  })
  return createSample({
    id,
    image: photographed(canvas, parameters.sensor),
    keypoints: Float32Array.from(points.flatMap(({ screen }) => screen)),
    visibility: Uint8Array.from(points, ({ screen: [x, y], z }) => {
      const [column, row] = [Math.round(x), Math.round(y)]
      if (column < 0 || row < 0 || column >= width || row >= height) return HIDDEN
      return z >= (canvas.depth[row * width + column] as number) - DEPTH_TOLERANCE ? VISIBLE : HIDDEN
    }),
  })
}
