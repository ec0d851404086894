// What is known of each of up to four components (ITU-T T.81, B.2.2), set by decode-jpeg.ts.

@unmanaged
export class Component {
  /** Samples, a whole number of blocks, and their bytes a row. */
  plane: usize
  stride: usize
  /** Coefficients of all blocks if they come in several scans (progressive), otherwise 0. */
  coefficients: usize
  quantization: usize
  dcTable: usize
  acTable: usize
  /** The DC value of the block before. */
  predicted: i32
  /** Sampling factors. */
  h: i32
  v: i32
  /** Blocks a row, to whole MCUs. */
  blocksPerLine: i32
  /** Samples of the component in the image, without padding. */
  width: i32
  height: i32
  /** Blocks to transform: those that show the wanted part of the image. */
  fromX: i32
  toX: i32
  fromY: i32
  toY: i32
}

const COMPONENTS = memory.data(4 * offsetof<Component>(), 16)

export function componentAt(index: i32): Component {
  return changetype<Component>(COMPONENTS + <usize>index * offsetof<Component>())
}
