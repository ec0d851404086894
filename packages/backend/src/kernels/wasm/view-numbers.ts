import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm'
import type * as tf from '@tensorflow/tfjs-core'

/** Views of tensors, as many as there are tensors. */
export type Views<Tensors extends readonly tf.TensorInfo[]> = { readonly [Index in keyof Tensors]: Float32Array }

/**
 * Views the numbers of tensors on the heap of backend wasm. The views are invalid after the next allocation.
 *
 * Tensors of other backends move to the heap first, all before any is viewed: the heap may grow for one of them, which detaches the memory
 * of views. `typedArrayFromHeap` alone takes the heap's memory before it moves the tensor.
 */
export function viewNumbers<const Tensors extends readonly tf.TensorInfo[]>(
  backend: BackendWasm,
  tensors: Tensors,
): Views<Tensors> {
  for (const { dataId } of tensors) backend.getMemoryOffset(dataId)
  return tensors.map((tensor) => backend.typedArrayFromHeap(tensor)) as unknown as Views<Tensors>
}
