/// Residuals of some samples and a range of coordinates, each of a fit in which the sample played no part.
public struct ResidualTile: Sendable {
  /// The samples, one a row.
  public var samples: [Int]
  public var coordinates: Range<Int>
  /// samples × coordinates, row-major.
  public var values: [Double]

  public init(samples: [Int], coordinates: Range<Int>, values: [Double]) {
    self.samples = samples
    self.coordinates = coordinates
    self.values = values
  }

  /// The same for columns times some factors.
  /// - Parameter factors: one a coordinate of the fit.
  consuming func restored(_ factors: [Double]) -> ResidualTile {
    var tile = self
    if let factor = factors.first, factors.allSatisfy({ $0 == factor }) {
      if factor != 1 {
        tile.values.withUnsafeMutableBufferPointer { values in
          for e in values.indices { values[e] *= factor }
        }
      }
      return tile
    }
    let (width, height, first) = (tile.coordinates.count, tile.samples.count, tile.coordinates.lowerBound)
    tile.values.withUnsafeMutableBufferPointer { values in
      factors.withUnsafeBufferPointer { factors in
        for row in 0..<height {
          for k in 0..<width { values[row * width + k] *= factors[first + k] }
        }
      }
    }
    return tile
  }
}

/// Sums over residuals of groups left out, and what rounding may have made of them.
struct GroupSums {
  /// Σ_i e_ik².
  private(set) var squares: [Double]
  /// Σ of the squares of what rounding leaves in e_ik, of a coordinate's own part and of the part that all share.
  var errors: [Double]
  /// The relative error of Q_kk.
  var own: [Double]
  /// The worst of a group's own matrix.
  var worst = WorstError()

  init(coordinateCount d: Int) {
    squares = [Double](repeating: 0, count: d)
    (errors, own) = (squares, squares)
  }

  mutating func add(_ tile: ResidualTile) {
    let width = tile.coordinates.count
    tile.values.withUnsafeBufferPointer { values in
      for row in tile.samples.indices {
        for k in 0..<width {
          let value = values[row * width + k]
          squares[tile.coordinates.lowerBound + k] += value * value
        }
      }
    }
  }

  /// The worst relative error of a coordinate's sum of squares, columns of zeros left out.
  func worst(besides columnSquares: [Double]) -> WorstError {
    var worst = worst
    for k in squares.indices where columnSquares[k] > 0 {
      worst.take(2 * own[k] + 6 * (errors[k] / squares[k]).squareRoot(), coordinate: k)
    }
    return worst
  }
}
