import type { Box, Image, KeypointScheme, Keypoints } from '@facekp/core'
import type { Landmarks } from '../landmarks.ts'
import type { Mesh } from '../mesh-network.ts'

interface PredictorBase {
  readonly scheme: KeypointScheme
  /** Default of option `tta` of `loadLandmarker`. */
  readonly tta: boolean
  /** Frees the weights. */
  dispose(): void
}

/** Predicts the points of faces from their meshes. */
export interface MeshPredictor extends PredictorBase {
  readonly input: 'mesh'
  /** Whether `meshes` must hold the maps of the mesh network. */
  readonly usesMaps?: boolean
  /** Whether each mesh must have been found in the crop about itself, as the meshes that the predictor was fitted to; default false. */
  readonly usesExactCrops?: boolean
  /**
   * Predicts points in pixels of the image.
   *
   * @param tta whether mirrored images are averaged, if the predictor has a network of its own; the meshes are averaged already
   */
  predict(image: Image, meshes: readonly Mesh[], tta: boolean): Promise<Keypoints[]>
}

/** Predicts the points of faces from the boxes around their points from eyebrows to chin, as detectors find them. */
export interface BoxPredictor extends PredictorBase {
  readonly input: 'box'
  /**
   * Predicts points in pixels of the image.
   *
   * @param tta whether mirrored images are averaged
   */
  predict(image: Image, boxes: readonly Box[], tta: boolean): Promise<Landmarks[]>
}

/** Predicts the points of the one face of an image. */
export interface ImagePredictor extends PredictorBase {
  readonly input: 'image'
  /**
   * Predicts points in pixels of the image.
   *
   * @param tta whether the mirrored image is averaged
   */
  predict(image: Image, tta: boolean): Promise<Landmarks>
}

/** Predicts the points of faces on the active backend. */
export type Predictor = MeshPredictor | BoxPredictor | ImagePredictor
