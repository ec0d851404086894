import { type Box, FacekpError, type Image, type KeypointScheme, type Keypoints } from '@facekp/core'
import { type DetectFaces, type DetectOptions, loadDetector } from '@facekp/detector'
import { formatValue } from '@facekp/options'
import { createBoxFrame, createMeshFrame, type FaceFrame, getEyeAngle } from './face-frame.ts'
import type { ImageSource } from './image-source.ts'
import { loadMeshNetwork, type Mesh, type MeshNetwork } from './mesh-network.ts'

/** The keypoints of one face. */
export interface Landmarks {
  /** All points of the landmarker's scheme, in pixels of the image. */
  readonly points: Keypoints
  /** Probability that there is a face at all, 0 to 1. */
  readonly confidence: number
}

/** A detected face with its keypoints. */
export interface LandmarkedFace extends Landmarks {
  /** The detector's box. */
  readonly box: Box
  /** The detector's score, 0 to 1. */
  readonly score: number
}

/** Finds keypoints on images. `Source` is the type of its images. */
export interface Landmarker<Source = ImageSource> {
  readonly scheme: KeypointScheme
  /**
   * Finds the faces of an image and their keypoints, best face first.
   *
   * @param options of the detector: `minScore`, `maxFaces`, `tiles`, `rotations`
   * @throws FacekpError `LANDMARKER_IMAGE`, `LANDMARKER_DISPOSED`, those of the detector
   */
  detect(image: Source, options?: DetectOptions): Promise<{ faces: LandmarkedFace[] }>
  /**
   * Finds the keypoints of the face in a box. A tilted face costs nothing: its points level the crop.
   *
   * @param box around the face's points from eyebrows to chin, as a detection's
   * @throws FacekpError `LANDMARKER_BOX`, `LANDMARKER_IMAGE`, `LANDMARKER_DISPOSED`
   */
  landmarks(image: Source, box: Box): Promise<Landmarks>
  /** Frees the weights. */
  dispose(): void
}

export interface LandmarkerOptions {
  /** Finds the faces; default: that of `@facekp/detector`. */
  readonly detector?: DetectFaces
  /**
   * Test-time augmentation: whether each mesh is averaged with that of the mirrored crop, which is some 3 % more accurate and takes one
   * more run of the network. Default: false; for a model of `fitFewShot`, as it was fitted.
   */
  readonly tta?: boolean
}

/** Points of a scheme, computed from the mesh of a face. */
export interface MeshPoints {
  readonly scheme: KeypointScheme
  /** Default of {@link LandmarkerOptions.tta}. */
  readonly tta: boolean
  /** Computes the points in the image. */
  compute(mesh: Mesh): Keypoints
}

/** Creates a landmarker. */
export async function createLandmarker<Source>(
  { scheme, compute, tta: defaultTta }: MeshPoints,
  toImage: (source: Source) => Promise<Image>,
  options: LandmarkerOptions,
): Promise<Landmarker<Source>> {
  const detector = options.detector === undefined ? await loadDetector() : undefined
  const detectFaces = (options.detector ?? detector?.detectFaces) as DetectFaces
  const network = await loadMeshNetwork()
  const finder = { network, tta: options.tta ?? defaultTta }
  let isDisposed = false
  const checkUse = (): void => {
    if (isDisposed) throw disposedError()
  }
  const toLandmarks = (mesh: Mesh): Landmarks => ({ points: compute(mesh), confidence: mesh.confidence })
  return {
    scheme,
    async detect(source, detectOptions) {
      checkUse()
      const image = await toImage(source)
      const detections = await detectFaces(image, detectOptions)
      const meshes = await findMeshes(finder, image, detections)
      return { faces: detections.map(({ box, score }, i) => ({ box, score, ...toLandmarks(meshes[i] as Mesh) })) }
    },
    async landmarks(source, box) {
      checkUse()
      checkBox(box)
      const [mesh] = await findMeshes(finder, await toImage(source), [{ box }])
      return toLandmarks(mesh as Mesh)
    },
    dispose() {
      if (isDisposed) return
      isDisposed = true
      detector?.dispose()
      network.dispose()
    },
  }
}

/** Position of a face: its box, and its eyes as the first two points if the detector finds points. */
export interface FaceLocation {
  readonly box: Box
  readonly points?: Keypoints
}

/** Clockwise rotations that the first crop of a face is tried in if its eyes are not known. */
const ROTATIONS = [0, 90, 180, 270]

/** Finds the meshes of faces: first in the crops of their boxes, then in crops that are centered and leveled by these meshes. */
export async function findMeshes(
  { network: { predict }, tta }: { readonly network: Pick<MeshNetwork, 'predict'>; readonly tta: boolean },
  image: Image,
  faces: readonly FaceLocation[],
): Promise<Mesh[]> {
  const refine = (meshes: readonly Mesh[]): Promise<Mesh[]> => predict(image, meshes.map(refineFrame), tta)
  if (faces.every(hasEyes)) {
    const frames = faces.map(({ box, points }) => createBoxFrame(box, getEyeAngle(points)))
    return refine(await predict(image, frames))
  }
  const meshes: Mesh[] = []
  for (const { box } of faces) {
    const rotated = await predict(
      image,
      ROTATIONS.map((degrees) => createBoxFrame(box, degrees)),
    )
    meshes.push(rotated.reduce((best, mesh) => (mesh.confidence > best.confidence ? mesh : best)))
  }
  // The best of four crops may be tilted by 45 degrees: its mesh is only good enough to level the next one.
  return refine(await predict(image, meshes.map(refineFrame)))
}

function hasEyes(face: FaceLocation): face is Required<FaceLocation> {
  return face.points !== undefined && face.points.length >= 4
}

function refineFrame({ points, frame }: Mesh): FaceFrame {
  const refined = createMeshFrame(points)
  return refined.side > 0 && Number.isFinite(refined.side) ? refined : frame
}

function checkBox(box: Box): void {
  const { left, top, width, height } = box ?? {}
  if (Number.isFinite(left) && Number.isFinite(top) && width > 0 && height > 0 && width + height < Infinity) return
  throw new FacekpError({
    code: 'LANDMARKER_BOX',
    problem: 'invalid box',
    expected: '{ left, top, width, height } of finite numbers, width and height above 0',
    received: formatValue(box),
  })
}

function disposedError(): FacekpError {
  return new FacekpError({
    code: 'LANDMARKER_DISPOSED',
    problem: 'the landmarker has been disposed of',
    expected: 'a new one, by loadLandmarker()',
  })
}
