import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { requirement, testIf } from '../../../../tests/support/require.ts'

const CHROMIUM = '/usr/lib/chromium'
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`

const found = existsSync(DRIVER)
if (!found && requirement('browser')) throw new Error(`FACEKP_REQUIRE asks for a browser, and there is no ${DRIVER}`)

interface Outcome {
  readonly losses: readonly number[]
  readonly predicted: readonly number[]
}

function stepsBy(provider: string): Outcome {
  const program = fileURLToPath(new URL('../../fixtures/provider-steps.ts', import.meta.url))
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--conditions=@facekp/source', program, provider], {
    encoding: 'utf8',
    // SwiftShader, a GPU made of software, and the Vulkan loader come with Debian's chromium.
    env: { ...process.env, NODE_OPTIONS: '', VK_DRIVER_FILES: DRIVER, LD_LIBRARY_PATH: CHROMIUM },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return JSON.parse(output.trim().split('\n').at(-1) as string)
}

test('the fixture trains and predicts by provider cpu', () => {
  const { losses, predicted } = stepsBy('cpu')
  expect(losses[3]).toBeLessThan(losses[0] as number)
  expect(predicted).toHaveLength(8)
}, 60_000)

testIf(found, 'SwiftShader of chromium')(
  'trains and predicts by provider webgpu as by provider cpu',
  () => {
    const [gpu, cpu] = [stepsBy('webgpu'), stepsBy('cpu')]
    for (const [i, loss] of gpu.losses.entries()) {
      expect(Math.abs(loss / (cpu.losses[i] as number) - 1)).toBeLessThan(1e-3)
    }
    for (const [i, value] of gpu.predicted.entries()) expect(value).toBeCloseTo(cpu.predicted[i] as number, 3)
  },
  300_000,
)
