import { computeFeatures, type Features } from './features.ts'
import { createHead, type Head } from './head.ts'
import type { FaceParameters } from './parameters.ts'
import { createView, type Size, type View } from './view.ts'

/** The geometry of a face and of the camera. */
export interface Scene {
  readonly features: Features
  readonly head: Head
  readonly view: View
}

/** Creates the scene that the parameters describe, for an image of this size. */
export function createScene(parameters: FaceParameters, size: Size): Scene {
  const features = computeFeatures(parameters)
  return { features, head: createHead(parameters, features), view: createView(parameters, size) }
}
