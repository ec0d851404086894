import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { useBackend } from '@facekp/backend'
import { boundingBox, IBUG_68 } from '@facekp/core'
import { syntheticFaces } from '@facekp/data-synthetic'
import { createNetworkLandmarker } from '@facekp/landmarker'
import { loadLandmarker, saveLandmarker } from '@facekp/landmarker/node'
import { createModel } from '@facekp/models'
import { afterAll, beforeAll, expect } from '@jest/globals'
import { testInChromium } from '../support/chromium.ts'
import { closeBrowser, openProgram } from '../support/start-chromium.ts'

let folder: string
let server: Server
let address: string

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-served-'))
  server = createServer((request, response) => {
    response.setHeader('access-control-allow-origin', '*')
    try {
      response.end(readFileSync(join(folder, request.url as string)))
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  await closeBrowser()
  server.close().closeAllConnections()
  rmSync(folder, { recursive: true })
})

testInChromium('the landmarker of a network, loaded by its URL, finds the points that it finds in Node', async () => {
  await useBackend('wasm')
  const network = createModel('heatmapNet16', { inputSize: [64, 64], numKeypoints: 68, seed: 2 })
  const crop = { kind: 'upright', shiftX: 0, shiftY: 0.05, margin: 0.2, aspectRatio: 1 } as const
  const errorPxByPoint = IBUG_68.pointNames.map(() => null)
  const metrics = { source: 'testSet', images: 1, errorPx: 1, errorPxByPoint } as const
  await saveLandmarker(await createNetworkLandmarker(network, { scheme: IBUG_68, crop, metrics }), join(folder, 'mine'))
  network.dispose()

  const size = { width: 200, height: 150 }
  const { image, keypoints } = await syntheticFaces({ seed: 4, count: 1, scheme: IBUG_68, ...size }).get(0)
  const box = boundingBox(keypoints)
  const landmarker = await loadLandmarker(join(folder, 'mine'))
  const { points } = await landmarker.landmarks(image, box)
  const { faces } = await landmarker.detect(image)
  landmarker.dispose()
  expect(faces).toHaveLength(1)

  const { call, errors } = await openProgram({ module: new URL('fixtures/network-program.ts', import.meta.url) })
  const rgba = Array.from({ length: 4 * 200 * 150 }, (_, i) =>
    i % 4 === 3 ? 255 : (image.data[3 * Math.trunc(i / 4) + (i % 4)] as number),
  )
  const inPage = await call('findPoints', `${address}/mine`, { data: rgba, ...size }, box)
  const expectNear = (received: readonly number[], expected: Float32Array): void => {
    expect(received).toHaveLength(136)
    for (const [i, value] of received.entries()) expect(Math.abs(value - (expected[i] as number))).toBeLessThan(1e-3)
  }
  expectNear(inPage.points, points)
  expect(inPage.detected).toHaveLength(1)
  expectNear(inPage.detected[0], faces[0]?.points as Float32Array)
  expect(errors).toEqual([])
  expect(await call('refuse', `${address}/none/`)).toEqual({
    code: 'LANDMARKER_FILE',
    file: `${address}/none/landmarker.json`,
    received: 'status 404 Not Found',
  })
})
