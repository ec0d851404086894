import { DTYPE_BYTES, type DType, type TensorData } from './tensor.ts'

/** Converts little-endian bytes to a typed array, which shares their memory if they are aligned. Halves become floats. */
export function toNumbers(bytes: Uint8Array, dtype: DType): TensorData {
  // slice() of a Buffer of Node would not copy.
  const { buffer, byteOffset } = bytes.byteOffset % DTYPE_BYTES[dtype] === 0 ? bytes : new Uint8Array(bytes)
  const length = bytes.length / DTYPE_BYTES[dtype]
  switch (dtype) {
    case 'float64':
      return new Float64Array(buffer, byteOffset, length)
    case 'float32':
      return new Float32Array(buffer, byteOffset, length)
    case 'float16':
      return Float32Array.from(new Uint16Array(buffer, byteOffset, length), halfToFloat)
    case 'bfloat16':
      // A bfloat16 is the upper half of a float.
      return new Float32Array(
        Uint32Array.from(new Uint16Array(buffer, byteOffset, length), (half) => half << 16).buffer,
      )
    case 'int64':
      return new BigInt64Array(buffer, byteOffset, length)
    case 'int32':
      return new Int32Array(buffer, byteOffset, length)
    case 'int16':
      return new Int16Array(buffer, byteOffset, length)
    case 'int8':
      return new Int8Array(buffer, byteOffset, length)
    case 'uint8':
    case 'bool':
      return new Uint8Array(buffer, byteOffset, length)
  }
}

/** Converts an IEEE 754 binary16: a sign, 5 bits of exponent, 10 of fraction. */
function halfToFloat(half: number): number {
  const sign = half >= 0x8000 ? -1 : 1
  const exponent = (half >> 10) & 31
  const fraction = half & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}
