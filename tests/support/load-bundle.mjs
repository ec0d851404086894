// Loads bundled modules in place of their sources, in a program and its threads: node --import .../load-bundle.mjs?INDEX program.ts
import { register } from 'node:module'

register('./bundle-hooks.mjs', import.meta.url, { data: decodeURIComponent(new URL(import.meta.url).search.slice(1)) })
