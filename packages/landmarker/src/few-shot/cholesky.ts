/** A symmetric matrix of n x n numbers, row by row. */
export type SquareMatrix = Float64Array

/**
 * Inverts a symmetric positive definite matrix by its Cholesky decomposition.
 *
 * @returns the inverse; undefined if the matrix is not positive definite
 */
export function invertPositiveDefinite(matrix: SquareMatrix, n: number): SquareMatrix | undefined {
  const factor = decompose(matrix, n)
  return factor && invertFromFactor(invertLower(factor, n), n)
}

/**
 * Solves A X = B for a symmetric positive definite matrix A.
 *
 * @param right B, and X has the same shape: n rows of `width` numbers
 * @returns undefined if the matrix is not positive definite
 */
export function solvePositiveDefinite(
  matrix: SquareMatrix,
  right: Float64Array,
  { n, width }: { readonly n: number; readonly width: number },
): Float64Array | undefined {
  const lower = decompose(matrix, n)
  if (lower === undefined) return undefined
  const solution = right.slice()
  const divideRow = (i: number, factor: number): void => {
    for (let c = 0; c < width; c++) solution[i * width + c] = (solution[i * width + c] as number) / factor
  }
  const subtractRow = (i: number, j: number, factor: number): void => {
    for (let c = 0; c < width; c++) {
      solution[i * width + c] = (solution[i * width + c] as number) - factor * (solution[j * width + c] as number)
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) subtractRow(i, j, lower[i * n + j] as number)
    divideRow(i, lower[i * n + i] as number)
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let j = i + 1; j < n; j++) subtractRow(i, j, lower[j * n + i] as number)
    divideRow(i, lower[i * n + i] as number)
  }
  return solution
}

/** Computes the lower triangular L of A = L L^T. */
function decompose(matrix: SquareMatrix, n: number): SquareMatrix | undefined {
  const lower = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * n + j] as number
      for (let k = 0; k < j; k++) sum -= (lower[i * n + k] as number) * (lower[j * n + k] as number)
      if (i !== j) lower[i * n + j] = sum / (lower[j * n + j] as number)
      else if (sum > 0) lower[i * n + i] = Math.sqrt(sum)
      else return undefined
    }
  }
  return lower
}

/** Inverts a lower triangular matrix; the result is transposed, so that both loops run along rows. */
function invertLower(lower: SquareMatrix, n: number): SquareMatrix {
  const transposed = new Float64Array(n * n)
  for (let column = 0; column < n; column++) {
    const row = transposed.subarray(column * n, (column + 1) * n)
    for (let i = column; i < n; i++) {
      let sum = i === column ? 1 : 0
      for (let k = column; k < i; k++) sum -= (lower[i * n + k] as number) * (row[k] as number)
      row[i] = sum / (lower[i * n + i] as number)
    }
  }
  return transposed
}

/** Computes L^-T L^-1 from the transpose of L^-1. */
function invertFromFactor(transposed: SquareMatrix, n: number): SquareMatrix {
  const inverse = new Float64Array(n * n)
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0
      for (let k = i; k < n; k++) sum += (transposed[i * n + k] as number) * (transposed[j * n + k] as number)
      inverse[i * n + j] = sum
      inverse[j * n + i] = sum
    }
  }
  return inverse
}
