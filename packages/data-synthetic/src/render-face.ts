import { createSample, HIDDEN, type KeypointScheme, type Sample, VISIBLE } from '@facekp/core'
import { renderBackground } from './background.ts'
import { computeKeypoints } from './keypoints.ts'
import type { FaceParameters } from './parameters.ts'
import { renderPerson } from './person.ts'
import { type Canvas, clearCanvas, createCanvas } from './raster.ts'
import { createScene } from './scene.ts'
import { applySensor } from './sensor.ts'
import type { Size } from './view.ts'

/** Depth, in distances between the eyes, that a visible keypoint may lie behind the rendered surface. */
const DEPTH_TOLERANCE = 0.1

export interface FaceRequest {
  readonly id: string
  readonly parameters: FaceParameters
  readonly scheme: KeypointScheme
  readonly size: Size
}

/** The frame buffer of the last face: to allocate megabytes for each would take a tenth of the time. */
let canvas: Canvas | undefined

/**
 * Renders a face with its keypoints. They are computed from the curves and the surface that are rendered, so they are exact. A
 * keypoint that the head occludes or that lies outside the image has visibility 1.
 */
export function renderFace({ id, parameters, scheme, size }: FaceRequest): Sample {
  const { width, height } = size
  canvas = canvas?.width === width && canvas.height === height ? clearCanvas(canvas) : createCanvas(width, height)
  const scene = createScene(parameters, size)
  renderPerson(canvas, parameters, scene)
  renderBackground(canvas, parameters)
  const { depth } = canvas
  const points = computeKeypoints(scheme, scene.features, scene.head).map((point) => {
    const rotated = scene.view.rotate(point)
    return { screen: scene.view.project(rotated), z: rotated[2] }
  })
  return createSample({
    id,
    image: applySensor(canvas, parameters.sensor),
    keypoints: Float32Array.from(points.flatMap(({ screen }) => screen)),
    visibility: Uint8Array.from(points, ({ screen: [x, y], z }) => {
      const column = Math.round(x)
      const row = Math.round(y)
      if (column < 0 || row < 0 || column >= width || row >= height) return HIDDEN
      return z >= (depth[row * width + column] as number) - DEPTH_TOLERANCE ? VISIBLE : HIDDEN
    }),
  })
}
