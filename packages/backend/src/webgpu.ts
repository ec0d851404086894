import * as tf from '@tensorflow/tfjs-core'
import { type Candidate, Unavailable } from './backend.ts'
import { registerWebgpuKernels } from './kernels/webgpu/register.ts'
import { type Importer, importOptional } from './load-module.ts'
import { isSoftwareAdapter, SOFTWARE_NOTE } from './software-adapter.ts'

interface Adapter {
  readonly info?: {
    readonly vendor?: string
    readonly architecture?: string
    readonly device?: string
    readonly description?: string
    readonly isFallbackAdapter?: boolean
  }
}

interface Gpu {
  requestAdapter(): Promise<Adapter | null>
}

/** What Dawn needs of a machine. */
interface Machine {
  readonly hasVulkan: () => boolean
  readonly hasGraphicsCard: () => boolean
}

/**
 * Describes WebGPU in Node, by the npm package `webgpu` (Dawn). It is installed as `navigator.gpu` before TensorFlow.js loads its
 * backend, unless there is one.
 */
export function webgpu(load: Importer, machine: Machine = { hasVulkan, hasGraphicsCard }): Candidate {
  return {
    backend: 'webgpu',
    package: 'webgpu',
    async load(choosing) {
      return start(getNavigatorGpu() ?? (await loadDawn(load, machine, choosing)), choosing, load)
    },
  }
}

/** Describes WebGPU in a page. */
export function webgpuOfPage(load: Importer): Candidate {
  return {
    backend: 'webgpu',
    package: '@tensorflow/tfjs-backend-webgpu',
    async load(choosing) {
      const gpu = getNavigatorGpu()
      if (gpu) return start(gpu, choosing, load)
      throw new Unavailable('the browser has no WebGPU', 'use a current browser, over https or on localhost')
    },
  }
}

function getNavigatorGpu(): Gpu | undefined {
  return (globalThis.navigator as { readonly gpu?: Gpu } | undefined)?.gpu
}

/** Makes WebGPU the current backend; returns the name of the graphics card. */
async function start(gpu: Gpu, choosing: boolean, load: Importer): Promise<string> {
  const adapter = await gpu.requestAdapter()
  if (!adapter) throw new Unavailable('finds no graphics adapter', 'install the driver of the graphics card')
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {}
  const name = [description || device, vendor, architecture].filter(Boolean).join(', ') || 'an unnamed adapter'
  const isSoftware = isFallbackAdapter === true || isSoftwareAdapter(name)
  if (isSoftware && choosing) {
    throw new Unavailable(`finds only a software adapter: ${name}`, 'install the driver of the graphics card')
  }
  await importOptional('@tensorflow/tfjs-backend-webgpu', load)
  registerWebgpuKernels()
  if (!(await tf.setBackend('webgpu'))) throw new Unavailable(`cannot use ${name}`, 'update its driver')
  return isSoftware ? `${name} (${SOFTWARE_NOTE})` : name
}

/** Releases Dawn, which would keep the process alive. */
export function releaseDawn(): void {
  if (dawnGpu && (globalThis.navigator as { gpu?: unknown }).gpu === dawnGpu) {
    Object.defineProperty(globalThis.navigator, 'gpu', { value: undefined, configurable: true, writable: true })
  }
  dawnGpu = undefined
}

/**
 * Checks for the Vulkan library on Linux. Without it Dawn finds no adapter and prints a warning to the terminal. Node fails to load
 * the library as a module in any case; the error text shows whether the file exists.
 */
function hasVulkan(): boolean {
  if (process.platform !== 'linux') return true
  try {
    process.dlopen({ exports: {} }, 'libvulkan.so.1')
  } catch (error) {
    return !(error as Error).message.includes('cannot open shared object file')
  }
  return true
}

/** Folder of Linux's devices, and the names of those of graphics cards: of most drivers, of NVIDIA's, and of Windows Subsystem for Linux. */
const DEVICES = '/dev'
const GRAPHICS_DEVICE = /^(dri\/renderD\d+|nvidia\d+|dxg)$/

/** Checks for a graphics card on Linux. Without one, Vulkan has software adapters at most, and prints warnings to the terminal. */
function hasGraphicsCard(): boolean {
  if (process.platform !== 'linux') return true
  const { existsSync, readdirSync } = process.getBuiltinModule('node:fs')
  const list = (folder: string): string[] => (existsSync(folder) ? readdirSync(folder) : [])
  const names = [...list(DEVICES), ...list(`${DEVICES}/dri`).map((name) => `dri/${name}`)]
  return names.some((name) => GRAPHICS_DEVICE.test(name))
}

let dawnGpu: Gpu | undefined

async function loadDawn(load: Importer, machine: Machine, choosing: boolean): Promise<Gpu> {
  const { create, globals } = (await importOptional('webgpu', load)) as {
    readonly create: (options: readonly string[]) => Gpu
    readonly globals: object
  }
  if (choosing && !machine.hasGraphicsCard()) {
    throw new Unavailable('finds no graphics card', 'install the driver of the graphics card')
  }
  if (!machine.hasVulkan()) {
    throw new Unavailable('finds no Vulkan library', 'install the driver of the graphics card')
  }
  Object.assign(globalThis, globals)
  dawnGpu = create([])
  if (globalThis.navigator === undefined) {
    Object.defineProperty(globalThis, 'navigator', { value: {}, configurable: true, writable: true })
  }
  Object.defineProperty(globalThis.navigator, 'gpu', { value: dawnGpu, configurable: true, writable: true })
  return dawnGpu
}
