import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from '@jest/globals'

test.each(['jpeg', 'resize'])('the WebAssembly of %s is made from its sources', (name) => {
  const folder = new URL(`../assembly/${name}/`, import.meta.url)
  const hash = createHash('sha256')
  for (const file of readdirSync(folder).sort()) hash.update(readFileSync(new URL(file, folder)))
  expect(readFileSync(new URL(`${name}-wasm.ts`, import.meta.url), 'utf8')).toContain(hash.digest('hex'))
})
