import type { Box, Image, Keypoints } from '@facekp/core'
import { boxOverlap, type DetectFaces } from '@facekp/detector'
import { findMeshes, type MeshFinder, measureMeshBox, refineFrame } from '../find-meshes.ts'
import type { LandmarkFinder } from '../landmark-finder.ts'
import type { Mesh } from '../mesh-network.ts'
import { createOneEuroFilter } from './one-euro.ts'
import type { ResolvedTrackOptions } from './track-options.ts'
import type { TrackedFace } from './tracked-frame.ts'

/** What a tracker needs of a landmarker. */
export interface FaceFinder extends Pick<LandmarkFinder, 'loadMeshFinder' | 'computePoints'> {
  readonly detectFaces: DetectFaces
}

/** A face of the video. */
interface Track {
  readonly id: number
  /** The latest mesh. */
  readonly mesh: Mesh
  readonly box: Box
  readonly smooth: (points: Keypoints, unit: number) => Keypoints
  /** Number of the frame of this mesh. */
  readonly lastIndex: number
}

/** A lost face that is found again within this number of frames keeps its id. */
const MAX_LOST_FRAMES = 15
/** Boxes that overlap by more than this, as intersection over union, belong to the same face. */
const SAME_FACE = 0.3

/** Creates a function that takes the frames of a video one after another and finds their faces. */
export function createTracker(
  faceFinder: FaceFinder,
  options: ResolvedTrackOptions,
): (image: Image) => Promise<TrackedFace[]> {
  const { detectEvery } = options
  let tracks: readonly Track[] = []
  let lost: readonly Track[] = []
  let index = 0
  let nextDetection = 0
  let nextId = 0
  return async (image) => {
    const context = { finder: await faceFinder.loadMeshFinder(), detectFaces: faceFinder.detectFaces, options, index }
    const followed = await followFaces(context, image, tracks)
    lost = [...lost, ...tracks.filter(({ id }) => followed.every((track) => track.id !== id))].filter(
      ({ lastIndex }) => index - lastIndex <= MAX_LOST_FRAMES,
    )
    tracks = followed
    if (tracks.length === 0 || lost.length > 0 || index >= nextDetection) {
      for (const mesh of await searchFaces(context, image, tracks)) {
        const box = measureMeshBox(mesh)
        const id = findSame(lost, box)?.id ?? nextId++
        tracks = [...tracks, { id, mesh, box, smooth: createSmoother(options), lastIndex: index }]
        lost = lost.filter((track) => track.id !== id)
      }
      nextDetection = index + detectEvery
    }
    index++
    const points = await faceFinder.computePoints(
      image,
      tracks.map(({ mesh }) => mesh),
    )
    return tracks.map(({ id, mesh, box, smooth }, i) => ({
      id,
      box,
      points: smooth(points[i] as Keypoints, mesh.frame.side),
      confidence: mesh.confidence,
      pose: mesh.pose,
    }))
  }
}

interface FrameContext {
  readonly finder: MeshFinder
  readonly detectFaces: DetectFaces
  readonly options: ResolvedTrackOptions
  readonly index: number
}

/** Finds each face near its last place. A face that is not there, or that an earlier track follows too, is left out. */
async function followFaces(
  { finder: { network, tta }, options, index }: FrameContext,
  image: Image,
  tracks: readonly Track[],
): Promise<Track[]> {
  const frames = tracks.map(({ mesh }) => refineFrame(mesh))
  const meshes = await network.predict(image, frames, tta)
  const followed: Track[] = []
  for (const [i, track] of tracks.entries()) {
    const mesh = meshes[i] as Mesh
    const box = measureMeshBox(mesh)
    if (mesh.confidence < options.minConfidence || findSame(followed, box)) continue
    followed.push({ ...track, mesh, box, lastIndex: index })
  }
  return followed
}

/** Finds the meshes of faces that are not followed. */
async function searchFaces(
  { finder, detectFaces, options }: FrameContext,
  image: Image,
  tracks: readonly Track[],
): Promise<Mesh[]> {
  const { maxFaces = Number.POSITIVE_INFINITY } = options.detect ?? {}
  const detections = await detectFaces(image, options.detect)
  const meshes = await findMeshes(
    finder,
    image,
    detections.filter(({ box }) => !findSame(tracks, box)),
  )
  const known: Pick<Track, 'box'>[] = [...tracks]
  return meshes.filter((mesh) => {
    const box = measureMeshBox(mesh)
    if (mesh.confidence < options.minConfidence || known.length >= maxFaces || findSame(known, box)) return false
    known.push({ box })
    return true
  })
}

function findSame<Face extends Pick<Track, 'box'>>(faces: readonly Face[], box: Box): Face | undefined {
  return faces.find((face) => boxOverlap(face.box, box) > SAME_FACE)
}

function createSmoother({ smoothing, framesPerSecond }: ResolvedTrackOptions): Track['smooth'] {
  return smoothing === false ? (points) => points : createOneEuroFilter(smoothing, framesPerSecond)
}
