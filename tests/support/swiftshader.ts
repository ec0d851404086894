import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { requirement, testIf } from './require.ts'
import { runTypeScript } from './typescript-program.ts'

// SwiftShader, a GPU made of software, and the Vulkan loader come with Debian's chromium.
const CHROMIUM = '/usr/lib/chromium'
const DRIVER = `${CHROMIUM}/vk_swiftshader_icd.json`

const hasDriver = existsSync(DRIVER)
if (!hasDriver && requirement('browser'))
  throw new Error(`FACEKP_REQUIRE asks for a browser, and there is no ${DRIVER}`)

/** `test` where there is SwiftShader; else a test that is skipped, with a message. */
export const testOnSwiftShader: ReturnType<typeof testIf> = testIf(hasDriver, 'SwiftShader of chromium')

/**
 * Runs a program in a process of its own, whose graphics card is SwiftShader where that is there; gives what it printed last, which is JSON.
 *
 * @param program its address, such as `new URL('../fixtures/steps.ts', import.meta.url)`
 */
export function runOnSwiftShader(program: URL, ...args: readonly string[]): unknown {
  const run = [...runTypeScript(program), ...args]
  const output = execFileSync(process.execPath, run, {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '', VK_DRIVER_FILES: DRIVER, LD_LIBRARY_PATH: CHROMIUM },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  return JSON.parse(output.trim().split('\n').at(-1) as string)
}
