/// A square matrix of the order of a spike count, row-major: what a low-rank update leaves to invert.
package struct SmallMatrix: Sendable, Equatable {
  package let order: Int
  package var values: [Double]

  package init(order: Int) {
    self.order = order
    values = Array(repeating: 0, count: order * order)
  }

  package init(diagonal: [Double]) {
    self.init(order: diagonal.count)
    for i in 0..<order { self[i, i] = diagonal[i] }
  }

  package subscript(row: Int, column: Int) -> Double {
    get { values[row * order + column] }
    set { values[row * order + column] = newValue }
  }

  package var transposed: SmallMatrix {
    var result = SmallMatrix(order: order)
    for i in 0..<order { for j in 0..<order { result[j, i] = self[i, j] } }
    return result
  }

  package var trace: Double { (0..<order).reduce(0) { $0 + self[$1, $1] } }

  package static func * (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
    var result = SmallMatrix(order: a.order)
    for i in 0..<a.order {
      for k in 0..<a.order {
        let factor = a[i, k]
        for j in 0..<a.order { result[i, j] += factor * b[k, j] }
      }
    }
    return result
  }

  package static func + (a: SmallMatrix, b: SmallMatrix) -> SmallMatrix {
    var result = a
    for i in result.values.indices { result.values[i] += b.values[i] }
    return result
  }

  package func scaled(by factor: Double) -> SmallMatrix {
    var result = self
    for index in result.values.indices { result.values[index] *= factor }
    return result
  }

  /// uᵀ A u.
  package func form(_ u: [Double]) -> Double {
    var sum = 0.0
    for i in 0..<order { for j in 0..<order { sum += u[i] * self[i, j] * u[j] } }
    return sum
  }

  /// A⁻¹ and det A by Gauss–Jordan elimination with row pivoting; nil where a pivot vanishes.
  package var inverseAndDeterminant: (inverse: SmallMatrix, determinant: Double)? {
    var a = self
    var inverse = SmallMatrix(diagonal: Array(repeating: 1, count: order))
    var determinant = 1.0
    for column in 0..<order {
      var pivot = column
      for i in column..<order where abs(a[i, column]) > abs(a[pivot, column]) { pivot = i }
      let value = a[pivot, column]
      guard value != 0, value.isFinite else { return nil }
      determinant *= pivot == column ? value : -value
      for j in 0..<order {
        (a.values.swapAt(pivot * order + j, column * order + j))
        (inverse.values.swapAt(pivot * order + j, column * order + j))
      }
      for j in 0..<order {
        a[column, j] /= value
        inverse[column, j] /= value
      }
      for i in 0..<order where i != column {
        let factor = a[i, column]
        guard factor != 0 else { continue }
        for j in 0..<order {
          a[i, j] -= factor * a[column, j]
          inverse[i, j] -= factor * inverse[column, j]
        }
      }
    }
    return (inverse, determinant)
  }

  /// The pivots of elimination without exchanges: ratios of successive leading minors; stops at the first that is not positive.
  package var leadingPivots: [Double] {
    var a = self
    var pivots: [Double] = []
    for k in 0..<order {
      let pivot = a[k, k]
      pivots.append(pivot)
      guard pivot > 0 else { break }
      for i in (k + 1)..<max(order, k + 1) {
        let factor = a[i, k] / pivot
        for j in k..<order { a[i, j] -= factor * a[k, j] }
      }
    }
    return pivots
  }
}
