import { afterAll, beforeAll, expect } from '@jest/globals'
import { hasChromium, testInChromium } from '../../../../tests/support/chromium.ts'
import { closeBrowser, type OpenProgram, openProgram } from '../../../../tests/support/start-chromium.ts'

let program: OpenProgram
beforeAll(async () => {
  if (hasChromium)
    program = await openProgram({
      module: new URL('../../fixtures/canvas-program.ts', import.meta.url),
      isSource: true,
    })
})
afterAll(closeBrowser)

const BLUE = [0, 0, 255, 255]
const EMPTY = [0, 0, 0, 0]

testInChromium('draws visible points filled, hidden ones hollow, and none without a label', async () => {
  const { colors, errors } = await program.call('draw', false)
  expect(colors).toMatchObject({ first: BLUE, second: EMPTY, third: EMPTY, between: EMPTY })
  expect(colors.edge[2]).toBeGreaterThan(200)
  expect(errors).toEqual(['CANVAS', 'KEYPOINT_COUNT', 'KEYPOINT_COUNT'])
})

testInChromium('draws the parts of a scheme as lines through labeled points', async () => {
  const { colors } = await program.call('draw', true)
  expect(colors).toMatchObject({ between: BLUE, third: EMPTY })
})
