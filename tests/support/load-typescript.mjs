// Loads TypeScript in a program of a test, and in its threads: node --import .../tests/support/load-typescript.mjs program.ts
import { register } from 'node:module'

register('./typescript-hooks.mjs', import.meta.url)
