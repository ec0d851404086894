import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@jest/globals'
import { requirement, testIf } from '../../../tests/support/require.ts'

const CHROMIUM = '/usr/lib/chromium'
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`

const found = existsSync(DRIVER)
if (!found && requirement('browser')) throw new Error(`FACEKP_REQUIRE asks for a browser, and there is no ${DRIVER}`)

interface Outcome {
  readonly engine: string
  readonly detail: string
  readonly losses: readonly number[]
  readonly mirrorPad: readonly number[]
}

function trainOn(engine: string): Outcome {
  const program = fileURLToPath(new URL('../fixtures/webgpu-steps.ts', import.meta.url))
  const output = execFileSync(process.execPath, ['--import', 'tsx', '--conditions=@facekp/source', program, engine], {
    encoding: 'utf8',
    // SwiftShader, a GPU made of software, and the Vulkan loader come with Debian's chromium.
    env: { ...process.env, NODE_OPTIONS: '', VK_DRIVER_FILES: DRIVER, LD_LIBRARY_PATH: CHROMIUM },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return JSON.parse(output.trim().split('\n').at(-1) as string)
}

testIf(found, 'SwiftShader of chromium')(
  'trains through WebGPU in Node as on engine cpu, and the process ends',
  () => {
    const [gpu, cpu] = [trainOn('webgpu'), trainOn('cpu')]
    expect(gpu.engine).toBe('webgpu')
    expect(gpu.detail).toMatch(/swiftshader.*software/i)
    for (const [i, loss] of gpu.losses.entries()) {
      expect(Math.abs(loss - (cpu.losses[i] as number)) / (cpu.losses[i] as number)).toBeLessThan(1e-3)
    }
    expect(gpu.losses[3]).toBeLessThan(gpu.losses[0] as number)
    expect(gpu.mirrorPad).toEqual([2, 8, 12, 8])
  },
  300_000,
)

test('the fixture runs on engine cpu', () => {
  expect(trainOn('cpu').mirrorPad).toEqual([2, 8, 12, 8])
}, 60_000)
