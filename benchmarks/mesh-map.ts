/**
 * Compares points of the face mesh as those of IBUG_68 on training faces of 300-W. Prints each pair of points, for which another pair of the mesh
 * is nearer by more than half a percent of the distance of the outer eye corners: that one is in `MESH_TO_IBUG_68` of @facekp/landmarker.
 * Each half of the faces is measured by the points that the other half chooses.
 *
 * Usage: pnpm bench:mesh-map --ibug DIR [--every 3] [--backend auto]
 */
import { releaseBackend, useBackend } from '@facekp/backend'
import { boundingBox, flipIndices, IBUG_68, type Keypoints, MESH_468, pointAt } from '@facekp/core'
import { readIbug300W } from '@facekp/data-ibug/node'
import { boxOverlap } from '@facekp/detector'
import { loadLandmarker, MESH_TO_IBUG_68 } from '@facekp/landmarker'
import * as z from 'zod'
import { backendOption, countOption, parseOptions } from './lib/options.ts'
import { mean } from './lib/peer.ts'

/** A pair of points replaces that of the map if it is nearer by more than this, relative to the distance of the outer eye corners. */
const MIN_GAIN = 0.005

const options = parseOptions({
  ibug: z.string(),
  every: countOption.default(3),
  backend: backendOption.default('auto'),
})
const MESH_FLIP = flipIndices(MESH_468)
const IBUG_FLIP = flipIndices(IBUG_68)
const MESH_POINTS = MESH_FLIP.map((_, index) => index)

interface LabeledMesh {
  readonly mesh: Keypoints
  readonly keypoints: Keypoints
}

const faces = await findMeshes()
const halves = [0, 1].map((half) => faces.filter((_, index) => index % 2 === half)) as [LabeledMesh[], LabeledMesh[]]
const chosen = choosePoints(faces)
for (const [i, index] of chosen.entries()) {
  if (index !== MESH_TO_IBUG_68[i])
    console.log(`point ${i}, ${IBUG_68.pointNames[i]}: ${MESH_TO_IBUG_68[i]} -> ${index}`)
}
const percent = (errors: readonly number[]): string => `${(100 * (mean(errors) as number)).toFixed(2)} %`
const [even, odd] = halves
console.log(`${faces.length} faces; NME of MESH_TO_IBUG_68: ${percent(measure(faces, MESH_TO_IBUG_68))}`)
console.log(
  `chosen by the other half: ${percent([...measure(even, choosePoints(odd)), ...measure(odd, choosePoints(even))])}`,
)
await releaseBackend()

/** Finds the meshes of the labeled faces as `detect` does. */
async function findMeshes(): Promise<LabeledMesh[]> {
  const { train } = await readIbug300W(options.ibug)
  await useBackend(options.backend)
  const landmarker = await loadLandmarker('mesh-468')
  const meshes: LabeledMesh[] = []
  for (let index = 0; index < train.length; index += options.every) {
    const { image, keypoints } = await train.get(index)
    const target = boundingBox(keypoints)
    const { faces: detected } = await landmarker.detect(image)
    const face = detected.find(({ box }) => boxOverlap(box, target) > 0.4)
    if (face) meshes.push({ mesh: face.points, keypoints })
  }
  landmarker.dispose()
  return meshes
}

/** Distance of a point of the mesh to a target, relative to the distance of the outer eye corners. */
function measurePoint({ mesh, keypoints }: LabeledMesh, index: number, target: number): number {
  const [x, y] = pointAt(mesh, index)
  const [targetX, targetY] = pointAt(keypoints, target)
  const [rightX, rightY] = pointAt(keypoints, 36)
  const [leftX, leftY] = pointAt(keypoints, 45)
  return Math.hypot(x - targetX, y - targetY) / Math.hypot(leftX - rightX, leftY - rightY)
}

/** Computes the error of each face. */
function measure(labeled: readonly LabeledMesh[], map: readonly number[]): number[] {
  return labeled.map((face) => mean(map.map((index, target) => measurePoint(face, index, target))) as number)
}

/** Chooses the point of the mesh for each point of IBUG_68; points of a pair get points of a pair. */
function choosePoints(labeled: readonly LabeledMesh[]): number[] {
  return MESH_TO_IBUG_68.map((current, target) => {
    const flipped = IBUG_FLIP[target] as number
    const measurePair = (index: number): number =>
      mean(
        labeled.map(
          (face) => measurePoint(face, index, target) + measurePoint(face, MESH_FLIP[index] as number, flipped),
        ),
      ) as number
    const candidates = flipped === target ? MESH_POINTS.filter((index) => MESH_FLIP[index] === index) : MESH_POINTS
    const errors = candidates.map(measurePair)
    const least = Math.min(...errors)
    const best = candidates[errors.indexOf(least)] as number
    return (measurePair(current) - least) / 2 > MIN_GAIN ? best : current
  })
}
