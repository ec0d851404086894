import { fileURLToPath } from 'node:url'

/**
 * Arguments of Node with which a program of a test, and its threads, load TypeScript from the sources of the packages. They start it in less
 * time than tsx, which also supports what no test needs: CommonJS, imports without extensions and paths of tsconfig.json.
 */
export const LOAD_TYPESCRIPT: readonly string[] = [
  '--conditions=@facekp/source',
  '--import',
  new URL('load-typescript.mjs', import.meta.url).href,
]

/** Returns the arguments of Node that run a program in TypeScript from the sources of the packages. */
export function runTypeScript(program: URL): string[] {
  return [...LOAD_TYPESCRIPT, fileURLToPath(program)]
}
