import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { readImage } from '@facekp/image/node'
import { afterAll, beforeAll, expect, test } from '@jest/globals'
import { runTypeScript } from '../tests/support/typescript-program.ts'

/** Largest mean difference of bytes between two drawings of the same content; another word or mark makes it larger. */
const MAX_DIFFERENCE = 0.05

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'facekp-docs-images-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test.each([
  ['augment-gallery.ts', 'docs/images/augment-gallery.jpg'],
  ['site-hero.ts', 'docs/public/hero.jpg'],
])('%s draws %s', async (program, path) => {
  const out = join(folder, 'drawn.jpg')
  await promisify(execFile)(process.execPath, [...runTypeScript(new URL(program, import.meta.url)), '--out', out])
  const drawn = await readImage(out)
  const committed = await readImage(fileURLToPath(new URL(`../${path}`, import.meta.url)))
  expect([drawn.width, drawn.height]).toEqual([committed.width, committed.height])
  const sum = drawn.data.reduce((total, value, i) => total + Math.abs(value - (committed.data[i] as number)), 0)
  expect(sum / drawn.data.length).toBeLessThan(MAX_DIFFERENCE)
})
