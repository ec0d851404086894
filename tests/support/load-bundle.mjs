// Loads bundled modules in place of their sources, in a program and its threads: node --import .../load-bundle.mjs?INDEX program
import { readFileSync } from 'node:fs'
import { register, SourceMap } from 'node:module'
import { fileURLToPath, pathToFileURL } from 'node:url'

const index = decodeURIComponent(new URL(import.meta.url).search.slice(1))
const bundle = pathToFileURL(index).href.replace(/\.json$/, '')
const maps = new Map()
/** The URLs of bundled modules by those of their sources. */
let modules
let isHooked = false

// Hooks run in one more thread for each thread. Bundled modules, and the threads of packages, find what they load without them.
const main = process.argv[1] && pathToFileURL(process.argv[1]).href
if (!main?.startsWith(bundle) && !main?.includes('/node_modules/')) registerHooks()

/** Returns the URL of the bundled module of a source, or that of the source if the bundle lacks it. */
globalThis.locateModule = (url) => {
  modules ??= new Map(Object.entries(JSON.parse(readFileSync(index, 'utf8')).modules))
  return modules.get(url) ?? modules.get(url.replace(/\.js$/, '.ts')) ?? url
}

/** Imports a module whose name is only known now, for a module at a URL. */
globalThis.importModule = async (name, parent) => {
  const url = globalThis.locateModule(import.meta.resolve(name, parent))
  // A module of a test may import sources.
  if (!url.startsWith(bundle) && !/^node:|\/node_modules\//.test(url)) registerHooks()
  return import(url)
}

function registerHooks() {
  if (!isHooked) register('./bundle-hooks.mjs', import.meta.url, { data: index })
  isHooked = true
}

// Stacks name the sources. By --enable-source-maps, Node would read the maps of all modules when it loads them.
Error.prepareStackTrace = (error, frames) =>
  [error, ...frames.map((frame) => locateFrame(String(frame)))].join('\n    at ')

/** Replaces a place in a bundled module by that in its source. */
function locateFrame(frame) {
  return frame.replace(/(file:[^:]+):(\d+):(\d+)/, (place, url, line, column) => {
    if (!url.startsWith(bundle)) return place
    const { fileName, lineNumber, columnNumber } = readMap(url).findOrigin(Number(line), Number(column))
    return fileName ? `${fileURLToPath(new URL(fileName, url))}:${lineNumber}:${columnNumber}` : place
  })
}

function readMap(url) {
  const map = maps.get(url) ?? new SourceMap(JSON.parse(readFileSync(fileURLToPath(`${url}.map`), 'utf8')))
  maps.set(url, map)
  return map
}
