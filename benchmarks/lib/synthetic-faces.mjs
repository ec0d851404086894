// Worker threads do not inherit the loader of tsx.
import { tsImport } from 'tsx/esm/api'

export default (await tsImport('./synthetic-faces.ts', import.meta.url)).default
