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
