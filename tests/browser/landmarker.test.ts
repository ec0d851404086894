import { useBackend } from '@facekp/backend'
import { loadLandmarker } from '@facekp/landmarker'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { hasChromium, testInChromium } from '../support/chromium.ts'
import { closeBrowser, type OpenProgram, openProgram } from '../support/start-chromium.ts'
import { drawFace } from './fixtures/landmarker-program.ts'

let program: OpenProgram

beforeAll(async () => {
  if (hasChromium) program = await openProgram({ module: new URL('fixtures/landmarker-program.ts', import.meta.url) })
})

afterAll(closeBrowser)

/** Finds the points of the drawn face in Node. */
async function findInNode(backend: 'wasm' | 'cpu'): Promise<readonly number[]> {
  await useBackend(backend)
  const landmarker = await loadLandmarker('ibug-68')
  const { faces } = await landmarker.detect(await drawFace())
  landmarker.dispose()
  return [...(faces[0]?.points ?? [])]
}

function measureDifference(points: readonly number[], expected: readonly number[]): number {
  expect(points).toHaveLength(136)
  return Math.max(...points.map((value, i) => Math.abs(value - (expected[i] as number))))
}

testInChromium('wasm finds the points that wasm finds in Node', async () => {
  const { points, tensorsLeft } = await program.call('findPoints', 'wasm')
  expect(measureDifference(points, await findInNode('wasm'))).toBeLessThan(1e-3)
  expect(tensorsLeft).toBe(0)
})

testInChromium('webgl finds the points of backend cpu in Node', async () => {
  const { points, tensorsLeft } = await program.call('findPoints', 'webgl')
  // The last digits of the detector's box decide how single bytes of the crop are rounded: backends of Node differ by as much.
  expect(measureDifference(points, await findInNode('cpu'))).toBeLessThan(0.03)
  expect(tensorsLeft).toBe(0)
})

testInChromium('uses no frame of a video twice, also when it ends', async () => {
  const results = await program.call('trackToEnd', 'wasm', 5)
  // A slow machine may skip frames.
  expect(results).toBeGreaterThan(1)
  expect(results).toBeLessThanOrEqual(5)
})

testInChromium('follows the face of a video element, one frame at a time', async () => {
  const { ids, points, largestQueue } = await program.call('trackVideo', 'wasm')
  expect(ids).toEqual([0, 0, 0, 0])
  expect(largestQueue).toBe(1)
  // The video is compressed and may round colors.
  expect(measureDifference(points, await findInNode('wasm'))).toBeLessThan(2)
})
