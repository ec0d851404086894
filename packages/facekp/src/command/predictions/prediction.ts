import type { Image, KeypointScheme } from '@facekp/core'
import type { AnnotatedImage } from '@facekp/data-formats'
import type { DetectOptions } from '@facekp/detector'
import type { HeadPose, LandmarkedFace } from '@facekp/landmarker'
import * as z from 'zod'

/** What was found in an image: one line of the JSON lines that `predict` writes. */
export interface Prediction {
  /** Path of the image. */
  readonly image: string
  /** Hash or name of the landmarker. */
  readonly model?: string | undefined
  /** Options of the detector that are not the default ones; older files have none. */
  readonly detector?: DetectOptions | undefined
  readonly width: number
  readonly height: number
  /** Number of the frame in its video, from 0. */
  readonly frame?: number | undefined
  /** Time of the frame in its video, in seconds. */
  readonly time?: number | undefined
  readonly faces: readonly PredictedFace[]
}

/** A face in an image. */
export interface PredictedFace {
  /** The detector's box, or that around the points of a face that is followed, along pixel edges. */
  readonly box: { readonly left: number; readonly top: number; readonly width: number; readonly height: number }
  /** The detector's score; faces of a video have none. */
  readonly score?: number | undefined
  /** The same in all frames of a video as long as the face is followed. */
  readonly id?: number | undefined
  readonly confidence: number
  /** How the head is turned, in degrees, if the landmarker finds meshes. */
  readonly pose?: HeadPose | undefined
  /** x and y of each point of the scheme, in pixels; (0, 0) is the center of the top-left pixel. */
  readonly points: readonly (readonly [number, number])[]
}

export const predictionSchema: z.ZodType<Prediction> = z.object({
  image: z.string(),
  model: z.string().optional(),
  detector: z
    .object({
      minScore: z.number().exactOptional(),
      maxFaces: z.number().exactOptional(),
      tiles: z.number().exactOptional(),
      rotations: z.boolean().exactOptional(),
    })
    .optional(),
  width: z.number(),
  height: z.number(),
  frame: z.number().optional(),
  time: z.number().optional(),
  faces: z.array(
    z.object({
      box: z.object({ left: z.number(), top: z.number(), width: z.number(), height: z.number() }),
      score: z.number().optional(),
      id: z.number().optional(),
      confidence: z.number(),
      pose: z.object({ yaw: z.number(), pitch: z.number(), roll: z.number() }).optional(),
      points: z.array(z.tuple([z.number(), z.number()])),
    }),
  ),
})

/** Decimals of pixels and scores. */
const DECIMALS = 3

/** A face as a landmarker finds it, in an image or in a video. */
export type FoundFace = Omit<LandmarkedFace, 'score'> & { readonly score?: number; readonly id?: number }

/** Place of an image in a video. */
export type VideoTime = Pick<Prediction, 'frame' | 'time'>

/** What a prediction says beside its image and faces. */
export type PredictionDetails = VideoTime & Pick<Prediction, 'model' | 'detector'>

/** Creates the prediction of an image. */
export function createPrediction(
  image: string,
  { width, height }: Pick<Image, 'width' | 'height'>,
  faces: readonly FoundFace[],
  { model, detector, frame, time }: PredictionDetails = {},
): Prediction {
  return {
    image,
    ...(model !== undefined && { model }),
    ...(detector !== undefined && { detector }),
    width,
    height,
    ...(frame !== undefined && { frame }),
    ...(time !== undefined && { time: round(time) }),
    faces: faces.map(({ box, score, id, confidence, pose, points }) => ({
      ...(id !== undefined && { id }),
      box: { left: round(box.left), top: round(box.top), width: round(box.width), height: round(box.height) },
      ...(score !== undefined && { score: round(score) }),
      confidence: round(confidence),
      ...(pose && { pose: { yaw: round(pose.yaw), pitch: round(pose.pitch), roll: round(pose.roll) } }),
      points: Array.from({ length: points.length / 2 }, (_, point): [number, number] => [
        round(points[2 * point] as number),
        round(points[2 * point + 1] as number),
      ]),
    })),
  }
}

function round(value: number): number {
  return Number(value.toFixed(DECIMALS))
}

/** Converts a prediction to annotations of a file that names the image `file`. */
export function toAnnotations(
  { width, height, faces }: Prediction,
  file: string,
  { pointNames }: KeypointScheme,
): AnnotatedImage {
  return {
    file,
    width,
    height,
    faces: faces.map(({ box, points }) => ({
      box,
      points: points.map(([x, y], point) => ({ name: pointNames[point] as string, x, y, isVisible: true })),
    })),
  }
}
