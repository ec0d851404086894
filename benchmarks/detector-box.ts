/**
 * Fits the correction of the detector's boxes: where the box around the points of a face lies in the box of the network, on the training
 * people of the IMM Face Database. Prints the means, which are the constants of @facekp/detector, and the standard deviations.
 *
 * Usage: pnpm bench:detector-box [--backend auto] [--data DIR]
 */
import { releaseBackend, useBackend } from '@facekp/backend'
import { boundingBox } from '@facekp/core'
import { type BoxCorrection, loadDetector } from '@facekp/detector'
import { loadImm } from '@facekp/recipes/node'
import * as z from 'zod'
import { requireImm } from './lib/imm-faces.ts'
import { backendOption, parseOptions } from './lib/options.ts'
import { mean } from './lib/peer.ts'

const options = parseOptions({ backend: backendOption.default('auto'), data: z.string().optional() })
const { train } = await loadImm({ data: requireImm(options.data) })
await useBackend(options.backend)
const detector = await loadDetector({ boxCorrection: { shiftY: 0, width: 1, height: 1 } })

const corrections: BoxCorrection[] = []
for (let i = 0; i < train.length; i++) {
  const { image, keypoints } = await train.get(i)
  const [face] = await detector.detectFaces(image, { maxFaces: 1 })
  if (!face) continue
  const { box } = face
  const target = boundingBox(keypoints)
  corrections.push({
    shiftY: (target.top + target.height / 2 - box.top - box.height / 2) / box.height,
    width: target.width / box.width,
    height: target.height / box.height,
  })
}

console.log(`${corrections.length} of ${train.length} faces`)
for (const name of ['shiftY', 'width', 'height'] as const) {
  const values = corrections.map((correction) => correction[name])
  const average = mean(values) as number
  const deviation = Math.sqrt(mean(values.map((value) => (value - average) ** 2)) as number)
  console.log(`${name}: ${average.toFixed(3)}, standard deviation ${deviation.toFixed(3)}`)
}
detector.dispose()
await releaseBackend()
